"""Events around one: neighbours in time of the same log, account or address, and nothing outside the scope."""

from datetime import UTC, datetime, timedelta

import pytest

from audit.search.around import By, around, choices, read_by
from soc.errors import InputError
from soc.logstore.port import Event, LogStore
from soc.logstore.query import Scope
from tests.contract import corpus

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
HERE, THERE = "440100", "440300"


def filled(store: LogStore) -> LogStore:
    """Thirty events of here: two every minute at the same moment, of two accounts and two logs; thirty of there."""
    rows: list[dict[str, object]] = [
        {
            "time": NOON + timedelta(minutes=place // 2),
            "actor.user.name": "zhang" if place % 3 else "li",
            "src_endpoint.ip": "10.0.0.7" if place % 5 == 0 else None,
            "metadata.log_name": "nginx" if place % 10 == 9 else "pgaudit",
            "guanlan.org": org,
        }
        for org in (HERE, THERE)
        for place in range(30)
    ]
    names = ("guanlan.org", "metadata.log_name")
    made = [
        event | {name: row[name] for name in names} for event, row in zip(corpus.numbered(rows, "a"), rows, strict=True)
    ]
    store.append(corpus.table(made), batch="a")
    store.refresh()
    return store


def at(store: LogStore, place: int) -> Event:
    """Return one of the events."""
    found = store.get(f"a-{place:04}", Scope.of([HERE, THERE]))
    assert found is not None
    return found


def places(events: tuple[Event, ...]) -> list[int]:
    """Return which events these are."""
    return [int(str(event["metadata.uid"]).removeprefix("a-")) for event in events]


def test_neighbours_of_the_same_log_are_those_of_the_same_organisation_and_format(either_store: LogStore) -> None:
    store = filled(either_store)
    found = around(store, Scope.of([HERE, THERE]), at(store, 12), By.LOG, each_way=4)
    assert places(found.after) == [16, 15, 14, 13]
    assert places(found.before) == [11, 10, 8, 7]
    assert (found.earlier, found.later) == (True, True)


def test_at_the_ends_of_a_log_there_is_no_more_to_see(either_store: LogStore) -> None:
    store, scope = filled(either_store), Scope.of([HERE])
    first, last = (around(store, scope, at(store, place), By.LOG, each_way=4) for place in (0, 28))
    assert (places(first.before), first.earlier, first.later) == ([], False, True)
    assert (places(last.after), last.later, last.earlier) == ([], False, True)


def test_neighbours_of_an_account_stay_within_its_organisation_and_those_of_an_address_do_not(
    either_store: LogStore,
) -> None:
    store, scope = filled(either_store), Scope.of([HERE, THERE])
    account = around(store, scope, at(store, 15), By.ACCOUNT, each_way=2)
    assert (places(account.after), places(account.before)) == ([21, 18], [12, 9])
    address = around(store, scope, at(store, 15), By.ADDRESS, each_way=2)
    assert (places(address.after), places(address.before)) == ([20, 45], [40, 10])


def test_nothing_outside_the_scope_stands_around(either_store: LogStore) -> None:
    store = filled(either_store)
    found = around(store, Scope.of([HERE]), at(store, 15), By.ADDRESS, each_way=9)
    assert (places(found.after), places(found.before)) == ([25, 20], [10, 5, 0])


def test_an_event_is_looked_around_by_what_it_has(either_store: LogStore) -> None:
    store = filled(either_store)
    assert choices(at(store, 15)) == [By.LOG, By.ACCOUNT, By.ADDRESS]
    assert choices(at(store, 16)) == [By.LOG, By.ACCOUNT]
    with pytest.raises(InputError):
        read_by(at(store, 16), "address")
