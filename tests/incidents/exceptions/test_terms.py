"""The terms of exceptions: everything that goes beyond any of them is not covered."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.alerts.grouping import Raised
from incidents.exceptions.terms import Terms
from soc.exposure import Basis, Figure
from tests.incidents.findings import finding

ZONE = ZoneInfo("Asia/Shanghai")
#: 03:10 to 03:40 in Shanghai
NIGHT = datetime(2026, 3, 2, 3, 10, tzinfo=ZONE)
TERMS = Terms(
    detectors=("behaviour",),
    entity="e-0001",
    tables=("a", "b"),
    rows_at_most=1_000,
    score_at_most=60,
    from_hour=3,
    to_hour=4,
)


def dump(**changes: Any) -> Raised:
    given: dict[str, Any] = {
        "first_at": NIGHT,
        "last_at": NIGHT + timedelta(minutes=30),
        "details": {"tables": ["a"]},
        "rows": Figure(10, 1_000, Basis.UNKNOWN),
        "score": 60,
    }
    return finding(**(given | changes))


def test_what_keeps_to_every_bound_is_covered() -> None:
    assert TERMS.covers(dump(), ZONE)


@pytest.mark.parametrize(
    "beyond",
    [
        {"kind": "rule"},
        {"rule_id": "another"},
        {"entity": "e-0002"},
        {"score": 61},
        {"rows": Figure(10, 1_001, Basis.UNKNOWN)},
        {"rows": Figure(10, None, Basis.UNKNOWN)},
        {"details": {"tables": ["a", "c"]}},
        {"details": {"tables": []}},
        {"details": {}},
        {"first_at": NIGHT - timedelta(minutes=11)},
        {"last_at": NIGHT + timedelta(minutes=51)},
        {"last_at": NIGHT + timedelta(days=1)},
    ],
    ids=str,
)
def test_what_goes_beyond_one_of_them_is_not(beyond: dict[str, Any]) -> None:
    assert not TERMS.covers(dump(**beyond), ZONE)


def test_without_bounds_whatever_the_detector_says_of_the_entity_is_covered() -> None:
    anything = Terms(detectors=("behaviour",), entity="e-0001")
    assert anything.covers(dump(rows=Figure(0, None, Basis.UNKNOWN), score=100, details={}), ZONE)
    assert replace(anything, entity="").covers(dump(entity="e-7"), ZONE)


def test_several_detectors_are_covered_together() -> None:
    terms = Terms(detectors=("behaviour", "rule/r-1"))
    assert terms.covers(dump(), ZONE)
    assert terms.covers(dump(kind="rule", rule_id="r-1"), ZONE)
    assert not terms.covers(dump(kind="rule", rule_id="r-2"), ZONE)
    assert not terms.covers(dump(kind="rule"), ZONE)


@pytest.mark.parametrize(
    ("hours", "at", "covered"),
    [
        ((22, 6), 23, True),
        ((22, 6), 5, True),
        ((22, 6), 6, False),
        ((22, 6), 21, False),
        ((0, 24), 12, True),
        ((23, 24), 23, True),
    ],
)
def test_hours_may_span_midnight(hours: tuple[int, int], at: int, covered: bool) -> None:
    terms = Terms(detectors=("behaviour",), from_hour=hours[0], to_hour=hours[1])
    moment = datetime(2026, 3, 2, at, 30, tzinfo=ZONE)
    assert terms.covers(dump(first_at=moment, last_at=moment), ZONE) is covered


@given(st.integers(0, 23), st.integers(1, 24), st.integers(0, 3 * 1440), st.integers(0, 2 * 1440))
def test_every_minute_of_what_is_covered_lies_in_the_hours(first: int, end: int, start: int, minutes: int) -> None:
    begins = datetime(2026, 3, 2, tzinfo=ZONE) + timedelta(minutes=start)
    terms = Terms(detectors=("behaviour",), from_hour=first, to_hour=end)
    inside = {hour % 24 for hour in range(first, first + (end - first - 1) % 24 + 1)}
    passed = {(begins + timedelta(minutes=minute)).hour for minute in range(0, minutes + 1, 1) if minute < 1500}
    if terms.covers(dump(first_at=begins, last_at=begins + timedelta(minutes=minutes)), ZONE):
        assert passed <= inside | {end % 24}  # it may end on the stroke of the last hour
        assert minutes <= 24 * 60


@given(
    st.builds(
        Terms,
        detectors=st.lists(st.sampled_from(["rule/x", "drip"])).map(tuple),
        entity=st.text(max_size=5),
        tables=st.lists(st.text(max_size=4)).map(tuple),
        rows_at_most=st.none() | st.integers(0, 10**9),
        score_at_most=st.integers(0, 100),
        from_hour=st.none() | st.integers(0, 23),
        to_hour=st.none() | st.integers(1, 24),
    )
)
def test_terms_are_read_back_as_they_were_stored(terms: Terms) -> None:
    assert Terms.from_json(terms.as_json()) == terms
