"""The log stores against each other's promise: made-up events and queries, one plain answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soc.errors import SocError
from soc.logstore import checks
from soc.logstore.errors import CursorError, PageTooLargeError, TooManyBucketsError, UnsupportedQueryError
from soc.logstore.lucene import parse
from soc.logstore.port import COUNT, LogStore, Metric, MetricKind, SearchRequest, Top
from soc.logstore.query import FullText, Query, Scope, Term
from tests.contract import corpus as made
from tests.contract import oracle

_numbers = count()
_generated = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def stored(store: LogStore, rows: list[dict[str, object]]) -> tuple[list[dict[str, object]], Scope]:
    """Store rows as a batch of its own; return the events and the scope that holds them alone."""
    batch = f"b{next(_numbers)}"
    events = made.numbered(rows, batch)
    store.append(made.table(events), batch=batch)
    store.refresh()
    return events, Scope.of({str(event["guanlan.org"]) for event in events})


def uids(events: object) -> list[object]:
    """Return the events' ids in order."""
    return [event["metadata.uid"] for event in events]  # type: ignore[attr-defined]


@_generated
@given(rows=made.corpora, queries=st.lists(made.queries, min_size=1, max_size=6), window=made.windows)
def test_a_query_finds_what_the_plain_answer_says(
    store: LogStore,
    rows: list[dict[str, object]],
    queries: list[Query],
    window: tuple[datetime | None, datetime | None],
) -> None:
    events, scope = stored(store, rows)
    for query in queries:
        request = SearchRequest(query=query, since=window[0], until=window[1], scope=scope, limit=100)
        expected = oracle.selected(events, request)
        page = store.search(request)
        assert uids(page.events) == uids(expected), query
        assert page.total == store.count(request) == len(expected)
        assert page.cursor is None


@_generated
@given(rows=made.corpora, query=made.queries, limit=st.integers(1, 9))
def test_the_newest_alone_are_the_page_of_a_search_and_tell_the_times_of_all_where_all_were_seen(
    store: LogStore, rows: list[dict[str, object]], query: Query, limit: int
) -> None:
    events, scope = stored(store, rows)
    request = SearchRequest(query=query, scope=scope, limit=limit)
    page, newest = store.search(request), store.newest(request)
    assert (newest.events, newest.cursor) == (page.events, page.cursor)
    times = tuple(event["time"] for event in _as_stored(oracle.selected(events, request)))
    assert newest.times in {None, times}
    assert newest.times is not None or len(times) > limit
    if page.cursor:
        on = replace(request, cursor=page.cursor)
        assert store.newest(on).events == store.search(on).events
        assert store.newest(on).times is None


@_generated
@given(rows=made.corpora, query=made.queries)
def test_streams_and_frames_have_the_same_events_as_pages(
    store: LogStore, rows: list[dict[str, object]], query: Query
) -> None:
    events, scope = stored(store, rows)
    request = SearchRequest(query=query, scope=scope)
    expected = uids(oracle.selected(events, request))
    streamed = [uid for table in store.iter_events(request, page=7) for uid in table["metadata.uid"].to_pylist()]
    assert streamed == expected
    assert store.frame(request, ["time", "metadata.uid"])["metadata.uid"].to_list() == expected[::-1]


@_generated
@given(rows=made.corpora, query=made.queries, group_by=made.groupings, metrics=made.metrics, limit=st.integers(1, 40))
def test_groups_and_figures_are_exact(
    store: LogStore, rows: list[dict[str, object]], query: Query, group_by: list[str], metrics: list[Metric], limit: int
) -> None:
    events, scope = stored(store, rows)
    request = SearchRequest(query=query, scope=scope)
    expected = oracle.groups(_as_stored(oracle.selected(events, request)), group_by, metrics, limit)
    assert store.aggregate(request, group_by, metrics, limit) == expected


@_generated
@given(
    rows=made.corpora, query=made.queries, limit=st.integers(1, 4), prefix=st.sampled_from(("", "a", "张", "*", "App_"))
)
def test_the_most_frequent_values_of_several_fields_come_from_one_reading(
    store: LogStore, rows: list[dict[str, object]], query: Query, limit: int, prefix: str
) -> None:
    events, scope = stored(store, rows)
    request = SearchRequest(query=query, scope=scope)
    fields = ["actor.user.name", "guanlan.tables", *([] if prefix else ["http_response.code", "guanlan.off_hours"])]
    found = oracle.selected(events, request)
    expected = {name: oracle.top(found, name, limit, prefix) for name in fields}
    assert store.top(request, fields, limit=limit, prefix=prefix) == expected


@_generated
@given(rows=made.corpora, query=made.queries, limit=st.integers(0, 9), window=made.windows, place=st.integers(0, 24))
def test_the_oldest_after_a_place_are_what_follows_it(
    store: LogStore,
    rows: list[dict[str, object]],
    query: Query,
    limit: int,
    window: tuple[datetime | None, datetime | None],
    place: int,
) -> None:
    events, scope = stored(store, rows)
    request = SearchRequest(query, *window, scope, limit)
    expected = uids(oracle.selected(events, request))[::-1]
    assert uids(store.oldest(request)) == expected[:limit]
    at = events[place % len(events)]
    after = [uid for uid in expected if uid in set(uids(e for e in events if _order(e) > _order(at)))]
    assert uids(store.oldest(replace(request, cursor=checks.place_of(at).written()))) == after[:limit]


def _order(event: oracle.Row) -> tuple[object, str]:
    return event["time"], str(event["metadata.uid"])


@_generated
@given(rows=made.corpora, query=made.queries, interval=made.intervals)
def test_a_histogram_counts_in_local_time_without_gaps(
    store: LogStore, rows: list[dict[str, object]], query: Query, interval: timedelta
) -> None:
    events, scope = stored(store, rows)
    request = SearchRequest(query=query, scope=scope, since=datetime(2026, 1, 1, tzinfo=UTC))
    expected = oracle.buckets(oracle.selected(events, request), interval)
    assert store.histogram(request, interval) == expected


@_generated
@given(rows=made.corpora, limit=st.integers(1, 9))
def test_pages_by_cursor_are_the_whole_in_order(store: LogStore, rows: list[dict[str, object]], limit: int) -> None:
    events, scope = stored(store, rows)
    request = SearchRequest(scope=scope, limit=limit)
    seen: list[object] = []
    while True:
        page = store.search(request)
        assert page.total == len(events)
        seen += uids(page.events)
        if page.cursor is None:
            break
        request = replace(request, cursor=page.cursor)
    assert seen == uids(oracle.selected(events, SearchRequest(scope=scope)))


@_generated
@given(rows=made.corpora)
def test_an_event_comes_back_as_it_was_stored(store: LogStore, rows: list[dict[str, object]]) -> None:
    events, scope = stored(store, rows)
    page = store.search(SearchRequest(scope=scope, limit=100))
    assert [dict(event) for event in page.events] == _as_stored(oracle.selected(events, SearchRequest()))
    streamed = [row for table in store.iter_events(SearchRequest(scope=scope)) for row in table.to_pylist()]
    assert streamed == [dict(event) for event in page.events]


def _as_stored(events: list[oracle.Row]) -> list[dict[str, object]]:
    """An empty list is a missing value, and a missing value in a list is left out."""
    return [
        {
            name: (oracle.values(event, name) or None) if isinstance(value, list) else value
            for name, value in event.items()
        }
        for event in events
    ]


def test_two_characters_of_chinese_find_their_events_alone(store: LogStore) -> None:
    texts = ["向张三转账", "转交 账本", "账转", "自动转账成功", "转,账", "zhuanzhang"]
    events, scope = stored(store, [_row(raw_data=text) for text in texts])
    found = store.search(SearchRequest(query=parse("转账"), scope=scope))
    assert sorted(uids(found.events), key=str) == [events[place]["metadata.uid"] for place in (0, 3, 4)]


def test_a_phrase_does_not_reach_from_one_column_into_the_next(store: LogStore) -> None:
    _, scope = stored(store, [_row(raw_data="bulk", message="export")])
    assert store.count(SearchRequest(query=FullText(("bulk", "export")), scope=scope)) == 0
    assert store.count(SearchRequest(query=parse("bulk export"), scope=scope)) == 1


def test_a_word_longer_than_a_cluster_term_is_found_again(store: LogStore) -> None:
    word = "x1" * 20_000
    _, scope = stored(store, [_row(raw_data=f"a {word} b", **{"actor.user.name": word})])
    assert store.count(SearchRequest(query=parse(f'"{word[:9000]}"'), scope=scope)) == 0
    assert store.search(SearchRequest(query=FullText(("b",)), scope=scope)).events[0]["actor.user.name"] == word[:8000]


def test_the_same_batch_again_stores_nothing(own_store: LogStore) -> None:
    table = made.table(made.numbered([_row() for _ in range(7)], "twice"))
    first, again = (own_store.append(table, batch="twice") for _ in range(2))
    own_store.refresh()
    later = own_store.append(table, batch="twice")
    assert [(one.stored, one.duplicates) for one in (first, again, later)] == [(7, 0), (0, 7), (0, 7)]
    assert own_store.count(SearchRequest()) == 7


def test_an_id_that_comes_twice_in_a_batch_is_stored_once_as_it_came_first(own_store: LogStore) -> None:
    events = made.numbered([_row(message="first"), _row(message="second")], "same")
    events[1]["metadata.uid"] = events[0]["metadata.uid"]
    told = own_store.append(made.table(events), batch="same")
    own_store.refresh()
    assert (told.stored, told.duplicates) == (1, 1)
    assert [event["message"] for event in own_store.search(SearchRequest()).events] == ["first"]


def test_a_group_of_batches_leaves_out_those_that_are_there(own_store: LogStore) -> None:
    tables = {name: made.table(made.numbered([_row(), _row()], name)) for name in ("one", "two", "three")}
    own_store.append(tables["two"], batch="two")
    told = own_store.append_group(tables)
    own_store.refresh()
    assert {name: (one.stored, one.duplicates) for name, one in told.items()} == {
        "one": (2, 0),
        "two": (0, 2),
        "three": (2, 0),
    }
    assert own_store.count(SearchRequest()) == 6


def test_an_empty_batch_is_a_batch(own_store: LogStore) -> None:
    assert own_store.append(made.table([]), batch="nothing").stored == 0
    assert own_store.search(SearchRequest()).events == ()


def test_a_store_without_events_answers_every_question(own_store: LogStore) -> None:
    request = SearchRequest(query=parse("转账 AND http_response.code:>=400"))
    assert own_store.search(request).total == own_store.count(request) == 0
    assert own_store.histogram(request, timedelta(hours=1)) == ()
    assert own_store.aggregate(request, ["actor.user.name"]).rows == ()
    assert own_store.top(request, ["actor.user.name"]) == {"actor.user.name": Top(())}
    assert own_store.oldest(request) == ()
    assert own_store.aggregate(request, []).rows[0].figures == {"count": 0}
    assert list(own_store.iter_events(request)) == []
    assert own_store.frame(request, ["time"]).height == 0
    assert own_store.get("nobody", Scope(None)) is None
    assert own_store.delete_before(made.START, Scope(None)) == 0
    assert own_store.maintain().merged == 0
    assert own_store.health().events == 0


def test_outside_the_scope_an_event_looks_as_if_it_did_not_exist(store: LogStore) -> None:
    events, _ = stored(store, [_row()])
    uid, org = str(events[0]["metadata.uid"]), str(events[0]["guanlan.org"])
    found = store.get(uid, Scope.of([org]))
    assert found is not None
    assert found["metadata.uid"] == uid
    for stranger in (Scope.of(["other"]), Scope.of([])):
        assert store.get(uid, stranger) is None
        assert store.search(SearchRequest(query=Term("metadata.uid", uid), scope=stranger)).total == 0


def test_the_cursor_leads_past_ten_thousand_events(own_store: LogStore) -> None:
    rows = [_row() | {"time": made.START + timedelta(seconds=place // 3)} for place in range(10_500)]
    own_store.append(made.table(made.numbered(rows, "many")), batch="many")
    own_store.refresh()
    first = own_store.search(SearchRequest(limit=10_000))
    rest = own_store.search(SearchRequest(limit=10_000, cursor=first.cursor))
    assert (first.total, len(first.events), len(rest.events), rest.cursor) == (10_500, 10_000, 500, None)
    assert uids((*first.events, *rest.events)) == [f"many-{place:04}" for place in _newest_first(10_500)]


def _newest_first(total: int) -> list[int]:
    return sorted(range(total), key=lambda place: (place // 3, f"many-{place:04}"), reverse=True)


def test_retention_removes_what_is_older_and_nothing_else(own_store: LogStore) -> None:
    for batch in range(4):
        rows = [_row() | {"time": made.START + timedelta(hours=batch * 10 + hour)} for hour in range(10)]
        own_store.append(made.table(made.numbered(rows, f"r{batch}")), batch=f"r{batch}")
    limit = made.START + timedelta(hours=23)
    assert own_store.delete_before(limit, Scope.of(["r0-z"])) == 10
    assert own_store.delete_before(limit, Scope(None)) == 13
    left = own_store.search(SearchRequest(limit=100))
    assert left.total == 17
    assert left.events[-1]["time"] == limit
    assert own_store.delete_before(limit, Scope(None)) == 0


def test_upkeep_changes_no_answer(own_store: LogStore) -> None:
    for batch in range(12):
        own_store.append(made.table(made.numbered([_row(raw_data=f"line {batch}")], f"m{batch}")), batch=f"m{batch}")
    own_store.refresh()
    before = own_store.search(SearchRequest())
    own_store.maintain()
    assert own_store.search(SearchRequest()) == before
    assert own_store.append(made.table(made.numbered([_row()], "m3")), batch="m3").stored == 0


@pytest.mark.parametrize(
    ("question", "error"),
    [
        (lambda store: store.search(SearchRequest(query=parse("张三~2"))), UnsupportedQueryError),
        (lambda store: store.search(SearchRequest(query=parse("message:/a.*b/"))), UnsupportedQueryError),
        (lambda store: store.search(SearchRequest(cursor="nonsense")), CursorError),
        (lambda store: store.search(SearchRequest(limit=10_001)), PageTooLargeError),
        (lambda store: store.histogram(SearchRequest(), timedelta(microseconds=1)), TooManyBucketsError),
        (lambda store: store.aggregate(SearchRequest(), ["raw_data"]), SocError),
        (lambda store: store.aggregate(SearchRequest(), ["no.such"]), SocError),
        (lambda store: store.top(SearchRequest(), ["raw_data"]), SocError),
        (lambda store: store.top(SearchRequest(), ["time"]), SocError),
        (lambda store: store.top(SearchRequest(), ["http_response.code"], prefix="2"), SocError),
        (lambda store: store.top(SearchRequest(), ["actor.user.name"], prefix="a" * 201), SocError),
        (lambda store: store.oldest(SearchRequest(limit=10_001)), PageTooLargeError),
        (lambda store: store.oldest(SearchRequest(cursor="nonsense")), CursorError),
        (lambda store: store.aggregate(SearchRequest(), [], [Metric(MetricKind.SUM, "time")]), SocError),
        (lambda store: store.aggregate(SearchRequest(), ["time", "time"]), SocError),
    ],
)
def test_what_cannot_be_asked_is_the_same_error_everywhere(
    store: LogStore, question: "object", error: type[SocError]
) -> None:
    with pytest.raises(error) as caught:
        question(store)  # type: ignore[operator]
    assert type(caught.value).__module__ == "soc.logstore.errors"


def test_too_many_buckets_are_refused(own_store: LogStore) -> None:
    rows = [_row(), _row() | {"time": made.START + timedelta(days=100)}]
    own_store.append(made.table(made.numbered(rows, "far")), batch="far")
    own_store.refresh()
    with pytest.raises(TooManyBucketsError):
        own_store.histogram(SearchRequest(), timedelta(seconds=1))


def test_groups_beyond_the_limit_are_said_to_be_cut(store: LogStore) -> None:
    rows = [_row() | {"actor.user.name": f"user{place % 30}"} for place in range(60)]
    _, scope = stored(store, rows)
    groups = store.aggregate(SearchRequest(scope=scope), ["actor.user.name"], [COUNT], limit=10)
    assert (len(groups.rows), groups.total, groups.cut) == (10, 30, True)


def _row(**said: object) -> dict[str, object]:
    return {"time": made.START, "guanlan.org": "z"} | said
