"""What a log store offers; nothing above this port knows which store it is.

Both stores give the same answers; ``tests/contract/test_logstore.py`` proves it.
The dedupe rule: an event's ``metadata.uid`` comes from its batch and its position in it, so
a repeated uid is a repeated batch. ``append`` of a batch that is stored already stores
nothing, and a uid that comes twice within a batch is stored once (its first row).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeAlias

from soc.logstore.query import EVERYTHING, MatchAll, Query, Scope, Value

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

Batch: TypeAlias = "pa.Table | pl.DataFrame"
"""Events to store, with all columns of EVENT_SCHEMA; a frame is taken as it is, without a copy."""

Event = Mapping[str, object]
"""One event: every column of EVENT_SCHEMA but the words, None where it has no value; instants aware UTC."""

PAGE_LIMIT = 10_000
"""The most events of one page; use the cursor, or ``iter_events``, for more."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """Which events: those of ``scope`` that match ``query`` with since ≤ time < until."""

    query: Query = field(default_factory=MatchAll)
    since: datetime | None = None
    until: datetime | None = None
    scope: Scope = EVERYTHING
    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest events, as of a page, without a total.

    ``times`` are those of all that match, newest first, where they were few enough to be seen on the way; else None.
    """

    events: tuple[Event, ...]
    cursor: str | None
    times: tuple[datetime, ...] | None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Events newest first (time, then uid, both downwards).

    ``total`` counts all that match, not only the page's; ``cursor`` leads on, None at the end.
    """

    events: tuple[Event, ...]
    total: int
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a batch: durable when this is returned."""

    stored: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """A stretch of time and how many events fell in it."""

    start: datetime
    count: int


class MetricKind(StrEnum):
    """What to compute of a group."""

    COUNT = "count"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    CARDINALITY = "cardinality"  # distinct values, exact
    VALUES = "values"  # events that have a value


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure of each group; ``field`` is None for the count alone.

    SUM, MIN and MAX are of whole numbers and instants (no SUM of instants), None where no event
    of the group has a value; VALUES is of whole numbers; figures beyond ±2^53 are not exact in every store.
    """

    #: the name of the figure in a row: ``count``, ``sum(traffic.bytes_out)``; made once, for it is asked of every group
    name: str = field(init=False, compare=False)
    kind: MetricKind
    field: str | None = None

    def __post_init__(self) -> None:
        """Make the name."""
        name = self.kind.value if self.field is None else f"{self.kind.value}({self.field})"
        object.__setattr__(self, "name", name)


COUNT = Metric(MetricKind.COUNT)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group: its key, in the order of ``group_by``, and its figures by name.

    An event with several values in a list field counts in each value's group; one without a
    value counts in the group None.
    """

    key: tuple[Value | None, ...]
    figures: Mapping[str, int | datetime | None]


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows by the first metric downwards (None last), then by key upwards (None last).

    ``total`` is the number of groups there are; ``cut`` says that the rows are not all of them.
    """

    rows: tuple[GroupRow, ...]
    total: int

    @property
    def cut(self) -> bool:
        """Say whether the limit left groups out."""
        return len(self.rows) < self.total


@dataclass(frozen=True, slots=True)
class Top:
    """The values that a field has most often, by count downwards, then by value upwards.

    ``cut`` says that there are others. Where ``exact`` is False a count may be too low, and a value
    missing: a cluster whose indices have more values than it compares says so.
    """

    rows: tuple[tuple[Value, int], ...]
    cut: bool = False
    exact: bool = True


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """How the store is: ``events`` in it, ``newest`` by time, what it says of itself."""

    store: str
    version: str
    events: int
    newest: datetime | None
    details: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Maintained:
    """What one round of maintenance did."""

    merged: int
    removed: int
    checkpointed: bool


class LogStore(Protocol):
    """A store of events; safe to use from several threads and, each with its own, processes.

    Raises UnavailableError when the store is away (what to mend in its text), InputError on a
    query it cannot mean: the same on every store.
    """

    def append(self, table: Batch, *, batch: str) -> Appended:
        """Store a batch (EVENT_SCHEMA); durable and searchable by ``refresh`` when it returns."""
        ...

    def append_group(self, batches: Mapping[str, Batch]) -> Mapping[str, Appended]:
        """Store several batches in one commit (embedded) or request (cluster), each by its own id."""
        ...

    def refresh(self) -> None:
        """Make all that was appended before this call searchable at once (else within 5 s)."""
        ...

    def newest(self, request: SearchRequest) -> Newest:
        """Return the page that ``search`` returns, and count nothing.

        Raises:
            QueryError: the query asks for what no event has, the page is too large, or the cursor is foreign.
            StoreUnavailableError: the store does not answer.
        """

    def oldest(self, request: SearchRequest) -> tuple[Event, ...]:
        """Return the first ``request.limit`` events that match, oldest first; after the place of a cursor, if it has one."""
        ...

    def search(self, request: SearchRequest) -> SearchPage:
        """Return a page, newest first. ``request.limit`` is at most PAGE_LIMIT."""
        ...

    def count(self, request: SearchRequest) -> int:
        """Return how many events match; limit and cursor are not looked at."""
        ...

    def histogram(self, request: SearchRequest, interval: timedelta) -> tuple[Bucket, ...]:
        """Count by time; buckets of Asia/Shanghai's midnight, from first to last, empty ones in between.

        Raises:
            InputError: the interval is below a millisecond or would make over 10,000 buckets.
        """
        ...

    def aggregate(
        self,
        request: SearchRequest,
        group_by: Sequence[str],
        metrics: Sequence[Metric] = (COUNT,),
        limit: int = 100,
    ) -> Groups:
        """Group by 0 to 8 fields (not long text) and compute metrics, exactly."""
        ...

    def top(
        self, request: SearchRequest, fields: Sequence[str], *, limit: int = 10, prefix: str = ""
    ) -> Mapping[str, Top]:
        """Return the most frequent values of each field, from one reading; ``prefix`` is of fields of text.

        Raises:
            QueryError: a field has no few values (long text, instants), or the prefix cannot be one.
        """
        ...

    def get(self, uid: str, scope: Scope) -> Event | None:
        """Return one event, None where it is absent or outside ``scope``."""
        ...

    def iter_events(self, request: SearchRequest, *, page: int = 10_000) -> "Iterator[pa.Table]":
        """Stream all that matches, newest first, in tables of EVENT_SCHEMA without the words."""
        ...

    def frame(self, request: SearchRequest, columns: Sequence[str] | None = None) -> "pl.DataFrame":
        """Return all that matches as one frame, oldest first; ``columns`` keeps it small."""
        ...

    def delete_before(self, time: datetime, scope: Scope = EVERYTHING) -> int:
        """Retention: remove the events before ``time`` for good; return how many."""
        ...

    def maintain(self) -> Maintained:
        """Keep the store fast and small; safe beside readers and writers, a no-op while another does it."""
        ...

    def health(self) -> StoreHealth:
        """Say how the store is, or raise UnavailableError."""
        ...
