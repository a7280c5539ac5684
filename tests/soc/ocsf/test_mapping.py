"""Rows as OCSF events."""

from datetime import UTC, datetime

from soc.ocsf.mapping import to_ocsf


def test_a_row_is_nested_by_its_names_without_what_is_missing() -> None:
    row = {
        "metadata.uid": "u1",
        "time": datetime(2026, 10, 1, 0, 0, 0, 123_456, tzinfo=UTC),
        "actor.user.name": "zhang",
        "actor.user.uid": None,
        "guanlan.tables": ["a.b"],
        "unmapped": '{"pgaudit": {"class": "READ"}}',
    }
    assert to_ocsf(row) == {
        "metadata": {"version": "1.8.0", "uid": "u1"},
        "time": 1_790_812_800_123,
        "time_dt": "2026-10-01T00:00:00.123456Z",
        "actor": {"user": {"name": "zhang"}},
        "guanlan": {"tables": ["a.b"]},
        "unmapped": {"pgaudit": {"class": "READ"}},
    }


def test_times_before_1970_are_rounded_down() -> None:
    assert to_ocsf({"time": datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)})["time"] == -1


def test_unmapped_text_that_is_no_object_stays_readable() -> None:
    assert to_ocsf({"unmapped": "not json"})["unmapped"] == {"text": "not json"}
    assert to_ocsf({"unmapped": "[1]"})["unmapped"] == {"value": [1]}
