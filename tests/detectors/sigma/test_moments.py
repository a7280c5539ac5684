"""When an event of any shape happened."""

from datetime import UTC, datetime
from typing import Any

import pytest

from detectors.sigma.flatten import flatten
from detectors.sigma.moments import moment_of

WHEN = datetime(2026, 11, 25, 1, 2, 3, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    "event",
    [
        {"time": "2026-11-25T09:02:03+08:00"},
        {"@timestamp": "2026-11-25T01:02:03Z"},
        {"time": int(WHEN * 1000)},
        {"ts": WHEN},
        {"timestamp": int(WHEN * 1e6)},
        {"Event": {"System": {"TimeCreated": {"#attributes": {"SystemTime": "2026-11-25T01:02:03.000000Z"}}}}},
        {"UtcTime": "2026-11-25 01:02:03.000"},
        {"date": "yesterday", "eventTime": "2026-11-25T01:02:03Z"},
    ],
)
def test_the_usual_fields_are_read(event: dict[str, Any]) -> None:
    assert moment_of(flatten(event)) == pytest.approx(WHEN)


@pytest.mark.parametrize("event", [{}, {"time": None}, {"time": "soon"}, {"time": "nan"}, {"time": -5}])
def test_an_event_without_a_time_is_of_one_moment_with_all_such(event: dict[str, Any]) -> None:
    assert moment_of(flatten(event)) == 0.0
