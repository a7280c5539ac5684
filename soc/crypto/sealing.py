"""Sealed bytes: authenticated encryption under a purpose's key, by AES-256-GCM or SM4-GCM.

An envelope is ``GL1 | cipher (1) | key id length (1) | key id | nonce (12) | ciphertext | tag (16)``.
Its head, the purpose and the caller's ``aad`` are authenticated with the text: an envelope
moved to another purpose or another owner does not open.

Source: NIST SP 800-38D (GCM); GB/T 32907-2016 (SM4); RFC 8998 §2 (SM4-GCM, 16-byte tag).
"""

import os
from enum import Enum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher as Machine
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.settings import Settings
from soc.crypto.keyring import KeyRing, UnknownKeyError, ring_of
from soc.errors import BrokenError

MAGIC = b"GL1"
NONCE_SIZE = 12
TAG_SIZE = 16


class SealError(BrokenError):
    """The envelope does not open: altered, cut, of another purpose, or its key is gone."""


class KeyGoneError(SealError):
    """The ring has no such key any more: what it sealed is unreadable for good, by whoever took it away."""


class Cipher(Enum):
    """The ciphers in use; the value stands in the envelope."""

    AES_256_GCM = 1
    SM4_GCM = 2

    @property
    def key_size(self) -> int:
        """Length of the key, in bytes."""
        return 32 if self is Cipher.AES_256_GCM else 16

    def encrypt(self, key: bytes, nonce: bytes, data: bytes, aad: bytes) -> bytes:
        """Return ciphertext and tag; the key may be longer than the cipher's own."""
        if self is Cipher.AES_256_GCM:
            return AESGCM(key[: self.key_size]).encrypt(nonce, data, aad)
        machine = Machine(algorithms.SM4(key[: self.key_size]), modes.GCM(nonce)).encryptor()
        machine.authenticate_additional_data(aad)
        return machine.update(data) + machine.finalize() + machine.tag

    def decrypt(self, key: bytes, nonce: bytes, box: bytes, aad: bytes) -> bytes:
        """Return the plain bytes.

        Raises:
            InvalidTag: the box, its nonce or its ``aad`` is not what was encrypted.
        """
        if self is Cipher.AES_256_GCM:
            return AESGCM(key[: self.key_size]).decrypt(nonce, box, aad)
        text, tag = box[:-TAG_SIZE], box[-TAG_SIZE:]
        machine = Machine(algorithms.SM4(key[: self.key_size]), modes.GCM(nonce, tag)).decryptor()
        machine.authenticate_additional_data(aad)
        return machine.update(text) + machine.finalize()


def seal(
    keys: Settings | KeyRing, purpose: str, data: bytes, aad: bytes = b"", *, cipher: Cipher = Cipher.AES_256_GCM
) -> bytes:
    """Return the envelope of ``data`` under the purpose's current key."""
    key = ring_of(keys).current(purpose)
    head = MAGIC + bytes([cipher.value, len(key.id)]) + key.id.encode()
    nonce = os.urandom(NONCE_SIZE)
    return head + nonce + cipher.encrypt(key.secret, nonce, data, _bound(head, purpose, aad))


def unseal(keys: Settings | KeyRing, purpose: str, envelope: bytes, aad: bytes = b"") -> bytes:
    """Return what was sealed, by the key the envelope names.

    Raises:
        SealError: altered, cut, or sealed for another purpose or ``aad``.
        KeyGoneError: the ring has no key of that name for the purpose.
    """
    cipher, key_id, head = _parts(envelope)
    body = envelope[len(head) :]
    try:
        key = ring_of(keys).by_id(purpose, key_id)
    except UnknownKeyError as error:
        raise KeyGoneError("errors.crypto.sealed") from error
    try:
        return cipher.decrypt(key.secret, body[:NONCE_SIZE], body[NONCE_SIZE:], _bound(head, purpose, aad))
    except (InvalidTag, ValueError) as error:
        raise SealError("errors.crypto.sealed") from error


def cipher_of(envelope: bytes) -> Cipher:
    """Return the cipher an envelope was made with.

    Raises:
        SealError: no envelope.
    """
    return _parts(envelope)[0]


def _parts(envelope: bytes) -> tuple[Cipher, str, bytes]:
    try:
        end = 5 + envelope[4]
        if envelope[:3] != MAGIC or len(envelope) < end + NONCE_SIZE + TAG_SIZE:
            raise ValueError("no envelope")
        return Cipher(envelope[3]), envelope[5:end].decode("ascii"), envelope[:end]
    except (IndexError, ValueError) as error:
        raise SealError("errors.crypto.sealed") from error


def _bound(head: bytes, purpose: str, aad: bytes) -> bytes:
    name = purpose.encode()
    return head + len(name).to_bytes(2, "big") + name + aad
