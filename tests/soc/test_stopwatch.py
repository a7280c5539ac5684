"""Seconds of parts are added up, also of a part that fails."""

import time

import pytest

from soc.stopwatch import timed


def test_the_seconds_of_a_part_are_added_up() -> None:
    spent: dict[str, float] = {}
    for _ in range(2):
        with timed(spent, "rest"):
            time.sleep(0.01)
    assert list(spent) == ["rest"]
    assert spent["rest"] >= 0.02


def test_a_part_that_fails_has_taken_its_time_too() -> None:
    spent: dict[str, float] = {}
    with pytest.raises(ValueError, match="broken"), timed(spent, "broken"):
        raise ValueError("broken")
    assert spent["broken"] > 0
