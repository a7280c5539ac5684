"""What a scan hands to the ledger, and the news the ledger tells."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from soc.events import Event
from soc.ledger.levels import Level


@dataclass(frozen=True, slots=True)
class ScannedColumn:
    """One column as a scan saw and the grading policy graded it."""

    name: str
    type: str | None
    entity: str | None
    confidence: float
    tier: str
    level: Level
    category: str | None = None
    masked: bool = False
    comment: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScannedTable:
    """One table as a scan saw it."""

    name: str
    rows: int
    columns: tuple[ScannedColumn, ...]
    rows_estimated: bool = False
    category: str | None = None
    level: Level = Level.G1
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanReport:
    """One scan of one source."""

    started_at: datetime
    finished_at: datetime
    tables: tuple[ScannedTable, ...]
    skipped: tuple[dict[str, str], ...] = ()
    full: bool = False


@dataclass(frozen=True, slots=True)
class SourceScanned(Event):
    """A scan was stored; ``changed`` items have another type or level than before."""

    name: ClassVar[str] = "ledger.source_scanned"
    source_id: str
    org: str
    tables: int
    sensitive: int
    changed: int


@dataclass(frozen=True, slots=True)
class ItemDecided(Event):
    """An owner confirmed or corrected an item."""

    name: ClassVar[str] = "ledger.item_decided"
    item_id: str
    org: str
    status: str
    level: str


@dataclass(frozen=True, slots=True)
class ReviewOpened(Event):
    """A table may be important data (重要数据): somebody has to judge; it never becomes so by itself."""

    name: ClassVar[str] = "ledger.review_opened"
    table_id: str
    org: str
    reasons: list[str]
