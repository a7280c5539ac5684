"""Days on which offices work, as the State Council sets them each year; weekdays where its calendar does not reach."""

import logging
from datetime import date
from functools import cache, lru_cache

_log = logging.getLogger(__name__)
_SATURDAY = 5


@lru_cache(maxsize=4096)
def is_workday(day: date) -> bool:
    """Tell whether offices work on ``day``; Monday to Friday where the calendar does not reach."""
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        _tell_of_year(day.year)
        return day.weekday() < _SATURDAY


def is_known(day: date) -> bool:
    """Whether the holidays of a day's year are known."""
    first, last = _reach()
    return first <= day.year <= last


@cache
def _tell_of_year(year: int) -> None:
    """Say once a process that holidays of a year are not known."""
    _log.warning("holidays are not known: judged by weekdays", extra={"year": year})


@cache
def _reach() -> tuple[int, int]:
    from chinese_calendar.constants import holidays

    return min(holidays).year, max(holidays).year
