"""The register of accepted batches: the authority on what was taken in, and what became of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from soc.db import Identified, Model
from soc.tiers.models import Scoped


class BatchState(StrEnum):
    """How far a batch has come."""

    RECEIVED = "received"  # durable in the spool, acknowledged
    STORED = "stored"  # durable in the log store, searchable
    ANALYSED = "analysed"  # rules and features have seen it
    LOST = "lost"  # its spool record is gone or damaged: somebody took the disk away


class IngestBatch(Scoped, Identified, Model):
    """One batch that was acknowledged; (organisation, format, key) is its identity."""

    __tablename__ = "ingest_batches"
    __table_args__ = (
        UniqueConstraint("org", "format", "key"),
        Index("ix_ingest_batches_state_id", "state", "id"),
        # what was stored since an instant, for those who count it up afterwards
        Index("ix_ingest_batches_org_stored_at", "org", "stored_at"),
    )
    format: Mapped[str]
    key: Mapped[str]
    #: SHA-256 of the decoded body: the same key with another body is a conflict
    body_digest: Mapped[str]
    #: where the original lies: spool segment and offset in it
    segment: Mapped[str] = mapped_column(index=True)
    position: Mapped[int]
    size: Mapped[int]
    accepted: Mapped[int]
    quarantined: Mapped[int]
    #: what parsing needs beyond the body, so that it gives the same at any time
    options: Mapped[dict[str, Any]]
    origin: Mapped[str]
    state: Mapped[BatchState] = mapped_column(default=BatchState.RECEIVED)
    #: indexed: an event tells of its batch by the instant it arrived
    received_at: Mapped[datetime] = mapped_column(index=True)
    stored_at: Mapped[datetime | None]
    analysed_at: Mapped[datetime | None]
    newest_event: Mapped[datetime | None]


class QuarantinedRecords(Scoped, Identified, Model):
    """Records of one batch that one reason kept out; their text stays in the sealed original."""

    __tablename__ = "ingest_quarantine"
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("ingest_batches.id"), index=True)
    reason: Mapped[str]
    count: Mapped[int]
    #: 0-based numbers of their first lines in the batch, as runs (``lines.Run``), at most ``MOST_RUNS``
    lines: Mapped[list[Any]]
    created_at: Mapped[datetime]
    replayed_at: Mapped[datetime | None]


MOST_RUNS = 10_000


class FollowedFile(Scoped, Identified, Model):
    """A file that was read: known by what it holds, not by where it lies."""

    __tablename__ = "ingest_files"
    format: Mapped[str]
    #: SHA-256 of the first ``head_size`` bytes: finds the candidates
    head_digest: Mapped[str] = mapped_column(index=True)
    head_size: Mapped[int]
    #: SHA-256 of everything up to ``offset``: proves that it is the same file, grown
    digest: Mapped[str]
    offset: Mapped[int]
    lines: Mapped[int]
    records: Mapped[int]
    name: Mapped[str]
    read_at: Mapped[datetime]
