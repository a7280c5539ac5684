"""How values look."""

from datetime import UTC, datetime, timedelta

import pytest
from apiflask import APIFlask
from hypothesis import example, given
from hypothesis import strategies as st

from soc.clock import now
from soc.text import speaking
from soc.web import show


def test_times_are_the_centres(app: APIFlask) -> None:
    with app.app_context():
        assert show.moment(datetime(now().year, 11, 22, 7, 4, tzinfo=UTC)) == "11-22 15:04"
        assert show.moment(datetime(2020, 11, 22, 7, 4, tzinfo=UTC)) == "2020-11-22 15:04"
        assert show.moment(None) == ""


@pytest.mark.parametrize(
    ("gone", "state"), [(0.5, "calm"), (0.75, "near"), (0.89, "near"), (0.91, "due"), (1.2, "over")]
)
def test_a_clock_turns_amber_and_red(gone: float, state: str) -> None:
    whole = timedelta(hours=10)
    started = now() - whole * gone - timedelta(seconds=1)
    assert show.due_state(started + whole, started) == state


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (1234567, "1,234,567"), (0.25, "0.2"), (3.0, "3"), (1234.5, "1,234"), (None, "–")]
)
def test_numbers_have_separators(value: float | None, text: str) -> None:
    assert show.number(value) == text


def test_what_is_left_is_told_in_words() -> None:
    with speaking("en"):
        assert show.left(now() + timedelta(hours=3, minutes=10, seconds=30)) == "3 h 10 min left"
        assert show.left(now() - timedelta(minutes=61)).startswith("overdue by 1 h 1 min")


def test_a_diff_names_what_came_and_went() -> None:
    assert [(s, line) for s, line in show.diff_lines("a\nb", "a\nc") if s in "+-"] == [("-", "b"), ("+", "c")]
    assert list(show.diff_lines("same", "same")) == []


@given(st.lists(st.floats(-1e9, 1e9), max_size=40), st.floats(-1e9, 1e9), st.floats(0, 1e9))
@example([5e-324], 0.0, 0.0)
def test_a_spark_stays_in_its_box(values: list[float], low: float, width: float) -> None:
    spark = show.spark_points(values, low, low + width)
    for pair in spark.points.split():
        x, y = map(float, pair.split(","))
        assert 0 <= x <= 120
        assert -0.1 <= y <= 24.1
