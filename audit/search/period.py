"""The stretch of time a search looks at, as people and scripts write it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from soc.clock import now
from soc.logstore.instants import Reader

_DAY = timedelta(days=1)
PERIODS = {"1h": timedelta(hours=1), "24h": _DAY, "7d": 7 * _DAY, "30d": 30 * _DAY}
"""The choices of the page; anything else is all time."""

USUAL = "7d"
_STEPS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 360, 1440, 10_080, 43_200, 525_600, 5_256_000))
_MOST_BARS = 60
_MOST_FINE = 1_000


@dataclass(frozen=True, slots=True)
class Period:
    """From ``since`` until before ``until``; None leaves a side open."""

    since: datetime | None
    until: datetime | None


def written(since: str | None, until: str | None) -> Period:
    """Read written times: RFC 3339, a day (until its end, as ``until``), or back from now.

    Raises:
        QueryError: one of them is no time.
    """
    reader = Reader(now)
    first = reader.read(since.strip()) if since and since.strip() else None
    last = reader.read(until.strip()) if until and until.strip() else None
    end = None if last is None else last.end if last.end - last.start >= _DAY else last.start
    return Period(None if first is None else first.start, end)


def chosen(period: str, since: str | None, until: str | None) -> Period:
    """Return the period of the page: what is written goes before what is chosen."""
    if since or until or period not in PERIODS:
        return written(since, until)
    return Period(now() - PERIODS[period], None)


def bar_width(first: datetime, last: datetime) -> timedelta:
    """Return the step of a histogram that has sixty bars or fewer."""
    return next((step for step in _STEPS if (last - first) / step < _MOST_BARS), _STEPS[-1])


def finer(first: datetime, last: datetime) -> timedelta:
    """Return the step of a count from which bars of any part of that time can mostly be made by joining."""
    return next((step for step in _STEPS if (last - first) / step < _MOST_FINE), _STEPS[-1])
