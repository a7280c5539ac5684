"""The stretches of time an entity's page looks at: lately, what was before that, and the days of its chart."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from soc.errors import InputError

#: what is looked at, and what it is held against
LATELY = timedelta(days=30)
#: days of the chart
DAYS = 90


@dataclass(frozen=True, slots=True)
class Window:
    """``since`` ≤ t < ``until`` is lately; ``day`` is the day that was asked for, None for the last one with events."""

    until: datetime
    zone: ZoneInfo
    day: date | None = None

    @property
    def since(self) -> datetime:
        """When lately begins."""
        return self.until - LATELY

    @property
    def before(self) -> datetime:
        """When that begins which lately is held against."""
        return self.since - LATELY

    @property
    def last_day(self) -> date:
        """The last day of the chart."""
        return (self.until - timedelta(microseconds=1)).astimezone(self.zone).date()

    @property
    def first_day(self) -> date:
        """The first day of the chart."""
        return self.last_day - timedelta(days=DAYS - 1)

    def begins(self, day: date) -> datetime:
        """Return the midnight a day begins with."""
        return datetime.combine(day, time(), self.zone)


def window_of(text: str, *, at: datetime, zone: ZoneInfo) -> Window:
    """Return the window up to the end of the day that is written, up to now where none is.

    Raises:
        InputError: it is no day, or one to come.
    """
    if not text:
        return Window(at, zone)
    try:
        day = date.fromisoformat(text)
        end = datetime.combine(day + timedelta(days=1), time(), zone)
    except (ValueError, OverflowError):
        raise InputError("entities.error.day", day=text[:40]) from None
    if day > at.astimezone(zone).date() or day.year < 2000:
        raise InputError("entities.error.day", day=text[:40])
    return Window(min(end, at), zone, day)
