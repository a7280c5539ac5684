"""What a rule would meet: verdicts on alerts of the same events, what the queue joins, what exceptions keep back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from detectors.findings import FindingKind, NewFinding
from detectors.sigma.backtests.result import Met
from incidents.alerts.models import AlertStatus, Verdict
from incidents.exceptions.models import ExceptionStatus, FindingException
from incidents.foresight import met
from soc.clock import now
from soc.identity.actor import Actor
from tests.incidents.exceptions.telling import CITY, RECENT, raised, told

PROVINCE, STRANGER = "440000", "440300"
SPAN = RECENT - timedelta(days=3), RECENT + timedelta(days=3)


def would(**changes: Any) -> NewFinding:
    """A finding that a rule would raise."""
    return told(**{"kind": FindingKind.RULE, "rule_id": "r1"} | changes)


def look(session: Session, *findings: NewFinding, hit: tuple[str, ...] = (), orgs: tuple[str, ...] = (CITY,)) -> Met:
    return met(session, session.info["settings"], frozenset(orgs), findings, frozenset(hit), SPAN)


def judged(session: Session, operator: Actor, verdict: Verdict | None, **changes: Any) -> None:
    """An alert, closed with a verdict or open."""
    _, alert = raised(session, operator, **changes)
    assert alert is not None
    if verdict is not None:
        alert.status, alert.verdict = AlertStatus.CLOSED, verdict
    session.flush()


def test_verdicts_are_counted_of_alerts_that_hold_an_event_that_is_hit(session: Session, operator: Actor) -> None:
    judged(session, operator, Verdict.TRUE_POSITIVE, events=["a", "b"], entity_name="one")
    judged(session, operator, Verdict.FALSE_POSITIVE, events=["c"], entity_name="two")
    judged(session, operator, None, events=["d"], entity_name="three")
    judged(session, operator, Verdict.FALSE_POSITIVE, events=["z"], entity_name="four")
    found = look(session, hit=("b", "c", "d"))
    assert (found.verdicts, found.open) == ({"true_positive": 1, "false_positive": 1}, 1)


def test_alerts_of_other_organisations_and_times_are_none(session: Session, operator: Actor) -> None:
    judged(session, operator, Verdict.BENIGN, events=["a"], org=STRANGER)
    early = SPAN[0] - timedelta(days=1)
    judged(session, operator, Verdict.BENIGN, events=["a"], first_at=early, last_at=early)
    assert look(session, hit=("a",)).verdicts == {}


def test_what_is_of_events_that_no_alert_holds_is_unseen(session: Session, operator: Actor) -> None:
    judged(session, operator, Verdict.BENIGN, events=["a"])
    assert look(session, would(events=["a", "b"]), would(events=["c"]), hit=("a", "b", "c")).unseen == 1
    assert look(session).unseen == 0


@pytest.mark.parametrize(("hours", "alerts"), [((0, 1, 20, 40), 1), ((0, 30), 2), ((0, 20, 50), 2), ((), 0)])
def test_the_queue_joins_what_one_entity_does_within_a_day(
    session: Session, hours: tuple[int, ...], alerts: int
) -> None:
    at = [RECENT + timedelta(hours=one) for one in hours]
    findings = [would(first_at=one, last_at=one) for one in at]
    assert look(session, *findings).queue == alerts
    assert (
        look(session, *findings, *(would(entity_name="x", first_at=one, last_at=one) for one in at)).queue == 2 * alerts
    )


def excepted(session: Session, **changes: Any) -> FindingException:
    """An exception in force for the rule."""
    given = {
        "org": CITY, "detectors": ["rule/r1"], "names": [{"zh": "规则", "en": "Rule"}], "tables": [],
        "score_at_most": 60, "reason": "known", "owner": "li", "until": now() + timedelta(days=5),
        "status": ExceptionStatus.ACTIVE, "proposed_by": "li", "proposed_at": now(), "started_at": now(),
    }  # fmt: skip
    made = FindingException(**(given | changes))
    session.add(made)
    session.flush()
    return made


def test_what_exceptions_in_force_would_keep_back_is_counted_by_each(session: Session) -> None:
    exception = excepted(session)
    found = look(session, would(score=50), would(score=61), would(score=50, rule_id="r2"))
    assert found.kept_back == 1
    assert [(one.id, one.alerts) for one in found.by] == [(str(exception.id), 1)]


@pytest.mark.parametrize("changes", [
    {"status": ExceptionStatus.PROPOSED}, {"until": now() - timedelta(days=1)}, {"org": STRANGER}, {"entity": "other"},
], ids=["proposed", "over", "elsewhere", "somebody else"])  # fmt: skip
def test_one_that_is_not_in_force_here_keeps_nothing_back(session: Session, changes: dict[str, Any]) -> None:
    excepted(session, **changes)
    assert look(session, would(score=50)).kept_back == 0


def test_one_of_a_tier_above_counts_and_is_named_to_who_sees_it(session: Session) -> None:
    excepted(session, org=PROVINCE)
    below, above = look(session, would(score=50)), look(session, would(score=50), orgs=(CITY, PROVINCE))
    assert (below.kept_back, len(below.by)) == (1, 0)
    assert (above.kept_back, len(above.by)) == (1, 1)
