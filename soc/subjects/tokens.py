"""Keyed tokens of subjects: ``resident_id:`` and the first 80 bits of HMAC-SM3 over type and value, in base 32.

80 bits are 16 letters without padding. Of 100 million subjects two share a token with a chance of 4 in a thousand
million; 64 bits would make it 3 in ten thousand, 128 bits cost ten letters more in each event. The key serves this
purpose alone: tokens of logs and of masked copies cannot be joined, nor those of two installations.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from config.settings import Settings
from soc.crypto import KeyRing, Purpose, hmac_sm3, ring_of
from soc.subjects.values import SubjectValue, subject_of

BITS = 80
#: values whose token is kept at hand; a busy hour asks for the same ones again
_KEPT = 65_536


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes the tokens of one key."""

    of_text: Callable[[str], str | None]

    @classmethod
    def of(cls, secret: bytes) -> "Tokens":
        """Return what makes tokens with this key; values that it saw lately cost nothing."""

        @lru_cache(maxsize=_KEPT)
        def of_text(text: str) -> str | None:
            found = subject_of(text)
            return None if found is None else _token(secret, found)

        return cls(of_text)


@lru_cache(maxsize=4)
def _tokens(secret: bytes) -> Tokens:
    return Tokens.of(secret)


def current(keys: Settings | KeyRing) -> Tokens:
    """Return what makes the tokens of today's logs; the first key is made where there is none."""
    return _tokens(ring_of(keys).current(Purpose.LOG_SUBJECTS).secret)


def tokens_of(keys: Settings | KeyRing, value: SubjectValue) -> tuple[str, ...]:
    """Return every token that logs may have of a value: by today's key first, then by those before it; makes no key."""
    held = [key for key in reversed(ring_of(keys).all_keys()) if key.purpose == Purpose.LOG_SUBJECTS]
    return tuple(_token(key.secret, value) for key in sorted(held, key=lambda key: not key.active))


def _token(secret: bytes, value: SubjectValue) -> str:
    digest = hmac_sm3(secret, f"{value.type}\0{value.value}".encode())
    return f"{value.type}:{base64.b32encode(digest[: BITS // 8]).decode().lower()}"
