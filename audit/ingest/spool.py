"""The spool: append-only segments on disk; what an acknowledgement stands on.

A record is ``GLSP | length (4) | CRC-32 (4) | payload`` where the payload is the sealed, packed
body. A process writes its own segment and holds a lock on it, so that nobody trims what it has
not registered yet. A record counts once its fsync has returned; threads that wait share one.
A segment whose batches are all done becomes the archive of their originals, sealed as it is.
"""

import fcntl
import os
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from config.settings import Settings
from soc.crypto import KeyGoneError, Purpose, seal, unseal
from soc.db import new_id
from soc.errors import BrokenError, UnavailableError

SUFFIX = ".spool"
SEGMENT_SIZE = 64 << 20
SEGMENT_AGE_SECONDS = 300.0
_MAGIC = b"GLSP"
_HEAD = struct.Struct("<4sII")
_SIZE = struct.Struct("<Q")


class SpoolError(UnavailableError):
    """The spool cannot be written; nothing was acknowledged."""


class DamagedRecordError(BrokenError):
    """A record is cut, altered or not there."""


class OriginalGoneError(DamagedRecordError):
    """The segment is not there: its originals were kept as long as the installation keeps them."""

    status = 410


class OriginalLockedError(DamagedRecordError):
    """The key that sealed the record is not in the ring any more."""

    status = 410


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies."""

    segment: str
    position: int


class Spool:
    """The segments of one home; one per process, opened after a fork."""

    def __init__(self, settings: Settings) -> None:
        """Name the folders; a segment is made with the first record."""
        self._settings = settings
        self.folder = settings.folder("spool")
        self.archive = settings.folder("sealed")
        self._lock = threading.Lock()
        self._segment: _Segment | None = None

    def record_of(self, body: bytes) -> bytes:
        """Pack and seal ``body`` as it will stand in a segment: the slow part, which needs no segment."""
        return _framed(packed(self._settings, body))

    @contextmanager
    def holding(self, record: bytes) -> Iterator[Place]:
        """Write a record durably and yield its place; within the block nobody trims it.

        Raises:
            SpoolError: the disk refuses; what was half written is taken back.
        """
        segment = None
        try:
            with self._lock:
                segment = self._current()
                position = segment.write(record)
                segment.pins += 1
        except OSError as error:
            raise SpoolError("ingest.error.disk", reason=error.strerror or str(error)) from error
        try:
            try:
                segment.sync(position + len(record))
            except OSError as error:
                segment.retired = True  # after a failed fsync nobody knows what is on disk
                raise SpoolError("ingest.error.disk", reason=error.strerror or str(error)) from error
            yield Place(segment.path.name, position)
        finally:
            with self._lock:
                segment.pins -= 1
                segment.close_if_done()

    def read(self, place: Place) -> bytes:
        """Return the body at ``place``.

        Raises:
            DamagedRecordError: it is not there or not what was written.
            OriginalGoneError: its whole segment is not there.
            OriginalLockedError: its key is gone.
        """
        try:
            with self._opened(place.segment) as file:
                payload = _payload(file.fileno(), place.position)
            return unpacked(self._settings, payload)
        except FileNotFoundError as error:
            raise OriginalGoneError("ingest.error.original_not_kept") from error
        except KeyGoneError as error:
            raise OriginalLockedError("ingest.error.original_locked") from error
        except (OSError, BrokenError, pa.ArrowException, struct.error) as error:
            raise DamagedRecordError(
                "ingest.error.spool_damaged", segment=place.segment, offset=place.position
            ) from error

    def free_segments(self) -> list[Path]:
        """Return the segments that no process writes to any more."""
        return [path for path in sorted(self.folder.glob(f"*{SUFFIX}")) if _is_free(path)]

    def keep(self, segment: Path) -> None:
        """Move a segment whose batches are done to the archive."""
        segment.replace(self.archive / segment.name)
        sync_folder(self.archive)
        sync_folder(self.folder)

    def drop(self, segment: Path) -> None:
        """Remove a segment, waiting or archived, that nobody needs any more."""
        segment.unlink(missing_ok=True)
        sync_folder(segment.parent)

    def close(self) -> None:
        """End the current segment; idle afterwards until the next record."""
        with self._lock:
            if self._segment is not None:
                self._segment.retired = True
                self._segment.close_if_done()
                self._segment = None

    def retire_old(self) -> None:
        """End the current segment where it has grown old, so that it can be trimmed."""
        with self._lock:
            if self._segment is not None and self._segment.is_old():
                self._segment.retired = True
                self._segment.close_if_done()
                self._segment = None

    def _current(self) -> "_Segment":
        if self._segment is None or self._segment.retired or self._segment.is_full():
            if self._segment is not None:
                self._segment.retired = True
                self._segment.close_if_done()
            self._segment = _Segment(self.folder)
        return self._segment

    def _opened(self, name: str) -> BinaryIO:
        try:
            return (self.folder / name).open("rb")
        except FileNotFoundError:  # archived, perhaps at this moment
            return (self.archive / name).open("rb")


class _Segment:
    """The segment a process writes to; its lock says that it lives."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"{new_id()}{SUFFIX}"
        self.pins = 0
        self.retired = False
        self._fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        sync_folder(folder)
        self._size = 0
        self._synced = 0
        self._sync_lock = threading.Lock()
        self._began = time.monotonic()

    def write(self, record: bytes) -> int:
        position = self._size
        try:
            written = 0
            while written < len(record):
                written += os.write(self._fd, memoryview(record)[written:])
        except OSError:
            os.ftruncate(self._fd, position)
            os.lseek(self._fd, position, os.SEEK_SET)
            raise
        self._size += len(record)
        return position

    def sync(self, upto: int) -> None:
        with self._sync_lock:
            if self._synced < upto:  # else another thread's fsync covered it
                size = self._size
                os.fsync(self._fd)
                self._synced = size

    def is_full(self) -> bool:
        return self._size >= SEGMENT_SIZE or self.is_old()

    def is_old(self) -> bool:
        return time.monotonic() - self._began > SEGMENT_AGE_SECONDS

    def close_if_done(self) -> None:
        if self.retired and self.pins == 0 and self._fd >= 0:
            os.close(self._fd)  # lets the lock go
            self._fd = -1


def packed(settings: Settings, body: bytes) -> bytes:
    """Pack and seal a body."""
    small: bytes = pa.compress(body, codec="zstd", asbytes=True)
    return seal(settings, Purpose.ORIGINALS, _SIZE.pack(len(body)) + small)


def unpacked(settings: Settings, payload: bytes) -> bytes:
    """Undo :func:`packed`."""
    plain = unseal(settings, Purpose.ORIGINALS, payload)
    (size,) = _SIZE.unpack_from(plain)
    if size == 0:
        return b""
    body: bytes = pa.decompress(plain[_SIZE.size :], decompressed_size=size, codec="zstd", asbytes=True)
    return body


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _framed(payload: bytes) -> bytes:
    return _HEAD.pack(_MAGIC, len(payload), zlib.crc32(payload)) + payload


def _payload(fd: int, position: int) -> bytes:
    magic, length, checksum = _HEAD.unpack(os.pread(fd, _HEAD.size, position))
    payload = os.pread(fd, length, position + _HEAD.size)
    if magic != _MAGIC or len(payload) != length or zlib.crc32(payload) != checksum:
        raise BrokenError("ingest.error.spool_damaged")
    return payload


def _is_free(path: Path) -> bool:
    try:
        fd = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(fd)
    return True
