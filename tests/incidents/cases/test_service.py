from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents.alerts.intake import take_in
from incidents.alerts.models import Alert, AlertStatus
from incidents.cases.clocks import announce, clocks_of, meet, next_clocks, running_clocks
from incidents.cases.evidence import (
    EvidenceBrokenError,
    Exhibit,
    chain_of,
    content_of,
    hand_over,
    take_evidence,
    unbroken,
)
from incidents.cases.export import document_of
from incidents.cases.models import Incident, IncidentStatus, Notice, TaskKind, TaskStatus
from incidents.cases.service import Grading, OpenIncident, add_alert, grade, move_on, open_incident
from incidents.cases.tasks import NewTask, Review, open_task, review, set_task, tasks_of
from incidents.cases.tiers import dispatch_down, escalate
from incidents.cases.timeline import entries_of, unread
from incidents.deadlines import IncidentLevel
from incidents.errors import AlertClosedError, IncidentStateError, TierError
from incidents.policy import on_finding
from soc.crypto import SealError
from soc.errors import NotFoundError
from soc.events import OutboxEvent
from soc.exposure import Basis, Figure
from soc.identity.actor import Actor, Role
from soc.tiers.scope import find_within
from soc.trail import TrailEntry
from tests.conftest import NOON, MakePerson
from tests.incidents.findings import finding

HOUR = timedelta(hours=1)


@pytest.fixture
def alert(session: Session, operator: Actor) -> Alert:
    return take_in(session, operator, finding(), at=NOON)


@pytest.fixture
def incident(session: Session, operator: Actor, alert: Alert) -> Incident:
    return open_incident(session, operator, OpenIncident((alert.id,)), at=NOON + HOUR)


def test_the_clocks_run_from_discovery_and_not_from_triage(session: Session, incident: Incident) -> None:
    assert incident.discovered_at == NOON
    assert {one.started_at for one in running_clocks(session, incident)} == {NOON}


def test_opening_takes_the_alerts_with_it_and_tells_the_rooms_above(
    session: Session, incident: Incident, alert: Alert
) -> None:
    assert (alert.status, alert.incident_id) == (AlertStatus.IN_INCIDENT, incident.id)
    news = session.scalars(select(OutboxEvent).where(OutboxEvent.name == "incident.opened")).one()
    assert news.payload["facts"]["account"] == "zhang_wei"


def test_an_alert_stands_in_one_incident_only(
    session: Session, operator: Actor, incident: Incident, alert: Alert
) -> None:
    with pytest.raises(AlertClosedError):
        open_incident(session, operator, OpenIncident((alert.id,)), at=NOON)


def test_an_incident_of_two_counties_belongs_to_their_city(session: Session, operator: Actor) -> None:
    one = take_in(session, operator, finding(org="440103"), at=NOON)
    two = take_in(session, operator, finding(org="440104", entity="e-2"), at=NOON)
    assert open_incident(session, operator, OpenIncident((one.id, two.id)), at=NOON).org == "440100"


def test_numbers_go_on_within_a_centre_and_year(session: Session, operator: Actor, incident: Incident) -> None:
    other = take_in(session, operator, finding(entity="e-9"), at=NOON)
    second = open_incident(session, operator, OpenIncident((other.id,)), at=NOON)
    assert (incident.number, second.number) == ("440100-2026-0001", "440100-2026-0002")


@pytest.mark.parametrize(("score", "opened"), [(79, False), (80, True)])
def test_a_finding_at_the_threshold_opens_an_incident_at_its_centre_by_itself(
    session: Session, operator: Actor, score: int, opened: bool
) -> None:
    alert = on_finding(session, operator, finding(score=score), at=NOON)
    found = session.scalars(select(Incident)).all()
    assert [one.org for one in found] == (["440100"] if opened else [])
    assert alert is not None
    assert (alert.status is AlertStatus.IN_INCIDENT) is opened


def test_later_findings_of_the_same_entity_raise_the_incidents_exposure(session: Session, operator: Actor) -> None:
    on_finding(session, operator, finding(score=90), at=NOON)
    on_finding(session, operator, finding(score=95, rows=Figure(900, 900, Basis.MEASURED), events=["e3"]), at=NOON)
    incident = session.scalars(select(Incident)).one()
    assert (incident.rows_low, incident.score) == (1000, 95)


def test_a_regrading_starts_other_clocks_from_discovery_and_keeps_the_old(
    session: Session, operator: Actor, incident: Incident
) -> None:
    before = {one.rule_id for one in running_clocks(session, incident)}
    assert "general.log" in before
    grading = Grading(IncidentLevel.LARGER, {"persons": 1_200_000}, "counted")
    grade(session, operator, incident.id, grading, at=NOON + 2 * HOUR)
    running = {one.rule_id: one for one in running_clocks(session, incident)}
    assert "general.log" not in running
    assert running["cac.operator"].due_at == NOON + 4 * HOUR
    kept = next(one for one in clocks_of(session, incident) if one.rule_id == "general.log")
    assert kept.superseded_at == NOON + 2 * HOUR


def test_a_clock_is_announced_once_a_stage_and_its_breach_is_in_the_trail(
    session: Session, operator: Actor, incident: Incident
) -> None:
    clock = next(one for one in running_clocks(session, incident) if one.rule_id == "general.log")
    for minutes in (61, 62, 91, 109, 121, 300):
        announce(session, operator, clock.id, at=NOON + timedelta(minutes=minutes))
    told = session.scalars(select(Notice).where(Notice.org == "440100").order_by(Notice.at)).all()
    assert [one.text["params"]["percent"] for one in told] == [50, 75, 90, 100]
    acts = session.scalars(select(TrailEntry.act).where(TrailEntry.act == "deadline.missed")).all()
    assert len(acts) == 1
    assert clock.missed_at == clock.due_at


def test_a_breach_is_told_to_the_centre_above_too(session: Session, operator: Actor, incident: Incident) -> None:
    clock = running_clocks(session, incident)[0]
    announce(session, operator, clock.id, at=clock.due_at)
    assert {one.org for one in session.scalars(select(Notice))} == {"440100", "440000"}


def test_a_met_clock_says_nothing_more(session: Session, operator: Actor, incident: Incident) -> None:
    clock = running_clocks(session, incident)[0]
    meet(session, operator, clock.id, "receipt 7", at=NOON)
    announce(session, operator, clock.id, at=clock.due_at)
    assert clock.missed_at is None
    assert clock.id not in {one.id for one, _ in next_clocks(session, operator, limit=10)}
    with pytest.raises(IncidentStateError):
        meet(session, operator, clock.id, "again", at=NOON)


def test_an_incident_is_closed_after_its_review_and_its_rectification(
    session: Session, operator: Actor, incident: Incident, person: MakePerson
) -> None:
    with pytest.raises(IncidentStateError):
        move_on(session, operator, incident.id, IncidentStatus.CLOSED, at=NOON)
    move_on(session, operator, incident.id, IncidentStatus.CONTAINED, at=NOON)
    move_on(session, operator, incident.id, IncidentStatus.RESOLVED, at=NOON)
    found = Review("shared password", "12 persons", "account locked", "MFA", (NewTask("Introduce MFA"),))
    review(session, operator, incident.id, found, at=NOON)
    (task,) = tasks_of(session, operator, incident)
    assert task.kind is TaskKind.RECTIFICATION
    with pytest.raises(IncidentStateError):
        move_on(session, operator, incident.id, IncidentStatus.CLOSED, at=NOON)
    set_task(session, operator, task.id, TaskStatus.DONE, result="rolled out", at=NOON)
    set_task(session, person(Role.COMMANDER, "440000"), task.id, TaskStatus.ACCEPTED, at=NOON)
    move_on(session, operator, incident.id, IncidentStatus.CLOSED, at=NOON)
    assert incident.closed_at == NOON


def test_who_did_a_task_does_not_accept_it(session: Session, operator: Actor, incident: Incident) -> None:
    task = open_task(session, operator, incident.id, NewTask("Call the owner"), at=NOON)
    with pytest.raises(IncidentStateError):
        set_task(session, operator, task.id, TaskStatus.DONE, at=NOON)
    set_task(session, operator, task.id, TaskStatus.DONE, result="called", at=NOON)
    with pytest.raises(IncidentStateError):
        set_task(session, operator, task.id, TaskStatus.ACCEPTED, at=NOON)


def test_an_incident_goes_up_tier_by_tier_and_its_clocks_run_on(session: Session, operator: Actor) -> None:
    alert = take_in(session, operator, finding(org="440103"), at=NOON)
    incident = open_incident(session, operator, OpenIncident((alert.id,)), at=NOON)
    due = {one.due_at for one in running_clocks(session, incident)}
    holders = [escalate(session, operator, incident.id, "beyond us", at=NOON).held_by for _ in range(2)]
    assert holders == ["440100", "440000"]
    assert {one.due_at for one in running_clocks(session, incident)} == due
    with pytest.raises(TierError):
        escalate(session, operator, incident.id, "", at=NOON)


def test_a_dispatched_incident_is_shown_to_that_centre_alone(
    session: Session, operator: Actor, person: MakePerson
) -> None:
    alert = take_in(session, operator, finding(org="440000"), at=NOON)
    incident = open_incident(session, operator, OpenIncident((alert.id,)), at=NOON)
    dispatch_down(session, operator, incident.id, "440300", "yours", at=NOON)
    receiver, other = person(Role.COMMANDER, "440300"), person(Role.COMMANDER, "440100")
    assert find_within(session, receiver, Incident, incident.id).held_by == "440300"
    assert [one.text["key"] for one in unread(session, receiver, at=NOON)] == ["incidents.notice.dispatched"]
    with pytest.raises(NotFoundError):
        find_within(session, other, Incident, incident.id)
    with pytest.raises(TierError):
        dispatch_down(session, receiver, incident.id, "440100", "not mine to give", at=NOON)


def test_a_stranger_finds_no_incident_to_work_on(session: Session, incident: Incident, person: MakePerson) -> None:
    stranger = person(Role.COMMANDER, "440300")
    with pytest.raises(NotFoundError):
        move_on(session, stranger, incident.id, IncidentStatus.CONTAINED, at=NOON)
    with pytest.raises(NotFoundError):
        escalate(session, stranger, incident.id, "", at=NOON)
    with pytest.raises(NotFoundError):
        take_evidence(session, stranger, incident.id, Exhibit("x", b"x"), at=NOON)
    with pytest.raises(NotFoundError):
        meet(session, stranger, running_clocks(session, incident)[0].id, "", at=NOON)


def test_evidence_is_sealed_and_its_chain_holds(session: Session, operator: Actor, incident: Incident) -> None:
    settings = session.info["settings"]
    taken = take_evidence(session, operator, incident.id, Exhibit("events.jsonl", b"secret rows"), at=NOON)
    hand_over(session, operator, taken.id, "公安机关", "case 12", at=NOON)
    assert content_of(settings, taken) == b"secret rows"
    sealed = (settings.home / "evidence" / f"{taken.id}.sealed").read_bytes()
    assert b"secret" not in sealed
    assert unbroken(taken, chain_of(session, taken))


def test_tampered_evidence_does_not_open(session: Session, operator: Actor, incident: Incident) -> None:
    settings = session.info["settings"]
    taken = take_evidence(session, operator, incident.id, Exhibit("a", b"x"), at=NOON)
    path = settings.home / "evidence" / f"{taken.id}.sealed"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(SealError):
        content_of(settings, taken)
    path.unlink()
    with pytest.raises(EvidenceBrokenError):
        content_of(settings, taken)


def test_a_link_that_was_changed_or_taken_out_breaks_the_chain(
    session: Session, operator: Actor, incident: Incident
) -> None:
    taken = take_evidence(session, operator, incident.id, Exhibit("a", b"x"), at=NOON)
    for holder in ("one", "two"):
        hand_over(session, operator, taken.id, holder, "", at=NOON)
    chain = chain_of(session, taken)
    assert not unbroken(taken, [chain[0], chain[2]])
    chain[1].holder = "somebody else"
    assert not unbroken(taken, chain)


def test_the_document_of_an_incident_holds_everything_that_was_done(
    session: Session, operator: Actor, incident: Incident
) -> None:
    other = take_in(session, operator, finding(entity="e-5"), at=NOON)
    add_alert(session, operator, incident.id, other.id, at=NOON)
    open_task(session, operator, incident.id, NewTask("Call the owner"), at=NOON)
    take_evidence(session, operator, incident.id, Exhibit("a", b"x"), at=NOON)
    document = document_of(session, operator, incident)
    assert len(document["alerts"]) == 2
    assert document["evidence"][0]["unbroken"]
    assert {one["mark"] for one in document["clocks"]} <= {"F", "M", "D"}
    assert len(document["timeline"]) == len(entries_of(session, operator, incident)) == 4
