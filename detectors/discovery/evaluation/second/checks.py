"""Check digits as their standards print them, written here anew so that a slip elsewhere is not shared."""

from collections.abc import Sequence

_RID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_LETTERS = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True))
_TW_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"


def _weighed(digits: Sequence[int], weights: Sequence[int]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=True))


def _letter(sign: str) -> int:
    """A digit's value, or ten and more for a letter."""
    return int(sign, 36)


def rid(body: str) -> str:
    """The 18th sign of a resident's number (GB 11643, ISO 7064 MOD 11-2)."""
    return "10X98765432"[_weighed([int(one) for one in body], _RID_WEIGHTS) % 11]


def uscc(body: str) -> str:
    """The 18th sign of a unified social credit code (GB 32100)."""
    total = sum(_USCC_LETTERS.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return _USCC_LETTERS[-total % 31]


def org(body: str) -> str:
    """The ninth sign of an organisation code (GB 11714)."""
    return "0123456789X"[-_weighed([_letter(one) for one in body], (3, 7, 9, 10, 5, 8, 4, 2)) % 11]


def registration(body: str) -> str:
    """The 15th digit of an old business registration number (MOD 11,10)."""
    rest = 10
    for digit in body:
        rest = ((rest + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - rest) % 10)


def luhn(body: str) -> str:
    """The digit that makes cards and IMEI sum up."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        twice = int(digit) * (2 if place % 2 == 0 else 1)
        total += twice - 9 if twice > 9 else twice
    return str(-total % 10)


def vin(signs: str) -> str:
    """The ninth sign of a vehicle's 17, whatever stands in its place now (GB 16735)."""
    values = [int(one) if one.isdigit() else _VIN_LETTERS[one] for one in signs]
    return "0123456789X"[_weighed(values, _VIN_WEIGHTS) % 11]


def imo(body: str) -> str:
    """The seventh digit of a ship's IMO number."""
    return str(_weighed([int(one) for one in body], range(7, 1, -1)) % 10)


def container(body: str) -> str:
    """The eleventh sign of a container's number (ISO 6346: letters skip the multiples of eleven)."""
    values = [int(one) if one.isdigit() else _letter(one) + (_letter(one) - 1) // 10 for one in body]
    return str(sum(value << place for place, value in enumerate(values)) % 11 % 10)


def hkid(body: str) -> str:
    """The sign in the brackets of a Hong Kong identity card with one letter."""
    values = [36, *(_letter(one) for one in body)]
    return "0123456789A"[-_weighed(values, range(9, 1, -1)) % 11]


def twid(body: str) -> str:
    """The tenth sign of a Taiwan identity number."""
    code = _TW_LETTERS.index(body[0]) + 10
    values = [code // 10, code % 10, *(int(one) for one in body[1:])]
    return str(-_weighed(values, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1)) % 10)


def ean(body: str) -> str:
    """The last digit of a GS1 number: EAN-13, SSCC-18."""
    return str(-sum(int(one) * (3 if place % 2 == 0 else 1) for place, one in enumerate(reversed(body))) % 10)


def airway(body: str) -> str:
    """The last digit of an air waybill's serial."""
    return str(int(body) % 7)


def postal(body: str) -> str:
    """The ninth digit of a postal item (UPU S10)."""
    digit = 11 - _weighed([int(one) for one in body], (8, 6, 4, 2, 3, 5, 9, 7)) % 11
    return {10: "0", 11: "5"}.get(digit, str(digit))
