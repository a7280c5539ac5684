"""Passwords: argon2id (RFC 9106), and what a good one is."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from soc.errors import InputError

SHORTEST = 10
LONGEST = 256
_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_hasher = PasswordHasher()
#: verified for names nobody has, so that they take as long as real ones
_NOBODY = _hasher.hash(secrets.token_urlsafe())


def hash_password(password: str) -> str:
    """Return the encoded argon2id hash.

    Raises:
        InputError: too short, too long, or all of one kind of character.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError("errors.password_length", shortest=SHORTEST, longest=LONGEST)
    if len(set(password)) < 5:
        raise InputError("errors.password_simple")
    return _hasher.hash(password)


def verify_password(encoded: str | None, password: str) -> bool:
    """Tell whether ``password`` is the one; takes as long where there is no account.

    An empty password is never right (TheHive CVE-2023-39069).
    """
    try:
        _hasher.verify(encoded or _NOBODY, password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return encoded is not None and password != ""


def one_time_password() -> str:
    """Return a random password that reads well aloud: 16 characters, 91 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
