"""The archive of sealed originals: which segments have been kept long enough, and their end."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from audit.ingest.models import IngestBatch
from audit.ingest.spool import SUFFIX, Spool
from soc.db import Database


def outlived(database: Database, spool: Spool, until: datetime) -> list[Path]:
    """Return the archived segments all of whose batches were received before ``until``, oldest first.

    A segment's name tells when it was begun, so that the register is asked about old ones alone.
    """
    begun_before = takewhile(lambda segment: _begun_at(segment) < until, sorted(spool.archive.glob(f"*{SUFFIX}")))
    with database.read() as session:
        query = select(func.max(IngestBatch.received_at))
        last = {one: session.scalar(query.where(IngestBatch.segment == one.name)) for one in begun_before}
    return [segment for segment, received in last.items() if received is None or received < until]


def let_go(spool: Spool, segments: Iterable[Path]) -> None:
    """Remove segments; one that is gone already is no error, so that a cut run is finished by the next."""
    for segment in segments:
        spool.drop(segment)


def _begun_at(segment: Path) -> datetime:
    """Return the instant in a segment's name, a UUID of version 7 (RFC 9562 §5.7: its first 48 bits are ms)."""
    return datetime.fromtimestamp((UUID(segment.stem).int >> 80) / 1000, UTC)
