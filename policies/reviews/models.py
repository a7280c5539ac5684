"""A table that may be important or core data, and what people said of it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from soc.db import Identified, Model
from soc.ledger.levels import Level
from soc.ledger.models import LedgerTable
from soc.tiers.models import Scoped


class ReviewStatus(StrEnum):
    """Where a candidate stands: judged here, then reported, then answered by the regulator."""

    OPEN = "open"
    DISMISSED = "dismissed"
    IDENTIFIED = "identified"
    REPORTED = "reported"
    RECOGNISED = "recognised"
    NOT_RECOGNISED = "not_recognised"


#: a table in such a state is protected as what it was judged to be
HELD = frozenset({ReviewStatus.IDENTIFIED, ReviewStatus.REPORTED, ReviewStatus.RECOGNISED})


class ImportantReview(Scoped, Identified, Model):
    """One candidate. Nothing becomes important or core data but by ``judged_by``.

    Source: Regulation on network data security (State Council order 790), art. 29: processors identify and declare,
    the region or department tells them or publishes.
    """

    __tablename__ = "important_reviews"
    __table_args__ = (
        Index(
            "uq_important_reviews_one_open",
            "table_id",
            unique=True,
            sqlite_where=text("status IN ('open', 'identified', 'reported', 'recognised')"),
            postgresql_where=text("status IN ('open', 'identified', 'reported', 'recognised')"),
        ),
    )
    table_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_tables.id", ondelete="CASCADE"), index=True)
    #: I or C: what it may be, or was judged to be
    level: Mapped[Level]
    #: flags of the grading: "important.persons", "core.rule:<id>"
    reasons: Mapped[list[str]]
    status: Mapped[ReviewStatus] = mapped_column(default=ReviewStatus.OPEN, index=True)
    opened_at: Mapped[datetime]
    judged_at: Mapped[datetime | None]
    judged_by: Mapped[str | None]
    why: Mapped[str | None]
    reported_at: Mapped[datetime | None]
    #: number of the letter to the regulator
    report_no: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    #: to be looked at again
    review_by: Mapped[datetime | None]
    table: Mapped[LedgerTable] = relationship(lazy="raise")
