"""Taking a batch in: spool, then register, then the sender's answer.

The order is the promise: fsync of the spool, commit of the register, acknowledgement. The
register's unique key decides between twins; the later one is answered when the first is durable,
since it waits for the first one's commit.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.ingest.files import pieces_of
from audit.ingest.formats import Format, ParseOptions, format_of_stored, parse_bytes
from audit.ingest.frame import bad
from audit.ingest.lines import lines_in, runs_of, within
from audit.ingest.models import MOST_RUNS, IngestBatch, QuarantinedRecords
from audit.ingest.own_formats import formats_of
from audit.ingest.receipts import Receipt
from audit.ingest.recent import Recent
from audit.ingest.spool import Place, Spool
from soc.clock import now
from soc.db import Database
from soc.errors import ConflictError, InputError
from soc.identity.actor import Actor
from soc.trail import Act, record

_LONGEST_KEY = 200
#: the stored option of a batch that is of some lines of its body
_ONLY = "only"
#: bytes of a body that are worth a thread of its own
_WORTH_A_THREAD = 1 << 20
MakeActor = Callable[[Session], Actor]


class KeyReusedError(ConflictError):
    """The key belongs to a batch with another body."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A batch as it came: whose, in what format, by what key, from where."""

    org: str
    format: str
    body: bytes
    origin: str
    key: str | None = None
    options: ParseOptions = field(default_factory=ParseOptions)
    #: SHA-256 of the body, in hex; taken once, since a body may have many MiB
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", hashlib.sha256(self.body).hexdigest())

    @property
    def identity(self) -> str:
        """The batch's key: the sender's, or else what it holds."""
        return self.digest if self.key is None else self.key


@dataclass(frozen=True, slots=True)
class Counted:
    """What parsing says of a batch before it is stored."""

    accepted: int
    bad_lines: dict[str, list[int]]
    newest: datetime | None

    @property
    def quarantined(self) -> int:
        """Records that cannot be read."""
        return sum(len(lines) for lines in self.bad_lines.values())


def accept(
    database: Database,
    spool: Spool,
    batch: Incoming,
    actor: MakeActor,
    also: Callable[[Session, Receipt], None] | None = None,
    recent: Recent | None = None,
) -> Receipt:
    """Make ``batch`` durable and say what became of it.

    Args:
        database: the state.
        spool: where the body goes first.
        batch: what came.
        actor: gives the actor of the register's transaction.
        also: more to write in that transaction, such as how far a file is read.
        recent: where to keep the parsed records, for a caller that works off itself.

    Raises:
        KeyReusedError: the key was used with another body.
        UnavailableError: the disk or the database refuses; nothing was taken in.
    """
    check_key(batch.key)
    found = known(database, batch)
    if found is not None:
        return found
    with formats_of(database, batch.org):
        parsed, packed = _parsed_and_packed(spool, batch)
    counted = count_records(parsed)
    receipt = Receipt(accepted=counted.accepted, quarantined=counted.quarantined)
    with spool.holding(packed) as place:
        try:
            with database.write() as session:
                _register(session, actor(session), batch, counted, place)
                if also is not None:
                    also(session, receipt)
        except IntegrityError:
            twin = known(database, batch)
            if twin is None:
                raise
            return twin
        if recent is not None:
            recent.put(place, len(batch.body), parsed)
    return receipt


def _parsed_and_packed(spool: Spool, batch: Incoming) -> tuple[list[pl.DataFrame], bytes]:
    """Parse a body, and pack it for the spool; side by side where it is long enough to be worth a thread."""
    log_format = format_of_stored(batch.format)
    if len(batch.body) < _WORTH_A_THREAD:
        return list(parsed_pieces(log_format, batch.body, batch.options)), spool.record_of(batch.body)
    with ThreadPoolExecutor(1) as beside:
        packed = beside.submit(spool.record_of, batch.body)
        return list(parsed_pieces(log_format, batch.body, batch.options)), packed.result()


def check_key(key: str | None) -> None:
    """Refuse a key that cannot be one.

    Raises:
        InputError: it is empty, too long, or has invisible characters.
    """
    if key is not None and not (0 < len(key) <= _LONGEST_KEY and key.isprintable()):
        raise InputError("ingest.error.bad_key")


def known(database: Database, batch: Incoming) -> Receipt | None:
    """Return the answer to a batch that is registered already.

    Raises:
        KeyReusedError: its body was another.
    """
    with database.read() as session:
        held = session.scalar(
            select(IngestBatch).where(
                IngestBatch.org == batch.org, IngestBatch.format == batch.format, IngestBatch.key == batch.identity
            )
        )
    if held is None:
        return None
    if held.body_digest != batch.digest:
        raise KeyReusedError("ingest.error.key_reused", given=batch.identity)
    return Receipt(duplicates=held.accepted + held.quarantined)


def count_records(pieces_of_it: list[pl.DataFrame]) -> Counted:
    """Count what of a parsed batch will be stored and what will not."""
    accepted, newest = 0, None
    lines: defaultdict[str, list[int]] = defaultdict(list)
    for parsed in pieces_of_it:
        wrong = bad(parsed)
        accepted += parsed.height - wrong.height
        for line, reason in wrong.select("line", "error").iter_rows():
            lines[reason].append(line)
        top = parsed.filter(pl.col("error").is_null())["time"].max()
        if isinstance(top, datetime):
            newest = top if newest is None else max(newest, top)
    return Counted(accepted, dict(lines), newest)


def parsed_pieces(log_format: Format, body: bytes, options: ParseOptions) -> Iterator[pl.DataFrame]:
    """Yield the records of a body, some MiB at a time; ``line`` counts from the body's first."""
    for piece in pieces_of(body, log_format):
        parsed = parse_bytes(log_format, piece.text, options)
        yield parsed.with_columns(pl.col("line") + piece.line_of_text)


def _register(session: Session, actor: Actor, batch: Incoming, counted: Counted, place: Place) -> None:
    row = IngestBatch(
        org=batch.org,
        format=batch.format,
        key=batch.identity,
        body_digest=batch.digest,
        segment=place.segment,
        position=place.position,
        size=len(batch.body),
        accepted=counted.accepted,
        quarantined=counted.quarantined,
        options=_written(batch.options),
        origin=batch.origin,
        received_at=now(),
        newest_event=counted.newest,
    )
    session.add(row)
    session.flush()
    for reason, lines in counted.bad_lines.items():
        session.add(
            QuarantinedRecords(
                org=batch.org,
                batch_id=row.id,
                reason=reason,
                count=len(lines),
                lines=runs_of(lines)[:MOST_RUNS],
                created_at=now(),
            )
        )
    told = {"format": batch.format, "accepted": counted.accepted, "quarantined": counted.quarantined}
    record(session, actor, Act.BATCH_STORED, row, after=told)


def pieces_of_batch(batch: IngestBatch, body: bytes) -> Iterator[pl.DataFrame]:
    """Yield the records of a registered batch: those of its whole body, or of the lines that it was registered for.

    Raises:
        UnknownFormatError: its format is an own one that is not known here.
    """
    only = batch.options.get(_ONLY)
    lines = None if only is None else lines_in(only)
    for parsed in parsed_pieces(format_of_stored(batch.format), body, options_of(batch)):
        yield parsed if lines is None else within(parsed, lines)


def of_lines(options: Mapping[str, Any], runs: list[list[int]]) -> dict[str, Any]:
    """Return a batch's stored options for one that is of some lines of its body alone."""
    return {**options, _ONLY: runs}


def _written(options: ParseOptions) -> dict[str, str | None]:
    return {
        "timezone": str(options.timezone),
        "prefix": options.prefix,
        "received": options.received.isoformat(),
    }


def options_of(batch: IngestBatch) -> ParseOptions:
    """Return the options a batch was parsed with."""
    held = batch.options
    return ParseOptions(ZoneInfo(held["timezone"]), held["prefix"], datetime.fromisoformat(held["received"]))
