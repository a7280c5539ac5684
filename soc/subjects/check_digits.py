"""Check digits of single values that have the right shape already; the recognizers check whole columns at once.

Sources: GB 11643-1999 (ISO 7064 MOD 11-2), GB 32100-2015 (MOD 31), ISO/IEC 7812-1 (Luhn), ISO 3779 / GB 16735.
"""

from collections.abc import Callable, Mapping
from datetime import date

_RESIDENT = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VIN = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_LETTERS = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, *range(2, 10)), strict=True)
)


def resident_id(value: str) -> bool:
    """17 digits and a check of 0 to 9 or X, born on a day that the calendar has."""
    total = sum(int(digit) * weight for digit, weight in zip(value[:17], _RESIDENT, strict=True))
    return value[17] == "10X98765432"[total % 11] and _is_day(value[6:14])


def _is_day(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True


def uscc(value: str) -> bool:
    """18 signs of the standard's alphabet."""
    total = sum(_USCC.index(sign) * pow(3, place, 31) for place, sign in enumerate(value[:17]))
    return _USCC.index(value[17]) == -total % 31


def luhn(value: str) -> bool:
    """Digits alone, and not one digit repeated."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(value)))
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0 and len(set(value)) > 1


def vin(value: str) -> bool:
    """17 signs, of which the ninth is the check."""
    total = sum(_vin_value(sign) * weight for sign, weight in zip(value, _VIN, strict=True))
    return value[8] == "0123456789X"[total % 11]


def _vin_value(sign: str) -> int:
    return int(sign) if sign.isdigit() else _VIN_LETTERS[sign]


CHECKS: Mapping[str, Callable[[str], bool]] = {"resident_id": resident_id, "uscc": uscc, "luhn": luhn, "vin": vin}
