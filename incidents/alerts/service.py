"""What people do with alerts, one or the whole result of a filter at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from detectors.risk import EntityRisk, entity_risk
from incidents.alerts.models import Alert, AlertComment, AlertFinding, AlertStatus, Verdict
from incidents.cases.models import Incident, IncidentStatus
from incidents.errors import AlertClosedError, SnoozeError, VerdictError
from soc.exposure import Figure, added, widest
from soc.identity.actor import Actor
from soc.tiers.scope import find_within, within
from soc.trail import Act, record

MAX_TAGS = 20
MAX_TAG = 40


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of alerts; what is None stays as it is."""

    status: AlertStatus | None = None
    verdict: Verdict | None = None
    note: str = ""
    #: (id, name); ("", "") takes the assignment back
    assignee: tuple[str, str] | None = None
    add_tags: Sequence[str] = ()
    remove_tags: Sequence[str] = ()
    snooze_until: datetime | None = None
    wake: bool = False


def chosen(actor: Actor, ids: Sequence[UUID]) -> Select[Alert]:
    """Select the alerts of these ids that the actor may see."""
    return within(actor, Alert).where(Alert.id.in_(ids))


def queue(actor: Actor, at: datetime) -> Select[Alert]:
    """Select what waits for somebody: open, and not asleep."""
    return within(actor, Alert).where(_waits(at))


def _waits(at: datetime) -> ColumnElement[bool]:
    awake = or_(Alert.snoozed_until.is_(None), Alert.snoozed_until <= at)
    return and_(Alert.status.in_((AlertStatus.NEW, AlertStatus.TRIAGED)), awake)


def on_the_desk(actor: Actor, at: datetime) -> Select[Alert]:
    """Select the queue and, above it by their score, the alerts whose incident is being worked on."""
    worked_on = select(Incident.id).where(Incident.status.in_((IncidentStatus.OPEN, IncidentStatus.CONTAINED)))
    held = and_(Alert.status == AlertStatus.IN_INCIDENT, Alert.incident_id.in_(worked_on))
    return within(actor, Alert).where(or_(_waits(at), held))


def count_waiting(session: Session, actor: Actor) -> int:
    """Return how many alerts nobody has looked at yet."""
    from soc.clock import now

    waiting = queue(actor, now()).where(Alert.status == AlertStatus.NEW)
    return session.scalar(select(func.count()).select_from(waiting.subquery())) or 0


def change_alerts(session: Session, actor: Actor, selection: Select[Alert], change: Change, *, at: datetime) -> int:
    """Change every alert of a selection, however many; return how many.

    Raises:
        VerdictError: closing without a verdict and a word of why.
        SnoozeError: a snooze without a comment, or into the past.
        AlertClosedError: one of them stands in an incident and cannot be closed alone.
    """
    _check(change, at)
    alerts = session.scalars(selection.with_for_update()).all()
    for alert in alerts:
        _change(session, actor, alert, change, at)
    return len(alerts)


def comment(session: Session, actor: Actor, alert_id: UUID, text: str, *, at: datetime) -> AlertComment:
    """Say something on an alert.

    Raises:
        NotFoundError: no such alert within the actor's scope.
    """
    alert = find_within(session, actor, Alert, alert_id)
    said = AlertComment(org=alert.org, alert_id=alert.id, author=actor.name, text=text[:4000], written_at=at)
    session.add(said)
    record(session, actor, Act.ALERT_COMMENTED, alert)
    return said


def comments_of(session: Session, alert: Alert) -> list[AlertComment]:
    """Return what was said, oldest first."""
    query = select(AlertComment).where(AlertComment.alert_id == alert.id).order_by(AlertComment.written_at)
    return list(session.scalars(query))


def findings_of(session: Session, alert: Alert) -> list[AlertFinding]:
    """Return the findings of an alert, gravest first."""
    query = select(AlertFinding).where(AlertFinding.alert_id == alert.id)
    return list(session.scalars(query.order_by(AlertFinding.score.desc(), AlertFinding.last_at.desc())))


@dataclass(frozen=True, slots=True)
class EntityView:
    """Everything an entity did that somebody should know of."""

    entity: str
    name: str
    kind: str
    risk: EntityRisk
    alerts: list[Alert]
    #: what the alerts that stand tell together
    rows: Figure
    persons: Figure


def entity_view(session: Session, actor: Actor, entity: str) -> EntityView | None:
    """Return an entity's alerts and risk; None where the actor may see none of them."""
    query = within(actor, Alert).where(Alert.entity == entity).order_by(Alert.last_at.desc())
    found = list(session.scalars(query))
    if not found:
        return None
    stands = [one for one in found if one.verdict not in {Verdict.BENIGN, Verdict.FALSE_POSITIVE}]
    return EntityView(
        entity=entity,
        name=found[0].entity_name,
        kind=found[0].entity_kind,
        risk=entity_risk([one.score for one in stands]),
        alerts=found,
        rows=added(one.rows for one in stands),
        persons=widest(one.persons for one in stands),
    )


def entity_named(session: Session, actor: Actor, name: str, org: str) -> str | None:
    """Return the reference of an account by its name, where there is an alert of it that the actor may see."""
    query = within(actor, Alert).where(Alert.entity_name == name, Alert.org == org)
    return session.scalars(query.order_by(Alert.last_at.desc()).with_only_columns(Alert.entity).limit(1)).first()


def similar(session: Session, actor: Actor, alert: Alert, limit: int = 10) -> list[Alert]:
    """Return other alerts of the entity, newest first."""
    query = within(actor, Alert).where(Alert.entity == alert.entity, Alert.id != alert.id)
    return list(session.scalars(query.order_by(Alert.last_at.desc()).limit(limit)))


def _check(change: Change, at: datetime) -> None:
    if change.status is AlertStatus.CLOSED and (change.verdict is None or not change.note.strip()):
        raise VerdictError("alerts.error.verdict")
    if change.snooze_until is not None and (change.snooze_until <= at or not change.note.strip()):
        raise SnoozeError("alerts.error.snooze")
    if change.status is AlertStatus.IN_INCIDENT:
        raise VerdictError("alerts.error.by_incident")
    if any(not tag.strip() or len(tag) > MAX_TAG for tag in change.add_tags) or len(change.add_tags) > MAX_TAGS:
        raise VerdictError("alerts.error.tags", longest=MAX_TAG, most=MAX_TAGS)


def _does_nothing(alert: Alert, change: Change) -> bool:
    told = (change.status, change.verdict, change.assignee, change.snooze_until)
    wakes = change.wake and alert.snoozed_until is not None
    return all(one is None for one in told) and not (change.add_tags or change.remove_tags or wakes)


def _change(session: Session, actor: Actor, alert: Alert, change: Change, at: datetime) -> None:
    if _does_nothing(alert, change):
        return  # what is not changed leaves no trace, not even a time of change
    if change.status is not None:
        _set_status(session, actor, alert, change, at)
    elif change.verdict is not None:
        alert.verdict = change.verdict
        record(session, actor, Act.ALERT_TRIAGED, alert, after={"verdict": change.verdict}, note=change.note or None)
    if change.assignee is not None:
        who, name = change.assignee
        before = alert.assignee
        alert.assignee_id, alert.assignee = who or None, name or None
        record(session, actor, Act.ALERT_ASSIGNED, alert, before={"assignee": before}, after={"assignee": name or None})
    if change.add_tags or change.remove_tags:
        _set_tags(session, actor, alert, change)
    if change.snooze_until is not None:
        alert.snoozed_until, alert.snoozed_by, alert.snooze_note = change.snooze_until, actor.name, change.note
        record(session, actor, Act.ALERT_SNOOZED, alert, after={"until": change.snooze_until}, note=change.note)
    if change.wake and alert.snoozed_until is not None:
        alert.snoozed_until = alert.snoozed_by = alert.snooze_note = None
        record(session, actor, Act.ALERT_WOKEN, alert)
    alert.changed_at = at


def _set_status(session: Session, actor: Actor, alert: Alert, change: Change, at: datetime) -> None:
    if alert.status is AlertStatus.IN_INCIDENT:
        raise AlertClosedError("alerts.error.in_incident")
    before, status = alert.status, change.status
    assert status is not None
    alert.status = status
    closing = status is AlertStatus.CLOSED
    alert.verdict = change.verdict if change.verdict is not None else alert.verdict
    alert.closed_at = at if closing else None
    alert.closed_note = change.note if closing else None
    reopened = before is AlertStatus.CLOSED and not closing
    act = Act.ALERT_CLOSED if closing else Act.ALERT_REOPENED if reopened else Act.ALERT_TRIAGED
    after = {"status": status, "verdict": alert.verdict}
    record(session, actor, act, alert, before={"status": before}, after=after, note=change.note or None)


def _set_tags(session: Session, actor: Actor, alert: Alert, change: Change) -> None:
    before = list(alert.tags)
    kept = [tag for tag in before if tag not in set(change.remove_tags)]
    alert.tags = list(dict.fromkeys([*kept, *(tag.strip() for tag in change.add_tags)]))[:MAX_TAGS]
    record(session, actor, Act.ALERT_TAGGED, alert, before={"tags": before}, after={"tags": alert.tags})
