"""An entity's days: how many events each had, what is usual, and at which hours of the week they fall."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from incidents.alerts.habits import usual_span
from incidents.entities.window import Window
from soc.logstore.port import Bucket, LogStore, SearchRequest

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Days:
    """Events by day, from the first day that has any up to the last of the window; empty where none has.

    ``usual`` is the span of a usual day, from the days before the one looked at; None where they are too few.
    ``hours`` has a row for each weekday, Monday first, with a count for each hour.
    """

    counts: tuple[tuple[date, int], ...]
    looked_at: date
    usual: tuple[int, int] | None
    hours: tuple[tuple[int, ...], ...]

    @property
    def count(self) -> int:
        """Events of the day looked at."""
        return dict(self.counts).get(self.looked_at, 0)

    @property
    def beyond(self) -> bool:
        """Whether the day looked at had more than is usual."""
        return self.usual is not None and self.count > self.usual[1]


def days_of(store: LogStore, request: SearchRequest, window: Window) -> Days:
    """Count the events of the window's days: one question, by the hour."""
    asked = replace(request, since=window.begins(window.first_day), until=window.until)
    buckets = store.histogram(asked, _HOUR)
    counts = _by_day(buckets, window)
    looked_at = window.day or max((day for day, count in counts if count), default=window.last_day)
    before = [count for day, count in counts if day < looked_at]
    return Days(counts, looked_at, usual_span(before), _by_hour(buckets, window))


def _by_day(buckets: Sequence[Bucket], window: Window) -> tuple[tuple[date, int], ...]:
    counts: Counter[date] = Counter()
    for bucket in buckets:
        counts[bucket.start.astimezone(window.zone).date()] += bucket.count
    first = min((day for day, count in counts.items() if count), default=None)
    if first is None:
        return ()
    span = (window.last_day - first).days + 1
    return tuple((day, counts[day]) for day in (first + timedelta(days=number) for number in range(span)))


def _by_hour(buckets: Sequence[Bucket], window: Window) -> tuple[tuple[int, ...], ...]:
    table = [[0] * 24 for _ in range(7)]
    for bucket in buckets:
        start = bucket.start.astimezone(window.zone)
        table[start.weekday()][start.hour] += bucket.count
    return tuple(tuple(row) for row in table)
