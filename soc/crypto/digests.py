"""SM3 and the keyed digests made with it (GB/T 32905-2016; HMAC as in RFC 2104)."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hmac import HMAC

#: length of an SM3 digest, in bytes
SM3_SIZE = 32


def sm3(data: bytes) -> bytes:
    """Return the 32-byte SM3 digest of ``data``."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def hmac_sm3(key: bytes, data: bytes) -> bytes:
    """Return the 32-byte keyed digest of ``data``."""
    keyed = HMAC(key, hashes.SM3())
    keyed.update(data)
    return keyed.finalize()


def same(one: bytes, other: bytes) -> bool:
    """Whether two digests are equal, in a time that does not tell where they differ."""
    return bytes_eq(one, other)
