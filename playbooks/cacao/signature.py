"""Signing a playbook and checking its signatures (CS01 §10.13 and its signing process).

What is signed: the playbook with this one signature in it, without its ``value``, in canonical
form (RFC 8785), hashed, and the hexadecimal text of the hash signed, as in OASIS's own example.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from playbooks.cacao.algorithms import (
    SUPPORTED,
    PublicKey,
    PublicKeyError,
    decoded,
    digest,
    holds,
    read_certificate,
    read_key,
)
from playbooks.cacao.jcs import canonical
from playbooks.cacao.vocabulary import TIMESTAMP
from soc.text import t


class Reason(StrEnum):
    """Why a signature holds or does not."""

    GOOD = "good"
    MALFORMED = "malformed"
    REVOKED = "revoked"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    OTHER_PLAYBOOK = "other_playbook"
    OTHER_VERSION = "other_version"
    UNKNOWN_ALGORITHM = "unknown_algorithm"
    UNKNOWN_HASH = "unknown_hash"
    NO_KEY = "no_key"
    BAD_KEY = "bad_key"
    CHANGED = "changed"
    COUNTER = "counter"


@dataclass(frozen=True, slots=True)
class Checked:
    """One signature and whether it holds."""

    id: str | None
    reason: Reason

    @property
    def ok(self) -> bool:
        """Whether it holds."""
        return self.reason is Reason.GOOD

    def as_json(self) -> dict[str, Any]:
        """What the command prints."""
        told = t(f"playbooks.signature.{self.reason}")
        return {"id": self.id, "ok": self.ok, "code": self.reason.value, "reason": told}


def check_signatures(document: Mapping[str, Any], at: datetime) -> list[Checked]:
    """Check every signature of a playbook, counter-signatures included, as valid at ``at``."""
    listed = document.get("signatures")
    found = listed if isinstance(listed, list) else []
    return [Checked(_id(one), _reason(document, one, at)) for one in found]


def signing_bytes(
    document: Mapping[str, Any], signature: Mapping[str, Any], hash_algorithm: str
) -> tuple[bytes, bytes] | None:
    """Return what is signed, as the hash's hexadecimal text and as its bytes; None for an unknown hash."""
    bare = {name: value for name, value in signature.items() if name not in {"value", "signature"}}
    hashed = digest(hash_algorithm, canonical({**document, "signatures": [bare]}))
    return None if hashed is None else (hashed.hex().encode(), hashed)


def signed(document: Mapping[str, Any], bare: Mapping[str, Any], sign: Callable[[bytes], bytes]) -> dict[str, Any]:
    """Return the playbook with one more signature, whose other properties are ``bare``."""
    import base64

    prepared = signing_bytes(document, bare, str(bare["hash_algorithm"]))
    if prepared is None:
        raise ValueError(bare["hash_algorithm"])
    value = base64.urlsafe_b64encode(sign(prepared[0])).decode().rstrip("=")
    listed = document.get("signatures")
    return {**document, "signatures": [*(listed if isinstance(listed, list) else []), {**bare, "value": value}]}


def _reason(document: Mapping[str, Any], signature: Any, at: datetime) -> Reason:
    if not isinstance(signature, dict):
        return Reason.MALFORMED
    for check in (_form, _time, _subject):
        if (found := check(document, signature, at)) is not None:
            return found
    if (found := _mathematics(document, signature, signature, at)) is not Reason.GOOD:
        return found
    return _counter(document, signature, at)


def _form(_document: Mapping[str, Any], signature: Mapping[str, Any], _at: datetime) -> Reason | None:
    texts = ("algorithm", "hash_algorithm", "value", "related_to", "related_version")
    if signature.get("type") != "jss" or any(not isinstance(signature.get(name), str) for name in texts):
        return Reason.MALFORMED
    moments = [signature[name] for name in ("valid_from", "valid_until", "created", "modified") if name in signature]
    if not all(isinstance(one, str) and TIMESTAMP.fullmatch(one) for one in moments):
        return Reason.MALFORMED
    return Reason.REVOKED if signature.get("revoked") not in {None, False} else None


def _time(_document: Mapping[str, Any], signature: Mapping[str, Any], at: datetime) -> Reason | None:
    if "valid_from" in signature and at < instant(signature["valid_from"]):
        return Reason.NOT_YET_VALID
    if "valid_until" in signature and at > instant(signature["valid_until"]):
        return Reason.EXPIRED
    return None


def _subject(document: Mapping[str, Any], signature: Mapping[str, Any], _at: datetime) -> Reason | None:
    if signature["related_to"] != document.get("id"):
        return Reason.OTHER_PLAYBOOK
    if signature["related_version"] != document.get("modified"):
        return Reason.OTHER_VERSION
    return None


def _mathematics(
    document: Mapping[str, Any], outer: Mapping[str, Any], signature: Mapping[str, Any], at: datetime
) -> Reason:
    if signature["algorithm"] not in SUPPORTED:
        return Reason.UNKNOWN_ALGORITHM
    prepared = signing_bytes(document, outer, signature["hash_algorithm"])
    if prepared is None:
        return Reason.UNKNOWN_HASH
    try:
        key = _key(signature, at)
        value = decoded(signature["value"])
        good = key is not None and any(holds(key, signature["algorithm"], value, one) for one in prepared)
    except PublicKeyError:
        return Reason.BAD_KEY
    except ValueError:
        return Reason.MALFORMED
    if key is None:
        return Reason.NO_KEY
    return Reason.GOOD if good else Reason.CHANGED


def _counter(document: Mapping[str, Any], signature: Mapping[str, Any], at: datetime) -> Reason:
    """Check the counter-signature, which covers the playbook with the signature it stands in."""
    inner = signature.get("signature")
    if inner is None:
        return Reason.GOOD
    if not isinstance(inner, dict):
        return Reason.MALFORMED
    whole = copy.deepcopy({name: value for name, value in signature.items() if name != "signature"})
    bare = {name: value for name, value in inner.items() if name not in {"value", "signature"}}
    for check in (_form, _time, _subject):
        if check(document, inner, at) is not None:
            return Reason.COUNTER
    covered = digest(inner["hash_algorithm"], canonical({**document, "signatures": [{**whole, "signature": bare}]}))
    return _counter_holds(inner, covered, at)


def _counter_holds(inner: Mapping[str, Any], covered: bytes | None, at: datetime) -> Reason:
    try:
        key = _key(inner, at)
        if covered is None or key is None or inner["algorithm"] not in SUPPORTED:
            return Reason.COUNTER
        value = decoded(inner["value"])
        good = any(holds(key, inner["algorithm"], value, one) for one in (covered.hex().encode(), covered))
    except ValueError:
        return Reason.COUNTER
    return Reason.GOOD if good else Reason.COUNTER


def _key(signature: Mapping[str, Any], at: datetime) -> PublicKey | None:
    """Return the signer's key; None where only an address or a thumbprint is given: nothing is fetched."""
    if isinstance(signature.get("public_key"), str):
        return read_key(signature["public_key"])
    chain = signature.get("public_cert_chain")
    if isinstance(chain, list) and chain and isinstance(chain[0], str):
        certificate = read_certificate(chain[0])
        if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
            raise PublicKeyError("certificate not valid at that time")
        return certificate.public_key()
    return None


def instant(text: str) -> datetime:
    """Read a CACAO time; a leap second is the second before it."""
    return datetime.fromisoformat(text.replace(":60", ":59"))


def signatures_of(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the signatures that are objects."""
    listed = document.get("signatures")
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict):
            yield one


def _id(signature: Any) -> str | None:
    found = signature.get("id") if isinstance(signature, dict) else None
    return found if isinstance(found, str) else None
