"""A weak spot of a store, as it was found and followed."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from soc.db import Identified, Model
from soc.ledger.levels import Level
from soc.ledger.models import Source
from soc.tiers.models import Scoped


class SpotStatus(StrEnum):
    """Where a weak spot stands."""

    OPEN = "open"
    #: somebody was asked to mend it
    TASK = "task"
    #: a later look did not find it
    CLOSED = "closed"
    #: borne with a reason, until a day
    EXCEPTED = "excepted"


class WeakSpot(Scoped, Identified, Model):
    """One weak spot of one source; ``params`` fill its words and hold names and settings, never data."""

    __tablename__ = "weak_spots"
    __table_args__ = (UniqueConstraint("source_id", "check", "subject"),)
    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), index=True)
    #: id of a check of ours, or "<tool>:<rule>" of another scanner
    check: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: words of another scanner; empty for our own checks, whose words are in the catalogue
    title: Mapped[str] = mapped_column(default="")
    severity: Mapped[int]
    #: gravest level of the data behind it
    level: Mapped[Level]
    score: Mapped[int] = mapped_column(index=True)
    status: Mapped[SpotStatus] = mapped_column(default=SpotStatus.OPEN, index=True)
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    #: who mends it, and until when
    assignee: Mapped[str | None]
    due_at: Mapped[datetime | None]
    #: who bears it, why, and until when
    excepted_by: Mapped[str | None]
    excepted_why: Mapped[str | None]
    excepted_until: Mapped[datetime | None]
    source: Mapped[Source] = relationship(lazy="raise")


class SpotNote(Scoped, Identified, Model):
    """One line of a weak spot's history."""

    __tablename__ = "weak_spot_notes"
    spot_id: Mapped[UUID] = mapped_column(ForeignKey("weak_spots.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    by: Mapped[str]
    #: found, found_again, closed, task, excepted, expired, reopened
    what: Mapped[str]
    note: Mapped[str] = mapped_column(default="")


class SpotRun(Scoped, Identified, Model):
    """One look at one source: how many checks looked, and which could not and why."""

    __tablename__ = "weak_spot_runs"
    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    by: Mapped[str]
    looked: Mapped[int]
    found: Mapped[int]
    closed: Mapped[int]
    #: [{"check", "key", "params"}]
    unseen: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
