"""The clocks of incidents: starting, meeting, regrading, and telling people in time."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents.cases.models import Clock, Incident, IncidentStatus
from incidents.cases.timeline import send_word, tell
from incidents.deadlines import ClockRule, Start, clocks_for, rule_of, stage
from incidents.errors import IncidentStateError
from soc.clock import now
from soc.identity.actor import Actor
from soc.identity.actors import job_actor
from soc.jobs import JobContext
from soc.text import Message
from soc.tiers.models import Organisation
from soc.tiers.scope import find_within, within
from soc.trail import Act, record


def start_clocks(session: Session, actor: Actor, incident: Incident, start: Start, *, at: datetime) -> list[Clock]:
    """Start the clocks that this moment of the incident's life sets going."""
    tier = session.get_one(Organisation, incident.org).tier
    rules = clocks_for(incident.level, incident.reporter, tier, start)
    running = {one.rule_id for one in running_clocks(session, incident)}
    return [_start(session, actor, incident, rule, at) for rule in rules if rule.id not in running]


def regrade_clocks(session: Session, actor: Actor, incident: Incident, *, at: datetime) -> None:
    """End the clocks that the new level no longer has, start those it has; the old ones are kept."""
    tier = session.get_one(Organisation, incident.org).tier
    wanted = {one.id for one in clocks_for(incident.level, incident.reporter, tier, Start.DISCOVERED)}
    for clock in running_clocks(session, incident):
        rule = rule_of(clock.rule_id)
        if rule is not None and rule.starts is Start.DISCOVERED and clock.rule_id not in wanted:
            clock.superseded_at = at
    session.flush()
    start_clocks(session, actor, incident, Start.DISCOVERED, at=incident.discovered_at)


def meet(session: Session, actor: Actor, clock_id: UUID | str, receipt: str, *, at: datetime) -> Clock:
    """Say that the duty is done, with the receipt of whoever was reported to.

    Raises:
        NotFoundError: no such clock within the actor's scope.
        IncidentStateError: it no longer runs.
    """
    clock = find_within(session, actor, Clock, clock_id)
    if clock.met_at is not None or clock.superseded_at is not None:
        raise IncidentStateError("incidents.error.clock_over")
    clock.met_at, clock.met_by, clock.receipt = at, actor.name, receipt[:200] or None
    incident = session.get_one(Incident, clock.incident_id)
    tell(session, incident, actor.name, Message("incidents.timeline.met", _titles(clock.rule_id)), at=at)
    record(session, actor, Act.DEADLINE_MET, clock, after={"rule": clock.rule_id, "receipt": clock.receipt})
    return clock


def running_clocks(session: Session, incident: Incident) -> list[Clock]:
    """Return the clocks that still run, the next one first."""
    return [one for one in clocks_of(session, incident) if one.met_at is None and one.superseded_at is None]


def clocks_of(session: Session, incident: Incident) -> list[Clock]:
    """Return every clock an incident ever had."""
    query = select(Clock).where(Clock.incident_id == incident.id).order_by(Clock.due_at, Clock.id)
    return list(session.scalars(query))


def next_clocks(session: Session, actor: Actor, limit: int = 3) -> list[tuple[Clock, Incident]]:
    """Return the running clocks of the actor's centres that end first."""
    query = (
        within(actor, Clock)
        .where(Clock.met_at.is_(None), Clock.superseded_at.is_(None))
        .join(Incident, Incident.id == Clock.incident_id)
        .where(Incident.status != IncidentStatus.CLOSED)
        .order_by(Clock.due_at)
        .limit(limit)
    )
    return [(clock, session.get_one(Incident, clock.incident_id)) for clock in session.scalars(query)]


def watch(context: JobContext) -> None:
    """Announce clocks at half, three quarters and nine tenths of their time, and those that ran out (a rhythm)."""
    at = now()
    with context.database.read() as session:
        due = [one.id for one in _running(session) if stage(one.started_at, one.due_at, at) > one.announced]
    for clock_id in due:
        with context.database.write() as session:
            announce(session, job_actor(session, "clocks"), clock_id, at=at)


def announce(session: Session, actor: Actor, clock_id: UUID, *, at: datetime) -> None:
    """Tell the centre, and the one above it when the time is over, once for each stage."""
    clock = session.get_one(Clock, clock_id, with_for_update=True)
    reached = stage(clock.started_at, clock.due_at, at)
    if clock.met_at is not None or clock.superseded_at is not None or reached <= clock.announced:
        return
    clock.announced = reached
    incident = session.get_one(Incident, clock.incident_id)
    over = reached >= 1.0
    params = {**_titles(clock.rule_id), "number": incident.number, "percent": round(reached * 100)}
    text = Message("incidents.notice.missed" if over else "incidents.notice.near", params)
    tone = "bad" if over else "warn" if reached >= 0.75 else ""
    for org in _told(session, incident, over=over):
        send_word(session, actor, org, text, at=at, incident=incident, tone=tone)
    if over:
        clock.missed_at = clock.due_at
        tell(session, incident, actor.name, text, at=at, tone="bad")
        record(session, actor, Act.DEADLINE_MISSED, clock, after={"rule": clock.rule_id, "due": clock.due_at})


def _start(session: Session, actor: Actor, incident: Incident, rule: ClockRule, at: datetime) -> Clock:
    clock = Clock(
        org=incident.org, incident_id=incident.id, rule_id=rule.id, started_at=at, due_at=at + rule.limit, announced=0.0
    )
    session.add(clock)
    record(session, actor, Act.DEADLINE_STARTED, clock, after={"rule": rule.id, "due": clock.due_at})
    return clock


def _running(session: Session) -> Sequence[Clock]:
    return session.scalars(
        select(Clock).where(Clock.met_at.is_(None), Clock.superseded_at.is_(None), Clock.announced < 1.0)
    ).all()


def _told(session: Session, incident: Incident, *, over: bool) -> list[str]:
    """Return whom to tell: the centre that holds it; when time is over, the one above as well."""
    above = session.get_one(Organisation, incident.held_by).parent_code
    return [incident.held_by, *([above] if over and above else [])]


def _titles(rule_id: str) -> dict[str, object]:
    rule = rule_of(rule_id)
    return {"title": rule.title.as_json() if rule else rule_id}


def title_of(clock: Clock) -> str:
    """Return a clock's name; its rule's id where a later table no longer has it."""
    rule = rule_of(clock.rule_id)
    return rule.title.render() if rule else clock.rule_id
