"""An address's page: who came from it, through what, what failed, where to and how much left."""

from typing import Any

from sqlalchemy.orm import Session

from incidents.entities.addresses import FAILED, AddressFacts, Reached, Sent, address_facts, reached_from
from incidents.entities.looking import Look, look
from incidents.entities.people import people_of
from incidents.entities.window import window_of
from soc.entities import ADDRESS as FIELD
from soc.entities import LogEntity
from soc.exposure import Figure
from soc.identity.actor import Actor, Role
from soc.logstore.lucene import parse
from soc.logstore.port import LogStore, SearchRequest
from tests.conftest import NOON, MakePerson
from tests.incidents.entities.conftest import Counting
from tests.incidents.entities.made import ADDRESS, OTHER, TABLE, event, stored


def looked(session: Session, actor: Actor, store: LogStore, ip: str = ADDRESS) -> Look:
    window = window_of("", at=NOON, zone=session.info["settings"].timezone)
    return look(store, session, actor, LogEntity(FIELD, ip), window)


def facts(session: Session, actor: Actor, store: LogStore, ip: str = ADDRESS) -> AddressFacts | None:
    return address_facts(looked(session, actor, store, ip))


def led(session: Session, actor: Actor, store: LogStore) -> Reached:
    return reached_from(looked(session, actor, store))


def known(session: Session, actor: Actor, store: LogStore) -> AddressFacts:
    found = facts(session, actor, store)
    assert found is not None
    return found


def login(days: float, status: int, **more: Any) -> dict[str, Any]:
    nothing: dict[str, Any] = {
        "guanlan.tables": [],
        "guanlan.rows": None,
        "guanlan.rows_basis": None,
        "query_info.uid": None,
    }
    return event(days, class_uid=3002, **{"status_id": status, **nothing, **more})


def test_who_came_is_told_with_who_is_new(session: Session, operator: Actor, either_store: LogStore) -> None:
    events = [event(), event(45), event(2, **{"actor.user.name": "li_na", "guanlan.rows": 70})]
    found = people_of(looked(session, operator, stored(either_store, events)), threshold=70)
    assert [(one.key[0], one.rows, one.new) for one in found.found] == [
        ("li_na", Figure(70, 70), True), ("zhang_wei", Figure(10, 10), False),
    ]  # fmt: skip


def test_failed_logins_are_counted_by_application_and_found_again(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    events = [
        login(1, 2), login(2, 2), login(3, 1), event(),
        login(4, 2, **{"actor.app_name": "vpn"}),
        event(5, status_id=2),
    ]  # fmt: skip
    store = stored(either_store, events)
    found = known(session, operator, store)
    assert (found.failed_logins, found.logins) == (3, 4)
    assert [(one.application, one.times, one.failed_logins) for one in found.doors] == [("portal", 5, 2), ("vpn", 1, 1)]
    for one in found.doors:
        assert store.count(SearchRequest(parse(one.query))) == one.times
        assert store.count(SearchRequest(parse(f"{one.query} AND {FAILED}"))) == one.failed_logins


def test_bytes_are_told_with_how_many_events_say_them(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    events = [event(**{"traffic.bytes_out": 700}), event(2, **{"traffic.bytes_out": 50}), event(3)]
    assert known(session, operator, stored(either_store, events)).sent == Sent(750, 2, 3)


def test_destinations_are_told_as_far_as_logs_name_them(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    there = {"dst_endpoint.ip": "10.9.9.9", "dst_endpoint.port": 5432, "traffic.bytes_out": 5}
    nowhere = event(3, **{"database.name": None})
    store = stored(either_store, [event(**there), event(2, **there), nowhere])
    found = led(session, operator, store).destinations
    assert [(one.ip, one.port, one.database, one.times, one.sent.bytes) for one in found] == [
        ("10.9.9.9", 5432, "gd", 2, 10)
    ]
    assert store.count(SearchRequest(parse(found[0].query))) == 2


def test_inside_is_said_where_all_events_agree(session: Session, operator: Actor, either_store: LogStore) -> None:
    store = stored(either_store, [event(), event(2, **{"guanlan.inside": None})])
    found = known(session, operator, store)
    assert found.inside is True
    stored(store, [event(3, **{"guanlan.inside": False})], "more")
    assert known(session, operator, store).inside is None


def test_tables_are_those_that_its_events_read_most(session: Session, operator: Actor, either_store: LogStore) -> None:
    store = stored(either_store, [event(), event(2), event(3, **{"guanlan.tables": ["hr.staff"]})])
    assert led(session, operator, store).tables == ((TABLE, 2), ("hr.staff", 1))


def test_a_stranger_is_led_nowhere(
    session: Session, operator: Actor, either_store: LogStore, person: MakePerson
) -> None:
    store = stored(either_store, [event()])
    assert led(session, operator, store).tables
    assert led(session, person(Role.ANALYST, OTHER), store) == Reached((), ())


def test_an_address_that_the_readers_organisations_never_saw_is_nothing(
    session: Session, operator: Actor, either_store: LogStore, person: MakePerson
) -> None:
    store = stored(either_store, [event(200)])
    assert known(session, operator, store).nothing
    assert facts(session, person(Role.ANALYST, OTHER), store) is None
    assert facts(session, operator, store, "10.1.2.30") is None


def test_a_page_asks_the_store_one_question(session: Session, operator: Actor, either_store: LogStore) -> None:
    counting: Any = Counting(stored(either_store, [event(), event(45)]))
    assert facts(session, operator, counting) is not None
    assert counting.asked == 1
