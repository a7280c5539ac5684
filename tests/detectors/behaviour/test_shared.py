"""What the whole post does, and what one did on days like this, is no surprise; a theft among it stays one."""

from datetime import date, timedelta

import numpy as np
import pytest

from detectors.behaviour.assess import Assessed, judge_of
from detectors.behaviour.facts import EntityDay
from detectors.behaviour.reasons import finding_of
from detectors.behaviour.unusual import View
from tests.detectors.behaviour.days import facts, key

#: an ordinary Wednesday, a month's end before a holiday, and the month's end before that
WEDNESDAY, MONTH_END, BEFORE = date(2025, 9, 17), date(2025, 9, 30), date(2025, 8, 29)


def weeks(day: date, people: int = 14, *, others: date | None = None, times: int = 1) -> list[EntityDay]:
    """Two months in which everybody reads 10 to 30 rows; on ``others`` and the two days before, ``times`` as many."""
    made = []
    for back in range(60, 0, -1):
        on = day - timedelta(days=back)
        lifted = times if others is not None and timedelta(0) <= others - on <= timedelta(days=2) else 1
        for person in range(people):
            rows = 10 + (back * 7 + person * 5) % 20
            made.append(EntityDay(key(f"p{person}"), on, facts(rows * lifted, hour=9 + (back + person) % 8)))
    return made


def assessed(day: date, mine: int, others: int, known: list[EntityDay], people: int = 14, moved: int = 99) -> Assessed:
    """Judge p0 with ``mine`` rows beside a post of which so many ``moved`` to ``others`` rows; the rest read twenty."""
    beside = [
        EntityDay(key(f"p{one}"), day, facts(others + one if one <= moved else 20)) for one in range(1, people)
    ]  # fmt: skip
    return judge_of(day, known).assess([EntityDay(key("p0"), day, facts(mine))], beside)[0]


def volume(one: Assessed) -> float:
    return one.unusual.surprises[View.OWN_VOLUME] + one.unusual.surprises[View.PEER_VOLUME]


def test_what_the_whole_post_does_that_day_is_no_surprise() -> None:
    known = weeks(WEDNESDAY)
    assert volume(assessed(WEDNESDAY, 75, 20, known)) > 3
    assert volume(assessed(WEDNESDAY, 75, 75, known)) < 1


def test_a_theft_on_a_busy_day_of_the_post_stays_one() -> None:
    known = weeks(WEDNESDAY)
    found = assessed(WEDNESDAY, 3_000, 75, known)
    assert volume(found) > 10
    assert volume(found) == pytest.approx(volume(assessed(WEDNESDAY, 3_000, 20, known)), abs=2)


def test_what_lies_far_above_all_days_of_the_post_is_not_explained_at_all() -> None:
    known = weeks(WEDNESDAY)
    alone, among = assessed(WEDNESDAY, 3_000, 20, known), assessed(WEDNESDAY, 3_000, 75, known)
    assert volume(among) == volume(alone)


def test_less_than_half_of_a_post_hides_nobody() -> None:
    known = weeks(WEDNESDAY)
    plain = volume(assessed(WEDNESDAY, 75, 20, known))
    assert volume(assessed(WEDNESDAY, 75, 3_000, known, moved=5)) == pytest.approx(plain, abs=0.2)


def test_a_group_of_few_explains_nothing() -> None:
    known = weeks(WEDNESDAY, people=8)
    found = assessed(WEDNESDAY, 75, 75, known, people=8)
    np.testing.assert_array_equal(found.unusual.explained.own, [0, 0])


def test_a_months_end_before_is_known_when_the_next_one_comes() -> None:
    lifted, flat = weeks(MONTH_END, others=BEFORE, times=4), weeks(MONTH_END)
    assert volume(assessed(MONTH_END, 80, 20, flat)) > 3
    assert volume(assessed(MONTH_END, 80, 20, lifted)) < 1
    assert volume(assessed(MONTH_END, 3_000, 20, lifted)) > 9


def test_what_is_read_each_months_end_is_not_new() -> None:
    report = EntityDay(key("p0"), BEFORE, facts(20, table="t.report", shape="monthly"))
    known = weeks(MONTH_END)
    again = EntityDay(key("p0"), MONTH_END, facts(20, table="t.report", shape="monthly"))
    first = judge_of(MONTH_END, known).assess([again])[0].unusual
    later = judge_of(MONTH_END, [*known, report]).assess([again])[0].unusual
    assert first.new_tables == ("t.report",)
    assert later.new_tables == ()
    assert later.surprises[View.NEW_SHAPES] == 0


def test_a_system_that_is_new_for_the_whole_post_is_new_for_nobody_and_another_table_still_is() -> None:
    known = weeks(WEDNESDAY)
    beside = [EntityDay(key(f"p{one}"), WEDNESDAY, facts(20, table="t.new")) for one in range(1, 14)]
    judge = judge_of(WEDNESDAY, known)
    joined, apart = (
        judge.assess([EntityDay(key("p0"), WEDNESDAY, facts(20, table=table))], beside)[0].unusual
        for table in ("t.new", "t.other")
    )
    assert joined.surprises[View.NEW_TABLES] == 0
    assert apart.surprises[View.NEW_TABLES] > 2


def test_the_reasons_say_what_the_post_did_and_what_kind_of_day_it_was() -> None:
    found = assessed(MONTH_END, 400, 60, weeks(MONTH_END, others=BEFORE, times=4))
    told = {one.key: one for one in finding_of(found, "440000").reasons}
    text = told["behaviour.reason.whole_post"].render("en")
    assert "the whole post read" in text
    assert "(month's end)" in text
    assert "behaviour.reason.like_days" in told


def test_a_year_whose_holidays_nobody_knows_is_judged_by_weekdays_and_says_so() -> None:
    day = date(2099, 9, 30)
    found = assessed(day, 75, 75, weeks(day))
    assert volume(found) < 1
    assert "behaviour.reason.calendar_unknown" in {one.key for one in finding_of(found, "440000").reasons}
