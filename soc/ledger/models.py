"""Sources, their tables and columns, what a scan said of them and what people decided."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from soc.db import Identified, Model
from soc.ledger.levels import Level
from soc.tiers.models import Scoped


class ItemStatus(StrEnum):
    """Who stands behind an item: only the scan, or its owner."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"


class Source(Scoped, Identified, Model):
    """A database or a set of files of one organisation; ``address`` shows no password."""

    __tablename__ = "sources"
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


class LedgerTable(Scoped, Identified, Model):
    """One table of a source; ``rows`` bounds what a statement on it can have returned."""

    __tablename__ = "ledger_tables"
    __table_args__ = (UniqueConstraint("source_id", "name"),)
    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"))
    name: Mapped[str]
    rows: Mapped[int] = mapped_column(default=0)
    rows_estimated: Mapped[bool] = mapped_column(default=False)
    category: Mapped[str | None]
    level: Mapped[Level] = mapped_column(default=Level.G1)
    flags: Mapped[list[str]] = mapped_column(default=list)
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    #: the scan that no longer found it
    gone_at: Mapped[datetime | None]
    source: Mapped[Source] = relationship(lazy="raise")


class LedgerItem(Scoped, Identified, Model):
    """One column, what it holds and how grave that is. ``evidence`` has counts and shapes, never values."""

    __tablename__ = "ledger_items"
    __table_args__ = (UniqueConstraint("table_id", "name"),)
    table_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_tables.id", ondelete="CASCADE"))
    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    comment: Mapped[str] = mapped_column(default="")
    type: Mapped[str | None] = mapped_column(index=True)
    entity: Mapped[str | None]
    confidence: Mapped[float] = mapped_column(default=0.0)
    tier: Mapped[str] = mapped_column(default="low")
    masked: Mapped[bool] = mapped_column(default=False)
    category: Mapped[str | None]
    level: Mapped[Level] = mapped_column(default=Level.G1)
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)
    status: Mapped[ItemStatus] = mapped_column(default=ItemStatus.PROPOSED)
    #: who confirmed or corrected it, and when
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    table: Mapped[LedgerTable] = relationship(lazy="raise")
    source: Mapped[Source] = relationship(lazy="raise")


class LedgerChange(Scoped, Identified, Model):
    """One change of an item's type, level or status: its history."""

    __tablename__ = "ledger_changes"
    item_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_items.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    by: Mapped[str]
    #: scan, confirmed, corrected or graded
    cause: Mapped[str]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]


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
