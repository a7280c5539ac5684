"""An application's page: whom it asks for, what is nobody's, its tables, and statements of a shape never seen before."""

from typing import Any

from sqlalchemy.orm import Session

from incidents.entities.applications import ApplicationFacts, NewShapes, application_facts, new_shapes
from incidents.entities.looking import look
from incidents.entities.parties import Parties
from incidents.entities.people import people_of
from incidents.entities.window import window_of
from soc.accounts.service import ServiceMark, mark_service
from soc.entities import ACCOUNT, APPLICATION, LogEntity
from soc.exposure import Basis, Figure
from soc.identity.actor import Actor, Role
from soc.logstore.lucene import parse
from soc.logstore.port import LogStore, SearchRequest
from tests.conftest import NOON, MakePerson
from tests.incidents.entities.conftest import Counting
from tests.incidents.entities.made import CITY, OTHER, PORTAL, TABLE, copied, event, stored

NAMED = LogEntity(APPLICATION, PORTAL)
SERVICE = LogEntity(ACCOUNT, "app_ro", CITY)


def facts(session: Session, actor: Actor, store: LogStore, entity: LogEntity = NAMED) -> ApplicationFacts | None:
    window = window_of("", at=NOON, zone=session.info["settings"].timezone)
    return application_facts(look(store, session, actor, entity, window), session, actor, threshold=70)


def known(session: Session, actor: Actor, store: LogStore, entity: LogEntity = NAMED) -> ApplicationFacts:
    found = facts(session, actor, store, entity)
    assert found is not None
    return found


def people(session: Session, actor: Actor, store: LogStore) -> Parties:
    window = window_of("", at=NOON, zone=session.info["settings"].timezone)
    return people_of(look(store, session, actor, NAMED, window), threshold=70)


def shapes(session: Session, actor: Actor, store: LogStore) -> NewShapes:
    window = window_of("", at=NOON, zone=session.info["settings"].timezone)
    return new_shapes(look(store, session, actor, NAMED, window))


def asked(who: str, confidence: int = 95, basis: str = "trace", days: float = 1, **more: Any) -> dict[str, Any]:
    sign = {"guanlan.asked_by": who, "guanlan.asked_by_basis": basis, "guanlan.asked_by_confidence": confidence}
    return event(days, **{**sign, **more})


def test_whom_it_asks_for_is_told_and_what_is_nobodys_stands_apart(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    events = [
        asked("li"), asked("li", 80, "comment", 2, **{"guanlan.rows": 90}), asked("wang", days=45),
        asked("li", 30, "comment", 3, **{"guanlan.rows": 7}), event(4, **{"guanlan.rows": 3}), asked("wang", days=5),
    ]  # fmt: skip
    store = stored(either_store, events)
    found, whom = known(session, operator, store), people(session, operator, store)
    assert [(one.key[0], one.times, one.rows, one.new) for one in whom.found] == [
        ("li", 2, Figure(100, 100), True), ("wang", 1, Figure(10, 10), False),
    ]  # fmt: skip
    assert (found.totals.times, found.totals.rows) == (5, Figure(120, 120))
    assert (found.asked.unattributed, found.asked.total, found.asked.share(found.asked.unattributed)) == (2, 5, 40.0)
    lately = f"time:[{found.asked.since.isoformat()} TO *]"
    for one in whom.found:
        assert store.count(SearchRequest(parse(f"{one.query} AND {lately}"))) == one.times, one.query


def test_tables_are_told_with_rows_that_may_be_more(session: Session, operator: Actor, either_store: LogStore) -> None:
    events = [event(), copied(), event(2, **{"guanlan.tables": ["hr.staff", TABLE]})]
    found = known(session, operator, stored(either_store, events)).tables
    assert [(one.name, one.times, one.rows) for one in found] == [
        (TABLE, 3, Figure(20, 5_020, Basis.UNKNOWN)), ("hr.staff", 1, Figure(10, 10)),
    ]  # fmt: skip


def test_a_shape_is_new_that_no_stored_log_had_before(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    fresh = {"query_info.uid": "fresh", "query_info.query_string": "copy driver to stdout"}
    events = [
        event(200, **{"query_info.uid": "old"}), event(2, **{"query_info.uid": "old"}),
        event(40), event(1), event(3, **fresh), event(2, **fresh),
        event(1, **{"query_info.uid": "elsewhere", "actor.app_name": "another"}),
    ]  # fmt: skip
    found = shapes(session, operator, stored(either_store, events))
    assert found.total == 1
    assert [(one.uid, one.times, one.statement) for one in found.found] == [("fresh", 2, "copy driver to stdout")]
    assert found.found[0].first == events[4]["time"]


def test_where_all_shapes_are_of_lately_none_is_called_new(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    store = stored(either_store, [event(), event(2, **{"query_info.uid": "b"})])
    assert shapes(session, operator, store) == NewShapes()


def test_an_account_has_a_page_where_an_application_works_under_it(
    session: Session, operator: Actor, either_store: LogStore, person: MakePerson
) -> None:
    store = stored(
        either_store,
        [event(**{"actor.user.name": "app_ro"}), event(**{"guanlan.org": OTHER, "actor.user.name": "app_ro"})],
    )
    assert facts(session, operator, store, SERVICE) is None
    mark_service(session, operator, ServiceMark(CITY, "app_ro", is_service=True, application="门户"))
    found = known(session, operator, store, SERVICE)
    assert (found.application, found.asked.total) == ("门户", 1)
    assert facts(session, person(Role.ANALYST, OTHER), store, SERVICE) is None


def test_an_application_that_the_readers_organisations_never_saw_is_nothing(
    session: Session, operator: Actor, either_store: LogStore, person: MakePerson
) -> None:
    store = stored(either_store, [event(200)])
    assert known(session, operator, store).nothing
    assert facts(session, person(Role.ANALYST, OTHER), store) is None


def test_a_page_asks_the_store_two_questions_and_each_of_its_parts_two(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    counting: Any = Counting(stored(either_store, [event(), event(45), event(2, **{"query_info.uid": "b"})]))
    assert facts(session, operator, counting) is not None
    assert counting.asked == 2
    assert shapes(session, operator, counting).total == 1
    assert counting.asked == 4
    people(session, operator, counting)
    assert counting.asked == 6
