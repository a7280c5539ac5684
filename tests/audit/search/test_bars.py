"""Bars of a search: one count by time gives the total, the stretch and the bars."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.search.bars import Bars, bars_at, bars_of, joined
from audit.search.period import bar_width
from soc.logstore.delta import DeltaLogStore
from soc.logstore.lucene import parse
from soc.logstore.port import LogStore, SearchRequest
from tests.contract import corpus

_START = datetime(2024, 1, 1, tzinfo=UTC)
_FAR = st.integers(0, 90_000_000).map(lambda seconds: _START + timedelta(seconds=seconds))
_TIMES = st.lists(_FAR, min_size=1, max_size=30)
_NEAR = st.builds(
    lambda start, steps: [start + timedelta(seconds=step) for step in steps],
    _FAR,
    st.lists(st.integers(0, 200_000), min_size=1, max_size=30),
)


def stored(folder: Path, times: Sequence[datetime]) -> LogStore:
    """A store with an event of user-0 at each time, and one of somebody else long before and after."""
    store = DeltaLogStore(folder)
    rows: list[dict[str, object]] = [_event(at, "user-0") for at in times]
    others = [datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)]
    rows += [_event(at, "user-1") for at in others]
    store.append(corpus.table(corpus.numbered(rows, "b")), batch="b")
    return store


def _event(at: datetime, user: str) -> dict[str, object]:
    return {"time": at, "actor.user.name": user, "guanlan.org": "440000"}


@pytest.fixture
def request_of_one() -> SearchRequest:
    return SearchRequest(parse("actor.user.name:user-0"))


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(times=st.one_of(_TIMES, _NEAR))
def test_the_bars_count_every_match_in_its_own_bar(
    tmp_path_factory: pytest.TempPathFactory, times: list[datetime]
) -> None:
    store = stored(tmp_path_factory.mktemp("logs"), times)
    found = bars_of(store, SearchRequest(parse("actor.user.name:user-0")))
    assert found.total == len(times)
    assert len(found.bars) <= 61
    for bar in found.bars:
        assert bar.count == sum(bar.start <= at < bar.start + found.width for at in times)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(times=st.one_of(_TIMES, _NEAR), since=st.sampled_from([None, datetime(2025, 6, 1, tzinfo=UTC)]))
def test_bars_of_known_times_are_those_that_the_store_counts(
    tmp_path_factory: pytest.TempPathFactory, times: list[datetime], since: datetime | None
) -> None:
    store = stored(tmp_path_factory.mktemp("logs"), times)
    until = datetime(2026, 12, 2, tzinfo=UTC)
    request = SearchRequest(parse("actor.user.name:user-0"), since=since, until=until)
    known = sorted((at for at in times if since is None or at >= since), reverse=True)
    made = bars_at(request, known)
    assert made.total == len(known)
    if known:
        assert made.bars == store.histogram(request, made.width)


def test_matches_close_together_get_bars_of_their_own_stretch(tmp_path: Path, request_of_one: SearchRequest) -> None:
    start = datetime(2026, 3, 1, 2, 0, 30, tzinfo=UTC)
    store = stored(tmp_path, [start + timedelta(minutes=minute) for minute in range(20)])
    found = bars_of(store, request_of_one)
    assert found.total == 20
    assert found.width <= timedelta(minutes=5)


def test_a_period_that_was_asked_for_gives_the_width_whatever_matches(
    tmp_path: Path, request_of_one: SearchRequest
) -> None:
    since, until = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC)
    store = stored(tmp_path, [datetime(2026, 3, 9, tzinfo=UTC)])
    found = bars_of(store, replace(request_of_one, since=since, until=until))
    assert found.width == bar_width(since, until)
    assert found.total == 1


def test_nothing_that_matches_and_nothing_at_all_make_no_bars(tmp_path: Path, request_of_one: SearchRequest) -> None:
    assert bars_of(stored(tmp_path / "a", []), request_of_one) == Bars()
    assert bars_of(DeltaLogStore(tmp_path / "b"), request_of_one) == Bars()
    assert bars_at(request_of_one, ()) == Bars()


def test_joined_buckets_begin_where_the_wider_ones_do(tmp_path: Path, request_of_one: SearchRequest) -> None:
    times = [datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=5 * step) for step in range(40)]
    store = stored(tmp_path, times)
    fine = store.histogram(request_of_one, timedelta(hours=1))
    for hours in (6, 24):
        wide = timedelta(hours=hours)
        assert joined(fine, wide) == store.histogram(request_of_one, wide)
