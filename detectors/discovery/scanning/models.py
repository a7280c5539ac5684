"""The register of scans: how far each is, and what was found in each table, so that nothing is read twice.

A reading is what one table gave; it belongs to the scan under way until that is stored in the ledger, and
then to the newest stored scan of its source: the next scan compares the source with it.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from soc.db import Identified, Model
from soc.tiers.models import Scoped


class Mode(StrEnum):
    """What a scan reads."""

    CHANGED = "changed"  # tables that changed since the scan before
    AGAIN = "again"  # every table, by a sample
    FULL = "full"  # every row


class ScanStatus(StrEnum):
    """Where a scan stands."""

    RUNNING = "running"
    PAUSED = "paused"
    #: ended by an error or by the death of its process; what it read is kept
    INTERRUPTED = "interrupted"
    CANCELLED = "cancelled"
    DONE = "done"


#: a scan in one of these goes on where it was
OPEN = (ScanStatus.RUNNING, ScanStatus.PAUSED, ScanStatus.INTERRUPTED)


class DiscoveryScan(Scoped, Identified, Model):
    """One scan of one location of an organisation, from its order to the ledger."""

    __tablename__ = "discovery_scans"
    __table_args__ = (Index("ix_discovery_scans_name", "org", "name", "started_at"),)
    #: the location as people call it: a source's name, an address without its password, a path
    name: Mapped[str]
    source_id: Mapped[UUID | None] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), index=True)
    job_run_id: Mapped[UUID | None] = mapped_column(ForeignKey("job_runs.id", ondelete="SET NULL"), index=True)
    mode: Mapped[Mode]
    #: of everything that decides what a reading says: readings of another digest are no use
    digest: Mapped[str]
    status: Mapped[ScanStatus] = mapped_column(default=ScanStatus.RUNNING, index=True)
    ordered_by: Mapped[str]
    started_at: Mapped[datetime]
    beaten_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    #: time spent scanning, pauses left out
    spent: Mapped[timedelta] = mapped_column(default=timedelta(0))
    #: relations: all that there are, those settled, and of these: taken over unread, and left out
    total: Mapped[int] = mapped_column(default=0)
    settled: Mapped[int] = mapped_column(default=0)
    carried: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int] = mapped_column(default=0)
    cells: Mapped[int] = mapped_column(default=0)
    #: share of the work done, 0 to 1, by the size of the tables
    share: Mapped[float] = mapped_column(default=0.0)
    #: why it was interrupted or waits, {"key", "params"} of the catalogue
    message: Mapped[dict[str, Any] | None]
    #: the entry of the ledger it ended in
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("scan_runs.id", ondelete="SET NULL"))
    #: why tables were read or not, and what was not seen of them
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)


class DiscoveryReading(Model):
    """What one table gave; ``packed`` has names, counts and findings, never a value."""

    __tablename__ = "discovery_readings"
    scan_id: Mapped[UUID] = mapped_column(ForeignKey("discovery_scans.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    packed: Mapped[bytes] = mapped_column(LargeBinary)
    #: nothing of it could be read
    failed: Mapped[bool] = mapped_column(default=False)
    read_at: Mapped[datetime]
    #: what the source's catalogue said of it then
    schema_digest: Mapped[str | None]
    table_rows: Mapped[int | None]
    table_bytes: Mapped[int | None]
    watermark: Mapped[str] = mapped_column(default="")


class ScanSchedule(Scoped, Identified, Model):
    """When a source is scanned by itself."""

    __tablename__ = "scan_schedules"
    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), unique=True)
    #: five fields of cron; None is only when somebody asks
    cron: Mapped[str | None]
    mode: Mapped[Mode] = mapped_column(default=Mode.CHANGED)
    #: hours of the day between which it may read, local time; None is any
    window_from: Mapped[int | None]
    window_to: Mapped[int | None]
    #: a table that cannot tell whether it changed is read again after so many days
    oldest_days: Mapped[int] = mapped_column(default=30)
    next_at: Mapped[datetime | None]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]
