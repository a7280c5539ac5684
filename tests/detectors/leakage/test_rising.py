"""A lasting rise: found among honest scatter, and not where the whole office rose, one day did, or nothing weighs."""

import math
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.behaviour.facts import EntityDay
from detectors.leakage.drip import drips, slow_findings
from detectors.leakage.rising import rises
from tests.detectors.behaviour.days import FIRST, facts, key

DAYS, RECENT, PEOPLE = 80, 14, 30
LAST = FIRST + timedelta(days=DAYS - 1)


def office(seed: int = 1, *, usual: float = 100.0, scatter: float = 0.35, rank: int = 4) -> list[EntityDay]:
    """Working days of one office; everybody has a usual day of their own, from half to twice the office's."""
    rng = np.random.default_rng(seed)
    own = usual * np.exp(rng.uniform(-0.7, 0.7, PEOPLE))
    made = []
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        if day.weekday() < 5:
            counts = np.exp(rng.normal(0.0, scatter, PEOPLE)) * own
            made += [EntityDay(key(f"p{n}"), day, facts(int(count), rank=rank)) for n, count in enumerate(counts)]
    return made


def parted(days: list[EntityDay]) -> tuple[list[EntityDay], list[EntityDay]]:
    cut = LAST - timedelta(days=RECENT)
    return [one for one in days if one.day > cut], [one for one in days if one.day <= cut]


def with_more(days: list[EntityDay], name: str, rows: int) -> list[EntityDay]:
    for one in days:
        if one.key.name == name and one.day > LAST - timedelta(days=RECENT):
            one.facts.add(facts(rows))
    return days


@pytest.mark.parametrize("seed", range(1, 9))
def test_honest_scatter_raises_nobody(seed: int) -> None:
    assert rises(*parted(office(seed))) == {}


def test_so_many_more_each_day_are_found_though_their_sum_stands_out_nowhere() -> None:
    days = with_more(office(3, scatter=0.2), "p7", 90)
    found = rises(*parted(days))
    assert list(found) == ["person:p7"]
    assert found["person:p7"].times > 1.4
    assert math.isclose(found["person:p7"].peers, 1.0, abs_tol=0.25)
    (drip,) = drips(days, LAST)
    assert drip.rise == found["person:p7"]
    ((_, told),) = slow_findings(days, LAST, "440106")
    assert 45 <= told.score <= 75
    assert "同岗位同期为" in " ".join(reason.render("zh") for reason in told.reasons)


def test_what_moves_the_whole_office_is_nobodys_rise() -> None:
    days = office(3, scatter=0.2)
    for one in days:
        if one.day > LAST - timedelta(days=RECENT):
            one.facts.add(facts(one.facts.rows[4][2]))
    assert rises(*parted(days)) == {}


def test_one_great_day_is_no_lasting_rise() -> None:
    days = office(3, scatter=0.2)
    next(one for one in reversed(days) if one.key.name == "p7").facts.add(facts(5_000))
    assert rises(*parted(days)) == {}


def test_what_weighs_little_is_none_either() -> None:
    light = with_more(office(3, usual=2.0, scatter=0.05), "p7", 2)
    assert rises(*parted(light)) == {}


def test_a_newcomer_and_a_small_office_are_not_judged() -> None:
    days = with_more(office(3, scatter=0.2), "p7", 90)
    recent, before = parted(days)
    assert rises(recent, [one for one in before if one.key.name != "p7"]) == {}
    few = [one for one in days if int(one.key.name[1:]) in range(3, 10)]
    assert rises(*parted(few)) == {}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, DAYS - 1), st.integers(0, 10**6)), max_size=400))
def test_any_days_are_judged_without_an_error(seen: list[tuple[int, int, int]]) -> None:
    days = [EntityDay(key(f"p{who}"), FIRST + timedelta(days=at), facts(rows)) for who, at, rows in seen]
    for rise in rises(*parted(days)).values():
        assert rise.times > 1.0
        assert math.isfinite(rise.z)
