"""Numbers of lines as runs."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from audit.ingest.lines import lines_in, runs_of

LINES = st.lists(st.integers(0, 60), max_size=40)


@given(LINES)
def test_runs_hold_the_lines_that_they_were_made_of_once_and_in_order(lines: list[int]) -> None:
    assert lines_in(runs_of(lines)) == sorted(set(lines))


@given(LINES)
def test_no_two_runs_could_be_one(lines: list[int]) -> None:
    runs = runs_of(lines)
    assert all(first <= last for first, last in runs)
    assert all(before[1] + 1 < after[0] for before, after in itertools.pairwise(runs))


def test_a_whole_batch_is_one_run() -> None:
    assert runs_of(range(600_000)) == [[0, 599_999]]


def test_numbers_that_stand_alone_as_earlier_versions_wrote_them_are_lines_too() -> None:
    assert lines_in([3, [5, 7], 9]) == [3, 5, 6, 7, 9]
