"""Rows that were read, on both stores: what nobody counted widens the figure, and what nothing bounds opens it."""

from datetime import UTC, datetime
from typing import Any

from soc.exposure import Basis, Figure
from soc.logstore.exposed import Read, counted, rows_of, rows_read, uncounted
from soc.logstore.port import LogStore, SearchRequest
from tests.contract.test_logstore import stored

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
COUNTED = {"guanlan.rows": 10, "guanlan.rows_basis": "measured"}
BOUNDED = {"guanlan.rows_basis": "unknown", "guanlan.rows_bound": 5_000}
UNBOUNDED = {"guanlan.rows_basis": "unknown"}
ESTIMATED = {"guanlan.rows": 40, "guanlan.rows_basis": "estimated"}
NO_READING: dict[str, Any] = {}


def read_by(store: LogStore, **said: list[dict[str, Any]]) -> dict[object, Read]:
    """Store what accounts did; return what they read, by account."""
    rows = [
        {"guanlan.org": "o", "time": NOON, "actor.user.name": name} | one
        for name, events in said.items()
        for one in events
    ]
    _, scope = stored(store, rows)
    request, by = SearchRequest(scope=scope), ["actor.user.name"]
    keys = [row.key for row in store.aggregate(request, by).rows]
    return {key[0]: one for key, one in rows_read(store, request, by, keys).items()}


def test_each_account_is_told_as_surely_as_its_least_certain_read(store: LogStore) -> None:
    found = read_by(
        store,
        sure=[COUNTED, COUNTED, NO_READING],
        bounded=[COUNTED, BOUNDED, BOUNDED],
        unbounded=[COUNTED, BOUNDED, UNBOUNDED],
        estimated=[COUNTED, ESTIMATED],
        idle=[NO_READING],
    )
    assert {name: one.rows for name, one in found.items()} == {
        "sure": Figure(20, 20, Basis.MEASURED),
        "bounded": Figure(10, 10_010, Basis.UNKNOWN),
        "unbounded": Figure(10, None, Basis.UNKNOWN),
        "estimated": Figure(50, 50, Basis.ESTIMATED),
        "idle": Figure(0, 0, Basis.MEASURED),
    }
    assert (found["sure"].times, found["sure"].last) == (3, NOON)


def test_only_the_groups_that_are_asked_for_are_told_in_their_order(store: LogStore) -> None:
    _, scope = stored(
        store,
        [
            {"guanlan.org": "o", "time": NOON, "actor.user.name": name, "guanlan.person": person} | BOUNDED
            for name, person in (("a", "p"), ("a", None), ("b", "p"), (None, None))
        ],
    )
    request, by = SearchRequest(scope=scope), ["actor.user.name", "guanlan.person"]
    asked: list[tuple[str | None, ...]] = [("b", "p"), (None, None), ("a", None), ("nobody", "p")]
    found = rows_read(store, request, by, asked)
    assert list(found) == asked[:3]
    assert {one.times for one in found.values()} == {1}
    assert rows_read(store, request, by, []) == {}


def test_whom_nothing_bounds_comes_first_then_who_may_have_read_most(store: LogStore) -> None:
    said: dict[str, list[dict[str, Any]]] = {
        "sure": [COUNTED | {"guanlan.rows": 99}],
        "little": [BOUNDED],
        "much": [BOUNDED] * 3,
        "open": [UNBOUNDED],
    }
    rows = [
        {"guanlan.org": "o", "time": NOON, "actor.user.name": who} | one for who, told in said.items() for one in told
    ]
    _, scope = stored(store, rows)
    request, by = SearchRequest(scope=scope), ["actor.user.name"]
    assert uncounted(store, request, by, 5) == [("open",), ("much",), ("little",)]
    assert uncounted(store, request, by, 2) == [("open",), ("much",)]
    assert [row.key for row in counted(store, request, by, 1)] == [("sure",)]


def test_groups_that_are_known_already_are_told_the_same_as_those_asked_for(store: LogStore) -> None:
    said: dict[str, dict[str, Any]] = {"sure": COUNTED, "little": BOUNDED, "open": UNBOUNDED}
    _, scope = stored(
        store, [{"guanlan.org": "o", "time": NOON, "actor.user.name": who} | one for who, one in said.items()]
    )
    request, by, keys = SearchRequest(scope=scope), ["actor.user.name"], [("open",), ("sure",), ("little",)]
    some = [row for row in counted(store, request, by, 3) if row.key != ("little",)]
    assert rows_read(store, request, by, keys, some) == rows_read(store, request, by, keys)


def test_an_event_tells_its_own_rows(store: LogStore) -> None:
    rows = [{"guanlan.org": "o", "time": NOON} | one for one in (COUNTED, BOUNDED, UNBOUNDED, ESTIMATED, NO_READING)]
    events, scope = stored(store, rows)
    kept = {one["metadata.uid"]: rows_of(one) for one in store.search(SearchRequest(scope=scope)).events}
    assert [kept[one["metadata.uid"]] for one in events] == [
        Figure(10, 10, Basis.MEASURED),
        Figure(0, 5_000, Basis.UNKNOWN),
        Figure(0, None, Basis.UNKNOWN),
        Figure(40, 40, Basis.ESTIMATED),
        None,
    ]
