"""Ed25519 keys that sign for the installation: the trail's checkpoints, a witness, playbooks.

The seed is a data key of the ring, so that it is wrapped, rotated and kept like the others.

Source: RFC 8032.
"""

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from config.settings import Settings
from soc.crypto.keyring import KeyRing, ring_of


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair of the installation."""

    id: str
    public: bytes
    private: Ed25519PrivateKey

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of ``message``."""
        return self.private.sign(message)


def signing_key(keys: Settings | KeyRing, purpose: str) -> SigningKey:
    """Return the current key pair of ``purpose``, making the first one."""
    key = ring_of(keys).current(purpose)
    return _pair(key.id, key.secret)


def signing_keys(keys: Settings | KeyRing, purpose: str) -> tuple[SigningKey, ...]:
    """Return every key pair ``purpose`` ever had, oldest first; makes none."""
    return tuple(_pair(key.id, key.secret) for key in ring_of(keys).all_keys() if key.purpose == purpose)


def verified(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` was made over ``message`` by the owner of ``public`` (32 bytes)."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _pair(key_id: str, seed: bytes) -> SigningKey:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return SigningKey(key_id, private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw), private)
