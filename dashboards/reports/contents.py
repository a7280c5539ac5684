"""What a posture report holds: the page's own figures, and the incidents and tasks of the period."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dashboards.posture.figures import Centre, Posture, posture
from dashboards.posture.indicators import INDICATORS, Indicator, Span
from dashboards.posture.score import ALL_INDICATORS, Ratio
from incidents.cases.models import Clock, Incident, IncidentTask, TaskKind
from incidents.deadlines import ClockRule, rule_of
from soc.db import new_id
from soc.identity.actor import Actor
from soc.tiers.models import Organisation
from soc.tiers.scope import visible, within

_WORST = 5


@dataclass(frozen=True, slots=True)
class Duty:
    """One report that was due, and what became of it by the report's time."""

    rule: ClockRule | None
    rule_id: str
    due_at: datetime
    #: met, late, missed or running
    state: str


@dataclass(frozen=True, slots=True)
class Case:
    """An incident of the period with its duties; no title, which may name a person."""

    incident: Incident
    held_by: Organisation
    duties: tuple[Duty, ...]


@dataclass(frozen=True, slots=True)
class PostureReport:
    """Everything the template prints."""

    id: UUID
    found: Posture
    indicators: tuple[tuple[Indicator, Ratio | None], ...]
    every: int
    worst: tuple[Centre, ...]
    cases: tuple[Case, ...]
    rectifications: tuple[tuple[IncidentTask, Organisation], ...]
    made_by: str


def gather(session: Session, actor: Actor, span: Span, *, at: datetime) -> PostureReport:
    """Return the report of the actor's organisation and those below for one period, as it stands at ``at``."""
    found = posture(session, actor, span, at=at)
    orgs = {one.code: one for one in session.scalars(select(Organisation).where(visible(actor, Organisation.code)))}
    scored = sorted((one for one in found.below if one.score.value is not None), key=_score_of)
    return PostureReport(
        id=new_id(),
        found=found,
        indicators=tuple((one, found.centre.indicators.get(one.id)) for one in INDICATORS),
        every=ALL_INDICATORS,
        worst=tuple(scored[:_WORST]),
        cases=_cases(session, actor, span, at, orgs),
        rectifications=_rectifications(session, actor, span, orgs),
        made_by=actor.name,
    )


def _score_of(centre: Centre) -> tuple[float, str]:
    return centre.score.value or 0.0, centre.org.code


def _cases(
    session: Session, actor: Actor, span: Span, at: datetime, orgs: Mapping[str, Organisation]
) -> tuple[Case, ...]:
    query = within(actor, Incident).where(Incident.discovered_at >= span.since, Incident.discovered_at < span.until)
    incidents = session.scalars(query.order_by(Incident.discovered_at, Incident.number)).all()
    duties: dict[UUID, list[Duty]] = {}
    running = within(actor, Clock).where(
        Clock.incident_id.in_([one.id for one in incidents]), Clock.superseded_at.is_(None)
    )
    for clock in session.scalars(running.order_by(Clock.due_at)):
        duty = Duty(rule_of(clock.rule_id), clock.rule_id, clock.due_at, state_of(clock, at))
        duties.setdefault(clock.incident_id, []).append(duty)
    return tuple(Case(one, orgs.get(one.held_by, orgs[actor.org]), tuple(duties.get(one.id, ()))) for one in incidents)


def state_of(clock: Clock, at: datetime) -> str:
    """Return met, late (met after its time), missed or running."""
    if clock.met_at is not None:
        return "met" if clock.met_at <= clock.due_at else "late"
    return "missed" if clock.due_at < at else "running"


def _rectifications(
    session: Session, actor: Actor, span: Span, orgs: Mapping[str, Organisation]
) -> tuple[tuple[IncidentTask, Organisation], ...]:
    """Return what was opened or fell due in the period."""
    opened = (IncidentTask.opened_at >= span.since) & (IncidentTask.opened_at < span.until)
    fell_due = (IncidentTask.due_at >= span.since) & (IncidentTask.due_at < span.until)
    query = within(actor, IncidentTask).where(IncidentTask.kind == TaskKind.RECTIFICATION, or_(opened, fell_due))
    return tuple((task, orgs[task.org]) for task in session.scalars(query.order_by(IncidentTask.opened_at)))
