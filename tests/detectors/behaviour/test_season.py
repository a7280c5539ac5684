"""Which kind of day it is, and which earlier days are like it."""

from datetime import date, timedelta

import pytest

from detectors.behaviour.season import REACH, Occasion, like_days, occasions


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        (date(2025, 9, 28), {Occasion.WORKED_REST, Occasion.MONTH_END}),
        (date(2025, 9, 29), {Occasion.MONTH_END, Occasion.HOLIDAY_EVE}),
        (date(2025, 9, 30), {Occasion.MONTH_END, Occasion.HOLIDAY_EVE}),
        (date(2025, 10, 3), {Occasion.REST}),
        (date(2025, 10, 9), {Occasion.MONTH_START}),
        (date(2025, 10, 11), {Occasion.WORKED_REST, Occasion.MONTH_START}),
        (date(2025, 9, 17), set()),
        (date(2025, 8, 29), {Occasion.MONTH_END}),
        (date(2026, 2, 2), {Occasion.MONTH_START, Occasion.TRAVEL_RUSH}),
        (date(2026, 2, 1), {Occasion.REST}),
        (date(2026, 3, 13), {Occasion.TRAVEL_RUSH}),
        (date(2026, 3, 16), set()),
        (date(2099, 3, 31), {Occasion.MONTH_END}),
    ],
)
def test_a_day_is_what_offices_have_it_for(day: date, kinds: set[Occasion]) -> None:
    assert set(occasions(day)) == kinds


def test_days_like_a_months_end_are_the_months_ends_before_it() -> None:
    day = date(2026, 4, 29)
    found = like_days(day, before=day - timedelta(days=30))
    assert {date(2026, 2, 26), date(2026, 2, 27), date(2026, 2, 28)} <= set(found)
    assert all(day - REACH <= one < day - timedelta(days=30) for one in found)
    assert date(2026, 3, 18) not in found


def test_an_ordinary_day_asks_for_no_earlier_ones() -> None:
    assert like_days(date(2025, 9, 17), before=date(2025, 8, 18)) == []
