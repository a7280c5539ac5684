"""Judging a day: thefts stand far above ordinary days, and services and newcomers are judged as such."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.behaviour.assess import Assessed, Judge
from detectors.behaviour.facts import DayFacts, EntityDay
from detectors.behaviour.reasons import finding_of
from detectors.behaviour.unusual import View
from tests.detectors.behaviour.days import FIRST, facts, key, ordinary

NEXT = FIRST + timedelta(days=25)


def judged(day: DayFacts, name: str = "p1", **about: object) -> Assessed:
    return Judge(ordinary()).assess([EntityDay(key(name, **about), NEXT, day)])[0]  # type: ignore[arg-type]


def test_an_ordinary_day_is_hardly_worth_a_point() -> None:
    assert judged(facts(24)).unusual.score <= 5


def test_a_whole_table_taken_at_night_scores_as_a_theft() -> None:
    found = judged(facts(2_000, table="t.etc", shape="s9", hour=23)).unusual
    assert found.score >= 90
    assert found.new_tables == ("t.etc",)
    assert found.odd_hours == (23,)


def test_the_same_theft_in_office_hours_still_scores_high() -> None:
    assert judged(facts(2_000, table="t.etc", shape="s9")).unusual.score >= 80


def test_a_copy_that_nothing_counts_is_weighed_by_its_bound() -> None:
    copied = facts(0, table="t.etc", shape="copy", hour=22, exports=1)
    copied.rows, copied.uncounted, copied.tables = {4: [0, 5_000, 5_000]}, 1, {"t.etc": 10_000.0}
    assert judged(copied).unusual.score >= 80


def test_what_is_new_but_harmless_wakes_nobody() -> None:
    assert judged(facts(12, rank=1, table="t.weather", shape="s9", hour=3)).unusual.score <= 10


def test_a_service_that_exports_every_night_is_let_be() -> None:
    nights = [
        EntityDay(key("svc", "服务账号", service=True), FIRST + timedelta(days=n), facts(5_000, hour=2, exports=8))
        for n in range(25)
    ]
    tonight = EntityDay(key("svc", "服务账号", service=True), NEXT, facts(5_300, hour=2, exports=8))
    assert Judge([*ordinary(), *nights]).assess([tonight])[0].unusual.score <= 10


def test_a_newcomer_is_judged_by_the_peers() -> None:
    newcomer = key("new")
    judge = Judge(ordinary())
    usual, wild = (
        judge.assess([EntityDay(newcomer, NEXT, day)])[0].unusual
        for day in (facts(20), facts(3_000, table="t.etc", hour=22))
    )
    assert usual.times_habit is None
    assert usual.score <= 10
    assert wild.score >= 60


def test_an_address_that_is_new_for_many_says_nothing_of_one() -> None:
    moved = [EntityDay(key(f"p{n}"), NEXT, facts(20, host="10.9.9.9")) for n in range(5)]
    assert all(not one.unusual.new_hosts for one in Judge(ordinary()).assess(moved))
    assert Judge(ordinary()).assess(moved[:1])[0].unusual.new_hosts == ("10.9.9.9",)


def test_under_a_week_of_logs_nothing_is_judged() -> None:
    assert not Judge(ordinary(days=6)).ready
    assert Judge(ordinary(days=7)).ready


@given(st.integers(0, 200_000), st.integers(0, 200_000))
def test_more_rows_never_make_a_day_less_unusual(one: int, other: int) -> None:
    low, high = sorted((one, other))
    judge = Judge(ordinary(days=10, people=4))
    scores = [judge.assess([EntityDay(key("p1"), NEXT, facts(rows))])[0].unusual.score for rows in (low, high)]
    assert scores[0] <= scores[1]


@given(st.integers(0, 6), st.integers(0, 10**7), st.integers(0, 23))
def test_a_score_lies_between_nought_and_a_hundred(rank: int, rows: int, hour: int) -> None:
    found = Judge(ordinary(days=8, people=4)).assess([EntityDay(key("p1"), NEXT, facts(rows, rank=rank, hour=hour))])[0]
    assert 0 <= found.unusual.score <= 100
    assert set(found.unusual.surprises) == set(View)


@pytest.mark.parametrize("people", [0, 1, 2])
def test_too_few_peers_are_no_error(people: int) -> None:
    days = ordinary(people=max(people, 1)) if people else []
    assert Judge(days).assess([EntityDay(key("p0"), NEXT, facts(50))])[0].unusual.peer_percentile in {None, 100.0}


def looking_up(count: int, *, knows: bool = True, business: bool = False, name: str = "x") -> DayFacts:
    """A day on which so many people were looked up, one row each."""
    day = facts(count)
    day.subjects = {f"resident_id:{name}/{place}": float(not business) for place in range(count)}
    day.knows_subjects = knows
    return day


def clerks(per_day: int, days: int = 25) -> list[EntityDay]:
    """Eight people who look a few up each day, and read as much as ever."""
    made = ordinary(days)
    for place, one in enumerate(made):
        one.facts.subjects = {f"mobile:{place}/{n}": 1.0 for n in range(per_day + place % 3)}
    return made


def assessed(day: DayFacts, earlier: list[EntityDay], name: str = "p1") -> Assessed:
    return Judge(earlier).assess([EntityDay(key(name), NEXT, day)])[0]


def test_people_looked_up_without_a_business_number_stand_out_where_their_rows_do_not() -> None:
    found, with_number = (assessed(looking_up(30, business=told), clerks(3)).unusual for told in (False, True))
    assert found.surprises[View.OWN_VOLUME] == with_number.surprises[View.OWN_VOLUME] < 0.1
    assert found.surprises[View.LOOKED_UP] >= 2
    assert with_number.surprises[View.LOOKED_UP] == 0
    assert found.usual_subjects == 4


def test_a_hundred_and_twenty_people_in_a_day_are_raised() -> None:
    found, with_number = (assessed(looking_up(120, business=told), clerks(3)).unusual for told in (False, True))
    assert found.score >= 55
    assert found.score > with_number.score


def test_the_reason_says_how_many_and_how_many_are_usual_and_leads_to_the_events() -> None:
    finding = finding_of(assessed(looking_up(120), clerks(3)), "440000")
    reason = next(one for one in finding.reasons if one.key == "behaviour.reason.looked_up")
    assert reason.params == {"count": 120, "usual": 4}
    assert any(part.query.endswith("AND guanlan.subjects:* AND NOT guanlan.business:*") for part in finding.parts)


def test_who_looks_that_many_up_every_day_as_the_peers_do_is_let_be() -> None:
    assert assessed(looking_up(42), clerks(40)).unusual.surprises[View.LOOKED_UP] == 0


def test_a_few_are_never_unusual() -> None:
    assert assessed(looking_up(9), clerks(0)).unusual.surprises[View.LOOKED_UP] == 0


def test_days_that_know_of_no_subjects_are_no_habit() -> None:
    earlier = ordinary()
    for one in earlier:
        one.facts.knows_subjects = False
    found = assessed(looking_up(40), earlier).unusual
    assert found.surprises[View.LOOKED_UP] == 0
    assert found.usual_subjects is None


def test_a_newcomer_who_looks_many_up_is_judged_by_the_peers() -> None:
    found = assessed(looking_up(120), clerks(3), name="new")
    assert found.unusual.surprises[View.LOOKED_UP] >= 3
    told = {one.key: one.params for one in finding_of(found, "440000").reasons}
    assert told["behaviour.reason.looked_up_peers"]["count"] == 120
