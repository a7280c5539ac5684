"""What discovery says: about a column, a table, a source. No value of a source is ever part of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from soc.ledger.levels import Level
from soc.text import t


class Tier(StrEnum):
    """How far a finding is believed: high is taken over, medium is reviewed, low is a hint.

    Values prove a type by right check digits or a form that nothing else has; the name, the comment
    or a column beside it supports it. Both make a high finding, one a medium one, the shape alone a low one.
    """

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @classmethod
    def of(cls, *, proven: bool, supported: bool) -> "Tier":
        """The tier of a finding: its values prove it, and something else supports it; one of the two; neither."""
        if proven and supported:
            return cls.HIGH
        return cls.MEDIUM if proven or supported else cls.LOW

    @classmethod
    def reached(cls, confidence: float) -> "Tier":
        """The tier whose range a confidence lies in, for what was found in running text."""
        return next(
            tier for tier in (cls.HIGH, cls.MEDIUM, cls.LOW) if confidence >= _RANGES[tier][0] or tier is cls.LOW
        )

    def within(self, confidence: float) -> float:
        """Bring a confidence into this tier's range, so that the two never contradict one another."""
        low, high = _RANGES[self]
        return min(max(confidence, low), high)


#: confidences of each tier, so that lists sorted by them keep the tiers together
_RANGES = {Tier.HIGH: (0.85, 1.0), Tier.MEDIUM: (0.6, 0.8499), Tier.LOW: (0.3, 0.5999)}


class Lost(StrEnum):
    """What the runner-up lacked."""

    NAME = "name"
    CHECK = "check"
    SHARE = "share"
    NEIGHBOUR = "neighbour"
    WEIGHT = "weight"


@dataclass(frozen=True, slots=True)
class Rival:
    """The type that came second, how far it was believed and what it lacked."""

    type: str
    confidence: float
    lost: Lost

    def as_dict(self) -> dict[str, Any]:
        """For printing and storing."""
        return {"type": self.type, "confidence": round(self.confidence, 4), "lost": self.lost.value}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Counts and shares that a finding rests on; shares are of the distinct values that were looked at.

    ``said``: the types that the column's name says; ``chance``: the share of right check digits that
    random numbers would have; ``neighbour``: the column beside it that agrees; ``unverified``: the
    form of this type rests on no source that was read, so only its name makes it a finding;
    ``thing``: the kind of thing that the name says instead of a type (see :mod:`detectors.recognizers.things`);
    ``withdrawn``: the type that the values look like and that is not believed, since the name says another
    thing or the values are built as another's; ``resembles``: how likely the type is by a name that is in no list
    but resembles those of the type, with the values in view.
    """

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
    chance: float | None = None
    said: tuple[str, ...] = ()
    rival: "Rival | None" = None
    unverified: bool = False
    thing: str = ""
    withdrawn: str = ""
    resembles: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """For printing and storing; what says nothing is left out."""
        known: dict[str, Any] = {
            "rows": self.rows,
            "filled": self.filled,
            "distinct": self.distinct,
            "matched": round(self.matched, 4),
            "name": self.name,
        }
        for key, share in (("checked", self.checked), ("chance", self.chance)):
            if share is not None:
                known[key] = round(share, 4)
        for key, share in (("masked", self.masked), ("embedded", self.embedded), ("resembles", self.resembles)):
            if share:
                known[key] = round(share, 4)
        said = (
            ("shape", self.shape), ("neighbour", self.neighbour), ("thing", self.thing), ("withdrawn", self.withdrawn),
        )  # fmt: skip
        known |= {key: text for key, text in said if text}
        if self.said:
            known["said"] = list(self.said)
        if self.rival is not None:
            known["rival"] = self.rival.as_dict()
        return known | ({"unverified": True} if self.unverified else {})


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
    #: packed sketch of its values in Base64 (see soc.ledger.sketch); never printed
    sketch: str = ""

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
