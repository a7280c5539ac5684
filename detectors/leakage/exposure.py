"""How much was exposed: rows and persons are two figures, each with what it rests on.

pgaudit counts rows but not of COPY, cursors and dumps: those are unknown, bounded by the table's size where
the ledger knows it. A log hardly ever says whose rows came back: persons are estimated, never measured.
"""

from dataclasses import dataclass

from detectors.behaviour.facts import SENSITIVE_RANK, DayFacts
from detectors.findings import Basis, Figure

LEVELS = {1: "G1", 2: "G2", 3: "G3", 4: "G4", 5: "I", 6: "C"}


@dataclass(frozen=True)
class Exposure:
    """Sensitive rows (all rows where no level is known), persons, and the gravest level."""

    rows: Figure
    persons: Figure
    level: str


def exposure_of(facts: DayFacts) -> Exposure:
    """Read a day's exposure from its sums."""
    graded = {rank: pair for rank, pair in facts.rows.items() if rank >= SENSITIVE_RANK and pair[1]}
    counted = list((graded or facts.rows).values())
    low, high = sum(pair[0] for pair in counted), sum(pair[1] for pair in counted)
    rows = Figure(low, None if facts.unbounded else high, _basis(facts, low, high))
    return Exposure(rows, _persons(facts), LEVELS.get(facts.rank, ""))


def _basis(facts: DayFacts, low: int, high: int) -> Basis:
    return Basis.UNKNOWN if facts.unbounded or (facts.uncounted and high > low) else Basis.MEASURED


def _persons(facts: DayFacts) -> Figure:
    """At least one where a personal row came back; at most as many as rows did."""
    low, high = facts.person_rows
    if not high:
        return Figure(0, 0, Basis.ESTIMATED)
    unknown = facts.unbounded or (facts.uncounted and high > low)
    return Figure(1 if low else 0, None if facts.unbounded else high, Basis.UNKNOWN if unknown else Basis.ESTIMATED)
