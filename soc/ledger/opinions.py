"""What was thought of items beside the item's own row: verdicts, parts, proposals that wait, lessons that were learnt."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from soc.db import Identified, Model
from soc.ledger.levels import Level
from soc.ledger.models import LedgerItem
from soc.tiers.models import Scoped


class Verdict(StrEnum):
    """What an owner's word makes of a recognizer's."""

    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    REJECTED = "rejected"
    #: the recognizer saw nothing where there was something of its type
    MISSED = "missed"


class ProposalKind(StrEnum):
    """Where a proposal comes from."""

    #: a correction of the same pattern elsewhere
    LESSON = "lesson"
    #: an item that this one is derived from
    LINEAGE = "lineage"


class ProposalStatus(StrEnum):
    """Where a proposal stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class LedgerVerdict(Scoped, Identified, Model):
    """One owner's word on one recognizer's finding; ``void`` where a later word or an undo replaced it."""

    __tablename__ = "ledger_verdicts"
    item_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_items.id", ondelete="CASCADE"), index=True)
    change_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_changes.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    #: the recognizer: what the scan said, or of a missed one what it should have said
    type: Mapped[str]
    verdict: Mapped[Verdict]
    void: Mapped[bool] = mapped_column(default=False)


class LedgerPart(Scoped, Identified, Model):
    """One of several things that a column holds: the values of a pattern, or those a recognizer knows."""

    __tablename__ = "ledger_parts"
    __table_args__ = (UniqueConstraint("item_id", "place"),)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_items.id", ondelete="CASCADE"))
    place: Mapped[int]
    #: an RE2 pattern of the whole value; empty: as the recognizer of ``type`` knows them
    pattern: Mapped[str] = mapped_column(default="")
    type: Mapped[str | None]
    level: Mapped[Level]


class LedgerProposal(Scoped, Identified, Model):
    """Another opinion on an item that waits for its owner's word; nothing is changed before."""

    __tablename__ = "ledger_proposals"
    __table_args__ = (Index("ix_ledger_proposals_item_id_status", "item_id", "status"),)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_items.id", ondelete="CASCADE"))
    kind: Mapped[ProposalKind]
    type: Mapped[str | None]
    level: Mapped[Level]
    #: the item that it was learnt from, or that this one is derived from; named only to those who may see it
    origin_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_items.id", ondelete="SET NULL"), index=True)
    lesson_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_lessons.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime]
    status: Mapped[ProposalStatus] = mapped_column(default=ProposalStatus.OPEN)
    #: the decision that closed it
    change_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_changes.id", ondelete="SET NULL"), index=True)
    item: Mapped[LedgerItem] = relationship(lazy="raise", foreign_keys=[item_id])


class LedgerLesson(Scoped, Identified, Model):
    """What a correction says of every column of its pattern, below the organisation that holds the lesson."""

    __tablename__ = "ledger_lessons"
    read_from_below: ClassVar = "active"
    __table_args__ = (Index("ix_ledger_lessons_pattern", "pattern"),)
    pattern: Mapped[str]
    #: what the scan takes columns of this pattern for
    scan_type: Mapped[str | None]
    type: Mapped[str | None]
    level: Mapped[Level]
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_items.id", ondelete="SET NULL"), index=True)
    change_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_changes.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime]
    by: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    #: parts where the correction split the column: {"pattern", "type", "level"}
    parts: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
