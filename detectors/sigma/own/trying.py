"""What a rule that is being written would have hit on what is stored: counted at once, and nothing kept."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from detectors.sigma.binding import Active
from detectors.sigma.findings import groups_of
from detectors.sigma.looking import Looked, bursts_in, seconds
from detectors.sigma.own.trial import Trial
from detectors.sigma.reading import SHOWN, columns_of
from detectors.sigma.stage import Matcher
from soc.clock import now
from soc.logstore.port import LogStore, SearchRequest
from soc.logstore.query import Scope

#: events that are read, and seconds that reading may take: a person waits
MOST_READ, LONGEST = 200_000, timedelta(seconds=5)
#: days that may be looked back on
DAYS = (7, 30)
_FIRST = 10


@dataclass(frozen=True, slots=True)
class Seen:
    """One event that was hit."""

    uid: str
    at: datetime
    org: str
    who: str


@dataclass(frozen=True, slots=True)
class Day:
    """What a rule hit on one day of those looked at, in local time, and the alerts that it would have raised."""

    day: date
    hits: int
    alerts: int


@dataclass(frozen=True, slots=True)
class Count:
    """``read`` events were matched, the newest first; where that was ``cut`` short, only those ``since`` then.

    Of a correlation ``hits`` are the events that fulfil it together, ``below`` those that the rules it stands on hit.
    """

    read: int
    hits: int
    alerts: int
    days: tuple[Day, ...]
    first: tuple[Seen, ...]
    since: datetime
    cut: bool
    below: int | None = None

    def figures(self) -> dict[str, Any]:
        """The count without the events that it names: whoever writes rules need not be one who reads logs."""
        days = [asdict(one) | {"day": one.day.isoformat()} for one in self.days]
        told = {"read": self.read, "hits": self.hits, "alerts": self.alerts, "days": days}
        return told | {"since": self.since.isoformat(), "cut": self.cut, "below": self.below}


def counted(store: LogStore, trial: Trial, scope: Scope, until: datetime, days: int, zone: ZoneInfo) -> Count:
    """Match a rule on the stored events of a scope, newest first, within bounds of time and rows."""
    since, read, oldest, cut = until - timedelta(days=days), 0, until, False
    matcher = Matcher(trial.rows, trial.filters)
    columns = list(SHOWN) if trial.active is None else columns_of(trial.active)
    found: list[pl.DataFrame] = []
    began = time.monotonic()
    for frame in _frames(store, SearchRequest(trial.query, since, until, scope)):
        if read >= MOST_READ or time.monotonic() - began > LONGEST.total_seconds():
            cut = True
            break
        found.append(matcher.tagged(frame).select(columns))
        read, oldest = read + frame.height, frame["time"].min() or oldest  # type: ignore[assignment]
    tagged = pl.concat(found) if found else pl.DataFrame(schema={"time": pl.Datetime("us", "UTC")})
    return _told(_raised(tagged, trial.active), read, zone, (since if not cut else oldest, until), cut=cut)


@dataclass(frozen=True, slots=True)
class _Raised:
    """Events that would have raised something, when each alert of them would have ended, how many events stand below."""

    events: pl.DataFrame
    ended: tuple[datetime, ...]
    below: int | None = None


def _raised(tagged: pl.DataFrame, active: Active | None) -> _Raised:
    if active is None:
        return _Raised(tagged, tuple(one["last"] for one in groups_of(tagged)) if tagged.height else ())
    parts = tagged.partition_by("guanlan.org") if tagged.height else []  # a window is of one organisation's events
    found = [_fulfilled(part.sort("time", "metadata.uid"), active) for part in parts]
    events = pl.concat([one.events for one in found]) if found else tagged
    return _Raised(events, tuple(end for one in found for end in one.ended), tagged.height)


def _fulfilled(tagged: pl.DataFrame, active: Active) -> _Raised:
    """Of one organisation's events, by time, those that fulfil a correlation together."""
    looked = Looked(seconds(tagged["time"][0]), seconds(tagged["time"][-1]), seconds(now()))
    bursts = bursts_in(active, tagged, looked, None, {})
    numbers = sorted({hit.number for one in bursts for hit in one.hits})
    return _Raised(tagged[numbers], tuple(one.stretch.ends for one in bursts))


def _frames(store: LogStore, request: SearchRequest) -> Iterator[pl.DataFrame]:
    for page in store.iter_events(request):
        frame = pl.from_arrow(page)
        assert isinstance(frame, pl.DataFrame)
        if frame.height:
            yield frame


def _told(raised: _Raised, read: int, zone: ZoneInfo, span: tuple[datetime, datetime], *, cut: bool) -> Count:
    hits = raised.events
    if hits.is_empty():
        return Count(read, 0, 0, (), (), span[0], cut, raised.below)
    by_day = Counter(at.astimezone(zone).date() for at in hits["time"])
    alerts = Counter(at.astimezone(zone).date() for at in raised.ended)
    first, last = (one.astimezone(zone).date() for one in span)
    spanned = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    days = tuple(Day(day, by_day[day], alerts[day]) for day in spanned)
    return Count(read, hits.height, alerts.total(), days, tuple(_first(hits)), span[0], cut, raised.below)


def _first(hits: pl.DataFrame) -> Iterator[Seen]:
    for one in hits.sort("time", descending=True).head(_FIRST).iter_rows(named=True):
        who = one["guanlan.person"] or one["actor.user.name"] or one["src_endpoint.ip"] or "–"
        yield Seen(one["metadata.uid"], one["time"], one["guanlan.org"], who)
