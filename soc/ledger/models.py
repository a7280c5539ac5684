"""Sources, what lies in them, what a scan said of it and what people decided."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from soc.db import Identified, Model
from soc.ledger.levels import Level
from soc.ledger.stewardship import Stewarded
from soc.tiers.models import Scoped


class ItemStatus(StrEnum):
    """Who stands behind an item: only the scan, or its owner."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"


class TableKind(StrEnum):
    """What holds items: a table or what is like one."""

    TABLE = "table"
    VIEW = "view"
    FILE = "file"
    INDEX = "index"
    #: an API: its name is "GET /path", its items are the fields it takes and gives
    INTERFACE = "interface"
    #: a data model or a trained model, kept by hand or by another system
    MODEL = "model"


class Source(Scoped, Identified, Stewarded, Model):
    """A database or a set of files of one organisation; ``address`` shows no password."""

    __tablename__ = "sources"
    read_with: ClassVar = (("ledger_tables", "source_id"), ("ledger_items", "source_id"))
    __table_args__ = (UniqueConstraint("org", "name"),)
    name: Mapped[str]
    kind: Mapped[str]
    address: Mapped[str]
    #: name of the database, as access logs call it; empty for files
    database: Mapped[str] = mapped_column(default="")
    #: the whole address, sealed under :data:`soc.ledger.sources.PURPOSE`
    sealed_url: Mapped[bytes] = mapped_column(LargeBinary)
    added_at: Mapped[datetime]
    scanned_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    #: rows and bytes that one scan may read of it; None is no limit
    most_rows: Mapped[int | None]
    most_bytes: Mapped[int | None]


class LedgerSchema(Scoped, Identified, Stewarded, Model):
    """A schema of a database, or a folder of files: what lies between a source and its tables."""

    __tablename__ = "ledger_schemas"
    read_with: ClassVar = (("ledger_tables", "schema_id"),)
    __table_args__ = (UniqueConstraint("source_id", "name"),)
    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"))
    name: Mapped[str]
    source: Mapped[Source] = relationship(lazy="raise")


class LedgerTable(Scoped, Identified, Stewarded, Model):
    """One table, view, file, interface or model; ``rows`` bounds what a statement on it can have returned."""

    __tablename__ = "ledger_tables"
    read_with: ClassVar = (("ledger_items", "table_id"),)
    __table_args__ = (UniqueConstraint("source_id", "name"),)
    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"))
    schema_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_schemas.id", ondelete="SET NULL"), index=True)
    name: Mapped[str]
    kind: Mapped[TableKind] = mapped_column(default=TableKind.TABLE)
    comment: Mapped[str] = mapped_column(default="")
    #: where a file that it was read from lies, as shown to people; empty for a table of a database
    path: Mapped[str] = mapped_column(default="")
    #: 信息资源名称, 代码 and 摘要, as catalogues have them
    title: Mapped[str | None]
    code: Mapped[str | None] = mapped_column(index=True)
    summary: Mapped[str | None]
    rows: Mapped[int] = mapped_column(default=0)
    rows_estimated: Mapped[bool] = mapped_column(default=False)
    #: bytes it takes, where the source tells
    bytes: Mapped[int | None]
    #: persons it speaks of, by the sketch of its person key: at least and at most
    persons_low: Mapped[int | None]
    persons_high: Mapped[int | None]
    category: Mapped[str | None]
    level: Mapped[Level] = mapped_column(default=Level.G1)
    flags: Mapped[list[str]] = mapped_column(default=list)
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    #: the scan that no longer found it
    gone_at: Mapped[datetime | None]
    source: Mapped[Source] = relationship(lazy="raise")
    schema: Mapped[LedgerSchema | None] = relationship(lazy="raise")


class LedgerItem(Scoped, Identified, Stewarded, Model):
    """One column, what it holds and how grave that is. ``evidence`` has counts and shapes, never values.

    ``org`` is its owner where the owner is the source's organisation or lies below it.
    """

    __tablename__ = "ledger_items"
    __table_args__ = (
        UniqueConstraint("table_id", "name"),
        Index("ix_ledger_items_waiting", "org", "status", "type"),
        # all that the explorer counts and narrows by, so that no row is read to be counted
        Index(
            "ix_ledger_items_facets",
            *("org", "gone_at", "level", "status", "type", "category", "domain", "source_id", "sharing"),
            *("table_id", "name", "id"),
        ),
    )
    table_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_tables.id", ondelete="CASCADE"))
    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    #: its place among the columns of its table, from 0
    place: Mapped[int] = mapped_column(default=0)
    comment: Mapped[str] = mapped_column(default="")
    #: 信息项名称 and its code, as catalogues have them
    title: Mapped[str | None]
    code: Mapped[str | None] = mapped_column(index=True)
    #: the source's own word for the kind of its values ("varchar(18)")
    data_type: Mapped[str] = mapped_column(default="")
    type: Mapped[str | None] = mapped_column(index=True)
    entity: Mapped[str | None]
    confidence: Mapped[float] = mapped_column(default=0.0)
    tier: Mapped[str] = mapped_column(default="low")
    masked: Mapped[bool] = mapped_column(default=False)
    category: Mapped[str | None]
    level: Mapped[Level] = mapped_column(default=Level.G1)
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)
    status: Mapped[ItemStatus] = mapped_column(default=ItemStatus.PROPOSED)
    #: what the newest scan takes it for, whatever its owner says
    scan_type: Mapped[str | None]
    #: name, type and shape as one word: columns that a correction of one speaks for (see soc.ledger.patterns)
    pattern: Mapped[str] = mapped_column(default="", index=True)
    #: 一源: the place of the same data that counts, where its owner has named one (itself, maybe)
    authority_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_items.id", ondelete="SET NULL"), index=True)
    #: who confirmed or corrected it, and when
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    #: when its owner should look at it again
    next_review: Mapped[datetime | None]
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    table: Mapped[LedgerTable] = relationship(lazy="raise")
    source: Mapped[Source] = relationship(lazy="raise")


class LedgerChange(Scoped, Identified, Model):
    """One change of any field of anything in the ledger: who, when, why, what was so and what is.

    Exactly one of the four references names what was changed.
    """

    __tablename__ = "ledger_changes"
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_items.id", ondelete="CASCADE"), index=True)
    table_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_tables.id", ondelete="CASCADE"), index=True)
    schema_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_schemas.id", ondelete="CASCADE"), index=True)
    source_id: Mapped[UUID | None] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    by: Mapped[str]
    #: who, for undoing one's own: an actor's id
    by_id: Mapped[str] = mapped_column(default="")
    #: scan, confirmed, corrected, graded, edited, undone, merged …
    cause: Mapped[str]
    #: why, in that person's words
    why: Mapped[str] = mapped_column(default="")
    #: changes that were one act have one batch
    batch: Mapped[UUID | None] = mapped_column(index=True)
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    undone_at: Mapped[datetime | None]


class ScanRun(Scoped, Identified, Model):
    """One scan of one source: how much was seen, and what was left out and why."""

    __tablename__ = "scan_runs"
    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    full: Mapped[bool] = mapped_column(default=False)
    tables: Mapped[int] = mapped_column(default=0)
    columns: Mapped[int] = mapped_column(default=0)
    sensitive: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    by: Mapped[str]


class ScanSnapshot(Scoped, Identified, Model):
    """The ledger of one source as it stood after one scan, packed; no value of the source is in it."""

    __tablename__ = "scan_snapshots"
    run_id: Mapped[UUID] = mapped_column(ForeignKey("scan_runs.id", ondelete="CASCADE"), unique=True)
    #: a Parquet frame, see soc.ledger.snapshot
    frame: Mapped[bytes] = mapped_column(LargeBinary)
