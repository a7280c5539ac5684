"""Facets: counted within the question, of its newest part where much matches, each value leading on."""

from datetime import UTC, datetime, timedelta

import pytest

from audit.search.facets import Facet, Facets, facets_of, newest_part
from soc.logstore.lucene import parse
from soc.logstore.port import LogStore, SearchRequest
from soc.logstore.query import Scope
from tests.contract import corpus

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
HERE, THERE = "440100", "440300"


def filled(store: LogStore) -> LogStore:
    """Ten events of here, an hour apart and most of them of one person; three of there."""
    rows: list[dict[str, object]] = [
        {
            "time": NOON - timedelta(hours=place),
            "actor.user.name": "zhang" if place < 7 else 'li "q"',
            "guanlan.tables": ["public.people", "public.cars"] if place % 2 else ["public.people"],
            "status_id": 1 if place else 2,
            "guanlan.org": HERE,
        }
        for place in range(10)
    ]
    rows += [{"time": NOON, "actor.user.name": "stranger", "guanlan.org": THERE} for _ in range(3)]
    made = [
        event | {"guanlan.org": row["guanlan.org"]} for event, row in zip(corpus.numbered(rows, "f"), rows, strict=True)
    ]
    store.append(corpus.table(made), batch="f")
    store.refresh()
    return store


def of(found: Facets, name: str) -> Facet:
    """Return one field's facet."""
    return next(facet for facet in found.facets if facet.field == name)


def test_facets_count_the_values_of_the_matches_within_the_scope(either_store: LogStore) -> None:
    store = filled(either_store)
    found = facets_of(store, SearchRequest(scope=Scope.of([HERE])), "*")
    told = {facet.field: [(one.value, one.count) for one in facet.values] for facet in found.facets}
    assert told == {
        "guanlan.org": [(HERE, 10)],
        "actor.user.name": [("zhang", 7), ('li "q"', 3)],
        "guanlan.tables": [("public.people", 10), ("public.cars", 5)],
        "status_id": [(1, 9), (2, 1)],
        "metadata.log_name": [("made-up", 10)],
    }
    assert found.since is None


def test_a_value_leads_to_the_events_that_it_counts_and_to_the_others(either_store: LogStore) -> None:
    store, scope = filled(either_store), Scope.of([HERE])
    query = "status_id:1 OR status_id:2"
    for one in of(facets_of(store, SearchRequest(parse(query), scope=scope), query), "actor.user.name").values:
        assert store.count(SearchRequest(parse(one.only), scope=scope)) == one.count
        assert store.count(SearchRequest(parse(one.without), scope=scope)) == 10 - one.count


def test_a_value_that_the_query_asks_for_already_leads_nowhere_anew(either_store: LogStore) -> None:
    query = 'actor.user.name:"zhang" AND NOT status_id:"2"'
    found = facets_of(filled(either_store), SearchRequest(parse(query)), query)
    assert [one.on for one in of(found, "actor.user.name").values] == [True]
    assert [one.on for one in of(found, "status_id").values] == [False]


def test_where_much_matches_the_newest_part_is_counted_and_says_from_when(either_store: LogStore) -> None:
    store = filled(either_store)
    found = facets_of(store, SearchRequest(scope=Scope.of([HERE])), "*", most=4)
    assert sum(one.count for one in of(found, "actor.user.name").values) == 4
    assert found.since is not None
    assert NOON - timedelta(hours=4) < found.since <= NOON - timedelta(hours=3)


@pytest.mark.parametrize("since", [None, NOON - timedelta(days=300)])
def test_many_events_of_one_short_time_are_cut_by_the_minute(either_store: LogStore, since: datetime | None) -> None:
    rows: list[dict[str, object]] = [
        {"time": NOON - timedelta(minutes=place // 5), "guanlan.org": "z"} for place in range(50)
    ]
    rows.append({"time": NOON - timedelta(days=299), "guanlan.org": "z"})
    either_store.append(corpus.table(corpus.numbered(rows, "m")), batch="m")
    either_store.refresh()
    until = NOON + timedelta(minutes=1)
    part = newest_part(either_store, SearchRequest(since=since, until=until), 12)
    assert part.since == NOON - timedelta(minutes=1)
    assert either_store.count(part) == 10


def test_nothing_that_matches_has_no_facets(either_store: LogStore) -> None:
    assert facets_of(either_store, SearchRequest(), "*") == Facets((), None)
