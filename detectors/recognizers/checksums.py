"""Check digits of Chinese and international numbers, over whole columns at once.

Each function takes values that already have the right shape (the recognizer's pattern) and returns
one boolean per value. A value that a function cannot read is False, never an error.
"""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

Booleans = NDArray[np.bool_]
Digits = NDArray[np.int64]
Check = Callable[[Sequence[str]], Booleans]

_DIGITS = "0123456789"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_BAD = -1_000_000  # drives any sum out of reach


def _table(values: dict[str, int]) -> Digits:
    """A look-up from a byte to its value; bytes without one are poisoned."""
    table = np.full(256, _BAD, dtype=np.int64)
    for symbol, value in values.items():
        table[ord(symbol)] = value
    return table


_DIGIT = _table({symbol: value for value, symbol in enumerate(_DIGITS)})
_ALNUM = _table({symbol: value for value, symbol in enumerate(_DIGITS + _LETTERS)})
_USCC_VALUE = _table({symbol: value for value, symbol in enumerate(_USCC)})
_VIN_VALUE = _table(
    {symbol: int(symbol) for symbol in _DIGITS}
    | dict(
        zip(
            "ABCDEFGHJKLMNPRSTUVWXYZ",
            [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9],
            strict=True,
        )
    )
)
# ISO 6346: A is 10, and multiples of 11 are left out
_CONTAINER_VALUE = _table(
    {symbol: int(symbol) for symbol in _DIGITS}
    | dict(zip(_LETTERS, [value for value in range(10, 39) if value % 11], strict=True))
)


def _codes(values: Sequence[str], width: int, table: Digits) -> Digits:
    """Turn values of ``width`` ASCII characters into a matrix of their symbols' values."""
    fitting = [value.encode("ascii", "replace") if len(value) == width else b"" for value in values]
    raw = np.array(fitting, dtype=f"S{width}")
    return table[raw.view(np.uint8).reshape(len(values), width)]


def _last(values: Sequence[str]) -> NDArray[np.str_]:
    return np.array([value[-1:].upper() for value in values], dtype="U1")


def _sure(passing: NDArray[np.bool_]) -> Booleans:
    return np.asarray(passing, dtype=np.bool_)


def resident_id(values: Sequence[str]) -> Booleans:
    """GB 11643 (ISO 7064 MOD 11-2) over 18 characters, and a date of birth that exists.

    Source: GB 11643-1999; worked value 11010519491231002X.
    """
    if not values:
        return np.zeros(0, dtype=bool)
    weights = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
    body = _codes([value[:17] for value in values], 17, _DIGIT)
    total = (body * weights).sum(axis=1)
    check = np.array(list("10X98765432"))[total % 11]
    return _sure((total >= 0) & (check == _last(values)) & _real_dates(body[:, 6:14]))


def _real_dates(parts: Digits) -> Booleans:
    """Which rows of eight digits yyyymmdd name a day of the calendar."""
    year = parts[:, :4] @ np.array([1000, 100, 10, 1])
    month = parts[:, 4:6] @ np.array([10, 1])
    day = parts[:, 6:8] @ np.array([10, 1])
    lengths = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    known = (month >= 1) & (month <= 12)
    longest = lengths[np.where(known, month, 0)] + (leap & (month == 2))
    return _sure(known & (day >= 1) & (day <= longest))


def uscc(values: Sequence[str]) -> Booleans:
    """GB 32100 MOD 31 over 18 characters of an alphabet without I O S V Z.

    Source: GB 32100-2015; worked value 91350100M000100Y43 (the standard's own example is wrong).
    """
    if not values:
        return np.zeros(0, dtype=bool)
    weights = np.array([pow(3, place, 31) for place in range(17)])
    codes = _codes([value.upper() for value in values], 18, _USCC_VALUE)
    total = (codes[:, :17] * weights).sum(axis=1)
    return _sure((total >= 0) & ((31 - total % 31) % 31 == codes[:, 17]))


def org_code(values: Sequence[str]) -> Booleans:
    """GB 11714 MOD 11 over eight characters and a check (X for ten), with or without a hyphen."""
    if not values:
        return np.zeros(0, dtype=bool)
    plain = [value.replace("-", "") for value in values]
    body = _codes([value[:8] for value in plain], 8, _ALNUM)
    total = (body * np.array([3, 7, 9, 10, 5, 8, 4, 2])).sum(axis=1)
    check = np.array(list("0X987654321"))[total % 11]
    return _sure((total >= 0) & (check == _last(plain)) & np.array([len(value) == 9 for value in plain]))


def luhn(values: Sequence[str]) -> Booleans:
    """ISO/IEC 7812 (Luhn) over numbers of any one length; a number of one repeated digit is refused."""
    if not values:
        return np.zeros(0, dtype=bool)
    width = max(1, *(len(value) for value in values))
    codes = _codes([value.zfill(width) for value in values], width, _DIGIT)
    doubled = codes.copy()
    doubled[:, -2::-2] *= 2
    doubled[:, -2::-2] -= 9 * (doubled[:, -2::-2] > 9)
    total = doubled.sum(axis=1)
    varied = np.array([len(set(value)) > 1 for value in values])
    return _sure((total >= 0) & (total % 10 == 0) & varied)


def vin(values: Sequence[str]) -> Booleans:
    """ISO 3779 / GB 16735: the ninth character is the weighted sum MOD 11 (X for ten)."""
    if not values:
        return np.zeros(0, dtype=bool)
    weights = np.array([8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2])
    upper = [value.upper() for value in values]
    total = (_codes(upper, 17, _VIN_VALUE) * weights).sum(axis=1)
    check = np.array(list("0123456789X"))[total % 11]
    return _sure((total >= 0) & (check == np.array([value[8:9] for value in upper], dtype="U1")))


def imo(values: Sequence[str]) -> Booleans:
    """IMO ship number: the last digit is that of Σ d1…d6 × 7…2."""
    if not values:
        return np.zeros(0, dtype=bool)
    codes = _codes([value[-7:] for value in values], 7, _DIGIT)
    total = (codes[:, :6] * np.arange(7, 1, -1)).sum(axis=1)
    return _sure((total >= 0) & (total % 10 == codes[:, 6]))


def container(values: Sequence[str]) -> Booleans:
    """ISO 6346: Σ value × 2^place MOD 11 MOD 10."""
    if not values:
        return np.zeros(0, dtype=bool)
    codes = _codes([value.upper() for value in values], 11, _CONTAINER_VALUE)
    total = (codes[:, :10] * (2 ** np.arange(10))).sum(axis=1)
    return _sure((total >= 0) & (total % 11 % 10 == codes[:, 10]))


def hkid(values: Sequence[str]) -> Booleans:
    """Hong Kong identity card ``A123456(3)``: a blank before a single letter counts 36."""
    bodies = [value.replace("(", "").replace(")", "") for value in values]
    return np.array([_hkid(body) for body in bodies], dtype=bool)


def _hkid(body: str) -> bool:
    padded = body.upper().rjust(9)
    values = [36 if symbol == " " else (_DIGITS + _LETTERS).find(symbol) for symbol in padded]
    if -1 in values or len(values) != 9:
        return False
    return sum(value * weight for value, weight in zip(values, [9, 8, 7, 6, 5, 4, 3, 2, 1], strict=True)) % 11 == 0


def twid(values: Sequence[str]) -> Booleans:
    """Taiwan identity card: the letter becomes two digits, weights 1 9 8 … 1 1, MOD 10."""
    if not values:
        return np.zeros(0, dtype=bool)
    regions = {letter: place + 10 for place, letter in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO")}
    first = np.array([regions.get(value[:1].upper(), _BAD) for value in values])
    codes = _codes([value[1:] for value in values], 9, _DIGIT)
    total = first // 10 + first % 10 * 9 + (codes * np.array([8, 7, 6, 5, 4, 3, 2, 1, 1])).sum(axis=1)
    return _sure((total >= 0) & (total % 10 == 0))


@cache
def _divisions() -> frozenset[str]:
    """Every division code that was ever issued, as python-stdnum lists them (GB/T 2260)."""
    from stdnum import numdb

    known: set[str] = set()
    for _, province, _, _, children in numdb.get("cn/loc").prefixes:
        known.update(province + child[1] for child in children)
    return frozenset(known)


def division(values: Sequence[str]) -> Booleans:
    """Which codes of six digits are, or were, divisions of GB/T 2260."""
    return np.array([value in _divisions() for value in values], dtype=bool)


def division_head(values: Sequence[str]) -> Booleans:
    """Which numbers begin with the code of a division that is, or was, in GB/T 2260."""
    return division([value[:6] for value in values])


CHECKS: dict[str, Check] = {
    "resident_id": resident_id,
    "uscc": uscc,
    "org_code": org_code,
    "luhn": luhn,
    "vin": vin,
    "imo": imo,
    "container": container,
    "hkid": hkid,
    "twid": twid,
    "division": division,
    "division_head": division_head,
}

#: how often a random value of the right shape passes
CHANCE: dict[str, float] = {
    "resident_id": 1 / 11,
    "uscc": 1 / 31,
    "org_code": 1 / 11,
    "luhn": 1 / 10,
    "vin": 1 / 11,
    "imo": 1 / 10,
    "container": 1 / 11,
    "hkid": 1 / 11,
    "twid": 1 / 10,
    "division": 1 / 150,
    "division_head": 1 / 40,
}
