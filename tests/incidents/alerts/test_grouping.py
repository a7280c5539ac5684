from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from detectors.findings import MOST_NAMED_EVENTS
from incidents.alerts.grouping import WINDOW
from incidents.alerts.intake import take_in
from incidents.alerts.models import Alert, AlertFinding, AlertStatus
from incidents.alerts.service import Change, change_alerts, chosen
from soc.exposure import Basis, Figure
from soc.identity.actor import Actor
from tests.conftest import NOON
from tests.incidents.findings import finding

HOUR = timedelta(hours=1)


def test_findings_of_one_entity_within_the_window_are_one_alert(session: Session, operator: Actor) -> None:
    first = take_in(session, operator, finding(), at=NOON)
    later = finding(score=90, level="G4", first_at=NOON + HOUR, last_at=NOON + 2 * HOUR, events=["e3"])
    second = take_in(session, operator, later, at=NOON)
    assert first.id == second.id
    assert (second.score, second.severity, second.level, second.suppressed) == (90, "critical", "G4", 1)
    assert (second.rows_low, second.rows_high) == (200, 200)
    assert (second.persons_low, second.persons_high) == (80, 200)
    assert set(second.events) == {"e1", "e2", "e3"}


@pytest.mark.parametrize(
    "other",
    [
        {"entity": "e-0002"},
        {"org": "440300"},
        {"first_at": NOON + WINDOW + HOUR, "last_at": NOON + WINDOW + 2 * HOUR},
    ],
)
def test_another_entity_centre_or_day_is_another_alert(
    session: Session, operator: Actor, other: dict[str, object]
) -> None:
    one = take_in(session, operator, finding(), at=NOON)
    assert take_in(session, operator, finding(**other), at=NOON).id != one.id


def test_the_same_finding_again_changes_nothing(session: Session, operator: Actor) -> None:
    raised = finding()
    take_in(session, operator, raised, at=NOON)
    take_in(session, operator, raised, at=NOON)
    assert session.scalar(select(func.count()).select_from(AlertFinding)) == 1


def test_what_a_rule_saw_within_a_day_of_habits_is_not_added_to_it(session: Session, operator: Actor) -> None:
    take_in(session, operator, finding(events=["e1"], last_at=NOON + HOUR), at=NOON)
    ruled = finding(kind="rule", events=["e9"], score=50, first_at=NOON + HOUR / 2, last_at=NOON + HOUR)
    alert = take_in(session, operator, ruled, at=NOON)
    assert (alert.rows_low, alert.rows_high, alert.suppressed) == (100, 100, 1)


def test_what_a_rule_saw_beyond_the_day_of_habits_is_added(session: Session, operator: Actor) -> None:
    take_in(session, operator, finding(), at=NOON)
    ruled = finding(kind="rule", events=["e9"], score=50, first_at=NOON + HOUR, last_at=NOON + 2 * HOUR)
    assert take_in(session, operator, ruled, at=NOON).rows_high == 200


@pytest.mark.parametrize(
    ("events", "high"), [(["e1", "e2"], 100), (["e2"], 100), (["e2", "e3"], 200), ([], 200)], ids=str
)
def test_two_rules_that_hit_the_same_events_count_them_once(
    session: Session, operator: Actor, events: list[str], high: int
) -> None:
    take_in(session, operator, finding(kind="rule", events=["e1", "e2"]), at=NOON)
    assert take_in(session, operator, finding(kind="rule", events=events), at=NOON).rows_high == high


def test_a_list_of_events_that_was_cut_proves_nothing(session: Session, operator: Actor) -> None:
    cut = [f"e{number}" for number in range(MOST_NAMED_EVENTS)]
    take_in(session, operator, finding(kind="rule", events=cut), at=NOON)
    assert take_in(session, operator, finding(kind="rule", events=cut), at=NOON).rows_high == 200


def reason(key: str, **params: object) -> dict[str, object]:
    return {"key": key, "params": params}


def test_hits_of_one_rule_are_counted_together_and_its_tables_named_once(session: Session, operator: Actor) -> None:
    rule, other = {"zh": "甲", "en": "A"}, {"zh": "乙", "en": "B"}
    told = [
        [reason("rules.reason_hits", rule=rule, count=2), reason("rules.reason_tables", tables=["a", "b"], level="G4")],
        [reason("rules.reason_hits", rule=rule, count=3), reason("rules.reason_tables", tables=["b", "c"], level="G4")],
        [reason("rules.reason_hits", rule=other, count=1), reason("rules.reason_tables", tables=["d"], level="G3")],
    ]
    alert = [
        take_in(session, operator, finding(kind="rule", reasons=reasons, events=[f"e{place}"]), at=NOON)
        for place, reasons in enumerate(told)
    ][-1]
    hits = [one["params"]["count"] for one in alert.reasons if one["key"] == "rules.reason_hits"]
    tables = [one["params"]["tables"] for one in alert.reasons if one["key"] == "rules.reason_tables"]
    assert sorted(hits) == [1, 5]
    assert sorted(map(sorted, tables)) == [["a", "b", "c"], ["d"]]


def test_reasons_of_an_older_shape_stay_as_they_were(session: Session, operator: Actor) -> None:
    old = [reason("rules.reason_tables", tables="a, b", level="G4")]
    take_in(session, operator, finding(kind="rule", reasons=old, events=["e1"]), at=NOON)
    again = [reason("rules.reason_tables", tables="b, c", level="G4")]
    alert = take_in(session, operator, finding(kind="rule", reasons=again, events=["e2"]), at=NOON)
    assert [one["params"]["tables"] for one in alert.reasons] == ["a, b", "b, c"]


def test_the_same_thing_told_again_is_not_added_twice(session: Session, operator: Actor) -> None:
    take_in(session, operator, finding(dedup_key="k"), at=NOON)
    again = finding(dedup_key="k", rows=Figure(150, 150, Basis.MEASURED), last_at=NOON + HOUR)
    alert = take_in(session, operator, again, at=NOON)
    assert (alert.rows_low, alert.suppressed) == (150, 1)


def test_a_finding_after_the_alert_was_closed_opens_a_new_one(session: Session, operator: Actor) -> None:
    from incidents.alerts.models import Verdict

    one = take_in(session, operator, finding(), at=NOON)
    closing = Change(status=AlertStatus.CLOSED, verdict=Verdict.BENIGN, note="month end")
    change_alerts(session, operator, chosen(operator, [one.id]), closing, at=NOON)
    assert take_in(session, operator, finding(), at=NOON).id != one.id


@pytest.mark.parametrize(("score", "asleep"), [(60, True), (61, False)])
def test_only_a_graver_finding_wakes_a_snoozed_alert(
    session: Session, operator: Actor, score: int, asleep: bool
) -> None:
    one = take_in(session, operator, finding(score=60), at=NOON)
    snooze = Change(snooze_until=NOON + HOUR, note="known job")
    change_alerts(session, operator, chosen(operator, [one.id]), snooze, at=NOON)
    take_in(session, operator, finding(score=score), at=NOON)
    assert (session.get_one(Alert, one.id).snoozed_until is not None) is asleep
