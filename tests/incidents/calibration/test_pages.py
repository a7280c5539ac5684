"""What is said of likelihood: on an alert, in the queue, by the API, and on the page of the versions."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from detectors.behaviour.facts import EntityDay
from detectors.behaviour.store import add_days
from detectors.drift.models import BehaviourDrift
from incidents.alerts.models import Alert
from incidents.calibration.learning import learn_anew
from soc.clock import now
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from tests.browsing import Api, SignIn
from tests.detectors.behaviour.days import facts, key
from tests.incidents.calibration.decided import CITY, decided, many

LONG_AGO = now() - timedelta(days=300)
COUNTY = "440103"


def _json(answer: TestResponse) -> dict[str, Any]:
    found: dict[str, Any] = answer.json or {}
    return found


def _learnt(database: Database, org: str = CITY) -> tuple[str, str]:
    """Learn at a city; returns two open alerts of a county below it, of 55 points and of 90."""
    with database.write() as session:
        many(session, 120, first=LONG_AGO)
        waiting = [decided(session, score, None, org=COUNTY) for score in (55, 90)]
        learn_anew(session, operator_actor(session), org)
        return str(waiting[0].id), str(waiting[1].id)


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "已判定 {judged} 条，其中 {real} 条属实"), ("en", "Of {judged} judged alerts")]
)
def test_an_alert_says_how_likely_it_is_and_of_how_many_that_is_told(
    sign_in: SignIn, database: Database, lang: str, words: str
) -> None:
    _, high = _learnt(database)
    with database.read() as session:
        basis = session.get_one(Alert, UUID(high)).likely_basis
    assert basis is not None
    assert 10 < basis["real"] < basis["judged"] < 40
    words = words.format(**basis)
    page = sign_in(Role.ANALYST, CITY).get(f"/alerts/{high}?lang={lang}").text
    assert words in page
    # who is below sees what counts there, and not how many verdicts of others are behind it
    county = sign_in(Role.ANALYST, COUNTY).get(f"/alerts/{high}?lang={lang}").text
    assert "%" in county
    assert words not in county
    assert ("不在您的范围内" if lang == "zh" else "outside your scope") in county


def test_before_anything_is_learnt_the_page_says_that_points_stand_alone(sign_in: SignIn, database: Database) -> None:
    with database.write() as session:
        alert = decided(session, 70, None)
        session.flush()
        path = f"/alerts/{alert.id}?lang=en"
    analyst = sign_in(Role.ANALYST, CITY)
    assert "the points stand alone" in analyst.get(path).text
    empty = analyst.get("/alerts/calibration/?lang=en").text
    assert "Nothing learnt yet" in empty
    assert "30 needed at least" in empty


def test_the_queue_is_sorted_by_likelihood_and_what_nothing_is_known_of_comes_last(
    sign_in: SignIn, database: Database
) -> None:
    low, high = _learnt(database)
    with database.write() as session:
        unknown = decided(session, 99, None, org="440300")
        session.flush()
        other = str(unknown.id)
    page = sign_in(Role.ANALYST).get("/alerts/?sort=-likely").text
    assert page.index(high) < page.index(low) < page.index(other)


def test_the_api_tells_it_and_leaves_out_counts_of_others(api: Api, database: Database) -> None:
    _, high = _learnt(database)
    told = _json(api(org=CITY).get(f"/api/v1/alerts/{high}"))["likelihood"]
    assert 0 < told["low"] <= told["value"] <= told["high"] < 1
    assert (told["verdicts"], told["version_org"]) == (84, CITY)
    below = _json(api(org=COUNTY).get(f"/api/v1/alerts/{high}"))["likelihood"]
    assert (below["value"], below["verdicts"], below["judged"], below["real"]) == (told["value"], None, None, None)
    listed = _json(api(org=CITY).get("/api/v1/alerts?order=likelihood&limit=2"))["items"]
    assert listed[0]["id"] == high


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_has_versions_and_both_plots(sign_in: SignIn, database: Database, lang: str) -> None:
    _learnt(database)
    page = sign_in(Role.POLICY, CITY).get(f"/alerts/calibration/?lang={lang}").text
    assert 'id="curves"' in page
    assert 'id="reliability"' in page
    assert "v1" in page
    below = sign_in(Role.ANALYST, COUNTY).get(f"/alerts/calibration/?lang={lang}").text
    assert 'id="curves"' in below
    assert 'id="reliability"' not in below


def test_by_hand_it_takes_two_persons_and_learning_is_ordered(sign_in: SignIn, database: Database) -> None:
    _learnt(database)
    analyst = sign_in(Role.ANALYST, CITY)
    ordered = analyst.send("/alerts/calibration/learn")
    assert ordered.status_code == 302
    proposed = analyst.send("/alerts/calibration/versions", {"number": "1", "reason": "as it was"})
    assert proposed.status_code == 302
    shown = sign_in(Role.COMMANDER, CITY).get("/approvals/?lang=en").text
    assert "calibration v2" in shown
    assert sign_in(Role.COMMANDER, CITY).send("/alerts/calibration/learn").status_code == 403


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_drift_is_drawn_and_told_above_the_queue_within_its_scope(
    sign_in: SignIn, database: Database, lang: str
) -> None:
    with database.write() as session:
        for day, looks in ((20, 4), (21, 5)):
            session.add(
                BehaviourDrift(
                    org=CITY,
                    day=date(2026, 11, day),
                    figure="grave",
                    moved=0.4,
                    noise=0.12,
                    bands={
                        "edges": [1.0, 20.0], "before": [50, 30, 20], "after": [20, 20, 60],
                        "middle_before": 3.0, "middle_after": 40.0,
                    },
                    days_beyond=looks,
                    looked_at=now(),
                )
            )  # fmt: skip
        add_days(session, CITY, [EntityDay(key("p"), date(2026, 11, 21), facts(20))])
    analyst, stranger = sign_in(Role.ANALYST, CITY), sign_in(Role.ANALYST, "440300")
    page = analyst.get(f"/alerts/calibration/drift?lang={lang}").text
    assert all(f'id="{name}"' in page for name in ("moves", "shape", "since"))
    words = "自 2026-11-17 起" if lang == "zh" else "Since 2026-11-17"
    assert words in analyst.get(f"/alerts/?lang={lang}").text
    assert words not in stranger.get(f"/alerts/?lang={lang}").text
    empty = stranger.get(f"/alerts/calibration/drift?lang={lang}&of={CITY}").text
    assert ("还没有可比的周" if lang == "zh" else "No weeks to compare yet") in empty
