"""A move is told where there is one and not where there is none, whether people are many or few."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.drift.measure import LEAST_MOVE, Moved, chance_of, index_of, move_of

COUNTS = st.lists(st.integers(0, 50), min_size=4, max_size=4)


def _week(seed: int, people: int, *, times: float = 1.0, days: int = 5) -> np.ndarray:
    """What people with habits of their own read on the days of a week; zeros where somebody read none."""
    habits = np.random.default_rng(7).lognormal(3.0, 1.0, people)
    chance = np.random.default_rng(seed)
    # a day is busier than another for everybody
    busy = chance.lognormal(0.0, 0.1, days)
    rows = np.floor(times * np.outer(busy, habits) * chance.lognormal(0.0, 0.5, (days, people)))
    return (rows * (chance.random((days, people)) < 0.8)).ravel()


def _looked(seed: int, people: int, times: float = 1.0) -> Moved:
    weeks = [_week(100 * seed + number, people) for number in range(4)]
    found = move_of(weeks, _week(100 * seed + 50, people, times=times))
    assert found is not None
    return found


@pytest.mark.parametrize("people", [15, 60, 400])
def test_weeks_of_the_same_habits_cry_no_wolf(people: int) -> None:
    assert [seed for seed in range(40) if _looked(seed, people).beyond] == []


@pytest.mark.parametrize(("people", "times"), [(60, 3.0), (400, 2.0), (400, 0.5)])
def test_a_planted_move_is_told(people: int, times: float) -> None:
    found = [_looked(seed, people, times) for seed in range(20)]
    assert all(one.beyond for one in found)
    assert all((one.middle_after > one.middle_before) == (times > 1) for one in found)


def test_of_very_few_people_nothing_is_told() -> None:
    assert move_of([_week(1, 5)] * 4, _week(2, 5)) is None
    assert move_of([], _week(2, 100)) is None


def test_of_few_the_bound_is_wide_and_of_many_it_is_the_least_move() -> None:
    assert _looked(1, 15).noise > 0.4
    assert _looked(1, 2000).noise == LEAST_MOVE
    assert chance_of(10, 1000, 100) > chance_of(10, 1000, 1000)


def test_what_never_happened_and_now_does_is_a_move() -> None:
    never = np.zeros(300)
    found = move_of([never] * 4, np.r_[np.zeros(240), np.full(60, 3.0)])
    assert found is not None
    assert found.beyond
    assert (found.edges, found.before, found.after) == ((0.0,), (1200, 0), (240, 60))


@given(before=COUNTS, after=COUNTS)
def test_the_index_is_never_below_nothing_and_the_same_both_ways(before: list[int], after: list[int]) -> None:
    one, other = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    assert index_of(one, other) >= 0
    assert index_of(one, other) == pytest.approx(index_of(other, one))
    assert index_of(one, one) == 0
