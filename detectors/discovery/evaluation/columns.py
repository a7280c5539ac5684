"""Scoring of the column engine on tables with known answers."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from detectors.discovery.columns import Column, profile
from detectors.discovery.evaluation.numbers import FIRM
from detectors.discovery.evaluation.tables import Known, KnownTable
from detectors.discovery.measure import measure


@dataclass(slots=True)
class Score:
    """Columns right, and both kinds of wrong."""

    typed: int = 0
    right: int = 0
    missed: int = 0
    plain: int = 0
    invented: int = 0
    confusions: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)

    def add(self, column: Known, found: str | None) -> None:
        """Count one column's answer."""
        right = found == column.truth or found in column.also
        if column.truth is None:
            self.plain += 1
            self.invented += not right
        else:
            self.typed += 1
            self.right += right
            self.missed += found is None and not right
        if not right:
            self.confusions[column.kind, found or "nothing", column.how, column.header] += 1

    def as_dict(self) -> dict[str, float | int]:
        """Shares, 0 to 1, with the counts that they rest on."""
        return {
            "columns": self.typed + self.plain,
            "typed": self.typed,
            "top1": round((self.right + self.plain - self.invented) / max(1, self.typed + self.plain), 4),
            "top1_typed": round(self.right / max(1, self.typed), 4),
            "sensitive_called_not": round(self.missed / max(1, self.typed), 4),
            "not_called_sensitive": round(self.invented / max(1, self.plain), 4),
        }


def score(tables: Iterable[KnownTable], *, named: bool) -> Score:
    """Judge tables with their headers, or (``named`` False) without: then only types that values can tell count."""
    total = Score()
    for table in tables:
        frame = table.frame()
        columns = [Column(one.header, measure(frame.to_series(place))) for place, one in enumerate(table.columns)]
        for known, found in zip(table.columns, profile(columns, named=named), strict=True):
            if named or known.truth is None or known.truth in FIRM:
                total.add(known, found.type)
    return total
