"""Keys, ciphers and digests: what the rooms call to keep something secret or unforgeable.

``seal`` and ``unseal`` keep bytes secret under a purpose; ``hmac_sm3`` makes keyed tokens;
``signing_key`` holds the Ed25519 keys of the trail and of playbooks. Every key lives in the
installation's key ring, wrapped by one key-encryption key outside the state database.
"""

from soc.crypto.digests import hmac_sm3, sm3
from soc.crypto.keyring import KeyRing, Purpose, ring_of
from soc.crypto.sealing import Cipher, KeyGoneError, SealError, cipher_of, seal, unseal
from soc.crypto.signing import SigningKey, signing_key
from soc.crypto.steady import seal_steadily, unseal_steadily

__all__ = [
    "Cipher",
    "KeyGoneError",
    "KeyRing",
    "Purpose",
    "SealError",
    "SigningKey",
    "cipher_of",
    "hmac_sm3",
    "ring_of",
    "seal",
    "seal_steadily",
    "signing_key",
    "sm3",
    "unseal",
    "unseal_steadily",
]
