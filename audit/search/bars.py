"""How many events match, and when: one reading of the log store tells both.

The total, the first and the last match and the bars are all sums over the same buckets, so the
buckets are asked for once, finely, and joined; where the matches turn out to lie close together
their own short stretch is read again.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from audit.search.period import bar_width, finer
from soc.clock import now
from soc.logstore.checks import TICK, bucket_of, filled, micros
from soc.logstore.port import Bucket, LogStore, Metric, MetricKind, SearchRequest

_FIRST = Metric(MetricKind.MIN, "time")
_LAST = Metric(MetricKind.MAX, "time")


@dataclass(frozen=True, slots=True)
class Bars:
    """Matches by time, empty bars in between included; no bars where nothing matches."""

    bars: tuple[Bucket, ...] = ()
    width: timedelta = timedelta(0)

    @property
    def total(self) -> int:
        """How many events match."""
        return sum(bar.count for bar in self.bars)


def bars_of(store: LogStore, request: SearchRequest) -> Bars:
    """Count the matches by time, in sixty bars or fewer."""
    if request.since is not None:
        width = bar_width(*_asked_for(request.since, request.until))
        return Bars(store.histogram(request, width), width)
    everything = extent(store, request)
    return Bars() if everything is None else _fitted(store, request, finer(*everything))


def bars_at(request: SearchRequest, times: Sequence[datetime]) -> Bars:
    """Make the bars of matches that are all known, ``times`` newest first."""
    if not times:
        return Bars()
    first, last = (times[-1], times[0]) if request.since is None else _asked_for(request.since, request.until)
    width = bar_width(first, last)
    return Bars(filled(Counter(bucket_of(micros(at), width // TICK) for at in times), width // TICK), width)


def _asked_for(since: datetime, until: datetime | None) -> tuple[datetime, datetime]:
    return since, max(until or now(), since)


def _fitted(store: LogStore, request: SearchRequest, fine: timedelta) -> Bars:
    """Count in buckets of ``fine``, and join them to bars that fit from the first match to the last."""
    buckets = store.histogram(request, fine)
    if not buckets:
        return Bars()
    width = bar_width(buckets[0].start, buckets[-1].start + fine)
    if width < fine:
        close = replace(request, since=buckets[0].start, until=_sooner(request.until, buckets[-1].start + fine))
        return _fitted(store, close, width)
    if width % fine:
        return Bars(store.histogram(request, width), width)
    return Bars(joined(buckets, width), width)


def joined(buckets: Iterable[Bucket], width: timedelta) -> tuple[Bucket, ...]:
    """Add buckets up to wider ones; ``width`` is a multiple of theirs."""
    step = width // TICK
    counts: Counter[int] = Counter()
    for bucket in buckets:
        counts[bucket_of(micros(bucket.start), step)] += bucket.count
    return filled(counts, step)


def extent(store: LogStore, request: SearchRequest) -> tuple[datetime, datetime] | None:
    """Return the first and the last time of anything that the reader may see, whether it matches or not."""
    anything = SearchRequest(until=request.until, scope=request.scope)
    figures: Sequence[object] = list(store.aggregate(anything, (), (_FIRST, _LAST)).rows[0].figures.values())
    match figures:
        case [datetime() as first, datetime() as last]:
            return first, last
    return None


def _sooner(until: datetime | None, end: datetime) -> datetime:
    return end if until is None else min(until, end)
