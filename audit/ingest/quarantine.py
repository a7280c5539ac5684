"""Records that could not be read: kept sealed with their batch, shown on request, read again, as another format if wanted.

What can be read now becomes a batch of its own that points at the same original. So it is worked off as any other: rules
and habits look at it, and it stands in the list of what came in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.ingest.formats import Format, UnknownFormatError, find_format, format_of_stored, parse_bytes
from audit.ingest.formats.unknown import FORMAT as UNKNOWN
from audit.ingest.guess import guess_format
from audit.ingest.lines import lines_in, runs_of, within
from audit.ingest.models import BatchState, IngestBatch, QuarantinedRecords
from audit.ingest.own_formats import formats_of, formats_within
from audit.ingest.register import count_records, of_lines, options_of, parsed_pieces, pieces_of_batch
from audit.ingest.spool import Place, Spool
from soc.clock import now
from soc.db import Database, new_id
from soc.errors import ConflictError
from soc.identity.actor import Actor
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
    """What reading bad records again brought: how many could be read, how many are left, the new batch if there is one."""

    read: int
    left: int
    batch: UUID | None = None


def shown_records(session: Session, actor: Actor, item: UUID | str, spool: Spool) -> list[BadRecord]:
    """Return the first bad records of one quarantine entry, masked.

    Raises:
        NotFoundError: there is no such entry within the actor's scope.
        DamagedRecordError: the original is gone.
    """
    _, found = _first(session, actor, item, spool)
    return [BadRecord(line, mask_text(raw)[:_LONGEST_SHOWN]) for line, raw in found.iter_rows()]


def likely_format(session: Session, actor: Actor, item: UUID | str, spool: Spool) -> str | None:
    """Return the name of the format that the first bad records of an entry look like; None where it is no other.

    Every format is tried on them, which takes a second.

    Raises:
        NotFoundError: there is no such entry within the actor's scope.
        DamagedRecordError: the original is gone.
    """
    batch, found = _first(session, actor, item, spool)
    with formats_within(session, batch.org):
        told = guess_format("".join(f"{raw}\n" for raw in found["raw"]).encode(), options_of(batch))
    return None if told is None or told.name in {batch.format, UNKNOWN.name} else told.name


def _first(session: Session, actor: Actor, item: UUID | str, spool: Spool) -> tuple[IngestBatch, pl.DataFrame]:
    """An entry's batch, and ``line`` and ``raw`` of its first records."""
    entry = find_within(session, actor, QuarantinedRecords, item)
    batch = session.get_one(IngestBatch, entry.batch_id)
    wanted = lines_in(entry.lines)[:_MOST_SHOWN]
    with formats_within(session, batch.org):
        return batch, pl.concat([within(one, wanted).select("line", "raw") for one in _shown(batch, spool)])


def replay(database: Database, actor: Actor, item: UUID | str, spool: Spool, format_name: str = "") -> Replayed:
    """Read the bad records of an entry again, as a mended parser may, or as ``format_name``; what can be read is taken in.

    What is left stays in quarantine. A record is taken in once, however often this is asked for.

    Raises:
        NotFoundError: there is no such entry within the actor's scope.
        UnknownFormatError: the batch's organisation has no such format.
        DamagedRecordError: the original is gone.
        ConflictError: somebody else read them again meanwhile.
    """
    with database.read() as session:
        entry = find_within(session, actor, QuarantinedRecords, item)
        batch = session.get_one(IngestBatch, entry.batch_id)
    wanted = lines_in(entry.lines)
    with formats_of(database, batch.org):
        log_format = find_format(format_name) if format_name else format_of_stored(batch.format)
        pieces = [within(one, wanted) for one in _parsed(log_format, batch, spool)]
    good = [line for one in pieces for line in one.filter(pl.col("error").is_null())["line"]]
    again = _again(batch, log_format.name, good, pieces) if good else None
    with database.write() as session:
        _settle(session, actor, entry, good, again)
    return Replayed(len(good), entry.count - len(good), again.id if again else None)


def _again(batch: IngestBatch, format_name: str, lines: list[int], pieces: list[pl.DataFrame]) -> IngestBatch:
    """A batch of some lines of another's original."""
    key = new_id()
    return IngestBatch(
        id=key, org=batch.org, format=format_name, key=f"replay/{key}", body_digest=batch.body_digest,
        segment=batch.segment, position=batch.position, size=batch.size, accepted=len(lines), quarantined=0,
        options=of_lines(batch.options, runs_of(lines)), origin=batch.origin, state=BatchState.RECEIVED, received_at=now(),
        newest_event=count_records(pieces).newest,
    )  # fmt: skip


def _settle(
    session: Session, actor: Actor, entry: QuarantinedRecords, good: list[int], again: IngestBatch | None
) -> None:
    kept = session.get_one(QuarantinedRecords, entry.id, with_for_update=True)
    if kept.lines != entry.lines:
        raise ConflictError("ingest.error.read_meanwhile")
    kept.lines = runs_of(set(lines_in(kept.lines)).difference(good))
    kept.count, kept.replayed_at = kept.count - len(good), now()
    held = session.get_one(IngestBatch, kept.batch_id)
    held.quarantined -= len(good)
    told: dict[str, str | int] = {"stored": len(good), "left": kept.count}
    if again is not None:
        session.add(again)
        session.flush()
        record(session, actor, Act.BATCH_STORED, again, after={"format": again.format, "accepted": again.accepted})
        told |= {"format": again.format, "batch": str(again.id)}
    record(session, actor, Act.QUARANTINE_REPLAYED, kept, after=told)


def _parsed(log_format: Format, batch: IngestBatch, spool: Spool) -> Iterator[pl.DataFrame]:
    return parsed_pieces(log_format, spool.read(Place(batch.segment, batch.position)), options_of(batch))


def _shown(batch: IngestBatch, spool: Spool) -> list[pl.DataFrame]:
    """The records of a batch; its lines where its format is an organisation's above, taken out of force and not theirs to see."""
    body = spool.read(Place(batch.segment, batch.position))
    try:
        return list(pieces_of_batch(batch, body))
    except UnknownFormatError:
        return [parse_bytes(UNKNOWN, body, options_of(batch))]


def waiting(session: Session, actor: Actor) -> int:
    """Return how many records of the actor's organisations lie in quarantine."""
    from soc.tiers.scope import visible

    rows = session.scalars(select(QuarantinedRecords.count).where(visible(actor, QuarantinedRecords.org)))
    return sum(rows)
