"""Reading a bucket on: what is listed and not known is read, piece by piece, each piece once.

A version of an object is known by key, etag and size. Its row moves in the transaction that registers a piece, as a
followed file's does, so a process that is killed goes on where the last piece ended. What cannot be read is named
with its reason and holds up nothing else.
"""

import gzip
import hashlib
import io
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, BinaryIO, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.ingest.files import PIECE, Piece, UnreadableLogError, pieces
from audit.ingest.formats import Format, ParseOptions, find_format, format_of_stored
from audit.ingest.formats.base import Head
from audit.ingest.guess import SAMPLE, guess_format
from audit.ingest.own_formats import formats_of
from audit.ingest.pull.bucket import Wanted
from audit.ingest.pull.calling import Caller, CallError
from audit.ingest.pull.models import ObjectState, PulledObject, PullProgress
from audit.ingest.pull.receiving import Receiving, Turned
from audit.ingest.pull.s3 import Bucket, Keys, Listed, Listing, ObjectChangedError, ObjectDeniedError
from audit.ingest.pull.sealing import secret_of, trust_of
from audit.ingest.receive.sorting import AUTO
from soc.db import new_id

_AT_ONCE = 500
_GZIP = b"\x1f\x8b"
_FETCHED = 4 << 20
_PIECE = PIECE
_SKIPPED_OVER = 8 << 20
#: the head of a text is found in so much of its beginning
_HEAD = 64 << 10
#: bytes without the end of a record: it is no log, or not of this format
_LONGEST_RECORD = 64 << 20
#: a packed object begins anew each time, so it is given longer than a turn
_PACKED_SECONDS = 120.0
#: turns that may fail at one object before the others go on without it
_MOST_FAILURES = 3
#: what was passed over for such a reason is tried again after a while
_PASSING = frozenset({"pulls.skipped.denied", "pulls.skipped.unreadable"})
_AGAIN_AFTER = timedelta(hours=1)


class _PassOverError(Exception):
    """This object is not read on; ``reason`` names the message."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_on(receiving: Receiving) -> Turned:
    """Read a bucket on, until all of it is known or the turn's time is over.

    Raises:
        CallError: the store does not answer as it should.
        StoppedError: the pull is not this turn's any more.
    """
    pull = receiving.pull
    with Caller(*trust_of(receiving.settings, pull)) as caller:
        wanted = Wanted(**pull.options)
        keys = Keys(**secret_of(receiving.settings, pull))
        store = Bucket(caller, keys, pull.target, wanted.region, receiving.grip.clock)
        _Reading(receiving, store, wanted).run()
    return receiving.turned


@dataclass(slots=True)
class _Reading:
    """A turn at one bucket."""

    receiving: Receiving
    store: Bucket
    wanted: Wanted
    mark: dict[str, Any] = field(default_factory=dict)

    def run(self) -> None:
        """Finish what is half read, then list on."""
        self.mark = {"after": "", "before": "", **self.receiving.progress.mark}
        for one in self._half_read():
            self._read(one)
            if self.receiving.is_over:
                return
        while not self.receiving.is_over:
            listing = self.store.listed(self.wanted.prefix, self.mark["after"])
            if not self._take(listing):
                return
            if not listing.more or not listing.objects:
                self._whole()
                return

    def _take(self, listing: Listing) -> bool:
        """Read what is new of a list; False where the time was over before its end."""
        waiting = self._unknown([one for one in listing.objects if not one.key.endswith("/")])
        for one in waiting:
            if self.receiving.is_over:
                return False
            self._read(one)
        if listing.objects:
            self.mark |= {"before": self.mark["after"], "after": listing.objects[-1].key}
            self.receiving.move(self._keep)
        return True

    def _whole(self) -> None:
        """Begin anew the next time; where keys come in order, one list before the last."""
        self.mark["after"] = self.mark["before"] if self.wanted.ordered else ""
        self.receiving.move(self._keep)
        self.receiving.turned.whole = True

    def _keep(self, _session: Session, row: PullProgress) -> None:
        row.mark = dict(self.mark)

    def _half_read(self) -> list["_Object"]:
        mine = (PulledObject.pull_id == self.receiving.pull.id, PulledObject.state == ObjectState.READING)
        with self.receiving.grip.database.read() as session:
            return [
                _Object.of(row) for row in session.scalars(select(PulledObject).where(*mine).order_by(PulledObject.key))
            ]

    def _unknown(self, listed: Sequence[Listed]) -> list["_Object"]:
        by_digest = {digest_of(one): one for one in listed}
        names, late = list(by_digest), self.receiving.grip.clock() - _AGAIN_AFTER
        again: dict[str, PulledObject] = {}
        known: set[str] = set()
        with self.receiving.grip.database.read() as session:
            for first in range(0, len(names), _AT_ONCE):
                some = PulledObject.digest.in_(names[first : first + _AT_ONCE])
                for row in session.scalars(
                    select(PulledObject).where(PulledObject.pull_id == self.receiving.pull.id, some)
                ):
                    known.add(row.digest)
                    if row.state is ObjectState.SKIPPED and row.reason in _PASSING and row.read_at < late:
                        again[row.digest] = row
        return [
            _Object.of(again[name]) if name in again else _Object(new_id(), one)
            for name, one in by_digest.items()
            if name not in known or name in again
        ]

    def _read(self, one: "_Object") -> None:
        """Read one object as far as the time allows."""
        try:
            if one.listed.size > self.wanted.largest:
                raise _PassOverError("pulls.skipped.too_large")
            self._read_pieces(one)
        except ObjectChangedError:
            self._pass_over(one, "pulls.skipped.changed")
        except ObjectDeniedError:
            self._pass_over(one, "pulls.skipped.denied")
        except (UnreadableLogError, gzip.BadGzipFile, EOFError, zlib.error):  # no other OSError: a full disk is ours
            self._pass_over(one, "pulls.skipped.broken")
        except _PassOverError as error:
            self._pass_over(one, error.reason)
        except CallError as error:
            self._count_failure(one, error)

    def _count_failure(self, one: "_Object", error: CallError) -> None:
        """An object at which turn after turn fails is passed over; a store that is busy is nobody's fault."""
        if error.answered in {429, 503} or one.failures + 1 < _MOST_FAILURES:
            one.failures += error.answered not in {429, 503}
            self.receiving.move(lambda session, row: self._write(session, row, one, ObjectState.READING))
            raise error
        self._pass_over(one, "pulls.skipped.unreadable")

    def _pass_over(self, one: "_Object", reason: str) -> None:
        def write(session: Session, row: PullProgress) -> None:
            row.skipped += 1
            self._write(session, row, one, ObjectState.SKIPPED, reason)

        self.receiving.move(write)
        self.receiving.turned.skipped += 1

    def _read_pieces(self, one: "_Object") -> None:
        if one.listed.size == 0:
            self.receiving.move(lambda session, row: self._write(session, row, one, ObjectState.DONE))
            return
        packed = self.store.read(one.listed, 0, 2) == _GZIP
        until = max(self.receiving.until, time.monotonic() + _PACKED_SECONDS) if packed else self.receiving.until
        log_format, head = self._format_of(one, packed=packed)
        with self._text(one, packed=packed) as text:
            text.skip_to(one.offset, self._renew)
            above = head if one.offset else None
            stretches = pieces(
                cast(BinaryIO, text), log_format, start=one.offset, first_line=one.lines, size=_PIECE, head=above
            )
            for piece in stretches:
                if piece.end > self.wanted.largest:
                    raise _PassOverError("pulls.skipped.too_large")
                self._register(one, piece, log_format.name)
                text.since = 0
                if time.monotonic() > until:
                    return
        self.receiving.move(lambda session, row: self._write(session, row, one, ObjectState.DONE))

    def _renew(self) -> None:
        with self.receiving.grip.writing():
            pass

    def _format_of(self, one: "_Object", *, packed: bool) -> tuple[Format, Head]:
        """Tell the format, once an object, and what names the columns at its beginning."""
        with self._text(one, packed=packed) as text:
            beginning = text.read(max(_HEAD, SAMPLE))
        pull = self.receiving.pull
        with formats_of(self.receiving.grip.database, pull.org):
            if not one.format and pull.format != AUTO:
                one.format = find_format(pull.format).name
            told = format_of_stored(one.format) if one.format else guess_format(beginning, ParseOptions())
        if told is None:
            raise _PassOverError("pulls.skipped.not_recognised")
        one.format = told.name
        return told, told.head(beginning[:_HEAD])

    @contextmanager
    def _text(self, one: "_Object", *, packed: bool) -> "Iterator[_Text]":
        ranges = io.BufferedReader(_Ranges(self.store, one.listed), _FETCHED)
        yield _Text(gzip.GzipFile(fileobj=ranges) if packed else ranges)

    def _register(self, one: "_Object", piece: Piece, format_name: str) -> None:
        key = f"object:{one.id}:{piece.start}:{piece.end}"

        def write(session: Session, row: PullProgress) -> None:
            one.offset, one.lines = piece.end, piece.first_line + piece.body.count(b"\n")
            self._write(session, row, one, ObjectState.READING)

        self.receiving.register(format_name, piece.text, key, write)

    def _write(self, session: Session, row: PullProgress, one: "_Object", state: ObjectState, reason: str = "") -> None:
        kept = session.get(PulledObject, one.id)
        if kept is None:
            kept = one.row(row)
            session.add(kept)
        kept.state, kept.reason, kept.format, kept.failures = state, reason, one.format, one.failures
        kept.offset, kept.lines, kept.read_at = one.offset, one.lines, self.receiving.grip.clock()
        if state is ObjectState.DONE and (row.newest_at is None or row.newest_at < one.listed.changed_at):
            row.newest_at = one.listed.changed_at


@dataclass(slots=True)
class _Object:
    """One version of an object, and how far it is read."""

    id: UUID
    listed: Listed
    format: str = ""
    offset: int = 0
    lines: int = 0
    failures: int = 0

    @classmethod
    def of(cls, row: PulledObject) -> "_Object":
        """Take up what is kept of it."""
        listed = Listed(row.key, row.etag, row.size, row.changed_at)
        failures = row.failures if row.state is ObjectState.READING else 0
        return cls(row.id, listed, row.format, row.offset, row.lines, failures)

    def row(self, pull: PullProgress) -> PulledObject:
        """Return what is to be kept of it for the first time."""
        one = self.listed
        return PulledObject(
            id=self.id, org=pull.org, pull_id=pull.pull_id, digest=digest_of(one), key=one.key, etag=one.etag, size=one.size,
            changed_at=one.changed_at, read_at=one.changed_at,
        )  # fmt: skip


def digest_of(one: Listed) -> str:
    """Return by what a version of an object is known."""
    return hashlib.sha256(f"{one.key}\0{one.etag}\0{one.size}".encode("utf-8", "replace")).hexdigest()


class _Ranges(io.RawIOBase):
    """An object as a file, fetched range by range."""

    def __init__(self, store: Bucket, listed: Listed) -> None:
        self._store, self._listed, self._at = store, listed, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._listed.size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        data = self._store.read(self._listed, self._at, min(len(buffer), _FETCHED))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


class _Text:
    """An object's text, unpacked; tells where a record never ends."""

    def __init__(self, file: Any) -> None:
        self._file = file
        #: bytes since the last piece
        self.since = 0

    def read(self, size: int = -1) -> bytes:
        """Read on.

        Raises:
            _PassOverError: no record ended for very long.
        """
        data = bytes(self._file.read(size))
        self.since += len(data)
        if self.since > _LONGEST_RECORD:
            raise _PassOverError("pulls.skipped.long_record")
        return data

    def skip_to(self, offset: int, renew: Any) -> None:
        """Go to an offset: at once where it is not packed, else by unpacking, with the lease renewed meanwhile."""
        if isinstance(self._file, io.BufferedReader):
            self._file.seek(offset)
            return
        left = offset
        while left > 0:
            data = self._file.read(min(left, _SKIPPED_OVER))
            if not data:
                raise EOFError
            left -= len(data)
            if (offset - left) % (16 * _SKIPPED_OVER) < _SKIPPED_OVER:
                renew()
