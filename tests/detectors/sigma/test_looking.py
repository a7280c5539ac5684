"""What came in and what lies beside it are enough: part by part the same bursts as over all events at once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.sigma.binding import Active
from detectors.sigma.book import bound
from detectors.sigma.bursts import Stretched, joined
from detectors.sigma.correlation import correlated
from detectors.sigma.looking import Looked, bursts_in, hits_in, seconds
from detectors.sigma.rules import read_document
from soc.yaml_text import read_yaml
from tests.conftest import NOON
from tests.detectors.sigma.streaming import BOTH, COUNTED, DONE, FAILED, NESTED, ORDERED, VALUES, login
from tests.detectors.sigma.test_stage import frame_of

IDS = {True: "21111111-0000-4000-8000-000000000002", False: "21111111-0000-4000-8000-000000000001"}
DEEPER = (
    NESTED.replace("000000000007", "000000000009")
    .replace("name: nested", "name: deeper")
    .replace("[guessing, done]", "[nested, failed]")
)
NEVER = 4e9


def active(number: int, *documents: str) -> Active:
    read = [
        read_document("x", read_yaml(text))
        for text in (FAILED, DONE, COUNTED, VALUES, BOTH, ORDERED, NESTED, *documents)
    ]
    found = bound(read).correlations
    return found[f"21111111-0000-4000-8000-00000000000{number}"]


def tagged(told: Sequence[tuple[float, str, bool, int]]) -> pl.DataFrame:
    events = [
        {
            "guanlan.batch": "b", "guanlan.position": 0, "guanlan.org": "440000", "metadata.log_name": "x",
            "class_uid": 3002, **login(number, at, user, ok), "src_endpoint.ip": f"10.0.0.{ip}", "guanlan.rules": [IDS[ok]],
        }
        for number, (at, user, ok, ip) in enumerate(told)
    ]  # fmt: skip
    return frame_of(*events)


TOLD = st.lists(
    st.tuples(st.integers(0, 150), st.sampled_from(["eve", "bob"]), st.booleans(), st.integers(1, 4)),
    min_size=1,
    max_size=24,
)


@pytest.mark.parametrize("number", [3, 4, 5, 6, 7, 9])
@given(told=TOLD, order=st.randoms(use_true_random=False), size=st.integers(1, 9))
@settings(max_examples=60)
def test_part_by_part_is_as_all_at_once(number: int, told: list[Any], order: Any, size: int) -> None:
    one = active(number, DEEPER)
    whole = tagged(told).sort("time", "metadata.uid")
    wanted = {whole["metadata.uid"][at] for at in correlated(one.correlation, hits_in(one, whole))}
    rows = list(range(whole.height))
    order.shuffle(rows)
    found: set[str] = set()
    for first in range(0, len(rows), size):
        part, there = whole[rows[first : first + size]], whole[rows[: first + size]].sort("time", "metadata.uid")
        times = [seconds(at) for at in part["time"]]
        looked = Looked(min(times), max(times), NEVER)
        since, until = looked.margins(one)
        near = there.filter(pl.col("time").is_between(since, until))
        for burst in bursts_in(one, near, looked, None, {}):
            found |= {near["metadata.uid"][hit.number] for hit in burst.hits}
    assert found == wanted


@given(told=TOLD, size=st.integers(1, 9))
@settings(max_examples=60)
def test_windows_with_an_upper_bound_are_those_of_the_file_where_pauses_part_them(told: list[Any], size: int) -> None:
    one = active(3, COUNTED.replace("gte: 3", "lte: 2").replace("timespan: 60s", "timespan: 20s"))
    apart = sorted((place // 3 * 100 + at % 10, user, ok, ip) for place, (at, user, ok, ip) in enumerate(told))
    whole = tagged(apart).sort("time", "metadata.uid")
    wanted = {whole["metadata.uid"][at] for at in correlated(one.correlation, hits_in(one, whole))}
    found: set[str] = set()
    for first in range(0, whole.height, size):
        times = [seconds(at) for at in whole["time"][first : first + size]]
        looked = Looked(min(times), max(times), NEVER)
        since, until = looked.margins(one)
        near = whole.filter(pl.col("time").is_between(since, until))
        for burst in bursts_in(one, near, looked, None, {}):
            found |= {near["metadata.uid"][hit.number] for hit in burst.hits}
    assert found == wanted


def test_a_window_with_an_upper_bound_says_nothing_before_it_is_over() -> None:
    one = active(3, COUNTED.replace("gte: 3", "lt: 3"))
    frame = tagged([(0, "eve", False, 1)])
    at = seconds(NOON)
    assert bursts_in(one, frame, Looked(at, at, at + 59), None, {}) == []
    assert len(bursts_in(one, frame, Looked(at, at, at + 60), None, {})) == 1


def test_windows_are_joined_up_to_a_length() -> None:
    def of(first: int, last: int) -> Stretched:
        return Stretched(NOON + timedelta(seconds=first), NOON + timedelta(seconds=last))

    assert joined([of(5, 9), of(0, 5), of(20, 21)], timedelta(seconds=10)) == [of(0, 9), of(20, 21)]
    assert joined([of(0, 8), of(4, 12)], timedelta(seconds=10)) == [of(0, 8), of(4, 12)]


def test_what_completes_a_correlation_below_changes_windows_that_ended_before_it() -> None:
    one, told = active(7), [(0, "eve", False, 1), (1, "eve", True, 1), (2, "eve", False, 1), (50, "eve", False, 1)]
    at = seconds(NOON) + 50
    (burst,) = bursts_in(one, tagged(told), Looked(at, at, NEVER), None, {})
    assert (burst.stretch.begins, burst.stretch.ends) == (NOON, NOON + timedelta(seconds=1))


def test_enough_is_read_before_what_came_in_for_a_correlation_of_a_correlation() -> None:
    at = seconds(NOON)
    since, until = Looked(at, at, NEVER).margins(active(7))
    assert (NOON - since, until - NOON) == (timedelta(seconds=150), timedelta(seconds=150))


@given(st.lists(st.integers(0, 150_000_000), min_size=1, max_size=20))
def test_a_hit_is_at_the_very_instant_of_its_event(micros: list[int]) -> None:
    """A hit at a window's edge is inside it: to the microsecond, whichever way the instant came."""
    frame = tagged([(at / 1e6, "eve", False, 1) for at in micros])
    hits = hits_in(active(3), frame)
    assert [hit.at for hit in hits] == [seconds(frame["time"][hit.number]) for hit in hits]
    assert len(hits) == len(micros)
