"""Files as a source: known by what they hold, read on where they ended.

A file's mark is the SHA-256 of all that was read of it. The longest mark that a file begins
with is its own; a file that is shorter, or differs anywhere before the mark, is a new one.
The mark moves in the transaction that registers the piece, so a crash neither skips nor repeats.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.ingest.beside import Beside
from audit.ingest.files import Piece, pieces, read_some
from audit.ingest.formats import Format, ParseOptions, find_format
from audit.ingest.formats.base import Head
from audit.ingest.lanes import alone
from audit.ingest.models import FollowedFile
from audit.ingest.own_formats import formats_of
from audit.ingest.pipeline import make_searchable, prepare, spool_of, work_off
from audit.ingest.reading import STDIN, opened, told_format
from audit.ingest.receipts import Receipt
from audit.ingest.recent import Recent
from audit.ingest.register import Incoming, accept
from audit.ingest.scope import checked_org
from config.settings import Settings
from soc.clock import now
from soc.db import Database, new_id
from soc.errors import InputError
from soc.identity.actors import operator_actor
from soc.logstore import open_store

_HEADS = tuple(1 << power for power in range(4, 17))  # 16 bytes to 64 KiB
_READ = 1 << 20


class FormatNotToldError(InputError):
    """The file's format was not named and cannot be told."""


@dataclass(slots=True)
class _Mark:
    """How far a file is read, and the running digest of that much."""

    file: FollowedFile
    digest: "hashlib._Hash"


def ingest_file(
    database: Database, settings: Settings, path: Path, format_name: str | None, org: str | None, options: ParseOptions
) -> Receipt:
    """Take in what is new of a file, and return when that can be searched.

    Raises:
        FormatNotToldError: no format was named and none fits.
        OSError: the file cannot be read.
        UnavailableError: it is safe on disk, but another process did not make it searchable in time.
    """
    with database.read() as session:
        code = checked_org(session, operator_actor(session), org)
    with formats_of(database, code):
        log_format = find_format(format_name) if format_name else told_format(path, options)
    if log_format is None:
        raise FormatNotToldError("ingest.error.not_recognised", path=str(path))
    # two would both find the same file new
    with alone(settings, wait=True, at="files"):
        receipt = _read_on(database, settings, path, log_format, code, options)
    make_searchable(database, settings, open_store(settings))
    return receipt


def _read_on(
    database: Database, settings: Settings, path: Path, log_format: Format, org: str, options: ParseOptions
) -> Receipt:
    with opened(path) as file:
        mark = (
            _fresh(org, log_format.name, path) if path == STDIN else _mark(database, file, org, log_format.name, path)
        )
        total = Receipt(duplicates=mark.file.records)
        store, recent = open_store(settings), Recent()
        start, first_line = mark.file.offset, mark.file.lines
        head = _head_of(file, log_format, path.name) if start else None
        with Beside() as beside:
            for piece in pieces(file, log_format, start=start, first_line=first_line, name=str(path), head=head):
                total += _take(database, settings, mark, piece, log_format.name, options, recent)
                prepare(database, settings, store, recent)
                # worked off piece by piece: a long file neither fills the spool nor the memory
                beside.do(lambda: work_off(database, settings, store, recent))
    return total


def _take(
    database: Database,
    settings: Settings,
    mark: _Mark,
    piece: Piece,
    format_name: str,
    options: ParseOptions,
    recent: Recent,
) -> Receipt:
    """Accept one piece; the mark moves behind it in the same transaction."""
    file = mark.file
    key = f"file:{file.id}:{piece.start}:{piece.end}"
    batch = Incoming(file.org, format_name, piece.text, f"file:{file.name}", key, options)
    mark.digest.update(piece.body)
    moved = {
        "offset": piece.end,
        "lines": piece.first_line + piece.body.count(b"\n"),
        "digest": mark.digest.hexdigest(),
        "read_at": now(),
    }
    if piece.start == 0:
        moved |= _head(piece.body)

    def move(session: Session, receipt: Receipt) -> None:
        for name, value in moved.items():
            setattr(file, name, value)
        file.records += receipt.accepted + receipt.quarantined
        session.merge(file)

    return accept(database, spool_of(settings), batch, operator_actor, move, recent)


def _head_of(file: BinaryIO, log_format: Format, name: str) -> Head:
    """What names the columns at the file's beginning; leaves ``file`` standing where it stood."""
    place = file.tell()
    file.seek(0)
    head = log_format.head(read_some(file, _HEADS[-1], name))
    file.seek(place)
    return head


def _head(body: bytes) -> dict[str, object]:
    size = max((head for head in _HEADS if head <= len(body)), default=len(body))
    return {"head_size": size, "head_digest": hashlib.sha256(body[:size]).hexdigest()}


def _mark(database: Database, file: BinaryIO, org: str, format_name: str, path: Path) -> _Mark:
    """Find how far this file was read; leaves ``file`` standing there."""
    head = read_some(file, _HEADS[-1], path.name)
    sizes = {*(size for size in _HEADS if size <= len(head)), len(head)}
    digests = [hashlib.sha256(head[:size]).hexdigest() for size in sizes]
    query = select(FollowedFile).where(
        FollowedFile.org == org, FollowedFile.format == format_name, FollowedFile.head_digest.in_(digests)
    )
    with database.read() as session:
        candidates = {one.offset: one for one in session.scalars(query.order_by(FollowedFile.offset))}
    file.seek(0)
    found = _longest(file, candidates) or _fresh(org, format_name, path)
    file.seek(found.file.offset)
    return found


def _longest(file: BinaryIO, candidates: dict[int, FollowedFile]) -> _Mark | None:
    """Walk the file once, past every candidate's mark; the last that holds is the file's own."""
    digest, at, found = hashlib.sha256(), 0, None
    for offset in sorted(candidates):
        while at < offset:
            more = read_some(file, min(_READ, offset - at), "")
            if not more:
                return found
            digest.update(more)
            at += len(more)
        if digest.hexdigest() == candidates[offset].digest:
            found = _Mark(candidates[offset], digest.copy())
    return found


def _fresh(org: str, format_name: str, path: Path) -> _Mark:
    row = FollowedFile(
        id=new_id(), org=org, format=format_name, head_digest="", head_size=0, digest="", offset=0, lines=0, records=0,
        name=path.name, read_at=now(),
    )  # fmt: skip
    return _Mark(row, hashlib.sha256())
