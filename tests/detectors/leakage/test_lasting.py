"""A new habit that lasts: found in one table among a day's work; not a week's task, a campaign, a new system, a move."""

import math
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.behaviour.facts import EntityDay
from detectors.leakage.drip import drips, slow_findings
from detectors.leakage.lasting import Lasting, lasting
from tests.detectors.behaviour.days import FIRST, facts, key

DAYS, PEOPLE = 80, 30
LAST = FIRST + timedelta(days=DAYS - 1)
WORK = ("t.permit", "t.vehicle", "t.archive")


def office(seed: int = 1) -> list[EntityDay]:
    """Working days of one office: everybody reads three tables on most days, the days scatter, and two people's ways differ."""
    rng = np.random.default_rng(seed)
    own = 60 * np.exp(rng.uniform(-0.7, 0.7, PEOPLE))
    made = []
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        if day.weekday() < 5:
            made += [
                EntityDay(key(f"p{n}"), day, facts(int(own[n] * np.exp(rng.normal(0, 0.4))))) for n in range(PEOPLE)
            ]
    for one in made:
        for table in WORK:
            if rng.random() < 0.7:
                one.facts.add(facts(int(25 * np.exp(rng.normal(0, 0.6))), table=table))
    return made


def also(days: list[EntityDay], who: Collection[str], table: str, rows: int, *, last: int = 14, until: int = 0) -> None:
    """Let some read so many rows more of a table, on the working days from ``last`` days ago until ``until`` days ago."""
    for one in days:
        if one.key.name in who and timedelta(days=until) <= LAST - one.day < timedelta(days=last):
            one.facts.add(facts(rows, table=table))


def found(days: list[EntityDay]) -> list[Lasting]:
    return lasting(days, LAST)


@pytest.mark.parametrize("seed", range(1, 9))
def test_honest_scatter_raises_nobody(seed: int) -> None:
    assert found(office(seed)) == []


@pytest.mark.parametrize("rows", [40, 3])
def test_forty_records_a_day_and_three_people_a_day_are_found_where_their_sum_stands_out_nowhere(rows: int) -> None:
    days = office()
    also(days, ["p7"], "t.etc", rows)
    (one,) = found(days)
    assert (one.day.key.name, one.table, one.active_days, one.recent_days, one.used) == ("p7", "t.etc", 10, 10, 0)
    assert drips(days, LAST) == []


def test_it_is_told_with_the_table_the_days_and_what_the_peers_did() -> None:
    days = office()
    also(days, ["p7"], "t.etc", 40)
    ((whose, told),) = slow_findings(days, LAST, "440106")
    assert whose == "person:p7"
    assert 45 <= told.score <= 75
    text = " ".join(reason.render("zh") for reason in told.reasons)
    assert "t.etc：近两周 10 个工作日中 10 天读取，此前 48 个工作日中 0 天" in text
    assert "同岗位同期为 1.0 倍" in text
    assert told.parts[0].query.endswith('AND guanlan.tables:"t.etc"')


def test_a_table_that_was_read_now_and_then_before_is_found_too() -> None:
    days = office()
    for one in days[::7]:
        one.facts.add(facts(2, table="t.etc"))
    also(days, ["p7"], "t.etc", 40)
    (it,) = found(days)
    assert it.used > 0


def test_who_read_it_all_along_is_not_told_of() -> None:
    days = office()
    also(days, ["p7"], "t.etc", 40, last=DAYS)
    assert found(days) == []


def test_a_task_of_one_week_is_no_habit() -> None:
    days = office()
    also(days, ["p7"], "t.etc", 40, last=7)
    assert found(days) == []


def test_one_great_day_is_no_habit() -> None:
    days = office()
    also(days, ["p7"], "t.etc", 3)
    also(days, ["p7"], "t.etc", 5_000, last=3)
    assert found(days) == []


def test_a_campaign_of_a_third_of_the_office_is_nobodys_habit() -> None:
    days = office()
    also(days, [f"p{number}" for number in range(10)], "t.etc", 40)
    assert found(days) == []


def test_two_who_begin_together_are_both_found() -> None:
    days = office()
    also(days, ["p7", "p8"], "t.etc", 40)
    assert {one.day.key.name for one in found(days)} == {"p7", "p8"}
    also(days, ["p9", "p10"], "t.etc", 40)
    assert found(days) == []


def test_the_catalogue_holds_nobodys_data() -> None:
    days = office()
    also(days, ["p7"], "information_schema.columns", 40)
    assert found(days) == []


def test_one_row_a_day_is_too_little() -> None:
    days = office()
    also(days, ["p7"], "t.etc", 1)
    assert found(days) == []


def test_days_at_another_desk_are_no_habit_for_this_one() -> None:
    days = office()
    also(days, ["p7"], "t.etc", 40, last=15)
    moved = [
        replace(one, key=key("p7", org="440103"))
        if one.key.name == "p7" and one.day <= LAST - timedelta(days=15) else one
        for one in days
    ]  # fmt: skip
    assert found(moved) == []


def test_a_service_and_a_small_office_are_not_judged() -> None:
    days = office()
    also(days, ["p7"], "t.etc", 40)
    assert found([one for one in days if int(one.key.name[1:]) in range(3, 10)]) == []
    assert found([replace(one, key=key(one.key.name, service=True)) for one in days]) == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, DAYS - 1), st.integers(0, 10**6)), max_size=400))
def test_any_days_are_judged_without_an_error(seen: list[tuple[int, int, int]]) -> None:
    days = [EntityDay(key(f"p{who}"), FIRST + timedelta(days=at), facts(rows)) for who, at, rows in seen]
    for one in found(days):
        assert math.isfinite(one.z)
        assert 45 <= one.score <= 75
