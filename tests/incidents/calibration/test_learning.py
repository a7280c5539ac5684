"""Chances are learnt from verdicts, tried on later ones, and replace what is in use only where they are not worse."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents.alerts.intake import take_in
from incidents.alerts.models import AlertStatus, Verdict
from incidents.calibration.book import KIND, Book, check, held_for
from incidents.calibration.judged import Judged, by_kind, judged_alerts
from incidents.calibration.learning import Outcome, learn_anew, places, split
from incidents.calibration.service import bring_in, what_if
from incidents.cases.models import Incident, IncidentStatus
from incidents.cases.service import OpenIncident, open_incident
from soc.approvals.service import approve
from soc.clock import now
from soc.identity.actor import Actor, Role
from soc.trail import Act
from soc.trail.models import TrailEntry
from soc.versions import service as versions
from soc.versions.models import PolicyVersion, VersionStatus
from tests.conftest import NOON, MakePerson
from tests.incidents.calibration.decided import CITY, decided, many
from tests.incidents.findings import finding

LONG_AGO = now() - timedelta(days=300)


def _entries(session: Session, act: Act) -> list[TrailEntry]:
    return list(session.scalars(select(TrailEntry).where(TrailEntry.act == act)))


def test_with_few_verdicts_nothing_is_made_and_points_stand_alone(session: Session, operator: Actor) -> None:
    many(session, 25)
    assert learn_anew(session, operator, CITY).outcome is Outcome.TOO_FEW
    assert session.scalars(select(PolicyVersion).where(PolicyVersion.kind == KIND)).all() == []
    alert = take_in(session, operator, finding(score=70), at=NOON)
    assert (alert.likely, alert.likely_basis) == (None, None)


def test_a_first_version_comes_into_force_and_open_alerts_are_told(session: Session, operator: Actor) -> None:
    many(session, 120, first=LONG_AGO)
    waiting = decided(session, 90, None)
    closed = decided(session, 90, Verdict.BENIGN, at=LONG_AGO - timedelta(days=1))
    found = learn_anew(session, operator, CITY)
    assert found.outcome is Outcome.REPLACED
    assert found.held is not None
    assert found.held.number is None
    assert found.held.mine.log_loss < found.held.other.log_loss
    version = versions.active(session, KIND, CITY)
    assert version is not None
    assert (version.number, version.author_id) == (found.number, operator.id)
    assert waiting.likely == Book(version.body).chance("behaviour", 90)
    assert waiting.likely_basis is not None
    assert waiting.likely_basis["version"] == version.number
    # what was said of a closed one when it was decided stays
    assert closed.likely is None
    (entry,) = _entries(session, Act.VERSION_ACTIVATED)
    assert entry.subject_id == str(version.id)


def test_what_comes_later_is_told_with_its_basis(session: Session, operator: Actor) -> None:
    many(session, 120, first=LONG_AGO)
    learn_anew(session, operator, CITY)
    low, high = (take_in(session, operator, finding(score=score, entity=f"e{score}"), at=NOON) for score in (45, 92))
    assert low.likely is not None
    assert high.likely is not None
    assert high.likely_basis is not None
    assert low.likely < 300
    assert high.likely > 600
    older = judged_alerts(session, operator)[:84]
    near = [one for one in older if 82 <= one.score <= 100]
    assert (high.likely_basis["judged"], high.likely_basis["real"]) == (len(near), sum(one.real for one in near))
    assert high.likely_basis["low"] <= high.likely <= high.likely_basis["high"]


def test_a_version_that_does_worse_does_not_replace(session: Session, operator: Actor) -> None:
    last = many(session, 120, first=LONG_AGO)
    first = learn_anew(session, operator, CITY)
    # what is learnt next is upside down: the older part of these was decided carelessly, the newest again as before
    for number in range(200):
        score = 45 + number % 50
        verdict = Verdict.TRUE_POSITIVE if score < 70 else Verdict.FALSE_POSITIVE
        last += timedelta(hours=1)
        decided(session, score, verdict, at=last)
    many(session, 135, seed=2, first=last + timedelta(hours=1))
    _make_older(session)
    second = learn_anew(session, operator, CITY)
    assert second.outcome is Outcome.KEPT
    assert second.held is not None
    assert second.held.number == first.number
    assert second.held.mine.log_loss > second.held.other.log_loss
    used = versions.active(session, KIND, CITY)
    assert used is not None
    assert used.number == first.number
    kept = versions.find_version(session, operator, KIND, CITY, second.number or 0)
    assert kept.status is VersionStatus.REJECTED
    (entry,) = _entries(session, Act.VERSION_REJECTED)
    assert entry.subject_id == str(kept.id)


def test_one_that_does_better_replaces_and_the_old_one_is_kept(session: Session, operator: Actor) -> None:
    last = many(session, 60, first=LONG_AGO, middle=60)
    first = learn_anew(session, operator, CITY)
    # the work changed: the same points are worth less from here on
    many(session, 300, seed=3, first=last + timedelta(hours=1), middle=92)
    _make_older(session)
    second = learn_anew(session, operator, CITY)
    assert second.outcome is Outcome.REPLACED
    old = versions.find_version(session, operator, KIND, CITY, first.number or 0)
    assert old.status is VersionStatus.SUPERSEDED
    assert second.held is not None
    assert second.held.mine.brier < second.held.other.brier


def test_without_new_verdicts_nothing_is_made_again(session: Session, operator: Actor) -> None:
    many(session, 120, first=LONG_AGO)
    learn_anew(session, operator, CITY)
    many(session, 9, seed=5, first=now())
    assert learn_anew(session, operator, CITY).outcome in {Outcome.NOTHING_NEW, Outcome.TOO_FEW}
    assert len(session.scalars(select(PolicyVersion).where(PolicyVersion.kind == KIND)).all()) == 1


def _make_older(session: Session) -> None:
    """Let versions be older than the verdicts of this test, which all lie in the past."""
    for one in session.scalars(select(PolicyVersion).where(PolicyVersion.kind == KIND)):
        one.created_at = LONG_AGO
    session.flush()


def test_two_persons_bring_one_back_and_the_job_then_only_proposes(
    session: Session, operator: Actor, person: MakePerson
) -> None:
    last = many(session, 60, first=LONG_AGO, middle=60)
    first = learn_anew(session, operator, CITY)
    last = many(session, 300, seed=3, first=last + timedelta(hours=1), middle=92)
    _make_older(session)
    learn_anew(session, operator, CITY)
    waiting = decided(session, 80, None)
    analyst, commander = person(Role.ANALYST, CITY), person(Role.COMMANDER, CITY)
    approval = bring_in(session, analyst, CITY, first.number or 0, reason="the new one was learnt from a drill")
    approve(session, commander, approval.id, at=now())
    used = versions.active(session, KIND, CITY)
    assert used is not None
    assert used.body == versions.find_version(session, operator, KIND, CITY, first.number or 0).body
    assert waiting.likely == Book(used.body).chance("behaviour", 80)
    many(session, 60, seed=4, first=last + timedelta(hours=1), middle=92)
    _make_older(session)
    assert learn_anew(session, operator, CITY).outcome is Outcome.PROPOSED
    assert versions.active(session, KIND, CITY) == used
    _make_older(session)
    assert learn_anew(session, operator, CITY).outcome is Outcome.WAITING


def test_what_points_alone_took_into_an_incident_teaches_nothing_until_it_is_reviewed(
    session: Session, operator: Actor
) -> None:
    alert = decided(session, 95, None)
    session.flush()
    incident = open_incident(session, operator, OpenIncident((alert.id,)), at=NOON)
    session.flush()
    assert alert.verdict is Verdict.TRUE_POSITIVE
    assert judged_alerts(session, operator) == []
    held = session.get_one(Incident, incident.id)
    held.status, held.reviewed_at = IncidentStatus.REVIEWED, NOON + timedelta(days=3)
    session.flush()
    assert judged_alerts(session, operator) == [Judged("behaviour", 95, True, NOON + timedelta(days=3))]


def test_who_could_not_tell_is_left_out_and_benign_is_not_true(session: Session, operator: Actor) -> None:
    for verdict in Verdict:
        decided(session, 50, verdict)
    session.flush()
    assert by_kind(judged_alerts(session, operator))["behaviour"] == (3, 1)


def test_the_split_is_by_time_and_holds_nothing_that_was_learnt(session: Session, operator: Actor) -> None:
    many(session, 100, first=LONG_AGO)
    learn_anew(session, operator, CITY)
    used = versions.active(session, KIND, CITY)
    assert used is not None
    judged = judged_alerts(session, operator)
    older, newer = split(judged, None)
    assert (len(older), len(newer)) == (70, 30)
    assert max(one.at for one in older) < min(one.at for one in newer)
    # the version in use learnt of the first seventy: of a shorter list it knows some of the newest
    assert all(one.at > Book(used.body).until for one in split(judged[:75], used)[1])


def test_verdicts_of_one_stroke_are_all_on_one_side() -> None:
    together = [Judged("rule", 50, True, NOON)] * 40
    assert split(together, None)[1] == []


def test_the_nearest_version_counts_and_others_verdicts_are_not_learnt_from(session: Session, operator: Actor) -> None:
    many(session, 120, first=LONG_AGO)
    many(session, 60, seed=9, first=LONG_AGO, org="440300")
    assert places(session, operator) == ["440000", CITY, "440300"]
    learn_anew(session, operator, "440000")
    assert held_for(session, "440103") is not None
    learn_anew(session, operator, CITY)
    own, above = held_for(session, "440103"), held_for(session, "440300")
    assert own is not None
    assert above is not None
    assert (own.org, above.org) == (CITY, "440000")
    assert (own.book.verdicts, above.book.verdicts) == (84, 126)


def test_a_change_is_shown_before_it_happens(session: Session, operator: Actor) -> None:
    many(session, 120, first=LONG_AGO)
    learn_anew(session, operator, CITY)
    version = versions.active(session, KIND, CITY)
    assert version is not None
    decided(session, 95, None)
    session.flush()
    found = what_if(session, operator, None, version.body)
    assert (found.items, found.changed) == (1, 1)
    assert what_if(session, operator, version.body, version.body).changed == 0


@pytest.mark.parametrize("row", ["chance", "low", "high"])
def test_a_curve_that_falls_is_no_version(session: Session, operator: Actor, row: str) -> None:
    many(session, 120, first=LONG_AGO)
    learn_anew(session, operator, CITY)
    version = versions.active(session, KIND, CITY)
    assert version is not None
    body = {**version.body, "curves": {"rule": {**version.body["curves"]["rule"], row: [500, *[400] * 100]}}}
    assert [one.path for one in check(body)] == [f"curves/rule/{row}"]
    assert check(version.body) == []


def test_a_finding_that_joins_later_is_told_by_the_higher_points(session: Session, operator: Actor) -> None:
    many(session, 120, first=LONG_AGO)
    learn_anew(session, operator, CITY)
    first = take_in(session, operator, finding(score=50), at=NOON).likely
    alert = take_in(session, operator, finding(score=90), at=NOON)
    assert first is not None
    assert alert.likely is not None
    assert alert.likely > first
    assert alert.status is AlertStatus.NEW
