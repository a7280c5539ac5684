"""Encrypted values: ``enc:`` and the base64url of an envelope, by AES-256-GCM or SM4-GCM.

Each value has a nonce of its own: equal values look unequal, and joins do not work on them.
"""

import base64
import binascii

from policies.protection.operators.base import Operator, Use
from soc.crypto import Cipher, Purpose, SealError, seal, unseal

PREFIX = "enc:"


def aes_gcm(value: str, use: Use) -> str:
    """Return the value, encrypted with AES-256-GCM."""
    return _encrypted(value, use, Cipher.AES_256_GCM)


def sm4_gcm(value: str, use: Use) -> str:
    """Return the value, encrypted with SM4-GCM."""
    return _encrypted(value, use, Cipher.SM4_GCM)


def is_encrypted(value: str) -> bool:
    """Whether a value looks like one of ours."""
    return value.startswith(PREFIX)


def decrypt(value: str, use: Use) -> str:
    """Return what was encrypted for the same purpose.

    Raises:
        SealError: altered, cut, of another purpose or another installation.
    """
    try:
        envelope = base64.urlsafe_b64decode(value.removeprefix(PREFIX).encode("ascii"))
    except (binascii.Error, ValueError) as error:
        raise SealError("errors.crypto.sealed") from error
    return unseal(use.ring, Purpose.PROTECTION_CIPHER, envelope, use.purpose.encode()).decode("utf-8", "surrogatepass")


def _encrypted(value: str, use: Use, cipher: Cipher) -> str:
    data = value.encode("utf-8", "surrogatepass")
    envelope = seal(use.ring, Purpose.PROTECTION_CIPHER, data, use.purpose.encode(), cipher=cipher)
    return PREFIX + base64.urlsafe_b64encode(envelope).decode()


AES_GCM = Operator("aes_gcm", aes_gcm, opens=True)
SM4_GCM = Operator("sm4_gcm", sm4_gcm, opens=True)
