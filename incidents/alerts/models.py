"""An alert, and the findings that were joined into it."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from soc.db import Identified, Model
from soc.exposure import Exposed
from soc.tiers.models import Scoped


class AlertStatus(StrEnum):
    """Where an alert stands."""

    NEW = "new"
    TRIAGED = "triaged"
    IN_INCIDENT = "in_incident"
    CLOSED = "closed"


class Verdict(StrEnum):
    """What it turned out to be."""

    TRUE_POSITIVE = "true_positive"
    BENIGN = "benign"
    FALSE_POSITIVE = "false_positive"
    UNCLEAR = "unclear"


class Severity(StrEnum):
    """How grave a score is called; the bounds are those of the entity's risk."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @classmethod
    def of(cls, score: int) -> "Severity":
        """Name a score (0 to 100)."""
        for least, name in ((90, cls.CRITICAL), (70, cls.HIGH), (40, cls.MEDIUM), (20, cls.LOW)):
            if score >= least:
                return name
        return cls.INFO


class Alert(Exposed, Scoped, Identified, Model):
    """What one entity did within one stretch of time, as people work on it."""

    __tablename__ = "alerts"
    part_of: ClassVar = ("incident_id", "incidents")
    __table_args__ = (Index("ix_alerts_org_status_score", "org", "status", "score"),)
    #: person, account, address, source …
    entity_kind: Mapped[str]
    #: pseudonymous where the entity is a person: what stands in links
    entity: Mapped[str] = mapped_column(index=True)
    entity_name: Mapped[str]
    kind: Mapped[str]
    #: {"key", "params"}: who did what to which data
    title: Mapped[dict[str, Any]]
    #: the words of the title in both languages, for the search
    title_text: Mapped[str]
    reasons: Mapped[list[dict[str, Any]]]
    #: [{"label": message, "value": points, "query": search in the logs}]: what the score is made of
    parts: Mapped[list[dict[str, Any]]]
    score: Mapped[int]
    severity: Mapped[Severity]
    #: how likely it is a true one, in thousandths; None where nothing was learnt yet (incidents.calibration)
    likely: Mapped[int | None]
    #: {"low", "high", "judged", "real", "verdicts", "org", "version"}: what that rests on
    likely_basis: Mapped[dict[str, Any] | None]
    #: the gravest level touched, "" where unknown
    level: Mapped[str] = mapped_column(default="")
    events: Mapped[list[str]]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    status: Mapped[AlertStatus] = mapped_column(default=AlertStatus.NEW)
    verdict: Mapped[Verdict | None]
    assignee_id: Mapped[str | None]
    assignee: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(default=list)
    snoozed_until: Mapped[datetime | None]
    snoozed_by: Mapped[str | None]
    snooze_note: Mapped[str | None]
    #: findings beyond the first that are shown as this one alert
    suppressed: Mapped[int] = mapped_column(default=0)
    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey("incidents.id"), index=True)
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_note: Mapped[str | None]


class AlertFinding(Exposed, Scoped, Identified, Model):
    """One finding as it came, kept with the alert it was joined into."""

    __tablename__ = "alert_findings"
    part_of: ClassVar = ("alert_id", "alerts")
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"), index=True)
    finding_id: Mapped[UUID] = mapped_column(unique=True)
    #: findings of one key are the same thing told again
    dedup_key: Mapped[str]
    kind: Mapped[str]
    title: Mapped[dict[str, Any]]
    reasons: Mapped[list[dict[str, Any]]]
    parts: Mapped[list[dict[str, Any]]]
    score: Mapped[int]
    level: Mapped[str] = mapped_column(default="")
    events: Mapped[list[str]]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    #: what the detector adds: source, tables …
    details: Mapped[dict[str, Any]]
    joined_at: Mapped[datetime]


class AlertComment(Scoped, Identified, Model):
    """A person's word on an alert."""

    __tablename__ = "alert_comments"
    part_of: ClassVar = ("alert_id", "alerts")
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"), index=True)
    author: Mapped[str]
    text: Mapped[str]
    written_at: Mapped[datetime]
