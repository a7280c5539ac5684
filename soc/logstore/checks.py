"""What both stores refuse in the same words, and the figures they share."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from soc.logstore.errors import CursorError, PageTooLargeError, QueryError, TooManyBucketsError
from soc.logstore.fields import Kind, field_named
from soc.logstore.port import PAGE_LIMIT, Bucket, Event, Metric, MetricKind, SearchRequest

MOST_BUCKETS = 10_000
MOST_GROUP_FIELDS = 8
LONGEST_PREFIX = 200
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
CHINA_OFFSET = timedelta(hours=8)
"""Buckets begin at midnight in Asia/Shanghai, which keeps one offset all year."""

_SHORTEST = timedelta(milliseconds=1)
_FIGURES = {
    MetricKind.SUM: frozenset({Kind.WHOLE}),
    MetricKind.MIN: frozenset({Kind.WHOLE, Kind.INSTANT}),
    MetricKind.MAX: frozenset({Kind.WHOLE, Kind.INSTANT}),
    MetricKind.VALUES: frozenset({Kind.WHOLE}),
    MetricKind.CARDINALITY: frozenset(Kind) - {Kind.TEXT},
}


def micros(at: datetime) -> int:
    """Return microseconds since 1970, UTC."""
    return (at - EPOCH) // TICK


def instant(value: int) -> datetime:
    """Return the instant that many microseconds after 1970."""
    return EPOCH + value * TICK


@dataclass(frozen=True, slots=True)
class Place:
    """A place between two events, newest first: after the one with this time and uid."""

    micros: int
    uid: str

    def written(self) -> str:
        """Return the cursor's text."""
        return base64.urlsafe_b64encode(json.dumps([self.micros, self.uid]).encode()).decode().rstrip("=")


def place(cursor: str | None) -> Place | None:
    """Read a cursor.

    Raises:
        CursorError: no search gave it out.
    """
    if cursor is None:
        return None
    try:
        value = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        time, uid = value
    except (binascii.Error, ValueError, TypeError, RecursionError) as problem:
        raise CursorError("errors.logstore.cursor") from problem
    if not (type(time) is int and type(uid) is str and abs(time) < 2**62):
        raise CursorError("errors.logstore.cursor")
    return Place(time, uid)


def place_of(event: Event) -> Place:
    """Return where an event stands."""
    at = event["time"]
    assert isinstance(at, datetime)
    return Place(micros(at), str(event["metadata.uid"]))


def check_page(request: SearchRequest) -> None:
    """Refuse a page that is too large.

    Raises:
        PageTooLargeError: over PAGE_LIMIT events.
    """
    if request.limit > PAGE_LIMIT:
        raise PageTooLargeError("errors.logstore.page", limit=PAGE_LIMIT)


def check_groups(group_by: Sequence[str], metrics: Sequence[Metric]) -> None:
    """Refuse what cannot be grouped or computed.

    Raises:
        UnknownFieldError: a field that no event has.
        QueryError: long text, a repeated field, or a figure that its field does not have.
    """
    if len(set(group_by)) != len(group_by) or len(group_by) > MOST_GROUP_FIELDS:
        raise QueryError("errors.logstore.groups", limit=MOST_GROUP_FIELDS)
    for name in group_by:
        if field_named(name).kind is Kind.TEXT:
            raise QueryError("errors.logstore.no_group", field=name)
    for metric in metrics:
        _check_metric(metric)


def check_top(fields: Sequence[str], prefix: str) -> None:
    """Refuse what has no most frequent values.

    Raises:
        UnknownFieldError: a field that no event has.
        QueryError: long text or instants, a prefix of what is no text, or one that is too long.
    """
    for name in fields:
        kind = field_named(name).kind
        if kind in (Kind.TEXT, Kind.INSTANT) or (prefix and kind is not Kind.KEYWORD):
            raise QueryError("errors.logstore.no_group", field=name)
    if len(prefix) > LONGEST_PREFIX:
        raise QueryError("errors.logstore.too_long", limit=LONGEST_PREFIX)


def _check_metric(metric: Metric) -> None:
    if metric.kind is MetricKind.COUNT and metric.field is None:
        return
    allowed = _FIGURES.get(metric.kind, frozenset())
    if metric.field is None or field_named(metric.field).kind not in allowed:
        raise QueryError("errors.logstore.no_figure", field=metric.field or "*", metric=metric.kind.value)


def check_interval(interval: timedelta) -> int:
    """Return the interval in microseconds.

    Raises:
        TooManyBucketsError: it is below a millisecond.
    """
    if interval < _SHORTEST:
        raise TooManyBucketsError("errors.logstore.interval", limit=MOST_BUCKETS)
    return interval // TICK


def times(events: Sequence[Event]) -> tuple[datetime, ...]:
    """Return when events were, in their order."""
    return tuple(at for event in events if isinstance(at := event["time"], datetime))


def bucket_of(time: int, step: int) -> int:
    """Return the start of the bucket that ``time`` (microseconds) falls in."""
    shift = CHINA_OFFSET // TICK
    return (time + shift) // step * step - shift


def filled(counts: dict[int, int], step: int) -> tuple[Bucket, ...]:
    """Return all buckets from the first to the last, empty ones included."""
    if not counts:
        return ()
    starts = range(min(counts), max(counts) + 1, step)
    return tuple(Bucket(instant(start), counts.get(start, 0)) for start in starts)


def check_span(first: int, last: int, step: int) -> None:
    """Refuse more buckets than a person or a cluster can take.

    Raises:
        TooManyBucketsError: over MOST_BUCKETS.
    """
    if (last - first) // step >= MOST_BUCKETS:
        raise TooManyBucketsError("errors.logstore.interval", limit=MOST_BUCKETS)
