"""Exceptions: two persons put one in force, it keeps back what it covers and nothing else, and it ends."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.findings import FindingKind
from incidents.alerts.models import AlertStatus, Verdict
from incidents.exceptions.models import ExceptedFinding, ExceptionStatus, FindingException
from incidents.exceptions.preview import suggested, would_hide
from incidents.exceptions.service import NewException, TermsError, end, propose_exception
from incidents.exceptions.terms import Terms
from soc.approvals.models import Approval, ApprovalStatus
from soc.approvals.service import approve, reject
from soc.clock import now
from soc.errors import ConflictError, ForbiddenError, NotFoundError
from soc.exposure import Basis, Figure
from soc.identity.actor import Actor, Role
from soc.trail.models import TrailEntry
from tests.conftest import MakePerson
from tests.incidents.exceptions.telling import CITY, RECENT, alerts, raised

LATER = timedelta(days=7)


@pytest.fixture
def analyst(person: MakePerson) -> Actor:
    return person(Role.ANALYST, org=CITY)


@pytest.fixture
def commander(person: MakePerson) -> Actor:
    return person(Role.COMMANDER, org=CITY)


def proposed(session: Session, actor: Actor, operator: Actor, **changes: Any) -> FindingException:
    """Propose an exception from a finding that was raised, within the bounds that its past suggests."""
    finding, alert = raised(session, operator)
    assert alert is not None
    zone = session.info["settings"].timezone
    found = suggested(session, actor, [finding], at=RECENT + LATER, zone=zone)
    terms = replace(found, from_hour=None, to_hour=None, **changes)
    order = NewException(terms, now() + LATER, actor.name, "每晚备份")
    return propose_exception(session, actor, alert, order, at=now())


def agreed(session: Session, actor: Actor, exception: FindingException) -> FindingException:
    """The proposal of an exception, agreed to."""
    approve(session, actor, approval_of(session, exception).id, at=now())
    return exception


def approval_of(session: Session, exception: FindingException) -> Approval:
    return session.scalars(select(Approval).where(Approval.subject_id == str(exception.id))).one()


def acts(session: Session, subject: UUID) -> list[str]:
    query = select(TrailEntry.act).where(TrailEntry.subject_id == str(subject)).order_by(TrailEntry.id)
    return [str(one) for one in session.scalars(query)]


def test_what_nobody_agreed_to_keeps_nothing_back(session: Session, operator: Actor, analyst: Actor) -> None:
    proposed(session, analyst, operator)
    _, alert = raised(session, operator, first_at=RECENT + LATER, last_at=RECENT + LATER)
    assert alert is not None


def test_agreed_to_it_closes_the_open_alerts_it_covers_and_keeps_back_what_comes(
    session: Session, operator: Actor, analyst: Actor, commander: Actor
) -> None:
    exception = agreed(session, commander, proposed(session, analyst, operator))
    (before,) = alerts(session)
    assert (before.status, before.verdict) == (AlertStatus.CLOSED, Verdict.BENIGN)
    finding, alert = raised(session, operator, first_at=RECENT + LATER, last_at=RECENT + LATER)
    assert alert is None
    (kept,) = session.scalars(select(ExceptedFinding))
    assert (kept.finding_id, kept.exception_id, kept.score) == (finding.id, exception.id, 55)
    assert acts(session, exception.id) == ["exception.proposed", "exception.started"]
    assert acts(session, kept.id) == ["alert.kept_back"]


@pytest.mark.parametrize(
    "beyond",
    [
        {"details": {"tables": ["toll.etc_user", "hr.salary"]}},
        {"rows": Figure(900, None, Basis.UNKNOWN)},
        {"rows": Figure(2_000, 2_000, Basis.MEASURED)},
        {"score": 80},
        {"entity_name": "svc_other"},
        {"kind": FindingKind.BEHAVIOUR},
        {"org": "440300"},
    ],
    ids=str,
)
def test_what_goes_beyond_it_is_raised(
    session: Session, operator: Actor, analyst: Actor, commander: Actor, beyond: dict[str, Any]
) -> None:
    agreed(session, commander, proposed(session, analyst, operator))
    _, alert = raised(session, operator, **{"first_at": RECENT + LATER, "last_at": RECENT + LATER} | beyond)
    assert alert is not None


def test_an_exception_for_anybody_holds_below_its_organisation(
    session: Session, operator: Actor, analyst: Actor, commander: Actor
) -> None:
    agreed(session, commander, proposed(session, analyst, operator, entity=""))
    later = {"first_at": RECENT + LATER, "last_at": RECENT + LATER}
    assert raised(session, operator, org="440106", entity_name="svc_county", **later)[1] is None
    assert raised(session, operator, org="440300", entity_name="svc_county", **later)[1] is not None


def test_an_alert_that_holds_something_else_too_stays_open(
    session: Session, operator: Actor, analyst: Actor, commander: Actor
) -> None:
    raised(session, operator, kind=FindingKind.BEHAVIOUR)
    exception = proposed(session, analyst, operator)
    zone = session.info["settings"].timezone
    seen = would_hide(session, analyst, exception.terms, CITY, at=now(), zone=zone)
    assert (seen.findings, seen.alerts, seen.partly) == (1, 0, 1)
    agreed(session, commander, exception)
    assert [one.status for one in alerts(session)] == [AlertStatus.NEW]


def test_nobody_puts_their_own_in_force_and_no_analyst_any(
    session: Session, operator: Actor, analyst: Actor, person: MakePerson
) -> None:
    both = person(Role.COMMANDER, org=CITY)
    own = proposed(session, both, operator)
    with pytest.raises(ForbiddenError):
        approve(session, both, approval_of(session, own).id, at=now())
    with pytest.raises(ForbiddenError):
        approve(session, person(Role.ANALYST, org=CITY), approval_of(session, own).id, at=now())
    assert own.status is ExceptionStatus.PROPOSED
    assert analyst.name


def test_what_is_refused_stays_refused(session: Session, operator: Actor, analyst: Actor, commander: Actor) -> None:
    exception = proposed(session, analyst, operator)
    reject(session, commander, approval_of(session, exception).id, at=now(), note="查清再说")
    assert exception.status is ExceptionStatus.REFUSED
    assert acts(session, exception.id)[-1] == "exception.refused"
    _, alert = raised(session, operator, first_at=RECENT + LATER, last_at=RECENT + LATER)
    assert alert is not None


def test_what_was_changed_after_it_was_proposed_is_void(
    session: Session, operator: Actor, analyst: Actor, commander: Actor
) -> None:
    exception = proposed(session, analyst, operator)
    exception.score_at_most = 100
    session.flush()
    decided = approve(session, commander, approval_of(session, exception).id, at=now())
    assert decided.status is ApprovalStatus.VOID
    assert exception.status is ExceptionStatus.REFUSED


def test_one_person_ends_it_and_alerts_are_raised_again(
    session: Session, operator: Actor, analyst: Actor, commander: Actor
) -> None:
    exception = agreed(session, commander, proposed(session, analyst, operator))
    end(session, analyst, exception.id, note="系统下线", at=now())
    _, alert = raised(session, operator, first_at=RECENT + LATER, last_at=RECENT + LATER)
    assert alert is not None
    assert acts(session, exception.id)[-1] == "exception.ended"
    with pytest.raises(ConflictError):
        end(session, analyst, exception.id, note="", at=now())


def test_its_day_ends_it_by_itself(session: Session, operator: Actor, analyst: Actor, commander: Actor) -> None:
    exception = agreed(session, commander, proposed(session, analyst, operator))
    _, alert = raised(session, operator, at=exception.until, first_at=RECENT + LATER, last_at=RECENT + LATER)
    assert alert is not None
    assert not exception.stands(exception.until)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"terms": Terms(detectors=("drip",), entity="", rows_at_most=5)}, "too_wide"),
        ({"terms": Terms(detectors=("drip",), entity="", tables=("a",))}, "too_wide"),
        ({"terms": Terms(detectors=("rule/x",), entity="")}, "other"),
        ({"until": timedelta(minutes=-1)}, "until"),
        ({"until": timedelta(days=400)}, "until"),
        ({"owner": "nobody_here"}, "owner"),
    ],
    ids=str,
)
def test_terms_without_measure_are_refused(
    session: Session, operator: Actor, analyst: Actor, changes: dict[str, Any], error: str
) -> None:
    finding, alert = raised(session, operator)
    assert alert is not None
    terms, changes = Terms(detectors=("drip",), entity=finding.entity), dict(changes)
    order = NewException(terms, now() + changes.pop("until", LATER), analyst.name, "x")
    with pytest.raises(TermsError, match=error):
        propose_exception(session, analyst, alert, replace(order, **changes), at=now())
    assert not session.scalars(select(FindingException)).all()


def test_half_of_the_hours_is_refused(session: Session, operator: Actor, analyst: Actor) -> None:
    finding, alert = raised(session, operator)
    assert alert is not None
    terms = Terms(detectors=("drip",), entity=finding.entity, from_hour=3)
    with pytest.raises(TermsError, match="hours"):
        propose_exception(session, analyst, alert, NewException(terms, now() + LATER, analyst.name, "x"), at=now())


def test_another_city_sees_no_exception(
    session: Session, operator: Actor, analyst: Actor, commander: Actor, person: MakePerson
) -> None:
    exception = agreed(session, commander, proposed(session, analyst, operator))
    with pytest.raises(NotFoundError):
        end(session, person(Role.ANALYST, org="440300"), exception.id, note="", at=now())


def test_the_preview_counts_what_proved_true_and_what_is_open(
    session: Session, operator: Actor, analyst: Actor
) -> None:
    zone, found = session.info["settings"].timezone, []
    for days in (1, 3, 5, 7):
        at = now() - timedelta(days=days)
        found.append(raised(session, operator, at=at, first_at=at, last_at=at))
    finding, alert = found[2]
    assert alert is not None
    alert.status, alert.verdict = AlertStatus.CLOSED, Verdict.TRUE_POSITIVE
    session.flush()
    terms = Terms(detectors=("drip",), entity=finding.entity)
    seen = would_hide(session, analyst, terms, CITY, at=now(), zone=zone)
    assert (seen.findings, seen.alerts, seen.open, seen.true_positives) == (4, 4, 3, 1)
    assert [count for _, count in seen.days] == [1, 1, 1, 1]
    none = would_hide(session, analyst, replace(terms, rows_at_most=10), CITY, at=now(), zone=zone)
    assert (none.findings, none.alerts) == (0, 0)
    with pytest.raises(NotFoundError):
        would_hide(session, analyst, terms, "440300", at=now(), zone=zone)


def test_what_is_suggested_holds_the_past_and_little_more(session: Session, operator: Actor, analyst: Actor) -> None:
    zone = session.info["settings"].timezone
    start = (now() - timedelta(days=10)).astimezone(zone).replace(hour=23, minute=30, second=0)
    examples = []
    for day, rows in enumerate((800, 1_000, 900)):
        at = start + timedelta(days=day)
        finding, _ = raised(
            session, operator, at=at, first_at=at, last_at=at + timedelta(minutes=50), rows=Figure(rows, rows),
            details={"tables": ["toll.etc_user"] if day else ["hr.staff"]},
        )  # fmt: skip
        examples.append(finding)
    terms = suggested(session, analyst, examples[-1:], at=now(), zone=zone)
    assert (terms.rows_at_most, terms.score_at_most) == (1_300, 55)
    assert terms.tables == ("hr.staff", "toll.etc_user")
    assert (terms.from_hour, terms.to_hour) == (23, 1)
    seen = would_hide(session, analyst, terms, CITY, at=now(), zone=zone)
    assert seen.findings == 3
