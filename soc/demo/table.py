"""What a generated table is: columns of values, with what each really holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from zlib import crc32

import numpy as np

Value = str | int | float | bool | datetime | date | None


class SqlType(Enum):
    """Column types, in words both databases know."""

    TEXT = "TEXT"
    INTEGER = "INTEGER"
    BIGINT = "BIGINT"
    REAL = "DOUBLE PRECISION"
    MONEY = "NUMERIC(14,2)"
    TIME = "TIMESTAMP"
    DATE = "DATE"


@dataclass(frozen=True)
class Column:
    """``type`` is the sensitive type the values really are of (None: none), whatever the name says."""

    name: str
    values: Sequence[Value]
    comment: str = ""
    type: str | None = None
    sql: SqlType = SqlType.TEXT


@dataclass(frozen=True)
class Table:
    """A table of one schema; its name is unique in the province, so SQLite needs no schema."""

    schema: str
    name: str
    comment: str
    columns: tuple[Column, ...]

    @property
    def rows(self) -> int:
        """Count of rows."""
        return len(self.columns[0].values)


@dataclass(frozen=True)
class Size:
    """How much there is of everything."""

    persons: int
    enterprises: int
    vehicles: int
    ships: int
    staff: int
    cases: int
    passages: int
    positions: int
    huge_text: int  # characters of the longest value


SIZES = {
    "small": Size(1_500, 150, 1_000, 40, 160, 500, 4_000, 5_000, 60_000),
    "laptop": Size(60_000, 4_000, 50_000, 1_200, 4_000, 30_000, 300_000, 300_000, 1_000_000),
    # the laptop's story within 1,335 tables of many systems (soc/demo/estate)
    "province": Size(60_000, 4_000, 50_000, 1_200, 4_000, 30_000, 300_000, 300_000, 1_000_000),
}
#: the smallest size: its tables have the columns of all
SAME_SHAPE = "small"
#: how many columns the estate has at a size; None is all of it
ESTATES: dict[str, int | None] = {
    "items-1000": 1_000,
    "items-5000": 5_000,
    "items-10000": 10_000,
    "province": None,
}


def rng_for(seed: int, name: str) -> np.random.Generator:
    """A stream of chance of its own for ``name``: a new table changes no other."""
    return np.random.default_rng([seed, crc32(name.encode())])
