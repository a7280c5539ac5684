"""What kind of day it is for an office: month's end, a holiday's eve, a Sunday worked for one, 春运; and which are like it."""

from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from soc.workdays import is_workday

#: days before the judged one among which days like it are looked for
REACH = timedelta(days=90)
#: working days that a month's end, or its beginning, lasts; and those before a holiday
_EDGE, _EVE = 3, 2
#: so many days of rest in a row are a holiday, a weekend is not
_HOLIDAY = 3
_SATURDAY = 5
#: 春运 begins 15 days before the new year and lasts 40
_RUSH_BEFORE, _RUSH_DAYS = timedelta(days=15), timedelta(days=40)
#: the first day of the lunar year
_NEW_YEARS = (
    date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13),
    date(2030, 2, 3), date(2031, 1, 23), date(2032, 2, 11), date(2033, 1, 31), date(2034, 2, 19), date(2035, 2, 8),
)  # fmt: skip


class Occasion(StrEnum):
    """What offices do other work for."""

    MONTH_END = "month_end"
    MONTH_START = "month_start"
    HOLIDAY_EVE = "holiday_eve"
    WORKED_REST = "worked_rest"
    REST = "rest"
    TRAVEL_RUSH = "travel_rush"


@lru_cache(maxsize=1024)
def occasions(day: date) -> tuple[Occasion, ...]:
    """All that a day is, the most telling first; an ordinary working day is nothing."""
    marks = {
        Occasion.WORKED_REST: is_workday(day) and day.weekday() >= _SATURDAY,
        Occasion.MONTH_END: is_workday(day) and _worked_to_edge(day, 1) < _EDGE,
        Occasion.MONTH_START: is_workday(day) and _worked_to_edge(day, -1) < _EDGE,
        Occasion.HOLIDAY_EVE: is_workday(day) and _before_holiday(day),
        Occasion.REST: not is_workday(day),
        Occasion.TRAVEL_RUSH: any(-_RUSH_BEFORE <= day - one < _RUSH_DAYS - _RUSH_BEFORE for one in _NEW_YEARS),
    }
    return tuple(one for one, is_one in marks.items() if is_one)


def like_days(day: date, before: date) -> list[date]:
    """Days that share an occasion with ``day``, from :data:`REACH` before it up to ``before``."""
    wanted = set(occasions(day))
    days = [day - timedelta(days=back) for back in range(REACH.days, 0, -1)]
    return [one for one in days if one < before and wanted.intersection(occasions(one))]


def _worked_to_edge(day: date, step: int) -> int:
    """How many working days of the month come after (``step`` 1) or before (-1) this one."""
    count, one = 0, day + timedelta(days=step)
    while one.month == day.month:
        count += is_workday(one)
        one += timedelta(days=step)
    return count


def _before_holiday(day: date) -> bool:
    """Whether a holiday follows this working day, or the next one."""
    one = day
    for _ in range(_EVE):
        rest = 0
        one += timedelta(days=1)
        while not is_workday(one):
            rest, one = rest + 1, one + timedelta(days=1)
        if rest >= _HOLIDAY:
            return True
    return False
