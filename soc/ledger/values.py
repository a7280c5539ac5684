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
    #: the source's own word for the kind of its values
    data_type: str = ""
    #: packed sketch of its values (see soc.ledger.sketch), None where none was made
    sketch: bytes | None = None


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
    #: table, view, file or index (see soc.ledger.models.TableKind)
    kind: str = "table"
    comment: str = ""
    bytes: int | None = None
    #: whether every row was read: then sketches count the whole table
    complete: bool = False
    #: where it was read, for a file: what is said of this path is said of the table
    path: str = ""


@dataclass(frozen=True, slots=True)
class ScanReport:
    """One scan of one source.

    ``unchanged`` names tables that are there and were not read again since nothing in them changed;
    a table in none of the lists is gone, unless the scan was ``partial``: broken off, or told to look
    at some of the source only. ``secrets`` are the paths of objects with a mark of state secrets, which only
    the security administrator may learn (:mod:`soc.ledger.secrecy`).
    """

    started_at: datetime
    finished_at: datetime
    tables: tuple[ScannedTable, ...]
    skipped: tuple[dict[str, str], ...] = ()
    full: bool = False
    unchanged: tuple[str, ...] = ()
    partial: bool = False
    secrets: tuple[str, ...] = ()
    #: id of the key that the sketches were made with
    sketch_key: str = ""


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
class LedgerChanged(Event):
    """A scan found another ledger than the scan before: how many items and tables, and which way levels moved."""

    name: ClassVar[str] = "ledger.changed"
    source_id: str
    org: str
    run_id: str
    #: the scan compared with; None where this is the first
    previous_id: str | None
    new: int
    gone: int
    changed: int
    level_up: int
    level_down: int


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
