"""The embedded store looks among the newest events first: what it finds is the same wherever it stops looking."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soc.logstore import delta
from soc.logstore.delta import DeltaLogStore
from soc.logstore.deltalog import Change, DeltaLog
from soc.logstore.port import Batch, SearchPage, SearchRequest
from soc.logstore.query import Term
from tests.contract import corpus

_SOUGHT = SearchRequest(Term("api.operation", "COPY"))
#: batches of events: the minute of each, and whether it is sought
_BATCHES = st.lists(
    st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=8), min_size=1, max_size=5
)


def stored(home: str, batches: list[list[tuple[int, bool]]]) -> DeltaLogStore:
    """Return a store with one file a batch; batches overlap in time, and several events share a minute."""
    store = DeltaLogStore(Path(home))
    for number, batch in enumerate(batches):
        rows: list[dict[str, object]] = [
            {
                "guanlan.org": "o",
                "time": corpus.START + timedelta(minutes=at),
                "api.operation": "COPY" if sought else "SELECT",
            }
            for at, sought in batch
        ]
        store.append(corpus.table(corpus.numbered(rows, f"b{number}")), batch=f"b{number}")
    return store


def pages(store: DeltaLogStore, request: SearchRequest) -> Iterator[SearchPage]:
    """Walk all pages."""
    page = store.search(request)
    yield page
    while page.cursor:
        page = store.search(replace(request, cursor=page.cursor))
        yield page


@settings(max_examples=50)  # each makes a store on disk
@given(_BATCHES, st.integers(1, 9), st.integers(1, 6), st.none() | st.integers(0, 12), st.none() | st.integers(0, 13))
def test_the_same_is_found_however_far_back_is_looked_first(
    batches: list[list[tuple[int, bool]]], probed: int, limit: int, since: int | None, until: int | None
) -> None:
    request = replace(
        _SOUGHT,
        limit=limit,
        since=None if since is None else corpus.START + timedelta(minutes=since),
        until=None if until is None else corpus.START + timedelta(minutes=until),
    )
    with TemporaryDirectory() as home, pytest.MonkeyPatch.context() as patch:
        store = stored(home, batches)
        whole = list(pages(store, request)), store.newest(replace(request, limit=100)).times
        patch.setattr(delta, "_PROBED_ROWS", probed)
        assert list(pages(store, request)) == whole[0]
        found = store.newest(request)
        assert found.events == whole[0][0].events
        assert found.times is None or found.times == whole[1]


def test_few_matches_far_apart_are_all_seen_with_their_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batches = [[(at, at == 4 * part) for at in range(4 * part, 4 * part + 4)] for part in range(3)]
    store = stored(str(tmp_path), batches)
    monkeypatch.setattr(delta, "_PROBED_ROWS", 3)
    found = store.newest(replace(_SOUGHT, limit=10))
    assert [event["time"] for event in found.events] == [corpus.START + timedelta(minutes=at) for at in (8, 4, 0)]
    assert found.times == tuple(event["time"] for event in found.events)


def test_where_another_was_first_what_is_written_is_named_by_the_next_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, other = DeltaLogStore(tmp_path), DeltaLogStore(tmp_path)
    store.append(_batch("a"), batch="a")
    real, tries = DeltaLog._written, list[int]()

    def overtaken(self: DeltaLog, version: int, change: Change) -> bool:
        """Another process commits before this one's first try."""
        tries.append(version)
        if len(tries) == 1:
            monkeypatch.setattr(DeltaLog, "_written", real)
            other.append(_batch("c"), batch="c")
            monkeypatch.setattr(DeltaLog, "_written", overtaken)
        return real(self, version, change)

    monkeypatch.setattr(DeltaLog, "_written", overtaken)
    assert store.append(_batch("b"), batch="b").stored == 1
    assert tries == [2, 3]
    assert store.count(SearchRequest()) == 3
    assert {path.name for path in store.folder.glob("*.parquet")} == {part.name for part in store._log.snapshot().parts}


def test_what_another_stored_meanwhile_is_not_stored_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, other = DeltaLogStore(tmp_path), DeltaLogStore(tmp_path)
    store.append(_batch("a"), batch="a")
    real = DeltaLog._written

    def overtaken(self: DeltaLog, version: int, change: Change) -> bool:
        monkeypatch.setattr(DeltaLog, "_written", real)
        other.append(_batch("b"), batch="b")
        return real(self, version, change)

    monkeypatch.setattr(DeltaLog, "_written", overtaken)
    told = store.append_group({"b": _batch("b"), "c": _batch("c")})
    assert {name: one.stored for name, one in told.items()} == {"b": 0, "c": 1}
    assert store.count(SearchRequest()) == 3


def _batch(name: str) -> Batch:
    return corpus.table(corpus.numbered([{"time": corpus.START, "guanlan.org": "z", "message": name}], name))
