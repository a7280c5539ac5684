"""What two columns of a table say of one another, row by row: a date that is the birth date within the ID beside it.

Only counts are kept (rows compared, rows that agree), so that those of chunks add up as all counts do.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import TypeVar

import polars as pl

from detectors.recognizers.values import tidy

T = TypeVar("T")

_ROWS = 1000  # of one batch that are compared
_LENGTH = 18  # characters of an ID
_ENOUGH = 0.4  # the share of rows in which both columns must be readable
_ID = re.compile(r"[1-9]\d{5}((?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))\d{2}(\d)[\dXx]")
_DAY = re.compile(r"((?:18|19|20)\d{2})(?:[-/.年]?)(\d{1,2})(?:[-/.月]?)(\d{1,2})日?(?:[ T]0?0:00(?::00(?:\.0+)?)?)?")
_SEXES = {"男": "1", "女": "0", "男性": "1", "女性": "0", "m": "1", "f": "0", "male": "1", "female": "0", "1": "1", "2": "0", "0": "0"}  # fmt: skip


class Kind(StrEnum):
    """What agrees with an ID."""

    BIRTH = "birth"
    SEX = "sex"
    PROVINCE = "province"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Rows in which both columns could be read, and those in which they agree."""

    compared: int = 0
    agreed: int = 0

    def __add__(self, other: "Agreement") -> "Agreement":
        return Agreement(self.compared + other.compared, self.agreed + other.agreed)

    @property
    def share(self) -> float:
        """The share of compared rows that agree."""
        return self.agreed / self.compared if self.compared else 0.0


#: (column with IDs, other column, what agrees) → how often
Relations = Mapping[tuple[str, str, Kind], Agreement]


def added(one: Relations, other: Relations) -> Relations:
    """Relations of two batches of one table together."""
    return {key: one.get(key, Agreement()) + other.get(key, Agreement()) for key in sorted({*one, *other})}


def related(frame: pl.DataFrame) -> Relations:
    """Compare every column that holds IDs with every column that holds days, sexes or divisions."""
    head = frame.head(_ROWS)
    read = {name: _read(_texts(head[name]), _of_id) for name in _long_enough(head)}
    numbers = {name: ids for name, ids in read.items() if ids}
    if not numbers:
        return {}
    found: dict[tuple[str, str, Kind], Agreement] = {}
    others = {name: _texts(head[name]) for name in head.columns if name not in numbers}
    for (name, ids), (other, texts) in product(numbers.items(), others.items()):
        for kind, reader in _READERS.items():
            values = _read(texts, reader)
            if values:
                found[name, other, kind] = _compared([one[kind] if one else None for one in ids], values)
    return {key: one for key, one in found.items() if one.compared}


def _long_enough(head: pl.DataFrame) -> list[str]:
    """The columns that enough values of have the length of an ID."""
    if head.is_empty():
        return []
    long = pl.all().cast(pl.String, strict=False).str.len_chars() >= _LENGTH
    many = head.select(long.sum() >= _ENOUGH * head.height).row(0)
    return [name for name, enough in zip(head.columns, many, strict=True) if enough]


def _texts(values: pl.Series) -> list[str | None]:
    return tidy(values).to_list()


def _of_id(text: str) -> dict[Kind, str] | None:
    found = _ID.fullmatch(text.replace(" ", "").replace("-", ""))
    if found is None:
        return None
    return {Kind.BIRTH: found.group(1), Kind.SEX: str(int(found.group(2)) % 2), Kind.PROVINCE: text[:2]}


def _day(text: str) -> str | None:
    found = _DAY.fullmatch(text)
    return f"{found.group(1)}{int(found.group(2)):02}{int(found.group(3)):02}" if found else None


def _division(text: str) -> str | None:
    return text[:2] if len(text) == 6 and text.isdigit() else None


_READERS: Mapping[Kind, Callable[[str], str | None]] = {
    Kind.BIRTH: _day,
    Kind.SEX: lambda text: _SEXES.get(text.lower()),
    Kind.PROVINCE: _division,
}


def _read(texts: list[str | None], reader: Callable[[str], T | None]) -> list[T | None]:
    """Each text as the reader takes it; an empty list where it can read too few."""
    values = [reader(text) if text else None for text in texts]
    return values if sum(one is not None for one in values) >= max(1, _ENOUGH * len(texts)) else []


def _compared(first: list[str | None], second: list[str | None]) -> Agreement:
    pairs = [(one, other) for one, other in zip(first, second, strict=True) if one is not None and other is not None]
    return Agreement(len(pairs), sum(one == other for one, other in pairs))
