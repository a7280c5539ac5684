"""Who looked somebody up: everybody is told, within one's own organisation, and the value itself goes nowhere."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select

from audit.search.period import Period
from audit.search.subjects import FIELD, who_looked_up
from soc.crypto import Purpose, ring_of
from soc.db import Database
from soc.errors import InputError
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.logstore import open_store
from soc.logstore.port import LogStore, Metric, MetricKind, SearchRequest
from soc.subjects.tokens import current
from soc.trail.models import TrailEntry
from soc.trail.record import opened
from soc.web.context import Kernel
from tests.browsing import Browser
from tests.contract import corpus

SignIn = Callable[..., Browser]
Api = Callable[..., FlaskClient]
ID, WRITTEN = "11010519491231002X", "110105 19491231-002x"
CITY, OTHER = "440100", "440300"
EVER = Period(None, None)


def made(token: str) -> list[dict[str, object]]:
    """Three of a city's person, one with a business number, and one of another city's; one of somebody else."""
    rows: list[dict[str, object]] = [
        {
            "time": datetime(2026, 11, 20, place, tzinfo=UTC),
            "guanlan.subjects": ["mobile:x", token if place < 4 else "resident_id:other"],
            "guanlan.business": "GD-1" if place == 1 else None,
            "guanlan.person": "GD7" if place < 3 else None,
            "actor.user.name": "zhang" if place < 3 else f"user-{place}",
            "actor.app_name": "portal",
            "guanlan.org": CITY if place < 3 else OTHER,
        }
        for place in range(5)
    ]
    events = corpus.numbered(rows, "b")
    for event, row in zip(events, rows, strict=True):
        event["guanlan.org"] = row["guanlan.org"]
    return events


@pytest.fixture
def events(app: APIFlask) -> None:
    kernel: Kernel = app.extensions["guanlan"]
    token = current(kernel.settings).of_text(ID)
    open_store(kernel.settings).append(corpus.table(made(str(token))), batch="b")


def test_everybody_is_told_with_how_often_when_and_through_what(database: Database, either_store: LogStore) -> None:
    token = str(current(database.settings).of_text(ID))
    either_store.append(corpus.table(made(token)), batch="b")
    either_store.refresh()
    with database.write() as session:
        found = who_looked_up(
            session, either_store, operator_actor(session), WRITTEN, purpose="complaint 42", period=EVER
        )
    assert (found.type, found.token, found.times, found.total) == ("resident_id", token, 4, 2)
    most, other = found.askers
    assert (most.person, most.account, most.org, most.application, most.times, most.for_business) == (
        "GD7", "zhang", CITY, "portal", 3, 1,
    )  # fmt: skip
    assert (most.first, most.last) == (datetime(2026, 11, 20, 0, tzinfo=UTC), datetime(2026, 11, 20, 2, tzinfo=UTC))
    assert (other.account, other.org, other.times) == ("user-3", OTHER, 1)


def test_how_many_different_subjects_an_account_looked_up_is_counted(either_store: LogStore) -> None:
    either_store.append(corpus.table(made("resident_id:a")), batch="b")
    either_store.refresh()
    different = Metric(MetricKind.CARDINALITY, FIELD)
    groups = either_store.aggregate(SearchRequest(), ["actor.user.name"], [different])
    assert {row.key[0]: row.figures[different.name] for row in groups.rows} == {"zhang": 2, "user-3": 2, "user-4": 2}
    by_subject = either_store.aggregate(SearchRequest(), [FIELD])
    assert {row.key[0]: row.figures["count"] for row in by_subject.rows} == {
        "mobile:x": 5, "resident_id:a": 4, "resident_id:other": 1,
    }  # fmt: skip


def test_what_was_looked_up_before_a_rotation_is_found(database: Database, either_store: LogStore) -> None:
    old = str(current(database.settings).of_text(ID))
    either_store.append(corpus.table(made(old)), batch="b")
    either_store.refresh()
    ring_of(database.settings).rotate(Purpose.LOG_SUBJECTS)
    with database.write() as session:
        found = who_looked_up(session, either_store, operator_actor(session), ID, purpose="complaint", period=EVER)
    assert found.times == 4
    assert found.token != old
    assert old in found.query


def test_the_trail_has_the_token_and_the_purpose_and_no_value(database: Database, either_store: LogStore) -> None:
    with database.write() as session:
        who_looked_up(session, either_store, operator_actor(session), ID, purpose="complaint 42", period=EVER)
    with database.read() as session:
        entry = session.scalars(select(TrailEntry).order_by(TrailEntry.id.desc())).first()
        assert entry is not None
        private = opened(database.settings, entry)
    assert private is not None
    assert entry.act == "subject.searched"
    assert entry.subject_id == current(database.settings).of_text(ID)
    assert private.note == "complaint 42"
    assert ID not in f"{entry.__dict__}{private}"


@pytest.mark.parametrize(
    ("value", "purpose"), [("nobody", "complaint"), (ID, "  "), ("", "complaint"), (ID, "x" * 501)]
)
def test_without_a_value_or_a_purpose_nothing_is_told(
    database: Database, either_store: LogStore, value: str, purpose: str
) -> None:
    with database.write() as session, pytest.raises(InputError) as refused:
        who_looked_up(session, either_store, operator_actor(session), value, purpose=purpose, period=EVER)
    assert ID not in str(refused.value)


@pytest.mark.usefixtures("events")
def test_the_page_tells_only_ones_own_organisation_and_never_the_value(sign_in: SignIn) -> None:
    browser = sign_in(Role.ANALYST, CITY)
    page = browser.send("/logs/subject/", {"value": WRITTEN, "purpose": "complaint 42", "period": "all"})
    assert page.status_code == 200
    assert "GD7" in page.text
    assert "user-3" not in page.text
    assert not re.search(r"110105\s?19491231", page.text)
    assert page.headers.get("Location") is None


def test_a_refused_form_keeps_the_purpose_and_not_the_value(sign_in: SignIn) -> None:
    browser = sign_in(Role.AUDITOR, CITY)
    page = browser.send("/logs/subject/", {"value": "110105194912310099", "purpose": "complaint 42", "period": "all"})
    assert page.status_code == 422
    assert "complaint 42" in page.text
    assert "110105194912310099" not in page.text


def test_a_role_that_may_not_search_logs_may_not_ask_who_looked_somebody_up(sign_in: SignIn) -> None:
    assert sign_in(Role.POLICY, CITY).send("/logs/subject/", {"value": ID, "purpose": "why"}).status_code == 403


@pytest.mark.usefixtures("events")
def test_the_api_tells_the_same_and_takes_no_value_in_its_address(api: Api) -> None:
    client = api("logs.read", org=CITY)
    answer = client.post("/api/v1/logs/subject", json={"value": WRITTEN, "purpose": "complaint 42"})
    assert answer.status_code == 200
    told = answer.json
    assert told is not None
    assert (told["times"], told["total"]) == (3, 1)
    assert [(one["person"], one["times"]) for one in told["askers"]] == [("GD7", 3)]
    assert ID not in answer.text
    assert client.get("/api/v1/logs/subject", query_string={"value": ID}).status_code == 405
    assert client.post("/api/v1/logs/subject", json={"value": ID}).status_code == 422
