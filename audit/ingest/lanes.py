"""Lanes: which process works off which segments of the spool.

A process claims a segment by the lock of one of a fixed number of files, so that no file is ever taken away while
somebody waits for it; segments that fall to the same file are one lane. A lock ends with its process, however that ends.
Batches of one segment are stored and analysed in their order by whoever has claimed it; what is stored is analysed by
one process at a time, since correlations and habits count over all of them.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from config.settings import Settings

#: more than there will be processes, so that two of them seldom meet in one; a prime, so that all of a name counts
SLOTS = 61


class Lanes:
    """The segments that one piece of work has claimed; given back at its end."""

    def __init__(self, settings: Settings) -> None:
        """Claim nothing yet."""
        self._folder = settings.folder("spool") / "lanes"
        self._locks: dict[int, int] = {}
        #: names of the segments that are claimed
        self.held: set[str] = set()

    def claim(self, segment: str) -> bool:
        """Claim a segment; False where somebody else has it."""
        slot = int.from_bytes(segment.encode()) % SLOTS
        if slot not in self._locks:
            lock = _locked(self._folder / f"{slot:02}.lock", wait=False)
            if lock is None:
                return False
            self._locks[slot] = lock
        self.held.add(segment)
        return True

    def __enter__(self) -> Self:
        """Open."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Give every claim back."""
        for lock in self._locks.values():
            os.close(lock)
        self._locks.clear()
        self.held.clear()


@contextmanager
def alone(settings: Settings, *, wait: bool, at: str = "pipeline") -> Iterator[bool]:
    """Hold the lock of what one process does at a time; yields False where another does it and ``wait`` is false."""
    lock = _locked(settings.folder("spool") / f"{at}.lock", wait=wait)
    try:
        yield lock is not None
    finally:
        if lock is not None:
            os.close(lock)


def _locked(path: Path, *, wait: bool) -> int | None:
    """Return the open file whose lock is held, None where another has it."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(file)
        return None
    except BaseException:
        os.close(file)
        raise
    return file
