"""An application's page says how many of its statements are whose, by which sign; what is nobody's is counted."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from incidents.alerts.asked import AskedThrough, asked_through
from incidents.alerts.intake import take_in
from soc.accounts.service import ServiceMark, mark_service, service_accounts
from soc.db import Database
from soc.identity.actor import Actor, Role
from soc.identity.actors import operator_actor
from soc.logstore import open_store
from soc.logstore.lucene import parse
from soc.logstore.port import LogStore, SearchRequest
from tests.browsing import Browser, SignIn
from tests.conftest import NOON, MakePerson
from tests.contract import corpus
from tests.contract.conftest import cluster
from tests.incidents.findings import finding

MARK = ServiceMark("440100", "zhang_wei", is_service=True, application="门户")


def statement(basis: str | None = None, confidence: int | None = None, **more: Any) -> dict[str, Any]:
    return {
        "time": NOON - timedelta(days=1),
        "actor.user.name": "zhang_wei",
        "query_info.uid": "shape",
        "guanlan.asked_by": "li" if basis else None,
        "guanlan.asked_by_basis": basis,
        "guanlan.asked_by_confidence": confidence,
        "guanlan.org": "440100",
        **more,
    }


STATEMENTS = [
    statement("trace", 95),
    *[statement("comment", 80)] * 2,
    statement("application_name", 70),
    statement("comment", 30),
    statement("application_name", 0),
    *[statement()] * 4,
    statement("trace", 95, **{"actor.user.name": "another"}),
    statement("trace", 95, **{"guanlan.org": "440300"}),
    statement("trace", 95, time=NOON - timedelta(days=40)),
    statement(**{"query_info.uid": None}),
]


def stored(store: LogStore) -> LogStore:
    rows = corpus.numbered([row | {"guanlan.org": ""} for row in STATEMENTS], "b")
    given = [row | {"guanlan.org": said["guanlan.org"]} for row, said in zip(rows, STATEMENTS, strict=True)]
    store.append(corpus.table(given), batch="b")
    store.refresh()
    return store


@pytest.fixture(params=["delta", pytest.param("opensearch", marks=pytest.mark.opensearch)])
def store(request: pytest.FixtureRequest, session: Session) -> Iterator[LogStore]:
    if request.param == "delta":
        yield stored(open_store(session.info["settings"]))
    else:
        yield from map(stored, cluster())


def look(session: Session, actor: Actor, store: LogStore, threshold: int = 70) -> AskedThrough | None:
    return asked_through(session, actor, store, org="440100", name="zhang_wei", threshold=threshold, at=NOON)


def counts(asked: AskedThrough) -> dict[str, int]:
    return {one.kind: one.count for one in asked.known + asked.open}


def test_statements_are_counted_by_sign_and_what_is_nobodys_apart(
    session: Session, operator: Actor, store: LogStore
) -> None:
    mark_service(session, operator, MARK)
    asked = look(session, operator, store)
    assert asked is not None
    assert counts(asked) == {
        "trace": 1, "comment": 2, "application_name": 1, "below": 1, "unknown": 1, "silent": 4,
    }  # fmt: skip
    assert (asked.attributed, asked.unattributed, asked.share(asked.unattributed)) == (4, 6, 60.0)


def test_each_figures_search_finds_that_many(session: Session, operator: Actor, store: LogStore) -> None:
    mark_service(session, operator, MARK)
    asked = look(session, operator, store)
    assert asked is not None
    inside = f"guanlan.org:440100 AND time:[{asked.since.isoformat()} TO *]"
    found = {
        one.kind: store.count(SearchRequest(parse(f"{one.query} AND {inside}"))) for one in asked.known + asked.open
    }
    assert found == counts(asked)


def test_a_higher_threshold_leaves_more_to_nobody(session: Session, operator: Actor, store: LogStore) -> None:
    mark_service(session, operator, MARK)
    asked = look(session, operator, store, 81)
    assert asked is not None
    assert (asked.attributed, asked.unattributed) == (1, 9)


def test_of_an_account_that_is_no_applications_there_is_nothing_to_say(
    session: Session, operator: Actor, store: LogStore
) -> None:
    assert look(session, operator, store) is None
    mark_service(session, operator, MARK)
    mark_service(session, operator, ServiceMark("440100", "zhang_wei", is_service=False))
    assert look(session, operator, store) is None


def test_a_stranger_is_told_nothing(session: Session, operator: Actor, store: LogStore, person: MakePerson) -> None:
    mark_service(session, operator, MARK)
    assert look(session, person(Role.ANALYST, "440300"), store) is None


def mark(browser: Browser, **given: str) -> int:
    answer = browser.post("/alerts/entities/e-0001/application", data={"csrf_token": browser.token(), **given})
    return answer.status_code


def test_an_analyst_marks_an_account_on_its_page_and_sees_what_is_nobodys(sign_in: SignIn, database: Database) -> None:
    with database.write() as session:
        take_in(session, operator_actor(session), finding(), at=NOON)
    stored(open_store(database.settings))
    browser = sign_in(Role.ANALYST, "440000")
    assert "Mark as an application" in browser.get("/alerts/entities/e-0001?lang=en").text
    assert mark(browser, is_service="yes", application="门户") in {302, 303}
    page = browser.get("/alerts/entities/e-0001?lang=en").text
    assert "an application&#39;s account" in page
    assert "Who really asked" in page
    with database.read() as session:
        assert service_accounts(session, operator_actor(session)) == [MARK]
    mark(browser, is_service="", application="")
    assert "Who really asked" not in browser.get("/alerts/entities/e-0001?lang=en").text


def test_a_leader_and_a_stranger_mark_nothing(sign_in: SignIn, database: Database) -> None:
    with database.write() as session:
        take_in(session, operator_actor(session), finding(), at=NOON)
    assert mark(sign_in(Role.LEADER, "440000"), is_service="yes") == 403
    assert mark(sign_in(Role.ANALYST, "440300"), is_service="yes") == 404
    with database.read() as session:
        assert service_accounts(session, operator_actor(session)) == []
