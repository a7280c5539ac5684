"""How much was exposed: rows and persons are two figures, each with what it rests on.

pgaudit counts rows but not of COPY, cursors and dumps: those are unknown, bounded by the table's size where
the ledger knows it. A log hardly ever says whose rows came back: persons are estimated, never measured.
"""

from dataclasses import dataclass

from detectors.behaviour.facts import SENSITIVE_RANK, DayFacts
from soc.exposure import Basis, Figure

LEVELS = {1: "G1", 2: "G2", 3: "G3", 4: "G4", 5: "I", 6: "C"}


@dataclass(frozen=True)
class Exposure:
    """Rows at the level at which most was read or above, persons, that level, and the gravest level touched."""

    rows: Figure
    persons: Figure
    leading: str
    level: str


def exposure_of(facts: DayFacts) -> Exposure:
    """Read a day's exposure from its sums."""
    rows = rows_of(facts, least=min(facts.leading_rank, SENSITIVE_RANK))
    leading = facts.leading_rank if facts.leading_rank < SENSITIVE_RANK else facts.rank
    return Exposure(rows, _persons(facts), LEVELS.get(leading, ""), LEVELS.get(facts.rank, ""))


def rows_of(facts: DayFacts, *, least: int = 0) -> Figure:
    """Return the rows of a day that were read at a rank or above."""
    counted = [figures for rank, figures in facts.rows.items() if rank >= least]
    low, high = sum(figures[0] for figures in counted), sum(figures[1] for figures in counted)
    return Figure(
        low, None if facts.unbounded else high, Basis.UNKNOWN if _may_be_more(facts, low, high) else Basis.MEASURED
    )


def _may_be_more(facts: DayFacts, low: int, high: int) -> bool:
    return bool(facts.unbounded or (facts.uncounted and high > low))


def _persons(facts: DayFacts) -> Figure:
    """At least one where a personal row came back; at most as many as rows did."""
    low, high = facts.person_rows
    if not high:
        return Figure(0, 0, Basis.ESTIMATED)
    basis = Basis.UNKNOWN if _may_be_more(facts, low, high) else Basis.ESTIMATED
    return Figure(1 if low else 0, None if facts.unbounded else high, basis)
