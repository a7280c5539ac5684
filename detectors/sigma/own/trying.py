"""What a rule that is being written would have hit on what is stored: counted at once, and nothing kept."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from sigma.rule import SigmaRule

from detectors.sigma.compile import fields_of
from detectors.sigma.fields import COMMAND_LINE, WHOLE_URI, place_of
from detectors.sigma.findings import groups_of
from detectors.sigma.logsource import classes_of
from detectors.sigma.models import DetectionRule
from detectors.sigma.own.book import row_of
from detectors.sigma.reading import SHOWN
from detectors.sigma.rules import read_document
from detectors.sigma.stage import match_frame, tags_of
from soc.logstore.port import LogStore, SearchRequest
from soc.logstore.query import MatchAll, Query, Scope, Term, any_of
from soc.yaml_text import read_mapping

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
    """``read`` events were matched, the newest first; where that was ``cut`` short, only those ``since`` then."""

    read: int
    hits: int
    alerts: int
    days: tuple[Day, ...]
    first: tuple[Seen, ...]
    since: datetime
    cut: bool

    def figures(self) -> dict[str, Any]:
        """The count without the events that it names: whoever writes rules need not be one who reads logs."""
        days = [asdict(one) | {"day": one.day.isoformat()} for one in self.days]
        told = {"read": self.read, "hits": self.hits, "alerts": self.alerts, "days": days}
        return told | {"since": self.since.isoformat(), "cut": self.cut}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which fields a rule asks for, and which of them are no column of ours."""

    fields: tuple[str, ...]
    unmapped: tuple[str, ...]


def asked_of(parsed: SigmaRule) -> Asked:
    """Return the fields that a rule asks for."""
    fields = sorted(fields_of(parsed))
    known = WHOLE_URI | COMMAND_LINE
    return Asked(tuple(fields), tuple(one for one in fields if place_of(one).inside is not None and one not in known))


def counted(
    store: LogStore, row: DetectionRule, parsed: SigmaRule, scope: Scope, until: datetime, days: int, zone: ZoneInfo
) -> Count:
    """Match a rule on the stored events of a scope, newest first, within bounds of time and rows."""
    since, read, oldest, cut = until - timedelta(days=days), 0, until, False
    found: list[pl.DataFrame] = []
    began = time.monotonic()
    for frame in _frames(store, SearchRequest(_query(parsed), since, until, scope)):
        if read >= MOST_READ or time.monotonic() - began > LONGEST.total_seconds():
            cut = True
            break
        found.append(_hit(row, frame))
        read, oldest = read + frame.height, frame["time"].min() or oldest  # type: ignore[assignment]
    hits = pl.concat(found) if found else pl.DataFrame()
    return _told(hits, read, zone, (since if not cut else oldest, until), cut=cut)


def count_of(
    store: LogStore, org: str, text: str, scope: Scope, until: datetime, days: int, zone: ZoneInfo
) -> tuple[Asked, Count]:
    """Count what the text of a rule, which passed its check, would have hit within a scope as ``org``'s own."""
    document = read_mapping(text).body
    parsed = read_document("", document).parsed
    assert parsed is not None  # the text passed its check
    return asked_of(parsed), counted(store, row_of(org, document), parsed, scope, until, days, zone)


def _frames(store: LogStore, request: SearchRequest) -> Iterator[pl.DataFrame]:
    for page in store.iter_events(request):
        frame = pl.from_arrow(page)
        assert isinstance(frame, pl.DataFrame)
        if frame.height:
            yield frame


def _query(parsed: SigmaRule) -> Query:
    """Only events of the classes that the rule speaks of can be hit."""
    classes = classes_of(parsed)
    return MatchAll() if classes is None else any_of(*(Term("class_uid", one) for one in sorted(classes)))


def _hit(row: DetectionRule, frame: pl.DataFrame) -> pl.DataFrame:
    tags = tags_of(match_frame([row], frame), frame.height)
    return frame.with_columns(tags).filter(pl.col("guanlan.rules").list.len() > 0).select(SHOWN)


def _told(hits: pl.DataFrame, read: int, zone: ZoneInfo, span: tuple[datetime, datetime], *, cut: bool) -> Count:
    if hits.is_empty():
        return Count(read, 0, 0, (), (), span[0], cut)
    by_day = Counter(at.astimezone(zone).date() for at in hits["time"])
    alerts = Counter(one["last"].astimezone(zone).date() for one in groups_of(hits))
    first, last = (one.astimezone(zone).date() for one in span)
    spanned = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    days = tuple(Day(day, by_day[day], alerts[day]) for day in spanned)
    return Count(read, hits.height, alerts.total(), days, tuple(_first(hits)), span[0], cut)


def _first(hits: pl.DataFrame) -> Iterator[Seen]:
    for one in hits.sort("time", descending=True).head(_FIRST).iter_rows(named=True):
        who = one["guanlan.person"] or one["actor.user.name"] or one["src_endpoint.ip"] or "–"
        yield Seen(one["metadata.uid"], one["time"], one["guanlan.org"], who)
