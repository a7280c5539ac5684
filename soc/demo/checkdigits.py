"""Check digits of the numbers the demo makes up.

Sources: GB 11643-1999 (resident ID, ISO 7064 mod 11-2), GB 32100-2015 (USCC, mod 31),
ISO/IEC 7812-1 (cards, Luhn), ISO 3779 / GB 16735-2019 (VIN), ISO 6346 (containers).
"""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_RESIDENT_WEIGHTS = np.asarray([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_RESIDENT_MARKS = "10X98765432"
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = [3**power % 31 for power in range(17)]
_VIN_WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
_VIN_VALUES = {
    letter: value
    for value, row in enumerate(("", "AJ", "BKS", "CLT", "DMU", "ENV", "FW", "GPX", "HY", "RZ"))
    for letter in row
}


def resident_marks(bodies: Ints) -> list[str]:
    """Check marks of resident IDs; ``bodies`` is (people, 17) digits."""
    return [_RESIDENT_MARKS[rest] for rest in (bodies @ _RESIDENT_WEIGHTS) % 11]


def luhn_digit(body: str) -> str:
    """The digit that makes ``body`` a valid card number."""
    total = 0
    for place, letter in enumerate(reversed(body)):
        digit = int(letter) * (2 - place % 2)
        total += digit - 9 if digit > 9 else digit
    return str(-total % 10)


def uscc_mark(body: str) -> str:
    """The check mark of the first 17 characters of a unified social credit code."""
    total = sum(_USCC_ALPHABET.index(letter) * weight for letter, weight in zip(body, _USCC_WEIGHTS, strict=True))
    return _USCC_ALPHABET[-total % 31]


def vin_mark(vin: str) -> str:
    """The ninth character of a VIN whose ninth place is still open (any character there)."""
    total = sum(
        weight * (int(letter) if letter.isdigit() else _VIN_VALUES[letter])
        for place, (letter, weight) in enumerate(zip(vin, _VIN_WEIGHTS, strict=True))
        if place != 8
    )
    return "X" if total % 11 == 10 else str(total % 11)


def container_digit(body: str) -> str:
    """The check digit of a container's owner code and serial (4 letters, 6 digits)."""
    letters = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", _container_values(), strict=True))
    total = sum((letters[one] if one.isalpha() else int(one)) * 2**place for place, one in enumerate(body))
    return str(total % 11 % 10)


def _container_values() -> list[int]:
    """10 upwards without the multiples of 11."""
    return [value for value in range(10, 39) if value % 11]
