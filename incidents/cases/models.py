"""An incident with its clocks, tasks, timeline and chain of custody."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from incidents.deadlines import IncidentLevel, Reporter
from soc.db import Identified, Model
from soc.exposure import Exposed
from soc.tiers.models import Scoped


class IncidentStatus(StrEnum):
    """Where an incident stands: 事中 (open, contained), then 事后 (resolved, reviewed, closed)."""

    OPEN = "open"
    CONTAINED = "contained"
    RESOLVED = "resolved"
    REVIEWED = "reviewed"
    CLOSED = "closed"


class Incident(Exposed, Scoped, Identified, Model):
    """Something that happened, which somebody has taken on."""

    __tablename__ = "incidents"
    __table_args__ = (UniqueConstraint("number"),)
    #: people call it by this: 440100-2026-0007
    number: Mapped[str]
    title: Mapped[dict[str, Any]]
    title_text: Mapped[str]
    #: GB/T 20986-2023: data_leak, data_theft, …
    category: Mapped[str]
    status: Mapped[IncidentStatus] = mapped_column(default=IncidentStatus.OPEN, index=True)
    level_proposed: Mapped[IncidentLevel]
    level_confirmed: Mapped[IncidentLevel | None]
    #: what the criteria were weighed by: {"persons": 12000, …}
    facts: Mapped[dict[str, Any]]
    reporter: Mapped[Reporter] = mapped_column(default=Reporter.OPERATOR)
    #: the gravest data level touched
    data_level: Mapped[str] = mapped_column(default="")
    score: Mapped[int] = mapped_column(default=0)
    entity: Mapped[str] = mapped_column(default="")
    entity_name: Mapped[str] = mapped_column(default="")
    #: the centre that works on it now
    held_by: Mapped[str]
    commander_id: Mapped[str | None]
    commander: Mapped[str | None]
    #: the report clocks run from here
    discovered_at: Mapped[datetime]
    opened_at: Mapped[datetime]
    contained_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    #: {"cause", "harm", "measures", "lessons"}
    review: Mapped[dict[str, Any] | None]

    @property
    def level(self) -> IncidentLevel:
        """The level that counts: the confirmed one, else the proposed."""
        return self.level_confirmed or self.level_proposed


class Clock(Scoped, Identified, Model):
    """One running duty; a regrading ends it and starts another, the old one is kept."""

    __tablename__ = "incident_clocks"
    part_of: ClassVar = ("incident_id", "incidents")
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), index=True)
    rule_id: Mapped[str]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    #: the share of its time that was last announced
    announced: Mapped[float] = mapped_column(default=0.0)
    met_at: Mapped[datetime | None]
    met_by: Mapped[str | None]
    #: the receipt of whoever was reported to
    receipt: Mapped[str | None]
    missed_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]


class TaskKind(StrEnum):
    """Part of the response, or of what follows from it."""

    RESPONSE = "response"
    RECTIFICATION = "rectification"


class TaskStatus(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    DOING = "doing"
    DONE = "done"
    ACCEPTED = "accepted"


class IncidentTask(Scoped, Identified, Model):
    """Something somebody has to do; ``org`` is whose it is."""

    __tablename__ = "incident_tasks"
    part_of: ClassVar = ("incident_id", "incidents")
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), index=True)
    kind: Mapped[TaskKind]
    title: Mapped[str]
    detail: Mapped[str] = mapped_column(default="")
    status: Mapped[TaskStatus] = mapped_column(default=TaskStatus.OPEN)
    owner: Mapped[str | None]
    due_at: Mapped[datetime | None]
    opened_by: Mapped[str]
    opened_at: Mapped[datetime]
    done_by: Mapped[str | None]
    done_at: Mapped[datetime | None]
    result: Mapped[str | None]


class TimelineEntry(Scoped, Identified, Model):
    """One thing that happened, as told to whoever reads the incident."""

    __tablename__ = "incident_timeline"
    part_of: ClassVar = ("incident_id", "incidents")
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), index=True)
    at: Mapped[datetime]
    who: Mapped[str]
    #: {"key", "params"}, or {"key": "incidents.timeline.note", "params": {"text"}} for a person's own words
    text: Mapped[dict[str, Any]]
    tone: Mapped[str] = mapped_column(default="")


class Evidence(Scoped, Identified, Model):
    """A sealed piece of evidence: its bytes are encrypted in the home, its digests are here."""

    __tablename__ = "incident_evidence"
    part_of: ClassVar = ("incident_id", "incidents")
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), index=True)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    #: of the bytes before sealing, hex
    sha256: Mapped[str]
    sm3: Mapped[str]
    size: Mapped[int]
    taken_by: Mapped[str]
    taken_at: Mapped[datetime]


class Custody(Scoped, Identified, Model):
    """One link of the chain of custody: who had it from when, and why."""

    __tablename__ = "incident_custody"
    part_of: ClassVar = ("evidence_id", "incident_evidence")
    evidence_id: Mapped[UUID] = mapped_column(ForeignKey("incident_evidence.id"), index=True)
    at: Mapped[datetime]
    holder: Mapped[str]
    act: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    #: SHA-256 over the link before and this one, so that no link can be taken out
    digest: Mapped[str]


class Notice(Scoped, Identified, Model):
    """Word to a centre: a clock is near its end or over, an incident was handed to it."""

    __tablename__ = "incident_notices"
    part_of: ClassVar = ("incident_id", "incidents")
    sent_upwards: ClassVar = True
    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey("incidents.id"), index=True)
    at: Mapped[datetime]
    text: Mapped[dict[str, Any]]
    tone: Mapped[str] = mapped_column(default="")
    read_by: Mapped[str | None]
    read_at: Mapped[datetime | None]
