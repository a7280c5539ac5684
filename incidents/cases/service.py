"""Incidents: opening one, grading it, moving it on, and looking at them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from incidents.alerts.intake import searchable
from incidents.alerts.models import Alert, AlertFinding, AlertStatus, Verdict
from incidents.cases.clocks import regrade_clocks, start_clocks
from incidents.cases.models import Incident, IncidentStatus, IncidentTask, TaskKind, TaskStatus
from incidents.cases.timeline import tell
from incidents.deadlines import IncidentLevel, Reporter, Start, judge_level
from incidents.errors import AlertClosedError, IncidentStateError
from incidents.events import IncidentOpened
from soc.events import emit
from soc.exposure import NOT_KNOWN, added, widest
from soc.identity.actor import Actor
from soc.identity.models import Person
from soc.ledger.levels import RANKS
from soc.text import Message
from soc.tiers.models import Organisation
from soc.tiers.scope import find_within, parts_within, within
from soc.trail import Act, record

#: GB/T 20986-2023, 数据安全事件: the ones a leak may turn out to be
CATEGORIES = ("data_leak", "data_theft", "data_tampering", "data_misuse", "data_loss", "privacy", "abuse", "other")


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """An order to take alerts on as one incident."""

    alerts: Sequence[UUID]
    category: str = "data_leak"
    reporter: Reporter = Reporter.OPERATOR
    #: when it was discovered, at any tier; the first alert's opening by default
    discovered_at: datetime | None = None
    #: why it was opened, where no person did: the timeline says it
    because: Message | None = None


@dataclass(frozen=True, slots=True)
class Grading:
    """A level and what it rests on."""

    level: IncidentLevel
    facts: Mapping[str, float] = field(default_factory=dict)
    note: str = ""


def open_incident(session: Session, actor: Actor, order: OpenIncident, *, at: datetime) -> Incident:
    """Take alerts on as an incident of the centre they belong to; its report clocks run from discovery.

    Raises:
        NotFoundError: one of the alerts is not within the actor's scope.
        AlertClosedError: one is closed, or stands in an incident already.
    """
    alerts = [find_within(session, actor, Alert, one) for one in dict.fromkeys(order.alerts)]
    if not alerts or any(one.status in {AlertStatus.CLOSED, AlertStatus.IN_INCIDENT} for one in alerts):
        raise AlertClosedError("incidents.error.alerts")
    incident = _new(session, alerts, order, at)
    for alert in alerts:
        _take(session, actor, alert, incident, at)
    record(session, actor, Act.INCIDENT_OPENED, incident, after={"number": incident.number, "alerts": len(alerts)})
    told = order.because or Message("incidents.timeline.opened", {"count": len(alerts)})
    tell(session, incident, actor.name, told, at=at)
    start_clocks(session, actor, incident, Start.DISCOVERED, at=incident.discovered_at)
    emit(session, _news(session, incident, alerts))
    return incident


def add_alert(session: Session, actor: Actor, incident_id: UUID, alert_id: UUID, *, at: datetime) -> Incident:
    """Put one more alert into an incident.

    Raises:
        NotFoundError: either is not within the actor's scope.
        AlertClosedError: the alert is closed, or stands in an incident already.
        IncidentStateError: the incident is closed.
    """
    incident, alert = still_open(session, actor, incident_id), find_within(session, actor, Alert, alert_id)
    if alert.status in {AlertStatus.CLOSED, AlertStatus.IN_INCIDENT}:
        raise AlertClosedError("incidents.error.alerts")
    _take(session, actor, alert, incident, at)
    refresh_exposure(session, incident)
    tell(session, incident, actor.name, Message("incidents.timeline.alert_added", {"count": 1}), at=at)
    return incident


def grade(session: Session, actor: Actor, incident_id: UUID, grading: Grading, *, at: datetime) -> Incident:
    """Confirm a level; where it differs, other clocks run from discovery and the old ones are kept.

    Raises:
        NotFoundError: no such incident within the actor's scope.
        IncidentStateError: it is closed.
    """
    incident = still_open(session, actor, incident_id)
    before = incident.level
    incident.facts = {**incident.facts, **grading.facts}
    incident.level_proposed = judge_level(incident.facts).level
    incident.level_confirmed = grading.level
    tell(session, incident, actor.name, Message("incidents.timeline.graded", _level(grading.level)), at=at)
    record(
        session,
        actor,
        Act.INCIDENT_GRADED,
        incident,
        before={"level": before},
        after={"level": grading.level, "facts": dict(incident.facts)},
        note=grading.note or None,
    )
    regrade_clocks(session, actor, incident, at=at)
    return incident


def assign(session: Session, actor: Actor, incident_id: UUID, who: tuple[str, str], *, at: datetime) -> Incident:
    """Name the commander.

    Raises:
        NotFoundError: no such incident within the actor's scope.
        IncidentStateError: it is closed.
    """
    incident = still_open(session, actor, incident_id)
    before = incident.commander
    incident.commander_id, incident.commander = who
    shown = session.scalar(select(Person.display_name).where(Person.username == who[1])) or who[1]
    tell(session, incident, actor.name, Message("incidents.timeline.assigned", {"name": shown}), at=at)
    record(session, actor, Act.INCIDENT_ASSIGNED, incident, before={"commander": before}, after={"commander": who[1]})
    return incident


#: where an incident may go from each state
NEXT_STATES = {
    IncidentStatus.OPEN: (IncidentStatus.CONTAINED, IncidentStatus.RESOLVED),
    IncidentStatus.CONTAINED: (IncidentStatus.RESOLVED, IncidentStatus.OPEN),
    IncidentStatus.RESOLVED: (IncidentStatus.OPEN,),
    IncidentStatus.REVIEWED: (IncidentStatus.CLOSED, IncidentStatus.OPEN),
    IncidentStatus.CLOSED: (IncidentStatus.OPEN,),
}


def move_on(
    session: Session, actor: Actor, incident_id: UUID, status: IncidentStatus, *, note: str = "", at: datetime
) -> Incident:
    """Bring an incident to its next state; resolving starts the clock of the closing report.

    Raises:
        NotFoundError: no such incident within the actor's scope.
        IncidentStateError: it cannot go there from where it is, or rectification is not done.
    """
    incident = find_within(session, actor, Incident, incident_id)
    if status not in NEXT_STATES[incident.status]:
        raise IncidentStateError("incidents.error.state")
    if status is IncidentStatus.CLOSED and _open_tasks(session, incident):
        raise IncidentStateError("incidents.error.open_tasks", count=_open_tasks(session, incident))
    before = incident.status
    _set_status(incident, status, at)
    tell(session, incident, actor.name, Message(f"incidents.timeline.status.{status}"), at=at)
    act = _STATUS_ACTS.get(status, Act.INCIDENT_CHANGED)
    if status is IncidentStatus.OPEN:
        act = Act.INCIDENT_REOPENED
    record(session, actor, act, incident, before={"status": before}, after={"status": status}, note=note or None)
    if status is IncidentStatus.RESOLVED:
        start_clocks(session, actor, incident, Start.RESOLVED, at=at)
    return incident


_STATUS_ACTS = {IncidentStatus.CLOSED: Act.INCIDENT_CLOSED}


def still_open(session: Session, actor: Actor, incident_id: UUID | str) -> Incident:
    """Return an incident that is not closed.

    Raises:
        NotFoundError: no such incident within the actor's scope.
        IncidentStateError: it is closed.
    """
    incident = find_within(session, actor, Incident, incident_id)
    if incident.status is IncidentStatus.CLOSED:
        raise IncidentStateError("incidents.error.closed")
    return incident


def alerts_of(session: Session, actor: Actor, incident: Incident) -> list[Alert]:
    """Return the alerts of an incident that the actor sees, gravest first."""
    query = parts_within(actor, Alert, incident)
    return list(session.scalars(query.order_by(Alert.score.desc(), Alert.id)))


def count_open(session: Session, actor: Actor) -> int:
    """Return how many incidents are being worked on."""
    working = (IncidentStatus.OPEN, IncidentStatus.CONTAINED)
    query = within(actor, Incident).where(Incident.status.in_(working))
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def refresh_exposure(session: Session, incident: Incident) -> None:
    """Let the incident show what its alerts show together."""
    session.flush()
    alerts = session.scalars(select(Alert).where(Alert.incident_id == incident.id)).all()
    incident.rows = added(one.rows for one in alerts) if alerts else NOT_KNOWN
    incident.persons = widest(one.persons for one in alerts) if alerts else NOT_KNOWN
    incident.score = max((one.score for one in alerts), default=0)
    incident.data_level = max((one.level for one in alerts), key=lambda level: RANKS.get(level, 0), default="")


def _new(session: Session, alerts: Sequence[Alert], order: OpenIncident, at: datetime) -> Incident:
    leading = max(alerts, key=lambda one: one.score)
    org = _common_org(session, alerts)
    persons = widest(one.persons for one in alerts)
    facts: dict[str, Any] = {"persons": persons.low} if persons.low else {}
    incident = Incident(
        org=org,
        number=_number(session, org, at),
        title=leading.title,
        title_text=searchable(leading.title, leading.entity_name),
        category=order.category,
        level_proposed=judge_level(facts).level,
        facts=facts,
        reporter=order.reporter,
        entity=leading.entity,
        entity_name=leading.entity_name,
        held_by=org,
        discovered_at=order.discovered_at or min(one.opened_at for one in alerts),
        opened_at=at,
    )
    session.add(incident)
    session.flush()
    return incident


def _take(session: Session, actor: Actor, alert: Alert, incident: Incident, at: datetime) -> None:
    before = alert.status
    alert.status, alert.incident_id, alert.changed_at = AlertStatus.IN_INCIDENT, incident.id, at
    alert.verdict = alert.verdict or Verdict.TRUE_POSITIVE
    alert.snoozed_until = None
    after = {"status": alert.status, "incident": incident.number}
    record(session, actor, Act.ALERT_TRIAGED, alert, before={"status": before}, after=after)
    refresh_exposure(session, incident)


def _common_org(session: Session, alerts: Sequence[Alert]) -> str:
    """Return the lowest organisation that holds all of them."""
    codes = {one.org for one in alerts}
    paths = session.scalars(select(Organisation.path).where(Organisation.code.in_(codes))).all()
    parts = [path.strip("/").split("/") for path in paths]
    shared: list[str] = [column[0] for column in zip(*parts, strict=False) if len(set(column)) == 1]
    return shared[-1]


def _number(session: Session, org: str, at: datetime) -> str:
    prefix = f"{org}-{at.year}-"
    taken = session.scalar(select(func.count()).where(Incident.number.startswith(prefix, autoescape=True))) or 0
    return f"{prefix}{taken + 1:04d}"


def _news(session: Session, incident: Incident, alerts: Sequence[Alert]) -> IncidentOpened:
    facts = {"entity_name": incident.entity_name, "number": incident.number}
    ids = [one.id for one in alerts]
    found = session.scalars(select(AlertFinding).where(AlertFinding.alert_id.in_(ids)).order_by(AlertFinding.score))
    for finding in found:
        facts |= {name: str(finding.details[name]) for name in ("account", "source") if finding.details.get(name)}
    # a person's finding names the account they used
    if all(one.entity_kind != "address" for one in alerts):
        facts.setdefault("account", incident.entity_name)
    return IncidentOpened(str(incident.id), incident.org, incident.category, incident.level.value, facts)


def _set_status(incident: Incident, status: IncidentStatus, at: datetime) -> None:
    incident.status = status
    if status is IncidentStatus.OPEN:
        incident.resolved_at = incident.reviewed_at = incident.closed_at = None
    elif status is IncidentStatus.CONTAINED:
        incident.contained_at = at
    elif status is IncidentStatus.RESOLVED:
        incident.resolved_at = at
    elif status is IncidentStatus.CLOSED:
        incident.closed_at = at


def _open_tasks(session: Session, incident: Incident) -> int:
    undone = IncidentTask.status.not_in((TaskStatus.DONE, TaskStatus.ACCEPTED))
    query = select(func.count()).where(
        IncidentTask.incident_id == incident.id, IncidentTask.kind == TaskKind.RECTIFICATION, undone
    )
    return session.scalar(query) or 0


def _level(level: IncidentLevel) -> dict[str, Any]:
    return {"level": Message(f"incidents.level.{level}").as_json()}
