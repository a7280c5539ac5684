"""What is pulled from where, how far it is, and what of it was seen."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from soc.db import Identified, Model
from soc.tiers.models import Scoped


class PullKind(StrEnum):
    """What logs are pulled from."""

    OPENSEARCH = "opensearch"
    BUCKET = "bucket"


class LogPull(Scoped, Identified, Model):
    """One place that logs are fetched from, for one organisation."""

    __tablename__ = "ingest_pulls"
    __table_args__ = (UniqueConstraint("org", "name"),)
    name: Mapped[str]
    kind: Mapped[PullKind]
    #: ``https://HOST:PORT/PATH``, without names and passwords
    address: Mapped[str]
    #: an index, a pattern of them, a data stream; or a bucket
    target: Mapped[str]
    #: a log format, or ``auto``
    format: Mapped[str]
    #: the field of a document that holds the log's line; empty where the document is the record
    field: Mapped[str]
    #: what only one kind has: see ``opensearch.Wanted`` and ``bucket.Wanted``
    options: Mapped[dict[str, Any]]
    #: certificates of the authority that the server's is checked by, PEM; empty: the machine's own
    authority: Mapped[str]
    verify: Mapped[bool]
    #: name and password or keys, sealed; None where there are none
    sealed: Mapped[bytes | None]
    every: Mapped[timedelta]
    #: counts the changes: a turn that began before one does not write after it
    edition: Mapped[int] = mapped_column(default=1)
    paused_at: Mapped[datetime | None]
    added_at: Mapped[datetime]


class PullProgress(Scoped, Identified, Model):
    """How far a pull is and how it fares: what the worker writes, all the time, where a pull itself is people's."""

    __tablename__ = "ingest_pull_progress"
    pull_id: Mapped[UUID] = mapped_column(ForeignKey("ingest_pulls.id"), unique=True)
    #: moves in the transaction that registers what was read
    mark: Mapped[dict[str, Any]]
    next_at: Mapped[datetime] = mapped_column(index=True)
    #: {"key", "params"} of what is wrong now; None where nothing is
    trouble: Mapped[dict[str, Any] | None]
    failures: Mapped[int] = mapped_column(default=0)
    records: Mapped[int] = mapped_column(default=0)
    quarantined: Mapped[int] = mapped_column(default=0)
    #: documents and objects that were passed over, each named with its reason
    skipped: Mapped[int] = mapped_column(default=0)
    #: records a second in the latest turn that brought any
    rate: Mapped[float] = mapped_column(default=0.0)
    newest_at: Mapped[datetime | None]
    #: when the source was last read to its end
    whole_at: Mapped[datetime | None]
    worked_at: Mapped[datetime | None]


class PulledDocument(Scoped, Identified, Model):
    """One document of the window that is read again for late ones."""

    __tablename__ = "ingest_pulled_documents"
    __table_args__ = (UniqueConstraint("pull_id", "digest"), Index("ix_ingest_pulled_documents_age", "pull_id", "at"))
    pull_id: Mapped[UUID] = mapped_column(ForeignKey("ingest_pulls.id"))
    #: SHA-256 of index, NUL and id, in hex
    digest: Mapped[str]
    #: its time, in milliseconds since 1970: a document may name a year that no calendar of ours has
    at: Mapped[int]


class ObjectState(StrEnum):
    """How far an object is read."""

    READING = "reading"
    DONE = "done"
    SKIPPED = "skipped"


class PulledObject(Scoped, Identified, Model):
    """One version of an object in a bucket: known by key, etag and size."""

    __tablename__ = "ingest_pulled_objects"
    __table_args__ = (
        UniqueConstraint("pull_id", "digest"),
        Index("ix_ingest_pulled_objects_state", "pull_id", "state"),
    )
    pull_id: Mapped[UUID] = mapped_column(ForeignKey("ingest_pulls.id"))
    #: SHA-256 of key, etag and size, in hex
    digest: Mapped[str]
    key: Mapped[str]
    etag: Mapped[str]
    size: Mapped[int]
    state: Mapped[ObjectState] = mapped_column(default=ObjectState.READING)
    #: message that says why it was passed over
    reason: Mapped[str] = mapped_column(default="")
    format: Mapped[str] = mapped_column(default="")
    #: bytes and lines of its text, unpacked, that are registered
    offset: Mapped[int] = mapped_column(default=0)
    lines: Mapped[int] = mapped_column(default=0)
    records: Mapped[int] = mapped_column(default=0)
    #: turns that failed at it
    failures: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    read_at: Mapped[datetime]
