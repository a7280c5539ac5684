"""Profiles merge in any order and grouping, and hold no value."""

from dataclasses import dataclass

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.discovery.measure import Measures, measure
from detectors.discovery.profile import Profile
from tests.detectors.made import Maker

CELLS = st.none() | st.sampled_from(
    [
        "13800138000",
        "11010519491231002X",
        "张三",
        "1949-12-31",
        "无",
        "粤A12345",
        "电话13800138000",
        "男",
        "女",
        "1.5",
        "138****8000",
    ]
)
BATCHES = st.lists(st.lists(st.tuples(CELLS, CELLS), max_size=6), min_size=3, max_size=3)


def profiles(batches: list[list[tuple[str | None, str | None]]]) -> list[Profile]:
    frames = [pl.DataFrame(rows, schema={"a": pl.String, "b": pl.String}, orient="row") for rows in batches]
    return [Profile.of(frame, model=False) for frame in frames]


@settings(max_examples=40, deadline=None)
@given(BATCHES)
def test_the_grouping_of_a_merge_does_not_matter(batches: list[list[tuple[str | None, str | None]]]) -> None:
    one, two, three = profiles(batches)
    assert one.merge(two).merge(three) == one.merge(two.merge(three))


@settings(max_examples=40, deadline=None)
@given(BATCHES)
def test_the_order_of_a_merge_does_not_matter(batches: list[list[tuple[str | None, str | None]]]) -> None:
    one, two, _ = profiles(batches)
    assert one.merge(two) == two.merge(one)
    assert one.merge(two).findings(named=False) == two.merge(one).findings(named=False)


@settings(max_examples=25, deadline=None)
@given(BATCHES)
def test_nothing_merged_changes_nothing(batches: list[list[tuple[str | None, str | None]]]) -> None:
    one = profiles(batches)[0]
    assert Profile().merge(one) == one == one.merge(Profile())


def test_a_split_table_is_decided_like_the_whole() -> None:
    maker = Maker(4)
    frame = pl.DataFrame({"x": [maker.mobile() for _ in range(90)], "y": [maker.resident_id() for _ in range(90)]})
    whole = Profile.of(frame).findings(named=False)
    parts = Profile.of(frame[:30]).merge(Profile.of(frame[30:60])).merge(Profile.of(frame[60:])).findings(named=False)
    assert [one.type for one in parts] == [one.type for one in whole] == ["mobile", "resident_id"]


def test_a_profile_holds_no_value() -> None:
    maker = Maker(4)
    numbers = [maker.mobile() for _ in range(30)]
    shown = repr(Profile.of(pl.DataFrame({"x": numbers})))
    assert not any(number in shown for number in numbers)


@dataclass(frozen=True)
class Seen:
    """A sketch such as a counter of distinct values: what it has seen, joined."""

    of: frozenset[int]

    def merge(self, other: "Seen") -> "Seen":
        return Seen(self.of | other.of)


def test_sketches_that_somebody_adds_are_joined_as_counts_are() -> None:
    one, two = Measures(sketches={"seen": Seen(frozenset({1}))}), Measures(sketches={"seen": Seen(frozenset({2}))})
    assert (one + two).sketches["seen"] == Seen(frozenset({1, 2}))
    assert (one + Measures()).sketches == one.sketches


def test_a_large_column_is_counted_like_its_sample_and_its_rest() -> None:
    maker = Maker(8)
    counted = measure(pl.Series([maker.mobile() for _ in range(6000)]))
    assert counted.hits["mobile"] == counted.distinct
    assert counted.rows == 6000
