"""How much of one source may be read in one scan; what is read is taken off, by however many processes."""

import fcntl
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from detectors.discovery.sources.coverage import Stop

_LAYOUT = struct.Struct("<qq")
#: stands for no limit: more than anybody keeps
_ENDLESS = 2**62


@dataclass(slots=True)
class Budget:
    """Rows and bytes that may still be read; None is no limit."""

    rows: int | None = None
    bytes: int | None = None

    def left(self) -> tuple[int | None, int | None]:
        """Rows and bytes that are left."""
        return self.rows, self.bytes

    def take(self, rows: int, size: int) -> None:
        """Take what was read off."""
        self.rows = None if self.rows is None else self.rows - rows
        self.bytes = None if self.bytes is None else self.bytes - size

    @property
    def spent(self) -> Stop | None:
        """Which of the two is used up, if one is."""
        rows, size = self.left()
        if rows is not None and rows <= 0:
            return Stop.ROWS
        return Stop.BYTES if size is not None and size <= 0 else None


@dataclass(slots=True)
class SharedBudget(Budget):
    """A budget that several processes read from: its figures are in a file, which knows one of them at a time."""

    path: str = ""

    def left(self) -> tuple[int | None, int | None]:
        """Rows and bytes that are left of what all have."""
        with self._held() as (rows, size, _):
            return rows if self.rows is not None else None, size if self.bytes is not None else None

    def take(self, rows: int, size: int) -> None:
        """Take what was read off what all have."""
        with self._held() as (left_rows, left_size, file):
            file.seek(0)
            file.write(_LAYOUT.pack(left_rows - rows, left_size - size))

    @contextmanager
    def _held(self) -> Iterator[tuple[int, int, IO[bytes]]]:
        with Path(self.path).open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            rows, size = _LAYOUT.unpack(file.read(_LAYOUT.size))
            yield rows, size, file
            file.flush()


@contextmanager
def shared(folder: Path, rows: int | None, size: int | None) -> Iterator[Budget | None]:
    """A budget for one scan, whatever processes it is split over; None where there is no limit."""
    if rows is None and size is None:
        yield None
        return
    folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder, prefix="budget-") as file:
        file.write(_LAYOUT.pack(_ENDLESS if rows is None else rows, _ENDLESS if size is None else size))
        file.flush()
        yield SharedBudget(rows, size, file.name)
