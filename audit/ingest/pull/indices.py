"""Reading an index on from its mark: page by page, each document once, late ones by a second look.

What was registered is known by its id, kept in the transaction that registers it, for as long as it may be asked
for again. The place in the snapshot moves in that transaction too, so a process that is killed between any two
steps leaves nothing out and nothing twice.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.ingest.own_formats import formats_of
from audit.ingest.pull.calling import AnswerTooLargeError, Caller, CallError
from audit.ingest.pull.cluster import (
    Cluster,
    Flavour,
    Hit,
    Page,
    Query,
    Secret,
    Snapshot,
    SnapshotLostError,
    read_filter,
)
from audit.ingest.pull.marking import Mark
from audit.ingest.pull.models import PulledDocument, PullProgress
from audit.ingest.pull.receiving import Receiving, Turned
from audit.ingest.pull.sealing import secret_of, trust_of
from audit.ingest.pull.shaping import by_shape

#: looked up with one question: an engine takes only so many values
_AT_ONCE = 500
_TRIES = 3
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: by what documents of one millisecond are put in order: the first costs nothing, an older cluster knows the second
_TIES = ("_shard_doc", "_id")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of an index is wanted."""

    time_field: str = "@timestamp"
    filter: str = ""
    #: seconds within which a document may come late
    overlap: int = 600
    #: ISO 8601, where the first pass begins; empty: with the oldest
    since: str = ""

    @property
    def first(self) -> int | None:
        """Where the first pass begins, in milliseconds."""
        return millis(datetime.fromisoformat(self.since)) if self.since else None

    def query(self, since: int | None) -> Query:
        """Return the query of a pass."""
        return Query(self.time_field, read_filter(self.filter), since)


def millis(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def read_on(receiving: Receiving) -> Turned:
    """Read an index on, until it ends or the turn's time does.

    Raises:
        CallError: the cluster does not answer as it should.
        StoppedError: the pull is not this turn's any more.
    """
    pull = receiving.pull
    secret = Secret(**secret_of(receiving.settings, pull))
    with Caller(*trust_of(receiving.settings, pull)) as caller:
        reading = _Reading(
            receiving, Cluster(caller, secret), Wanted(**pull.options), Mark.read(receiving.progress.mark)
        )
        reading.run()
    return receiving.turned


@dataclass(slots=True)
class _Reading:
    """A turn at one index."""

    receiving: Receiving
    cluster: Cluster
    wanted: Wanted
    mark: Mark
    #: documents that the latest page was asked for
    _asked: int = 0

    @property
    def _overlap(self) -> int:
        return self.wanted.overlap * 1000

    def run(self) -> None:
        """Go from page to page."""
        while True:
            if not self.mark.snapshot:
                self._begin()
            try:
                page = self._page()
            except SnapshotLostError:
                page, self.mark = None, self.mark.lost(self._overlap)
            if page is not None:
                self._take(page)
                if len(page.hits) < self._asked:
                    self._end()
                    return
            if self.receiving.is_over:
                return

    def _begin(self) -> None:
        snapshot = self.cluster.open(self.receiving.pull.target)
        if snapshot is None:
            raise CallError("pulls.trouble.no_index", index=self.receiving.pull.target[:80])
        at = millis(self.receiving.grip.clock())
        self.mark = self.mark.begun(snapshot.id, snapshot.flavour, self.wanted.first, self._overlap, at)
        self.receiving.move(self._keep)

    def _end(self) -> None:
        snapshot, self.mark = self._snapshot, self.mark.ended()
        self.receiving.move(self._keep)
        self.receiving.turned.whole = True
        with suppress(CallError):  # it goes by itself in some minutes
            self.cluster.close(snapshot)

    @property
    def _snapshot(self) -> Snapshot:
        return Snapshot(self.mark.snapshot, Flavour(self.mark.flavour))

    def _keep(self, _session: Session, row: PullProgress) -> None:
        row.mark = self.mark.stored()

    def _page(self) -> Page | None:
        """Return the next page; None where what was asked for has to be asked for otherwise."""
        mark, self._asked = self.mark, self.mark.rows
        query = self.wanted.query(mark.since)
        try:
            return self.cluster.page(self._snapshot, query, mark.tie, mark.after, mark.rows)
        except AnswerTooLargeError:
            if mark.rows == 1:
                self._pass_over(query)
            else:
                self.mark = mark.smaller()
        except CallError as error:
            if error.answered != 400 or mark.tie != _TIES[0] or mark.after is not None:
                raise
            self.mark = replace(mark, tie=_TIES[1])  # an older cluster knows no such order
        return None

    def _pass_over(self, query: Query) -> None:
        """Name a document that is too large for any page, and go on behind it."""
        hit = self.cluster.place_behind(self._snapshot, query, self.mark.tie, self.mark.after)
        if hit is None:
            return
        moved = self.mark.moved(hit.place, hit.at, self.mark.snapshot, self._overlap)
        digest = digest_of(hit)
        fresh = digest not in self._known([digest])
        moved = moved.passing(hit.index, hit.id, "pulls.skipped.too_large") if fresh else moved

        def write(session: Session, row: PullProgress) -> None:
            row.mark = moved.stored()
            if fresh:
                row.skipped += 1
                session.add(PulledDocument(org=row.org, pull_id=row.pull_id, digest=digest, at=hit.at))

        self.receiving.move(write)
        self.receiving.turned.skipped += fresh
        self.mark = moved

    def _take(self, page: Page) -> None:
        if not page.hits:
            return
        last, newest = page.hits[-1], page.hits[-1].at
        moved = self.mark.moved(last.place, newest, page.snapshot, self._overlap)
        digests = {digest_of(hit): hit for hit in page.hits}
        for left in range(_TRIES, 0, -1):
            seen = self._known(list(digests))
            try:
                self._register({name: hit for name, hit in digests.items() if name not in seen}, moved)
            except IntegrityError:  # another process was quicker, and has lost its lease since: look again
                if left == 1:
                    raise
                continue
            self.receiving.turned.seen += len(seen)
            self.mark = moved
            return

    def _known(self, digests: Sequence[str]) -> set[str]:
        found: set[str] = set()
        mine = PulledDocument.pull_id == self.receiving.pull.id
        with self.receiving.grip.database.read() as session:
            for first in range(0, len(digests), _AT_ONCE):
                some = PulledDocument.digest.in_(digests[first : first + _AT_ONCE])
                found |= set(session.scalars(select(PulledDocument.digest).where(mine, some)))
        return found

    def _register(self, fresh: dict[str, Hit], moved: Mark) -> None:
        """Register what is new of a page, a batch a shape; the mark moves with the last of them."""
        pull = self.receiving.pull
        names = {id(hit): name for name, hit in fresh.items()}
        with formats_of(self.receiving.grip.database, pull.org):
            shapes = list(by_shape(pull.org, pull.format, pull.field, list(fresh.values())).items())
        if not shapes:
            self.receiving.move(lambda session, row: self._move(session, row, moved))
        for number, (shape, hits) in enumerate(shapes, 1):
            body = b"".join(shape.record(hit.document) + b"\n" for hit in hits)
            digests = [names[id(hit)] for hit in hits]
            key = f"pull/{pull.id}/{hashlib.sha256(''.join(digests).encode()).hexdigest()}"
            is_last, kept = number == len(shapes), [(names[id(hit)], hit.at) for hit in hits]

            def write(session: Session, row: PullProgress, kept: Any = kept, is_last: bool = is_last) -> None:
                _remember(session, row, kept)
                if is_last:
                    self._move(session, row, moved)

            self.receiving.register(shape.format, body, key, write)

    def _move(self, session: Session, row: PullProgress, moved: Mark) -> None:
        row.mark = moved.stored()
        if moved.newest is not None:
            row.newest_at = _instant(min(moved.newest, millis(self.receiving.grip.clock())))
        if moved.floor is not None:
            old = (PulledDocument.pull_id == row.pull_id) & (PulledDocument.at < moved.floor)
            session.execute(delete(PulledDocument).where(old))


def _instant(at: int) -> datetime | None:
    try:
        return _EPOCH + timedelta(milliseconds=at)
    except OverflowError:  # the year of a broken clock, before our calendar
        return None


def _remember(session: Session, row: PullProgress, kept: Sequence[tuple[str, int]]) -> None:
    session.add_all(PulledDocument(org=row.org, pull_id=row.pull_id, digest=name, at=at) for name, at in kept)
    session.flush()


def digest_of(hit: Hit) -> str:
    """Return by what a document is known."""
    return hashlib.sha256(f"{hit.index}\0{hit.id}".encode("utf-8", "replace")).hexdigest()
