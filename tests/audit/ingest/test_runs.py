"""Frames worked on together come back apart, as if each had been alone."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.ingest.runs import in_runs

_heights = st.lists(st.integers(0, 6), max_size=8)


@given(_heights, st.none() | st.integers(1, 9))
def test_each_frame_comes_back_as_if_it_were_alone(heights: list[int], most: int | None) -> None:
    frames = [pl.DataFrame({"n": [place * 10 + row for row in range(height)]}) for place, height in enumerate(heights)]

    def work(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(twice=pl.col("n") * 2)

    done = in_runs(frames, work, most)
    assert [one.rows() for one in done] == [work(frame).rows() for frame in frames]


@given(_heights, st.integers(1, 9))
def test_a_run_is_no_longer_than_is_allowed_unless_one_frame_is(heights: list[int], most: int) -> None:
    runs: list[int] = []

    def work(frame: pl.DataFrame) -> pl.DataFrame:
        runs.append(frame.height)
        return frame

    in_runs([pl.DataFrame({"n": range(height)}) for height in heights], work, most)
    assert all(rows <= max([most, *heights]) for rows in runs)
    assert sum(runs) == sum(heights)


def test_frames_of_other_columns_are_worked_on_apart() -> None:
    frames = [pl.DataFrame({"a": [1]}), pl.DataFrame({"b": [2]}), pl.DataFrame({"b": [3]})]
    assert [one.to_dicts() for one in in_runs(frames, lambda frame: frame)] == [[{"a": 1}], [{"b": 2}], [{"b": 3}]]


def test_work_that_loses_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="0 rows of 2"):
        in_runs([pl.DataFrame({"a": [1, 2]})], lambda frame: frame.clear())
