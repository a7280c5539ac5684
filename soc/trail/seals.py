"""Whether a stored entry is what was sealed."""

from collections.abc import Mapping
from typing import Any

from soc.crypto import KeyRing, Purpose
from soc.crypto.digests import same
from soc.crypto.keyring import UnknownKeyError
from soc.trail.leaf import LeafError, leaf_bytes, seal_of


def seal_holds(ring: KeyRing, row: Mapping[str, Any]) -> bool:
    """Tell whether every column of ``row`` is as it was written; makes no key."""
    private, seal, key_id = row.get("private"), row.get("seal"), row.get("seal_key")
    if not isinstance(seal, str) or not isinstance(key_id, str) or not isinstance(private, bytes | None):
        return False
    try:
        key = ring.by_id(Purpose.TRAIL_SEAL, key_id)
        return same(seal_of(key.secret, leaf_bytes(row), private, key_id).encode(), seal.encode())
    except (LeafError, UnknownKeyError, UnicodeEncodeError):
        return False
