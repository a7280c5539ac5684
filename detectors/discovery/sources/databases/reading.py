"""Reading one table by its plan: piece by piece, over broken connections, with what could not be read named."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl

from detectors.discovery.sources.base import Reading, Sampling, SourceUnreachableError, column_names
from detectors.discovery.sources.coverage import Method, Stop
from detectors.discovery.sources.databases.family import Family
from detectors.discovery.sources.databases.found import Found, FoundColumn
from detectors.discovery.sources.databases.plan import Piece, Plan
from detectors.discovery.sources.databases.pool import Pool
from detectors.discovery.sources.databases.trouble import Trouble, TroubleError
from detectors.discovery.sources.databases.watch import bounded, bounded_each
from soc.text import t, told

_STOPS = {Trouble.LOST: Stop.LOST, Trouble.SLOW: Stop.TIME}


@dataclass(slots=True)
class TableReader:
    """Reads one found table; the values go into frames, everything else into the reading's coverage."""

    family: Family
    pool: Pool
    found: Found

    def read(self, sampling: Sampling) -> Reading:
        """Plan the reading; nothing is read before its batches are asked for.

        Raises:
            TroubleError: the account may not, or the table is locked or broken.
            SourceUnreachableError: the source does not answer.
        """
        columns = [one for one in self.found.columns if one.readable]
        if self.found.trouble is not None:
            raise TroubleError(self.found.trouble, self.found.shown)
        if not self.found.is_readable:
            raise TroubleError(Trouble.FORBIDDEN, self.found.shown)
        names = tuple(one.name for one in columns)
        if len(set(names)) < len(names):
            names = column_names(list(names))
        plan = self._planned(sampling)
        reading = Reading(columns=names, batches=iter(()), rows=plan.rows or 0, estimated=plan.estimated)
        reading.coverage.method = plan.method
        reading.coverage.unread.update(plan.unread)
        for one in self.found.columns:
            if not one.readable:
                reading.coverage.unread[one.name] = t("discovery.unread.column")
        if self.found.restricted:
            reading.coverage.unread[self.found.shown] = t("discovery.unread.row_security")
        reading.batches = (self._streamed if sampling.full else self._sampled)(reading, plan, columns)
        return reading

    def _planned(self, sampling: Sampling) -> Plan:
        def planned() -> Plan:
            with self.pool.session(self.found.shown) as session:
                abort = partial(self.family.abort, session)
                with bounded(self._patience, abort, self.found.shown):
                    return self.family.plan(session, self.found, sampling)

        try:
            return planned()
        except TroubleError as error:
            if error.trouble is not Trouble.LOST:
                raise
            if not self.pool.again(0):
                raise self.pool.lost() from error
            return planned()

    @property
    def _patience(self) -> int:
        return self.family.limits.statement + self.family.limits.grace

    def _sampled(self, reading: Reading, plan: Plan, columns: Sequence[FoundColumn]) -> Iterator[pl.DataFrame]:
        """Give each stage as one frame; a part that fails is named, a table of which nothing can be read raises."""
        total, shown = 0, dict(zip((one.name for one in columns), reading.columns, strict=True))
        for number, stage in enumerate(plan.stages):
            wanted = [one for one in columns if reading.wanted is None or shown[one.name] in reading.wanted]
            frames, failed = self._stage(reading, plan, stage, wanted)
            if failed is not None and not frames and number == 0:
                raise failed
            if number == 0 and plan.fallback and reading.rows and not any(frame.height for frame in frames):
                # the sample met no row of a table that has some: its statistics are old, or the engine reads it otherwise
                reading.coverage.method = Method.FIRST
                frames = self._whole(reading, plan.fallback, wanted)
            if frames:
                frame = pl.concat(frames) if len(frames) > 1 else frames[0]
                total += frame.height
                self._count(reading, plan, total)
                yield frame.rename({one.name: shown[one.name] for one in wanted})
            if reading.coverage.stop is not None:
                return

    def _stage(
        self, reading: Reading, plan: Plan, stage: Iterable[Piece], wanted: Sequence[FoundColumn]
    ) -> tuple[list[pl.DataFrame], TroubleError | None]:
        frames: list[pl.DataFrame] = []
        failed: TroubleError | None = None
        for piece in stage:
            try:
                frames += self._whole(reading, piece, wanted)
            except TroubleError as error:
                failed = error
                if piece.part:
                    reading.coverage.unread[piece.part] = told(error)
                elif error.trouble is Trouble.REFUSED and plan.fallback and reading.coverage.method is not Method.FIRST:
                    reading.coverage.method = Method.FIRST
                    frames += self._whole(reading, plan.fallback, wanted)
                    return frames, None
                else:
                    reading.coverage.stop = _STOPS.get(error.trouble, Stop.REFUSED)
                    break
        return frames, failed

    def _whole(self, reading: Reading, piece: Piece, wanted: Sequence[FoundColumn]) -> list[pl.DataFrame]:
        """Carry out a piece, again where the connection broke."""
        attempt = 0
        while True:
            try:
                return list(self._fetched(reading, piece, wanted))
            except TroubleError as error:
                if error.trouble is not Trouble.LOST or not self.pool.again(attempt):
                    raise
                attempt += 1
                reading.coverage.resumed += 1
            except SourceUnreachableError as error:
                raise TroubleError(Trouble.LOST, self.found.shown) from error

    def _fetched(self, reading: Reading, piece: Piece, wanted: Sequence[FoundColumn]) -> Iterator[pl.DataFrame]:
        with self.pool.session(self.found.shown) as session:
            abort = partial(self.family.abort, session)
            frames = self.family.fetch(session, self.found, wanted, piece, reading.coverage)
            yield from bounded_each(frames, self._patience, abort, self.found.shown)

    def _count(self, reading: Reading, plan: Plan, total: int) -> None:
        """Settle how many rows there are, where reading tells."""
        whole = reading.coverage.method is Method.WHOLE
        short = plan.limit is not None and reading.coverage.method is Method.FIRST and total < plan.limit
        if whole or short:
            reading.coverage.method, reading.rows, reading.estimated = Method.WHOLE, total, False
        elif total > reading.rows:
            reading.rows, reading.estimated = total, True

    def _streamed(self, reading: Reading, plan: Plan, columns: Sequence[FoundColumn]) -> Iterator[pl.DataFrame]:
        """Give every row as it comes; after a broken connection go on behind what was given."""
        reading.rows, reading.estimated = 0, False
        renamed = dict(zip((one.name for one in columns), reading.columns, strict=True))
        for piece in (piece for stage in plan.stages for piece in stage):
            given = 0
            while True:
                try:
                    for frame in _behind(self._fetched(reading, piece, columns), given):
                        given += frame.height
                        reading.rows += frame.height
                        yield frame.rename(renamed)
                    break
                except TroubleError as error:
                    if error.trouble is Trouble.LOST and self.pool.again(reading.coverage.resumed):
                        reading.coverage.resumed += 1
                        continue
                    if not self._goes_on(reading, piece, error):
                        return
                    break
        if plan.rows is not None:
            reading.rows = plan.rows

    def _goes_on(self, reading: Reading, piece: Piece, error: TroubleError) -> bool:
        """Whether the pieces behind a failed one are still to be read; raises where nothing was read at all."""
        if piece.part:
            reading.coverage.unread[piece.part] = told(error)
            return True
        if not reading.rows:
            raise error
        reading.coverage.stop = _STOPS.get(error.trouble, Stop.REFUSED)
        return False


def _behind(frames: Iterator[pl.DataFrame], given: int) -> Iterator[pl.DataFrame]:
    """Leave out the rows that were given before."""
    for frame in frames:
        if given >= frame.height:
            given -= frame.height
            continue
        yield frame.slice(given) if given else frame
        given = 0
