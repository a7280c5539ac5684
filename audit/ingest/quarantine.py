"""Records that could not be read: kept sealed with their batch, shown on request, read again."""

from dataclasses import dataclass
from uuid import UUID

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.ingest.enrich import enrich
from audit.ingest.events import batch_uid, to_events
from audit.ingest.formats import UnknownFormatError, parse_bytes
from audit.ingest.formats.unknown import FORMAT as UNKNOWN
from audit.ingest.models import IngestBatch, QuarantinedRecords
from audit.ingest.own_formats import formats_of, formats_within
from audit.ingest.register import options_of, parsed_pieces
from audit.ingest.spool import Place, Spool
from soc.clock import now
from soc.db import Database
from soc.identity.actor import Actor
from soc.logstore.port import LogStore
from soc.masking import mask_text
from soc.tiers.scope import find_within
from soc.trail import Act, record

_MOST_SHOWN = 20
_LONGEST_SHOWN = 400


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that cannot be read, masked for showing."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """What reading a batch's bad records again brought."""

    stored: int
    still_bad: int


def shown_records(session: Session, actor: Actor, item: UUID | str, spool: Spool) -> list[BadRecord]:
    """Return the first bad records of one quarantine entry, masked.

    Raises:
        NotFoundError: there is no such entry within the actor's scope.
        DamagedRecordError: the original is gone.
    """
    entry = find_within(session, actor, QuarantinedRecords, item)
    batch = session.get_one(IngestBatch, entry.batch_id)
    wanted = [int(line) for line in entry.lines[:_MOST_SHOWN]]
    with formats_within(session, batch.org):
        pieces = _shown(batch, spool)
    found = pl.concat([parsed.filter(pl.col("line").is_in(wanted)).select("line", "raw") for parsed in pieces])
    return [BadRecord(line, mask_text(raw)[:_LONGEST_SHOWN]) for line, raw in found.iter_rows()]


def replay(database: Database, actor: Actor, item: UUID | str, spool: Spool, store: LogStore) -> Replayed:
    """Read the bad records of an entry's batch again, as a mended parser may; store what now can be read.

    An event's identity is its line in the batch, so reading again never doubles what was stored.

    Raises:
        NotFoundError: there is no such entry within the actor's scope.
        DamagedRecordError: the original is gone.
    """
    with database.read() as session:
        entry = find_within(session, actor, QuarantinedRecords, item)
        batch = session.get_one(IngestBatch, entry.batch_id)
    wanted = set(entry.lines)
    stored = 0
    with formats_of(database, batch.org):
        pieces = _parsed(batch, spool)
    for number, parsed in enumerate(pieces):
        mended = parsed.filter(pl.col("line").is_in(list(wanted)) & pl.col("error").is_null())
        if mended.height:
            frame = enrich(database, database.settings, to_events(mended, batch), batch.org)
            name = f"{batch_uid(batch)}/replay/{entry.id}/{number}"
            stored += store.append(frame, batch=name).stored
            wanted -= set(mended["line"])
    _settle(database, actor, entry, batch, sorted(wanted), stored)
    return Replayed(stored, len(wanted))


def _settle(
    database: Database, actor: Actor, entry: QuarantinedRecords, batch: IngestBatch, left: list[int], stored: int
) -> None:
    with database.write() as session:
        kept = session.get_one(QuarantinedRecords, entry.id)
        kept.lines, kept.count, kept.replayed_at = left, max(0, kept.count - stored), now()
        held = session.get_one(IngestBatch, batch.id)
        held.accepted, held.quarantined = held.accepted + stored, max(0, held.quarantined - stored)
        record(session, actor, Act.QUARANTINE_REPLAYED, kept, after={"stored": stored, "left": len(left)})


def _parsed(batch: IngestBatch, spool: Spool) -> list[pl.DataFrame]:
    body = spool.read(Place(batch.segment, batch.position))
    return list(parsed_pieces(batch.format, body, options_of(batch)))


def _shown(batch: IngestBatch, spool: Spool) -> list[pl.DataFrame]:
    """The records of a batch; its lines where its format is an organisation's above, taken out of force and not theirs to see."""
    try:
        return _parsed(batch, spool)
    except UnknownFormatError:
        body = spool.read(Place(batch.segment, batch.position))
        return [parse_bytes(UNKNOWN, body, options_of(batch))]


def waiting(session: Session, actor: Actor) -> int:
    """Return how many records of the actor's organisations lie in quarantine."""
    from soc.tiers.scope import visible

    rows = session.scalars(select(QuarantinedRecords.count).where(visible(actor, QuarantinedRecords.org)))
    return sum(rows)
