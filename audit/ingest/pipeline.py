"""From the spool to the log store, and on to rules and features.

Any number of processes work, each on the segments that it has claimed (:mod:`audit.ingest.lanes`);
what is stored is analysed by one of them at a time. A batch goes received → stored → analysed; each
step may be repeated after a crash: the store drops a batch it has, findings have keys of their own.
Nothing leaves the spool before its batch is analysed.
"""

import logging
import os
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from uuid import UUID

import polars as pl
from sqlalchemy import ColumnElement, func, select, update

from audit.ingest.events import batch_uid, to_events
from audit.ingest.lanes import Lanes, alone
from audit.ingest.models import BatchState, IngestBatch
from audit.ingest.own_formats import formats_of
from audit.ingest.recent import Recent
from audit.ingest.register import pieces_of_batch
from audit.ingest.runs import in_runs
from audit.ingest.spool import DamagedRecordError, Place, Spool
from config.settings import Settings
from soc.acting import SystemPath
from soc.clock import now
from soc.db import Database
from soc.errors import UnavailableError
from soc.jobs import JobContext
from soc.logstore.port import LogStore
from soc.registry import batch_stages
from soc.room import BatchContext, resolve
from soc.stopwatch import timed

_log = logging.getLogger(__name__)
#: what is worked on together, by size of the bodies: memory stays flat
GROUP_BYTES = 16 << 20
GROUP_BATCHES = 256
#: small batches are enriched together, up to so many rows
RUN_ROWS = 16_384
_LAST_BEFORE_APPEND = 199
#: how long a command waits for another process that is at it
_PATIENCE = timedelta(minutes=10)
Framed = tuple[IngestBatch, list[pl.DataFrame]]
"""A batch and its events, piece by piece."""


@dataclass(slots=True)
class Pipeline:
    """Works off what was accepted; cheap to make."""

    database: Database
    settings: Settings
    spool: Spool
    store: LogStore
    recent: Recent = field(default_factory=Recent)
    moments: dict[str, float] = field(default_factory=dict)
    #: batches that broke in this run; the next run tries them again
    _aside: set[UUID] = field(default_factory=set)

    def prepare(self) -> None:
        """Make events of the batches that were just taken in, in the thread that took them in.

        Taking in is a quarter of the way: with this the two threads share it evenly. What fails here is left to
        :meth:`drain`, which knows what to do.
        """
        for place in self.recent.places():
            batch = self._received_at(place)
            parsed = None if batch is None else self.recent.begin(place)
            if batch is None or parsed is None:
                continue
            events = None
            try:
                events = self._enriched(batch.org, batch.format, [to_events(one, batch) for one in parsed])
            except Exception:
                _log.info("ingest batch not prepared", extra={"batch": str(batch.id)}, exc_info=True)
            finally:
                self.recent.end(place, events)

    def _received_at(self, place: Place) -> IngestBatch | None:
        here = IngestBatch.segment == place.segment, IngestBatch.position == place.position
        with self.database.read() as session:
            return session.scalar(select(IngestBatch).where(*here, IngestBatch.state == BatchState.RECEIVED))

    def drain(self) -> int:
        """Store and analyse everything that waits and that nobody else is at; returns how many batches it stored."""
        with closing(self._claimed_groups(BatchState.STORED)) as left_by_a_crash:
            for batches in left_by_a_crash:
                self._analyse(self._framed(batches))
        with closing(self._claimed_groups(BatchState.RECEIVED)) as waiting:
            return sum(self._work_apart(batches) for batches in waiting)

    def newest(self) -> UUID | None:
        """Return the batch that was accepted last."""
        with self.database.read() as session:
            return session.scalar(select(IngestBatch.id).order_by(IngestBatch.id.desc()).limit(1))

    def waits(self, until: UUID) -> bool:
        """Say whether a batch up to ``until`` is not stored yet; those that this run put aside are not counted."""
        open_ones = self._in(BatchState.RECEIVED) & (IngestBatch.id <= until)
        with self.database.read() as session:
            return session.scalar(select(IngestBatch.id).where(open_ones).limit(1)) is not None

    def _work_apart(self, batches: list[IngestBatch]) -> int:
        """Work on a group; where one batch breaks it, on each alone, so that the others go on."""
        try:
            return self._work(batches)
        except UnavailableError:
            raise
        except Exception:
            if len(batches) > 1:
                return sum(self._work_apart([batch]) for batch in batches)
            _log.exception("ingest batch put aside", extra={"batch": str(batches[0].id)})
            self._aside.add(batches[0].id)
            return 0

    def _work(self, batches: list[IngestBatch]) -> int:
        whole = self._framed(batches)
        events = {f"{batch_uid(batch)}/{number}": one for batch, held in whole for number, one in enumerate(held)}
        if events:
            with timed(self.moments, "append"):
                self.store.append_group(events)
        self._mark([batch.id for batch, _ in whole], BatchState.STORED)
        self._analyse(whole)
        return len(batches)

    def _claimed_groups(self, state: BatchState) -> Generator[list[IngestBatch]]:
        """Yield batches in ``state``, the oldest first, as many as are worked on together; theirs until the next."""
        while True:
            with Lanes(self.settings) as lanes:
                batches = self._claimed(state, lanes)
                if not batches:
                    return
                yield batches

    def _claimed(self, state: BatchState, lanes: Lanes) -> list[IngestBatch]:
        busy: set[str] = set()
        while group := self._group(state, IngestBatch.segment.not_in(sorted(busy))):
            refused = {segment for segment in {batch.segment for batch in group} if not lanes.claim(segment)}
            if not refused:
                break
            busy |= refused
        # asked again: whoever had a lane until a moment ago has gone on with it
        return self._group(state, IngestBatch.segment.in_(sorted(lanes.held))) if lanes.held else []

    def _group(self, state: BatchState, of: ColumnElement[bool]) -> list[IngestBatch]:
        """Return the oldest batches in ``state``, as many as are worked on together."""
        query = select(IngestBatch).where(self._in(state), of).order_by(IngestBatch.id).limit(GROUP_BATCHES)
        with self.database.read() as session:
            found = list(session.scalars(query))
        size = 0
        group: list[IngestBatch] = []
        for batch in found:
            size += batch.size
            if (group and size > GROUP_BYTES) or self.recent.being_made(_place_of(batch)):
                break
            group.append(batch)
        return group

    def _in(self, state: BatchState) -> ColumnElement[bool]:
        return (IngestBatch.state == state) & IngestBatch.id.not_in(self._aside)

    def _framed(self, batches: Iterable[IngestBatch]) -> list[Framed]:
        """Parse and enrich batches anew from their originals; those whose original is gone are left out."""
        framed: list[Framed] = []
        kinds: dict[tuple[str, str], list[list[pl.DataFrame]]] = {}
        for batch in batches:
            ready = self.recent.ready(_place_of(batch))
            frames = self._read(batch) if ready is None else ready
            if frames is None:
                continue
            framed.append((batch, frames))
            if ready is None:
                kinds.setdefault((batch.org, batch.format), []).append(frames)
        # what has no statements first: a web log says whose the traces are that statements carry
        for (org, log_name), held in sorted(kinds.items(), key=lambda kind: _has_statements(kind[1])):
            done = iter(self._enriched(org, log_name, [frame for frames in held for frame in frames]))
            for frames in held:
                frames[:] = [next(done) for _ in frames]
        return framed

    def _read(self, batch: IngestBatch) -> list[pl.DataFrame] | None:
        place = _place_of(batch)
        parsed: Iterable[pl.DataFrame] | None = self.recent.take(place)
        if parsed is None:
            try:
                body = self.spool.read(place)
            except DamagedRecordError:
                _log.exception("ingest batch lost", extra={"batch": str(batch.id)})
                self._mark([batch.id], BatchState.LOST)
                return None
            parsed = pieces_of_batch(batch, body)
        with formats_of(self.database, batch.org):
            return [to_events(one, batch) for one in parsed]

    def _enriched(self, org: str, log_name: str, frames: list[pl.DataFrame]) -> list[pl.DataFrame]:
        from audit.ingest.enrich import enrich

        with timed(self.moments, "enrich"):
            frames = in_runs(frames, lambda frame: enrich(self.database, self.settings, frame, org), RUN_ROWS)
        context = self._context(org, log_name)
        for stage in batch_stages():
            if stage.order <= _LAST_BEFORE_APPEND:
                with timed(self.moments, stage.name):
                    frames = in_runs(frames, partial(resolve(stage.run), context))
        return frames

    def _analyse(self, framed: Sequence[Framed]) -> None:
        with alone(self.settings, wait=True):
            self._analyse_alone(framed)

    def _analyse_alone(self, framed: Sequence[Framed]) -> None:
        groups: dict[tuple[str, str], list[pl.DataFrame]] = {}
        for batch, frames in framed:
            groups.setdefault((batch.org, batch.format), []).extend(frames)
        for (org, log_name), frames in groups.items():
            filled = [frame for frame in frames if frame.height]
            if filled:
                self._later_stages(self._context(org, log_name), pl.concat(filled))
        self._mark([batch.id for batch, _ in framed], BatchState.ANALYSED)

    def _later_stages(self, context: BatchContext, frame: pl.DataFrame) -> None:
        for stage in batch_stages():
            if stage.order <= _LAST_BEFORE_APPEND:
                continue
            try:
                with timed(self.moments, stage.name):
                    frame = resolve(stage.run)(context, frame)
            except UnavailableError:
                raise
            except Exception:
                # a stage that breaks on a batch must not keep the logs of everybody waiting
                _log.exception("ingest stage failed", extra={"stage": stage.name})

    def _context(self, org: str, log_name: str) -> BatchContext:
        return BatchContext(
            database=self.database, settings=self.settings, store=self.store, org=org, log_name=log_name
        )

    def _mark(self, batches: list[UUID], state: BatchState) -> None:
        if not batches:
            return
        moment = {BatchState.STORED: {"stored_at": now()}, BatchState.ANALYSED: {"analysed_at": now()}}.get(state, {})
        with self.database.write() as session:
            session.execute(update(IngestBatch).where(IngestBatch.id.in_(batches)).values(state=state, **moment))

    def trim(self) -> None:
        """Archive the segments whose batches are all done; drop those that nobody registered.

        Where no originals are kept the archive stays empty.
        """
        self.spool.retire_old()
        for segment in self.spool.free_segments():
            with self.database.read() as session:
                mine = IngestBatch.segment == segment.name
                total = session.scalar(select(func.count()).select_from(IngestBatch).where(mine)) or 0
                open_ones = mine & IngestBatch.state.in_([BatchState.RECEIVED, BatchState.STORED])
                left = session.scalar(select(func.count()).select_from(IngestBatch).where(open_ones)) or 0
            if left == 0:
                (self.spool.keep if total and self.settings.originals else self.spool.drop)(segment)


def _has_statements(held: list[list[pl.DataFrame]]) -> bool:
    return any(one["query_info.query_string"].null_count() < one.height for frames in held for one in frames)


def _place_of(batch: IngestBatch) -> Place:
    return Place(batch.segment, batch.position)


def drain_job(context: JobContext) -> None:
    """Work off the spool; every worker calls it every second."""
    work_off(context.database, context.settings, context.store())


def work_off(database: Database, settings: Settings, store: LogStore, recent: Recent | None = None) -> int:
    """Store and analyse what waits, whosever it is, then trim; what another process is at is left to it.

    Returns:
        How many batches were stored.
    """
    pipeline = _pipeline(database, settings, store, recent or Recent())
    return _drained(pipeline)


def _drained(pipeline: Pipeline) -> int:
    done = pipeline.drain()
    with alone(pipeline.settings, wait=False) as mine:
        if mine:
            pipeline.trim()
    return done


def prepare(database: Database, settings: Settings, store: LogStore, recent: Recent) -> None:
    """Make events of what this thread took in last, before the thread that works off comes to it."""
    _pipeline(database, settings, store, recent).prepare()


def _pipeline(database: Database, settings: Settings, store: LogStore, recent: Recent) -> Pipeline:
    return Pipeline(database.acting_for(SystemPath.INGEST), settings, spool_of(settings), store, recent)


_spools: dict[tuple[int, str], Spool] = {}


def spool_of(settings: Settings) -> Spool:
    """Return this process's spool of a home; a child of a fork gets its own."""
    place = (os.getpid(), str(settings.home))
    if place not in _spools:
        _spools[place] = Spool(settings)
    return _spools[place]


def make_searchable(database: Database, settings: Settings, store: LogStore) -> None:
    """Make everything accepted so far searchable, here or by the processes that are at it already.

    Raises:
        UnavailableError: it is safe on disk, but another process did not make it searchable in time.
    """
    pipeline = _pipeline(database, settings, store, Recent())
    newest, until = pipeline.newest(), time.monotonic() + _PATIENCE.total_seconds()
    _drained(pipeline)
    while newest is not None and pipeline.waits(newest):
        if time.monotonic() > until:
            raise UnavailableError("ingest.error.waiting", seconds=int(_PATIENCE.total_seconds()))
        time.sleep(0.05)
        _drained(pipeline)
    store.refresh()
