"""Rows that were read, on both stores: what nobody counted widens the figure, and what nothing bounds opens it."""

from datetime import UTC, datetime
from typing import Any

from soc.exposure import Basis, Figure
from soc.logstore.exposed import Read, rows_of, rows_read
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
    return {one.key[0]: one for one in rows_read(store, SearchRequest(scope=scope), ["actor.user.name"])}


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


def test_who_came_most_often_is_first(store: LogStore) -> None:
    found = read_by(store, seldom=[BOUNDED], often=[COUNTED] * 3, twice=[COUNTED] * 2)
    assert list(found) == ["often", "twice", "seldom"]


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
