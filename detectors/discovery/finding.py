"""What discovery says: about a column, a table, a source. No value of a source is ever part of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from soc.ledger.levels import Level
from soc.text import t


class Tier(StrEnum):
    """How far a finding is believed: high is taken over, medium is reviewed, low is a hint."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @classmethod
    def of(cls, confidence: float) -> "Tier":
        """The tier of a confidence from 0 to 1 (0.85 and 0.6 are the borders)."""
        if confidence >= 0.85:
            return cls.HIGH
        return cls.MEDIUM if confidence >= 0.6 else cls.LOW


@dataclass(frozen=True, slots=True)
class Evidence:
    """Counts and shares that a finding rests on; shares are of the distinct values that were looked at."""

    rows: int = 0
    filled: int = 0
    distinct: int = 0
    matched: float = 0.0
    checked: float | None = None
    masked: float = 0.0
    embedded: float = 0.0
    name: float = 0.0
    shape: str = ""
    neighbour: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For printing and storing; what says nothing is left out."""
        known = {
            "rows": self.rows,
            "filled": self.filled,
            "distinct": self.distinct,
            "matched": round(self.matched, 4),
            "name": self.name,
        }
        if self.checked is not None:
            known["checked"] = round(self.checked, 4)
        for key, share in (("masked", self.masked), ("embedded", self.embedded)):
            if share:
                known[key] = round(share, 4)
        texts = {key: text for key, text in (("shape", self.shape), ("neighbour", self.neighbour)) if text}
        return known | texts


@dataclass(frozen=True, slots=True)
class ColumnFinding:
    """What one column holds; ``type`` is None where nothing sensitive was seen."""

    name: str
    type: str | None = None
    entity: str | None = None
    confidence: float = 0.0
    tier: Tier = Tier.LOW
    masked: bool = False
    evidence: Evidence = field(default_factory=Evidence)
    comment: str = ""
    category: str | None = None
    level: Level = Level.G1

    def as_dict(self) -> dict[str, Any]:
        """The contract's form of a column."""
        document: dict[str, Any] = {
            "name": self.name,
            "type": self.type,
            "entity": self.entity,
            "confidence": round(self.confidence, 4),
            "tier": self.tier.value,
            "category": self.category,
            "level": self.level.value,
            "evidence": self.evidence.as_dict(),
        }
        return document | ({"masked": True} if self.masked else {})


@dataclass(frozen=True, slots=True)
class TableFinding:
    """One table, sheet or file; ``rows`` is an exact count or, with ``rows_estimated``, the source's own guess."""

    name: str
    rows: int
    columns: tuple[ColumnFinding, ...]
    rows_estimated: bool = False
    category: str | None = None
    level: Level = Level.G1
    flags: tuple[str, ...] = ()
    #: how much of it was read and what was not, see :mod:`detectors.discovery.sources.coverage`
    coverage: Mapping[str, Any] = field(default_factory=dict)
    #: where it was read, as shown to people; empty for a table of a database
    path: str = ""
    #: what of it was not read, or is not as it says
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The contract's form of a table."""
        document: dict[str, Any] = {
            "name": self.name,
            "rows": self.rows,
            "columns": [column.as_dict() for column in self.columns],
            "category": self.category,
            "level": self.level.value,
        }
        if self.rows_estimated:
            document["rows_estimated"] = True
        told = {
            "path": self.path,
            "flags": list(self.flags),
            "notes": list(self.notes),
            "coverage": dict(self.coverage),
        }
        return document | {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not read, and why."""

    path: str
    reason: str

    def as_dict(self) -> dict[str, str]:
        """The contract's form."""
        return {"path": self.path, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Secret:
    """An object with a mark of state secrets: its path is all that is kept of it."""

    path: str

    def as_skipped(self) -> Skipped:
        """How whoever gave the location is told that it was not read."""
        return Skipped(self.path, t("errors.discovery.state_secret"))


@dataclass(frozen=True, slots=True)
class ScanResult:
    """Everything one scan of one source saw; ``secrets`` are for the security administrator alone."""

    source: str
    tables: tuple[TableFinding, ...]
    skipped: tuple[Skipped, ...] = ()
    secrets: tuple[Secret, ...] = ()
    partial: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The contract's document."""
        return {
            "source": self.source,
            "tables": [table.as_dict() for table in self.tables],
            "skipped": [one.as_dict() for one in (*self.skipped, *(secret.as_skipped() for secret in self.secrets))],
        }
