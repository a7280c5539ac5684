"""Taking a finding in: into the open alert it belongs to, or as a new one."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents.alerts.grouping import WINDOW, Joined, Raised, joined
from incidents.alerts.models import Alert, AlertFinding, AlertStatus, Severity
from incidents.calibration.weighing import weigh
from soc.identity.actor import Actor
from soc.text import LANGUAGES, Message, known
from soc.trail import Act, record


def take_in(session: Session, actor: Actor, raised: Raised, *, at: datetime) -> Alert:
    """Join a finding to the alert of its entity and time, or open one; the same finding again changes nothing."""
    known_already = session.scalar(select(AlertFinding).where(AlertFinding.finding_id == raised.finding_id))
    if known_already is not None:
        return session.get_one(Alert, known_already.alert_id)
    alert = _open_alert(session, raised) or _new_alert(session, raised, at)
    findings = list(session.scalars(select(AlertFinding).where(AlertFinding.alert_id == alert.id)))
    first = not findings
    findings.append(_kept(session, alert, raised, at))
    woken = _show(alert, joined(findings), at)
    weigh(session, alert)
    alert.suppressed = len(findings) - 1
    session.flush()
    act = Act.ALERT_RAISED if first else Act.ALERT_WOKEN if woken else Act.ALERT_GROUPED
    record(session, actor, act, alert, after={"score": alert.score, "finding": str(raised.finding_id)})
    return alert


def _open_alert(session: Session, raised: Raised) -> Alert | None:
    return session.scalar(
        select(Alert)
        .where(
            Alert.org == raised.org,
            Alert.entity == raised.entity,
            Alert.status != AlertStatus.CLOSED,
            Alert.last_at >= raised.first_at - WINDOW,
            Alert.first_at <= raised.last_at + WINDOW,
        )
        .order_by(Alert.last_at.desc())
        .limit(1)
        .with_for_update()
    )


def _new_alert(session: Session, raised: Raised, at: datetime) -> Alert:
    alert = Alert(
        org=raised.org,
        entity_kind=raised.entity_kind,
        entity=raised.entity,
        entity_name=raised.entity_name,
        kind=raised.kind,
        title=dict(raised.title),
        title_text="",
        reasons=[],
        parts=[],
        score=raised.score,
        severity=Severity.of(raised.score),
        events=[],
        first_at=raised.first_at,
        last_at=raised.last_at,
        opened_at=at,
        changed_at=at,
    )
    session.add(alert)
    session.flush()
    return alert


def _kept(session: Session, alert: Alert, raised: Raised, at: datetime) -> AlertFinding:
    kept = AlertFinding(
        org=raised.org,
        alert_id=alert.id,
        finding_id=raised.finding_id,
        dedup_key=raised.dedup_key,
        kind=raised.kind,
        title=dict(raised.title),
        reasons=[dict(one) for one in raised.reasons],
        parts=[dict(one) for one in raised.parts],
        score=raised.score,
        level=raised.level,
        rows=raised.rows,
        persons=raised.persons,
        events=list(raised.events),
        first_at=raised.first_at,
        last_at=raised.last_at,
        details=dict(raised.details),
        joined_at=at,
    )
    session.add(kept)
    return kept


def _show(alert: Alert, found: Joined, at: datetime) -> bool:
    """Let the alert show its findings; tell whether that woke it from a snooze."""
    woken = alert.snoozed_until is not None and found.score > alert.score
    alert.title, alert.kind = found.leading.title, found.leading.kind
    alert.title_text = searchable(found.leading.title, alert.entity_name)
    alert.reasons, alert.parts = found.reasons, found.leading.parts
    alert.score, alert.severity, alert.level = found.score, Severity.of(found.score), found.level
    alert.rows, alert.persons = found.rows, found.persons
    alert.events, alert.first_at, alert.last_at, alert.changed_at = found.events, found.first_at, found.last_at, at
    if woken:
        alert.snoozed_until = alert.snoozed_by = alert.snooze_note = None
    return woken


def searchable(title: dict[str, Any], entity_name: str) -> str:
    """Return the title's words in every language, for the search."""
    message = Message.from_json(title)
    words = [message.render(lang) for lang in LANGUAGES] if known(message.key) else [message.key]
    return " ".join([*words, entity_name])[:2000]
