"""Sealed text that comes out the same each time: what may stand in an address instead of a name.

AES-SIV (RFC 5297): without a nonce, and safe without one; the same text of the same purpose gives the same letters,
which is what an address needs (a bookmark, the browser's history, a log of routes), and what :func:`seal` is made not
to do. Whoever has two of them learns whether they mean the same, and nothing else: texts are filled up to whole
blocks, so that the length tells little.
"""

import base64
import binascii

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from config.settings import Settings
from soc.crypto.keyring import KeyRing, ring_of
from soc.crypto.sealing import SealError

_BLOCK = 16
#: characters of a sealed text that are looked at: no name is as long
LONGEST = 16_384


def seal_steadily(keys: Settings | KeyRing, purpose: str, text: str) -> str:
    """Return ``text`` sealed by the purpose's current key, in letters that an address may have."""
    data = text.encode()
    filled = data + b"\0" * (-len(data) % _BLOCK)
    box = AESSIV(ring_of(keys).current(purpose).secret).encrypt(filled, [purpose.encode()])
    return base64.urlsafe_b64encode(box).decode().rstrip("=")


def unseal_steadily(keys: Settings | KeyRing, purpose: str, sealed: str) -> str:
    """Return what was sealed, by today's key of the purpose or one before it; makes no key.

    Raises:
        SealError: altered, cut, sealed for another purpose, or its key is gone.
    """
    box = _box(sealed)
    held = [key for key in ring_of(keys).all_keys() if key.purpose == purpose]
    for key in sorted(held, key=lambda key: not key.active):
        try:
            return AESSIV(key.secret).decrypt(box, [purpose.encode()]).rstrip(b"\0").decode()
        except InvalidTag:
            continue
    raise SealError("errors.crypto.sealed")


def _box(sealed: str) -> bytes:
    try:
        box = base64.b64decode(sealed + "=" * (-len(sealed) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise SealError("errors.crypto.sealed") from error
    if len(sealed) > LONGEST or len(box) <= _BLOCK:
        raise SealError("errors.crypto.sealed")
    return box
