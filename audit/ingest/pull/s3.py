"""As much of S3 as reading needs: a list of objects, and ranges of one. Requests are GETs, so nothing can be written.

Source: AWS Signature Version 4 (docs.aws.amazon.com, "Signature Version 4 signing process"), ListObjectsV2, GetObject.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote_plus
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as Xml

from audit.ingest.pull.calling import Answer, Caller, CallError

#: objects that one answer lists
LISTED = 1000
_LARGEST_LIST = 8 << 20
_NOTHING = hashlib.sha256(b"").hexdigest()
_SERVICE = "s3"


class ObjectChangedError(Exception):
    """The object is gone, or another one has its key."""


class ObjectDeniedError(Exception):
    """This object may not be read, or not now: it lies in an archive."""


@dataclass(frozen=True, slots=True)
class Keys:
    """An access key and its secret; never shown."""

    key: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One version of an object, as a list names it."""

    key: str
    etag: str
    size: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Listing:
    """Objects in the order of their keys; ``more`` where others follow the last."""

    objects: tuple[Listed, ...]
    more: bool


class Bucket:
    """A bucket being read."""

    def __init__(self, caller: Caller, keys: Keys, name: str, region: str, clock: Callable[[], datetime]) -> None:
        """Nothing is asked yet."""
        self._caller, self._keys, self._name, self._region, self._clock = caller, keys, name, region, clock

    def listed(self, prefix: str, after: str) -> Listing:
        """List the objects below a prefix behind a key.

        Raises:
            CallError: the store does not answer as it should.
        """
        query = {"list-type": "2", "encoding-type": "url", "max-keys": str(LISTED), "prefix": prefix}
        answer = self._ask("", query | ({"start-after": after} if after else {}), {}, _LARGEST_LIST)
        if answer.status in {401, 403}:
            skewed = b"RequestTimeTooSkewed" in answer.body
            key = "pulls.trouble.clock" if skewed else "pulls.trouble.denied"
            raise CallError(key, status=answer.status, host=self._caller.endpoint.host)
        if answer.status == 404:
            raise CallError("pulls.trouble.no_bucket", bucket=self._name)
        if answer.status != 200:
            raise CallError("pulls.trouble.status", status=answer.status)
        return _listing(answer.body)

    def read(self, one: Listed, start: int, size: int) -> bytes:
        """Return bytes of this very version of an object; empty behind its end.

        Raises:
            ObjectChangedError: the object is gone, or another.
            ObjectDeniedError: it may not be read.
            CallError: the store does not answer as it should.
        """
        size = min(size, one.size - start)
        if size <= 0:
            return b""
        ranged = {"Range": f"bytes={start}-{start + size - 1}", "If-Match": one.etag}
        answer = self._ask(one.key, {}, ranged, size)
        if answer.status in {404, 412, 416}:
            raise ObjectChangedError
        if answer.status in {401, 403}:
            raise ObjectDeniedError
        # a store that knows no ranges gives all of it: only where all was asked for is that the same
        if answer.status != 206 and not (answer.status == 200 and start == 0 and size == one.size):
            raise CallError("pulls.trouble.status", status=answer.status)
        if len(answer.body) != size or answer.headers.get("etag", one.etag).strip('"') != one.etag.strip('"'):
            raise CallError("pulls.trouble.not_whole")
        return answer.body

    def _ask(self, key: str, query: dict[str, str], headers: dict[str, str], longest: int) -> Answer:
        path = f"/{quote(self._name, safe='')}/{quote(key, safe='/')}" if key else f"/{quote(self._name, safe='')}"
        told = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(query.items()))
        signed = self._signed(f"{self._caller.endpoint.path}{path}", told)
        target = f"{path}?{told}" if told else path
        answer = self._caller.ask("GET", target, headers=headers | signed, longest=max(longest, 1 << 16))
        host = self._caller.endpoint.host
        if 300 <= answer.status < 400:
            raise CallError("pulls.trouble.redirect", host=host)
        if answer.status in {429, 500, 502, 503, 504}:
            told_wait = answer.headers.get("retry-after", "")
            wait = float(told_wait) if told_wait.isdigit() else None
            raise CallError("pulls.trouble.busy", status=answer.status, wait=wait, host=host)
        return answer

    def _signed(self, path: str, query: str) -> dict[str, str]:
        """Return the headers that say who asks; none where nobody does."""
        at = self._clock().strftime("%Y%m%dT%H%M%SZ")
        headers = {"x-amz-content-sha256": _NOTHING, "x-amz-date": at, "User-Agent": "guanlan-pull"}
        if not self._keys.key:
            return headers
        signed = {"host": self._host(), "x-amz-content-sha256": _NOTHING, "x-amz-date": at}
        names = ";".join(signed)
        lines = "".join(f"{name}:{value}\n" for name, value in signed.items())
        request = f"GET\n{path}\n{query}\n{lines}\n{names}\n{_NOTHING}"
        scope = f"{at[:8]}/{self._region}/{_SERVICE}/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        signature = hmac.new(self._key_of(at[:8]), text.encode(), hashlib.sha256).hexdigest()
        said = f"AWS4-HMAC-SHA256 Credential={self._keys.key}/{scope}, SignedHeaders={names}, Signature={signature}"
        return headers | {"Authorization": said, "Host": signed["host"]}

    def _host(self) -> str:
        endpoint = self._caller.endpoint
        usual = endpoint.port == (443 if endpoint.secure else 80)
        return endpoint.authority.rpartition(":")[0] if usual else endpoint.authority

    def _key_of(self, day: str) -> bytes:
        made = f"AWS4{self._keys.secret}".encode()
        for part in (day, self._region, _SERVICE, "aws4_request"):
            made = hmac.new(made, part.encode(), hashlib.sha256).digest()
        return made


def _listing(body: bytes) -> Listing:
    try:
        root = Xml.fromstring(body)
        found = [_listed(one) for one in root if one.tag.rpartition("}")[2] == "Contents"]
    except (ParseError, DefusedXmlException, ValueError, KeyError) as error:
        raise CallError("pulls.trouble.not_xml") from error
    if root.tag.rpartition("}")[2] != "ListBucketResult":
        raise CallError("pulls.trouble.not_xml")
    return Listing(tuple(found), _texts(root).get("IsTruncated", "false").lower() == "true")


def _listed(one: Element) -> Listed:
    told = _texts(one)
    changed = datetime.fromisoformat(told["LastModified"])
    if changed.tzinfo is None or int(told["Size"]) < 0:
        raise ValueError(told["LastModified"])
    return Listed(unquote_plus(told["Key"]), told["ETag"], int(told["Size"]), changed)


def _texts(one: Element) -> dict[str, str]:
    return {inner.tag.rpartition("}")[2]: inner.text or "" for inner in one}
