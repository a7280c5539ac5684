"""An exception, and the findings that it kept from becoming alerts."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from incidents.exceptions.terms import Terms
from soc.db import Identified, Model
from soc.tiers.models import Scoped


class ExceptionStatus(StrEnum):
    """Where an exception stands; one whose day has come is over without being touched."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    REFUSED = "refused"
    ENDED = "ended"


class FindingException(Scoped, Identified, Model):
    """What raises no alert at an organisation and below it, who answers for that, and until when."""

    __tablename__ = "finding_exceptions"
    #: as terms call them, and what each is called, {"zh", "en"}
    detectors: Mapped[list[str]]
    names: Mapped[list[dict[str, Any]]]
    #: keyed reference of the entity; "" for anybody
    entity: Mapped[str] = mapped_column(default="")
    entity_name: Mapped[str] = mapped_column(default="")
    tables: Mapped[list[str]]
    rows_at_most: Mapped[int | None]
    score_at_most: Mapped[int]
    from_hour: Mapped[int | None]
    to_hour: Mapped[int | None]
    reason: Mapped[str]
    owner: Mapped[str]
    until: Mapped[datetime]
    status: Mapped[ExceptionStatus] = mapped_column(default=ExceptionStatus.PROPOSED)
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    started_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_note: Mapped[str | None]

    @property
    def terms(self) -> Terms:
        """What it covers."""
        return Terms(
            detectors=tuple(self.detectors), entity=self.entity, tables=tuple(self.tables),
            rows_at_most=self.rows_at_most, score_at_most=self.score_at_most, from_hour=self.from_hour,
            to_hour=self.to_hour,
        )  # fmt: skip

    def stands(self, at: datetime) -> bool:
        """Whether it keeps anything back at this moment."""
        return self.status is ExceptionStatus.ACTIVE and self.until > at


class ExceptedFinding(Scoped, Identified, Model):
    """A finding that an exception kept from becoming an alert."""

    __tablename__ = "excepted_findings"
    __table_args__ = (Index("ix_excepted_findings_exception_last", "exception_id", "last_at"),)
    exception_id: Mapped[UUID] = mapped_column(ForeignKey("finding_exceptions.id"))
    finding_id: Mapped[UUID] = mapped_column(unique=True)
    title: Mapped[dict[str, Any]]
    score: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    kept_at: Mapped[datetime]
