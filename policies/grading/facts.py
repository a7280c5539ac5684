"""What grading looks at: a table with its columns, and where it stands. Counts and names, never a value."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from policies.grading.taxonomy import Category, category_of
from soc.tiers.models import Tier

#: metres of one degree of latitude
_DEGREE = 111_320
_DECIMALS = re.compile(r"\d\.(9+)$")


@dataclass(frozen=True, slots=True)
class GradedColumn:
    """A column to grade.

    ``is_time`` where its values are instants; ``masked`` where they are masked already;
    ``shape`` is its commonest silhouette ("999.999999"), which tells how exact a position is.
    """

    name: str
    type: str | None
    comment: str = ""
    is_time: bool = False
    masked: bool = False
    shape: str = ""

    @property
    def metres(self) -> float | None:
        """How exact a position is, in metres; None for what is no position or does not tell."""
        decimals = _DECIMALS.search(self.shape)
        if self.type != "lonlat" or decimals is None:
            return None
        return _DEGREE / 10.0 ** len(decimals.group(1))


@dataclass(frozen=True)
class TableFacts:
    """A table to grade: ``rows`` and ``persons`` are its volume, ``tier`` says whose data it is (coverage)."""

    name: str
    columns: Sequence[GradedColumn]
    rows: int = 0
    persons: int = 0
    tier: Tier | None = None

    @cached_property
    def guess(self) -> Category | None:
        """The category that its names and types speak for, whatever a policy says."""
        texts = [text for column in self.columns for text in (column.name, column.comment)]
        return category_of(self.name, texts, self.types)

    @cached_property
    def types(self) -> frozenset[str]:
        """The sensitive types found in it."""
        return frozenset(column.type for column in self.columns if column.type)

    @property
    def timed(self) -> bool:
        """Whether a column says when."""
        return any(column.is_time for column in self.columns)


_TIME_NAME = re.compile(r"(?:time|date|_at|ts|timestamp|sj|rq)$|时间|日期|时刻", re.IGNORECASE)
_TIME_SHAPES = ("9999-99-99", "9999/99/99", "99999999999999", "9999-99-99A99:99:99")


def looks_timed(name: str, shape: str) -> bool:
    """Whether a column's name or commonest shape says that its values are instants."""
    return bool(_TIME_NAME.search(name)) or shape.startswith(_TIME_SHAPES)


def column_of(
    name: str, kind: str | None, comment: str, evidence: Mapping[str, Any], *, masked: bool = False
) -> GradedColumn:
    """Build a column from what the ledger keeps of it."""
    shape = str(evidence.get("shape", ""))
    return GradedColumn(name, kind, comment, is_time=looks_timed(name, shape), masked=masked, shape=shape)
