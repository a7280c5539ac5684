"""From an event of the log store back to the record it was made of, in the sealed original of its batch."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.ingest.events import batch_uid
from audit.ingest.formats import UnknownFormatError
from audit.ingest.models import IngestBatch
from audit.ingest.own_formats import formats_within
from audit.ingest.register import pieces_of_batch
from audit.ingest.spool import DamagedRecordError, Place, Spool
from soc.logstore.port import Event

#: characters of a record that a page shows
MOST_SHOWN = 100_000
#: a cluster keeps instants to the millisecond
_INSTANT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Original:
    """One record as it came; ``text`` is in clear and is printed nowhere.

    ``length`` is in characters, more than ``text`` has where the record is very long; ``as_stored`` says that the
    log store's line is the same, since nothing in it was to be masked.
    """

    text: str = field(repr=False)
    length: int
    as_stored: bool


def batch_of(session: Session, event: Event) -> IngestBatch | None:
    """Return the batch an event came in; None where it came in none, or the register no longer knows it."""
    arrived = event["metadata.logged_time"]
    if not isinstance(arrived, datetime):
        return None
    near = IngestBatch.received_at.between(arrived - _INSTANT, arrived + _INSTANT)
    named = event["guanlan.batch"]
    return next((one for one in session.scalars(select(IngestBatch).where(near)) if batch_uid(one) == named), None)


def original_of(session: Session, spool: Spool, batch: IngestBatch, event: Event) -> Original:
    """Open a batch and take one record out of it; the rest is forgotten at once.

    Raises:
        DamagedRecordError: gone, its key destroyed, or not what was acknowledged.
    """
    body = spool.read(Place(batch.segment, batch.position))
    position = event["guanlan.position"]
    # the seal says that nobody altered the bytes; the digest, that they are this batch's and not another's
    if hashlib.sha256(body).hexdigest() != batch.body_digest or not isinstance(position, int):
        raise _damaged(batch)
    text = _record(session, batch, body, position)
    if text is None:
        raise _damaged(batch)
    return Original(text[:MOST_SHOWN], len(text), text == event["raw_data"])


def _record(session: Session, batch: IngestBatch, body: bytes, position: int) -> str | None:
    try:
        with formats_within(session, batch.org):
            for parsed in pieces_of_batch(batch, body):
                found = parsed.filter(pl.col("line") == position)["raw"]
                if len(found):
                    return str(found[0])
    except UnknownFormatError:  # an own format of the organisation above that nobody here may see: its line
        lines = body.split(b"\n")
        return lines[position].decode(errors="replace") if position < len(lines) else None
    return None


def _damaged(batch: IngestBatch) -> DamagedRecordError:
    return DamagedRecordError("ingest.error.spool_damaged", segment=batch.segment, offset=batch.position)
