"""Documents of ``_bulk`` become batches; each item is answered by what became of it."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.ingest.bulk.models import TakenDocument
from audit.ingest.bulk.reading import Item
from audit.ingest.bulk.shapes import Shape, Shapes
from audit.ingest.formats import ParseOptions, UnknownFormatError
from audit.ingest.lines import lines_in
from audit.ingest.models import IngestBatch, QuarantinedRecords
from audit.ingest.own_formats import formats_of
from audit.ingest.receive.heads import places_of
from audit.ingest.register import Incoming, MakeActor, accept
from audit.ingest.spool import Spool
from soc.clock import now
from soc.db import Database
from soc.errors import SocError, UnavailableError

#: looked up with one question: an engine takes only so many values
_AT_ONCE = 500
#: two requests bring the same documents at once: the later one looks again
_TRIES = 3
CREATED, KNOWN, BAD, CONFLICT, LATER = 201, 200, 400, 409, 429


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item: OpenSearch's status, and the message that says why where it was refused."""

    status: int
    why: str = ""
    error: SocError | None = None


@dataclass(frozen=True, slots=True)
class Taking:
    """How one request's documents are taken in."""

    database: Database
    spool: Spool
    org: str
    origin: str
    options: ParseOptions
    actor: MakeActor
    shapes: Shapes

    def take(self, items: Sequence[Item]) -> list[Outcome]:
        """Make the documents durable and say of each item what became of it.

        Raises:
            UnavailableError: the disk or the database refuses, and nothing at all was taken in.
        """
        outcomes = [Outcome(BAD, item.why_not.value) if item.why_not else Outcome(LATER) for item in items]
        failed: list[UnavailableError] = []
        taken = 0
        for shape, places in self._by_shape(items, outcomes).items():
            try:
                for place, outcome in self._take_group(shape, items, places).items():
                    outcomes[place] = outcome
                taken += 1
            except UnavailableError as error:
                failed.append(error)
                for place in places:
                    outcomes[place] = Outcome(LATER, error=error)
        if failed and not taken:
            raise failed[0]
        return outcomes

    def _by_shape(self, items: Sequence[Item], outcomes: list[Outcome]) -> dict[Shape, list[int]]:
        by_index: defaultdict[tuple[str, str | None], list[int]] = defaultdict(list)
        for place, item in enumerate(items):
            if item.why_not is None:
                by_index[item.index, item.pipeline].append(place)
        by_shape: defaultdict[Shape, list[int]] = defaultdict(list)
        for (index, pipeline), places in by_index.items():
            try:
                with formats_of(self.database, self.org):
                    apart = self.shapes.sort(self.org, index, pipeline, [items[place].document for place in places])
            except UnknownFormatError as error:
                for place in places:
                    outcomes[place] = Outcome(BAD, error=error)
                continue
            for shape, numbers in apart.items():
                by_shape[shape] += [places[number] for number in numbers]
        return by_shape

    def _take_group(self, shape: Shape, items: Sequence[Item], places: Sequence[int]) -> dict[int, Outcome]:
        for left in range(_TRIES, 0, -1):
            fresh, outcomes = self._without_known(items, places)
            try:
                return outcomes | (self._accept(shape, items, fresh) if fresh else {})
            except IntegrityError:
                if left == 1:
                    raise
        raise AssertionError("not reached")

    def _without_known(self, items: Sequence[Item], places: Sequence[int]) -> tuple[list[int], dict[int, Outcome]]:
        """Part the documents from those that came before under the same index and id."""
        digests = {place: _digest(items[place]) for place in places if items[place].id is not None}
        seen = self._known(list(digests.values()))
        fresh, outcomes = [], {}
        for place in places:
            digest = digests.get(place)
            if digest is not None and digest in seen:
                create = items[place].action == "create"
                outcomes[place] = Outcome(CONFLICT, "bulk.why.known") if create else Outcome(KNOWN)
                continue
            if digest is not None:
                seen.add(digest)
            fresh.append(place)
        return fresh, outcomes

    def _known(self, digests: list[str]) -> set[str]:
        found: set[str] = set()
        with self.database.read() as session:
            for first in range(0, len(digests), _AT_ONCE):
                some = TakenDocument.digest.in_(digests[first : first + _AT_ONCE])
                found |= set(session.scalars(select(TakenDocument.digest).where(TakenDocument.org == self.org, some)))
        return found

    def _accept(self, shape: Shape, items: Sequence[Item], places: Sequence[int]) -> dict[int, Outcome]:
        records = [shape.record(items[place].document) for place in places]
        digests = [_digest(items[place]) for place in places if items[place].id is not None]
        body = b"".join(record + b"\n" for record in records)
        named = hashlib.sha256("".join(digests).encode() + body).hexdigest()
        batch = Incoming(self.org, shape.format, body, self.origin, f"bulk/{named}", self.options)

        def remember(session: Session, _receipt: object) -> None:
            at = now()
            session.add_all(TakenDocument(org=self.org, digest=one, taken_at=at) for one in digests)
            session.flush()

        accept(self.database, self.spool, batch, self.actor, remember)
        unread = self._unread(batch)
        bad = dict(zip(places_of(unread, records), unread.values(), strict=True))
        return {
            place: Outcome(BAD, bad[number]) if number in bad else Outcome(CREATED)
            for number, place in enumerate(places)
        }

    def _unread(self, batch: Incoming) -> dict[int, str]:
        """Return the lines of a batch that lie in quarantine, with the reason."""
        mine = (IngestBatch.org == batch.org, IngestBatch.format == batch.format, IngestBatch.key == batch.identity)
        query = select(QuarantinedRecords).join(IngestBatch, IngestBatch.id == QuarantinedRecords.batch_id).where(*mine)
        with self.database.read() as session:
            return {line: kept.reason for kept in session.scalars(query) for line in lines_in(kept.lines)}


def _digest(item: Item) -> str:
    return hashlib.sha256(f"{item.index}\0{item.id}".encode("utf-8", "replace")).hexdigest()


def forget(session: Session, before: datetime) -> None:
    """Forget ids of documents that came before an instant: nobody sends them again."""
    session.execute(delete(TakenDocument).where(TakenDocument.taken_at < before))
