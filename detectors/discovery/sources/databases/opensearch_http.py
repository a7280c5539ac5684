"""A client of OpenSearch that can only read, at the address that was judged for its name.

What it may ask is listed; anything else is refused here, before it is sent. Answers have a limit of size.
"""

import re
import ssl
from typing import Any
from urllib.parse import quote

import orjson
import urllib3
from sqlalchemy.engine import URL
from urllib3.util import make_headers

from detectors.discovery.sources.pinning import place_of

#: bytes of an answer that are read
_LONGEST = 256 << 20
#: the methods and paths that read; a scroll is ended by DELETE, which deletes no data
_READING = (
    ("GET", re.compile(r"/(?:[^/]+/_(?:count|mapping)|_data_stream(?:/[^/]+)?|_plugins/_security/api/account)?")),
    ("GET", re.compile(r"/[^/]+/_stats/docs,store")),
    ("POST", re.compile(r"/[^/]+/_search|/_search/scroll")),
    ("DELETE", re.compile(r"/_search/scroll")),
)


class AnswerError(Exception):
    """The cluster answered with an error."""

    def __init__(self, status: int) -> None:
        """Keep the status; the words may hold values."""
        super().__init__(str(status))
        self.status = status


class SlowError(Exception):
    """No answer in time."""


class LostError(Exception):
    """The connection broke, or could not be made."""


class NotReadingError(Exception):
    """A request that does more than read; a mistake of ours."""


class Client:
    """Connections to one node."""

    def __init__(self, url: URL, *, connect_seconds: float, answer_seconds: float) -> None:
        place = place_of(url.host)
        timeout = urllib3.Timeout(connect=connect_seconds, read=answer_seconds)
        headers = dict(make_headers(keep_alive=True, user_agent="guanlan-scan"))
        headers |= {"Host": f"{place.host}:{url.port or 9200}", "Content-Type": "application/json"}
        if url.username:
            headers |= dict(make_headers(basic_auth=f"{url.username}:{url.password or ''}"))
        address, port = place.addresses[0], url.port or 9200
        self._pool: urllib3.HTTPConnectionPool
        if is_tls(url):
            self._pool = urllib3.HTTPSConnectionPool(
                address,
                port,
                timeout=timeout,
                retries=False,
                headers=headers,
                ssl_context=_context(url),
                server_hostname=place.host,
                assert_hostname=place.host,
            )
        else:
            self._pool = urllib3.HTTPConnectionPool(address, port, timeout=timeout, retries=False, headers=headers)

    def get(self, path: str, **fields: str) -> dict[str, Any]:
        """Ask for something by GET."""
        return self._asked("GET", path, None, fields)

    def search(self, index: str, body: dict[str, Any], *, scroll: str | None = None) -> dict[str, Any]:
        """Search an index."""
        fields = {"ignore_unavailable": "true"} | ({"scroll": scroll} if scroll else {})
        return self._asked("POST", f"/{self.path(index)}/_search", body, fields)

    def scroll(self, identifier: str, alive: str) -> dict[str, Any]:
        """The next page of a scroll."""
        return self._asked("POST", "/_search/scroll", {"scroll_id": identifier, "scroll": alive}, {})

    def end_scroll(self, identifier: str) -> None:
        """Free what a scroll holds."""
        self._asked("DELETE", "/_search/scroll", {"scroll_id": identifier}, {})

    def path(self, index: str) -> str:
        """An index, or a pattern of them, as a part of a path."""
        return quote(index, safe="*,")

    def _asked(self, method: str, path: str, body: dict[str, Any] | None, fields: dict[str, str]) -> dict[str, Any]:
        if not any(method == allowed and pattern.fullmatch(path) for allowed, pattern in _READING):
            raise NotReadingError(f"{method} {path}")
        told = "&".join(f"{name}={quote(value, safe=',*.')}" for name, value in fields.items())
        target = f"{path}?{told}" if told else path
        try:
            answer = self._pool.request(
                method, target, body=None if body is None else orjson.dumps(body), preload_content=False, redirect=False
            )
            content = answer.read(_LONGEST + 1)
            answer.release_conn()
        except urllib3.exceptions.ReadTimeoutError as error:
            raise SlowError from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise LostError from error
        if answer.status >= 300 or len(content) > _LONGEST:
            raise AnswerError(answer.status if answer.status >= 300 else 413)
        return _document(content)

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


def _document(content: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise AnswerError(502) from error
    if not isinstance(found, dict):
        raise AnswerError(502)
    return found


def is_tls(url: URL) -> bool:
    """Whether the address asks for TLS: by its scheme, or by an option that only makes sense with it."""
    return url.drivername.endswith("+https") or "ssl_ca" in url.query or url.query.get("sslmode") == "require"


def _context(url: URL) -> ssl.SSLContext:
    """Check the certificate by the authority that is named, or by the machine's; ``sslmode=require`` checks none."""
    authority = url.query.get("ssl_ca")
    context = ssl.create_default_context(cafile=str(authority) if authority else None)
    if url.query.get("sslmode") == "require" and not authority:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
