"""From events to days: only readings that succeeded, in local days, by person where one is known."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from detectors.behaviour.extract import entity_days
from detectors.behaviour.facts import EntityDay
from soc.ocsf.schema import EVENT_SCHEMA
from tests.detectors.behaviour.days import key

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)  # 23:30 in China
READ = '{"pgaudit": {"class": "READ"}, "postgresql": {"severity": "LOG"}}'


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    """Events with what the rows say, else ordinary."""
    usual = {
        "guanlan.batch": "b", "time": NIGHT, "activity_id": 1, "status_id": 1, "actor.user.name": "zf_01",
        "api.operation": "SELECT", "query_info.uid": "shape", "guanlan.tables": ["toll.etc_user"],
        "guanlan.types": ["resident_id"], "guanlan.level_rank": 4, "guanlan.rows": 10,
        "guanlan.rows_basis": "measured", "src_endpoint.ip": "10.0.0.1", "unmapped": READ,
    }  # fmt: skip
    columns: dict[str, list[Any]] = {name: [] for name in EVENT_SCHEMA.names}
    for number, row in enumerate(rows):
        full = {"metadata.uid": f"u{number}", **usual, **row}
        for name, column in columns.items():
            column.append(full.get(name))
    schema = pl.from_arrow(EVENT_SCHEMA.empty_table()).schema  # type: ignore[union-attr]
    return pl.DataFrame(columns, schema=schema, strict=False)


def days(*rows: dict[str, Any]) -> list[EntityDay]:
    return entity_days(frame(*rows), ZONE, {}, "440000", 70)


def test_a_reading_is_added_to_the_local_day_and_hour() -> None:
    (one,) = days({}, {"guanlan.rows": 5})
    assert one.day == date(2026, 11, 20)
    assert one.facts.rows == {4: [15, 15, 15]}
    assert set(one.facts.hours) == {23}
    assert one.facts.tables == {"toll.etc_user": 30.0}


def test_after_midnight_in_china_another_day_begins() -> None:
    found = days({}, {"time": datetime(2026, 11, 20, 16, 1, tzinfo=UTC)})
    assert sorted(one.day.day for one in found) == [20, 21]


def test_writing_failing_and_repeating_what_failed_are_no_readings() -> None:
    write = '{"pgaudit": {"class": "WRITE"}, "postgresql": {"severity": "LOG"}}'
    failed = '{"postgresql": {"severity": "STATEMENT"}}'
    assert days({"unmapped": write}, {"status_id": 2}, {"unmapped": failed}, {"actor.user.name": None}) == []


def test_a_copy_is_unknown_up_to_the_tables_size_and_likely_all_of_it() -> None:
    (one,) = days(
        {
            "api.operation": "COPY",
            "guanlan.rows": None,
            "guanlan.rows_basis": "unknown",
            "guanlan.rows_bound": 800,
            "guanlan.export": True,
        }
    )
    assert one.facts.rows == {4: [0, 800, 800]}
    assert (one.facts.uncounted, one.facts.unbounded, one.facts.exports) == (1, 0, 1)


def test_a_plain_query_that_nobody_counted_likely_gave_few_rows() -> None:
    (one,) = days({"guanlan.rows": None, "guanlan.rows_basis": "unknown", "guanlan.rows_bound": 800})
    assert one.facts.rows == {4: [0, 800, 20]}


def test_two_accounts_of_one_person_are_one_entity_of_that_persons_organisation() -> None:
    known = {name: key("GD1") for name in ("zf_01", "zf_02")}
    found = entity_days(frame({}, {"actor.user.name": "zf_02"}), ZONE, known, "440000", 70)
    assert {one.key.reference for one in found} == {"person:GD1"}
    assert {one.key.org for one in found} == {"440106"}


def test_without_a_mapping_the_account_itself_is_the_entity() -> None:
    (one,) = days({})
    assert one.key.reference == "account:zf_01"
    assert one.key.org == "440000"


def test_subjects_are_counted_by_how_often_they_had_no_business_number() -> None:
    one_id, other, phone = "resident_id:a", "resident_id:b", "mobile:c"
    (found,) = days(
        {"guanlan.subjects": [one_id, phone]},
        {"guanlan.subjects": [one_id]},
        {"guanlan.subjects": [other], "guanlan.business": "GD-1"},
        {"guanlan.subjects": [phone], "guanlan.business": "GD-1"},
        {},
    )
    assert found.facts.subjects == {one_id: 2.0, other: 0.0, phone: 1.0}
    assert found.facts.looked_up == 2
    assert found.facts.knows_subjects


def test_a_failed_query_looked_nobody_up() -> None:
    (found,) = days({}, {"guanlan.subjects": ["mobile:c"], "status_id": 2})
    assert found.facts.subjects == {}
