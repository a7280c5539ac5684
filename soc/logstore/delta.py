"""The embedded log store: a Delta Lake table in the home, read with DuckDB.

One table of bounded files, each sorted by time; a search walks them from the newest and stops
as soon as it can. Any number of processes may append and read; one at a time maintains.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import deltalake
import polars as pl
import pyarrow as pa

from soc.logstore import checks, duck_sql, upkeep
from soc.logstore.blanks import Blanks
from soc.logstore.checks import Place
from soc.logstore.deltalog import Change, DeltaLog, Snapshot
from soc.logstore.duck import Duck
from soc.logstore.duck_groups import group_sql, read_groups
from soc.logstore.duck_sql import Condition
from soc.logstore.duck_top import read_top, top_sql
from soc.logstore.errors import StoreUnavailableError
from soc.logstore.fields import COLUMNS
from soc.logstore.parts import Window, newest, oldest, windows, write_parts
from soc.logstore.port import (
    COUNT,
    Appended,
    Batch,
    Bucket,
    Event,
    Groups,
    Maintained,
    Metric,
    Newest,
    SearchPage,
    SearchRequest,
    StoreHealth,
    Top,
)
from soc.logstore.prepare import OF, rows_of, together
from soc.logstore.query import EVERYTHING, Scope, Term

NEWEST_FIRST = 'ORDER BY time DESC, "metadata.uid" DESC'
OLDEST_FIRST = 'ORDER BY time, "metadata.uid"'
_NOTHING: dict[str, object] = dict.fromkeys(COLUMNS)
_FIRST_WINDOW = 65_536
_PROBED_ROWS = 65_536
_FEW = 2_000
"""Up to so many matches are fetched to be counted, rather than read twice."""


class DeltaLogStore:
    """The log store of an installation without a cluster; see ``port.LogStore``."""

    def __init__(self, home: Path) -> None:
        """Name the store of a home; it is made by the first append."""
        self.folder = home / "logs.delta"
        self._log = DeltaLog(self.folder)
        self._duck = Duck(self.folder, home / "work" / "duckdb")
        self._blanks = Blanks(self.folder, COLUMNS)

    def append(self, table: Batch, *, batch: str) -> Appended:
        """Store one batch in one commit."""
        return self.append_group({batch: table})[batch]

    def append_group(self, batches: Mapping[str, Batch]) -> Mapping[str, Appended]:
        """Store several batches in one commit; those that are stored already are left out."""
        names = list(batches)
        frame = together(list(batches.values())) if batches else pl.DataFrame()
        stored: dict[str, int] = {}
        changes: dict[tuple[int, ...], Change] = {}

        def judged(_: Snapshot) -> Change | None:
            fresh = tuple(place for place, name in enumerate(names) if not self._log.knows(name))
            chosen = frame if len(fresh) == len(names) else frame.filter(pl.col(OF).is_in(fresh))
            stored.clear()
            stored.update((names[place], count) for place, count in chosen.group_by(OF).len().iter_rows())
            # where another process was first, the files that were written for this commit do for the next
            if fresh and fresh not in changes:
                changes[fresh] = self._writing(chosen.drop(OF), tuple(names[place] for place in fresh))
            return changes.get(fresh)

        change = self._log.commit(judged) if names else None
        if change is not None:
            upkeep.when_due(self._log, self._duck)
        told = {name: stored.get(name, 0) for name in names}
        return {name: Appended(count, rows_of(batches[name]) - count) for name, count in told.items()}

    def _writing(self, frame: pl.DataFrame, batches: tuple[str, ...]) -> Change:
        try:
            parts = write_parts(self.folder, frame) if frame.height else ()
        except (OSError, pl.exceptions.ComputeError) as problem:
            raise StoreUnavailableError("errors.logstore.disk", reason=str(problem)[:200]) from problem
        return Change("WRITE", added=parts, batches=batches)

    def refresh(self) -> None:
        """Do nothing: every question reads the newest version."""

    def newest(self, request: SearchRequest) -> Newest:
        """Look among the newest files first; where matches are rare, read all and tell the times of all."""
        return self._newest(self._log.snapshot(), request)

    def search(self, request: SearchRequest) -> SearchPage:
        """Return the newest, and how many match."""
        snapshot = self._log.snapshot()
        found = self._newest(snapshot, request)
        total = self._count(snapshot, request) if found.times is None else len(found.times)
        return SearchPage(found.events, total, found.cursor)

    def _newest(self, snapshot: Snapshot, request: SearchRequest) -> Newest:
        checks.check_page(request)
        before = checks.place(request.cursor)
        rows, every = self._rows(snapshot, request, before)
        page = tuple(rows[: max(request.limit, 0)])
        cursor = checks.place_of(page[-1]).written() if len(rows) > len(page) > 0 else None
        return Newest(page, cursor, checks.times(rows) if every and before is None else None)

    def _rows(
        self, snapshot: Snapshot, request: SearchRequest, before: Place | None
    ) -> tuple[list[dict[str, object]], bool]:
        """Return the page and what was seen behind it, one row at least; and whether that is all that matches."""
        asked, since = duck_sql.both(_asked(request), _before(before)), _micros(request.since)
        until = _earlier(_micros(request.until), before)
        probe = newest(snapshot.parts, since, until, _PROBED_ROWS)
        if probe is None or request.limit <= 0:
            return [], probe is None
        rows = self._read(probe, asked, f"{NEWEST_FIRST} LIMIT {request.limit + 1}")
        if len(rows) > request.limit or probe.since == since:
            return rows, len(rows) <= request.limit
        many, rest = max(_FEW, request.limit + 1), _whole(snapshot, since, probe.since)
        if rest.parts:
            order = f"{NEWEST_FIRST} LIMIT {many - len(rows)}"
            rows += self._read(rest, asked, order)
        return rows, len(rows) < many

    def _read(self, window: Window, asked: Condition, order: str) -> list[dict[str, object]]:
        """Return events; of columns in which nothing stands nothing is asked."""
        blank = self._blanks.among(window.parts)
        columns = [name for name in COLUMNS if name not in blank]
        rows = self._duck.rows(_selected(window, asked, order, columns), window.parts)
        return [_NOTHING | row for row in rows] if blank else rows

    def oldest(self, request: SearchRequest) -> tuple[Event, ...]:
        """Look among the oldest files first."""
        checks.check_page(request)
        after, snapshot = checks.place(request.cursor), self._log.snapshot()
        since, until = _later(_micros(request.since), after), _micros(request.until)
        probe = oldest(snapshot.parts, since, until, _PROBED_ROWS)
        if probe is None or request.limit <= 0:
            return ()
        asked, order = duck_sql.both(_asked(request), _after(after)), f"{OLDEST_FIRST} LIMIT {request.limit}"
        rows = self._read(probe, asked, order)
        if len(rows) < request.limit and probe != (whole := _whole(snapshot, since, until)):
            rows = self._read(whole, asked, order)
        return tuple(rows)

    def count(self, request: SearchRequest) -> int:
        """Count what matches."""
        return self._count(self._log.snapshot(), request)

    def _count(self, snapshot: Snapshot, request: SearchRequest) -> int:
        rows = self._asked_all(snapshot, request, "count(*)", "")
        return int(rows[0][0]) if rows else 0

    def _asked_all(self, snapshot: Snapshot, request: SearchRequest, what: str, tail: str) -> list[tuple[int, ...]]:
        """Return ``what`` over all that matches; nothing where no file can match."""
        since, until = _micros(request.since), _micros(request.until)
        parts = tuple(part for part in snapshot.parts if part.overlaps(since, until))
        asked = duck_sql.both(_asked(request), duck_sql.between(since, until))
        text = f"SELECT {what} FROM {{events}} WHERE {asked.text} {tail}"  # noqa: S608 - made from typed values; what people wrote fills placeholders
        return self._duck.tuples(Condition(text, asked.values), parts) if parts else []

    def histogram(self, request: SearchRequest, interval: timedelta) -> tuple[Bucket, ...]:
        """Count by time."""
        step = checks.check_interval(interval)
        shifted = f"(epoch_us(time) + {checks.CHINA_OFFSET // checks.TICK})"
        start = f"epoch_us(time) - (({shifted} % {step}) + {step}) % {step}"
        tail = f"GROUP BY bucket LIMIT {checks.MOST_BUCKETS + 1}"
        rows = self._asked_all(self._log.snapshot(), request, f"{start} AS bucket, count(*)", tail)
        counts = {row[0]: row[1] for row in rows}
        if counts:
            checks.check_span(min(counts), max(counts), step)
        return checks.filled(counts, step)

    def aggregate(
        self, request: SearchRequest, group_by: Sequence[str], metrics: Sequence[Metric] = (COUNT,), limit: int = 100
    ) -> Groups:
        """Group and compute."""
        checks.check_groups(group_by, metrics)
        since, until = _micros(request.since), _micros(request.until)
        asked = duck_sql.both(_asked(request), duck_sql.between(since, until))
        parts = tuple(part for part in self._log.snapshot().parts if part.overlaps(since, until))
        rows = self._duck.tuples(group_sql(asked, group_by, metrics, limit), parts)
        return read_groups(rows, group_by, metrics)

    def top(
        self, request: SearchRequest, fields: Sequence[str], *, limit: int = 10, prefix: str = ""
    ) -> Mapping[str, Top]:
        """Count the values of all fields in one reading."""
        checks.check_top(fields, prefix)
        since, until = _micros(request.since), _micros(request.until)
        parts = tuple(part for part in self._log.snapshot().parts if part.overlaps(since, until))
        if not parts or not fields:
            return {name: Top(()) for name in fields}
        asked = duck_sql.both(_asked(request), duck_sql.between(since, until))
        return read_top(self._duck.tuples(top_sql(asked, fields, limit, prefix), parts), fields, limit)

    def get(self, uid: str, scope: Scope) -> Event | None:
        """Return one event, if the scope has it."""
        asked = duck_sql.both(duck_sql.condition(Term("metadata.uid", uid)), duck_sql.scoped(scope))
        everywhere = _whole(self._log.snapshot(), None, None)
        found = self._read(everywhere, asked, "LIMIT 1")
        return found[0] if found else None

    def iter_events(self, request: SearchRequest, *, page: int = 10_000) -> Iterator[pa.Table]:
        """Stream one version, window by window, newest first."""
        asked, snapshot = _asked(request), self._log.snapshot()
        for window in windows(snapshot.parts, _micros(request.since), _micros(request.until), _FIRST_WINDOW):
            yield from self._duck.tables(_selected(window, asked, NEWEST_FIRST, COLUMNS), window.parts, page)

    def frame(self, request: SearchRequest, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Return all that matches, oldest first."""
        since, until = _micros(request.since), _micros(request.until)
        parts = tuple(part for part in self._log.snapshot().parts if part.overlaps(since, until))
        asked = duck_sql.both(_asked(request), duck_sql.between(since, until))
        selected = ", ".join(duck_sql.quoted(name) for name in columns or COLUMNS)
        text = f"SELECT {selected} FROM {{events}} WHERE {asked.text} {OLDEST_FIRST}"  # noqa: S608 - made from typed values; what people wrote fills placeholders
        return self._duck.frame(Condition(text, asked.values), parts)

    def delete_before(self, time: datetime, scope: Scope = EVERYTHING) -> int:
        """Drop or rewrite the files that have events before ``time``."""
        return upkeep.delete_before(self._log, self._duck, checks.micros(time), scope)

    def maintain(self) -> Maintained:
        """Merge small files, write a checkpoint, remove what no reader needs."""
        return upkeep.maintain(self._log, self._duck)

    def health(self) -> StoreHealth:
        """Say what the table has."""
        snapshot = self._log.snapshot()
        newest = max((part.last for part in snapshot.parts), default=None)
        details = {"files": len(snapshot.parts), "bytes": sum(part.size for part in snapshot.parts)}
        return StoreHealth(
            store="delta",
            version=deltalake.__version__,
            events=sum(part.rows for part in snapshot.parts),
            newest=None if newest is None else checks.instant(newest),
            details=details | {"version": snapshot.version},
        )


def _micros(at: datetime | None) -> int | None:
    return None if at is None else checks.micros(at)


def _asked(request: SearchRequest) -> Condition:
    return duck_sql.both(duck_sql.condition(request.query), duck_sql.scoped(request.scope))


def _whole(snapshot: Snapshot, since: int | None, until: int | None) -> Window:
    return Window(since, until, tuple(part for part in snapshot.parts if part.overlaps(since, until)))


def _earlier(until: int | None, before: Place | None) -> int | None:
    """Nothing after a cursor's place can be on its page."""
    if before is None:
        return until
    return before.micros + 1 if until is None else min(until, before.micros + 1)


def _later(since: int | None, after: Place | None) -> int | None:
    """Nothing before a cursor's place comes after it."""
    if after is None:
        return since
    return after.micros if since is None else max(since, after.micros)


def _after(place: Place | None) -> Condition:
    if place is None:
        return duck_sql.TRUE
    at = duck_sql.instant_sql(place.micros)
    return Condition(f'(time > {at} OR (time = {at} AND "metadata.uid" > ?))', (place.uid,))


def _before(place: Place | None) -> Condition:
    if place is None:
        return duck_sql.TRUE
    at = duck_sql.instant_sql(place.micros)
    return Condition(f'(time < {at} OR (time = {at} AND "metadata.uid" < ?))', (place.uid,))


def _selected(window: Window, asked: Condition, order: str, columns: Iterable[str]) -> Condition:
    where = duck_sql.both(asked, duck_sql.between(window.since, window.until))
    selected = ", ".join(duck_sql.quoted(name) for name in columns)
    return Condition(f"SELECT {selected} FROM {{events}} WHERE {where.text} {order}", where.values)  # noqa: S608 - made from typed values; what people wrote fills placeholders
