from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from incidents.alerts.intake import take_in
from incidents.alerts.models import Alert, AlertStatus, Verdict
from incidents.alerts.service import (
    Change,
    change_alerts,
    chosen,
    comment,
    comments_of,
    count_waiting,
    entity_view,
    queue,
)
from incidents.errors import SnoozeError, VerdictError
from soc.errors import NotFoundError
from soc.identity.actor import Actor, Role
from soc.tiers.scope import within
from tests.conftest import NOON, MakePerson
from tests.incidents.findings import finding


@pytest.fixture
def alert(session: Session, operator: Actor) -> Alert:
    return take_in(session, operator, finding(), at=NOON)


def test_a_change_reaches_the_whole_result_of_a_filter_however_many(session: Session, operator: Actor) -> None:
    for number in range(130):
        take_in(session, operator, finding(entity=f"e-{number}"), at=NOON)
    change = Change(assignee=("1", "li"), add_tags=("month-end",))
    assert change_alerts(session, operator, within(operator, Alert).where(Alert.score >= 50), change, at=NOON) == 130
    assert {(one.assignee, tuple(one.tags)) for one in session.scalars(within(operator, Alert))} == {
        ("li", ("month-end",))
    }


@pytest.mark.parametrize("change", [Change(status=AlertStatus.CLOSED), Change(AlertStatus.CLOSED, Verdict.BENIGN, " ")])
def test_closing_needs_a_verdict_and_a_reason(session: Session, operator: Actor, alert: Alert, change: Change) -> None:
    with pytest.raises(VerdictError):
        change_alerts(session, operator, chosen(operator, [alert.id]), change, at=NOON)
    assert alert.status is AlertStatus.NEW


@pytest.mark.parametrize(
    "change", [Change(snooze_until=NOON + timedelta(hours=1)), Change(snooze_until=NOON, note="known")]
)
def test_a_snooze_needs_a_reason_and_an_end_to_come(
    session: Session, operator: Actor, alert: Alert, change: Change
) -> None:
    with pytest.raises(SnoozeError):
        change_alerts(session, operator, chosen(operator, [alert.id]), change, at=NOON)


def test_a_snoozed_alert_leaves_the_queue_and_comes_back_by_itself(
    session: Session, operator: Actor, alert: Alert
) -> None:
    until = NOON + timedelta(hours=1)
    change_alerts(session, operator, chosen(operator, [alert.id]), Change(snooze_until=until, note="known"), at=NOON)
    assert list(session.scalars(queue(operator, NOON))) == []
    assert list(session.scalars(queue(operator, until))) == [alert]


def test_a_reopened_alert_keeps_no_closing_time(session: Session, operator: Actor, alert: Alert) -> None:
    mine = chosen(operator, [alert.id])
    change_alerts(session, operator, mine, Change(AlertStatus.CLOSED, Verdict.FALSE_POSITIVE, "test"), at=NOON)
    change_alerts(session, operator, mine, Change(status=AlertStatus.TRIAGED), at=NOON)
    assert (alert.status, alert.closed_at) == (AlertStatus.TRIAGED, None)


def test_a_stranger_sees_changes_and_counts_nothing(session: Session, alert: Alert, person: MakePerson) -> None:
    stranger = person(Role.ANALYST, "440300")
    assert change_alerts(session, stranger, chosen(stranger, [alert.id]), Change(add_tags=("x",)), at=NOON) == 0
    assert count_waiting(session, stranger) == 0
    assert entity_view(session, stranger, alert.entity) is None
    with pytest.raises(NotFoundError):
        comment(session, stranger, alert.id, "hello", at=NOON)


def test_the_centre_above_sees_what_belongs_below(session: Session, alert: Alert, person: MakePerson) -> None:
    assert list(session.scalars(within(person(Role.ANALYST, "440000"), Alert))) == [alert]


def test_a_comment_keeps_its_author(session: Session, alert: Alert, person: MakePerson) -> None:
    analyst = person(Role.ANALYST, "440100", "wang")
    comment(session, analyst, alert.id, "<script>alert(1)</script>", at=NOON)
    assert [(one.author, one.text) for one in comments_of(session, alert)] == [("wang", "<script>alert(1)</script>")]


def test_an_entitys_risk_leaves_out_what_was_no_risk(session: Session, operator: Actor, alert: Alert) -> None:
    before = entity_view(session, operator, alert.entity)
    change_alerts(
        session, operator, chosen(operator, [alert.id]), Change(AlertStatus.CLOSED, Verdict.BENIGN, "job"), at=NOON
    )
    after = entity_view(session, operator, alert.entity)
    assert before is not None
    assert after is not None
    assert before.risk.entity_score > 0 == after.risk.entity_score
