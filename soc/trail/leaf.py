"""The bytes of an entry: what the Merkle log holds, what the seal covers.

The leaf is canonical JSON (keys in a fixed order, no spaces, UTF-8) of the entry's own words.
Its hash in the log is SHA-256 and, in the second tree, SM3, both with the leaf's prefix byte.
The seal is a keyed digest of the leaf and of the sealed part, by a key outside the database: a
change to any column shows before the entry is in the log, and to those who hold no log.

Source: RFC 6962 §2.1 (leaf prefix 0x00).
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from soc.crypto.digests import hmac_sm3, sm3
from soc.trail.models import LEAF_FIELDS

VERSION = "guanlan.trail/1"
#: an entry of the log's bundles is at most this long (C2SP tlog-tiles, 16-bit length)
LONGEST = 0xFFFF


class LeafError(ValueError):
    """The row cannot be an entry: a column is missing or of a foreign type."""


def leaf_bytes(row: Mapping[str, Any]) -> bytes:
    """Return the canonical bytes of a stored entry.

    Raises:
        LeafError: a column is missing, of a foreign type, or no text.
    """
    words = {name: _checked(name, row) for name in LEAF_FIELDS}
    text = json.dumps({"v": VERSION, **words}, ensure_ascii=False, separators=(",", ":"))
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise LeafError("a column holds no text") from error
    if len(data) > LONGEST:
        raise LeafError("longer than an entry can be")
    return data


def sealed_bytes(leaf: bytes, private: bytes | None, seal_key: str) -> bytes:
    """Return what the seal is taken over: leaf, sealed part and key id, each with its length."""
    parts = (leaf, b"-" if private is None else b"+" + private, seal_key.encode())
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def seal_of(key: bytes, leaf: bytes, private: bytes | None, seal_key: str) -> str:
    """Return the seal, in hexadecimal."""
    return hmac_sm3(key, sealed_bytes(leaf, private, seal_key)).hex()


def sha256_leaf(leaf: bytes) -> bytes:
    """Return the leaf's hash in the Merkle log."""
    return sha256(b"\x00" + leaf).digest()


def sm3_leaf(leaf: bytes) -> bytes:
    """Return the leaf's hash in the second tree."""
    return sm3(b"\x00" + leaf)


def _checked(name: str, row: Mapping[str, Any]) -> int | str | None:
    if name not in row:
        raise LeafError(f"column {name} is missing")
    value = row[name]
    expected = int if name == "id" else str
    if value is None and name == "private_digest":
        return None
    if type(value) is not expected:
        raise LeafError(f"column {name} holds {type(value).__name__}")
    return value
