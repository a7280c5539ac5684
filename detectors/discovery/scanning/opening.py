"""A location as units of work: each table of a database, each file of a folder; made in the parent, opened in workers."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from detectors.discovery import objects
from detectors.discovery.finding import Skipped, TableFinding
from detectors.discovery.scan import Found, Orders, scan_handle, scan_location, scan_object
from detectors.discovery.sources import buckets, database, paths
from detectors.discovery.sources.base import Sampling, Table, TableState
from detectors.discovery.sources.databases.source import Database
from detectors.discovery.sources.files import delta
from detectors.discovery.sources.files.handle import Handle, shown
from detectors.discovery.sources.files.selection import Selection
from soc.ledger.sources import is_url

#: bytes of a file that are about the work of one row of a table
_ROW = 100


@dataclass(frozen=True, slots=True)
class Unit:
    """One piece of work; ``key`` names it within its location, ``rows`` and ``columns`` are guesses of its size.

    ``state`` is what the source says of it without reading.
    """

    key: str
    rows: int = 0
    columns: int = 1
    state: TableState | None = None

    def effort(self, sample: int | None) -> float:
        """How much work it is, in cells; the fixed part of opening a table counts as some."""
        rows = self.rows if sample is None else min(self.rows, sample)
        return 300.0 + self.columns * (20 + rows)


@dataclass(slots=True)
class Opened:
    """A location as this process sees it; tables are looked up once."""

    address: str
    #: where the tables of a database lie that was given as a file
    _file: str = ""
    _url: str = ""
    _database: Database | None = None
    _tables: dict[str, Table] = field(default_factory=dict)
    _bucket: buckets.Bucket | None = None

    def __post_init__(self) -> None:
        path = Path(self.address)
        if buckets.is_bucket(self.address):
            self._bucket = buckets.Bucket(self.address)
        elif is_url(self.address):
            self._url = self.address
        elif path.is_file() and os.access(path, os.R_OK) and paths.is_database(path):
            self._file, self._url = shown(self.address), f"sqlite:///{path.resolve()}"

    @property
    def is_database(self) -> bool:
        """Whether its units are tables of a database."""
        return bool(self._url)

    def units(self, select: Selection | None = None) -> Iterator[Unit | Skipped]:
        """Everything that there is and is wanted, and what was left alone with a reason.

        Raises:
            SocError: it cannot be reached.
        """
        if self._url:
            yield from (_unit_of(table) for table in self._catalogue().values())
            return
        bucket = self._bucket
        for found in bucket.walk(select) if bucket else paths.walk(Path(self.address), select):
            yield found if isinstance(found, Skipped) else _unit_of_file(found)

    def scan(self, unit: Unit, orders: Orders) -> list[Found]:
        """Read one unit; one that went since it was listed gives nothing.

        Raises:
            SourceUnreachableError: the source answers no more, and the orders are persistent.
        """
        if self._bucket is not None:
            file = self._bucket.find(unit.key)
            return [] if file is None else objects.told_apart(unit.key, scan_handle(file, orders))
        if not self._url:
            return objects.told_apart(unit.key, scan_location(unit.key, orders))
        table = self._catalogue().get(unit.key)
        return [] if table is None else [self._placed(scan_object(table, orders))]

    def pass_over(self, unit: Unit, sampling: Sampling) -> tuple[int, int]:
        """Read a table of a database and look at nothing; returns its rows and cells."""
        reading = self._catalogue()[unit.key].read(sampling)
        sizes = [(frame.height, frame.height * frame.width) for frame in reading.within(sampling.budget)]
        return sum(rows for rows, _ in sizes), sum(cells for _, cells in sizes)

    def _placed(self, found: Found) -> Found:
        """A table of a database that is a file is told with the file's path."""
        if not self._file:
            return found
        name = found.name if isinstance(found, TableFinding) else found.path
        return replace(found, path=f"{self._file}#{name}")

    def _catalogue(self) -> dict[str, Table]:
        if self._database is None:
            self._database = database.open_database(self._url)
        if not self._tables:
            self._tables = {table.name: table for table in self._database.tables()}
        return self._tables

    def close(self) -> None:
        """Leave the source."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def __enter__(self) -> "Opened":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _unit_of(table: Table) -> Unit:
    state = table.state
    rows = (state.rows if state else None) or 0
    return Unit(table.name, rows, max(1, len(table.types)), state)


def _unit_of_file(found: Handle | Table) -> Unit:
    """A file tells by its size and its times whether it is the same; the second of them nobody can set.

    A folder that is a table is as its log: each change writes a file there.
    """
    if buckets.is_bucket(found.path):
        if isinstance(found, Table):
            return Unit(found.path, 0, max(1, len(found.types)))
        return Unit(found.path, found.size // _ROW, 1, buckets.state_of(found))
    if isinstance(found, Table):
        return Unit(found.path, 0, max(1, len(found.types)), _stamp(Path(found.path) / delta.LOG))
    state = _stamp(found.local or Path(found.path))
    return Unit(str(found.local or found.path), found.size // _ROW, 1, state)


def _stamp(path: Path) -> TableState | None:
    try:
        told = path.stat()
    except OSError:
        return None
    return TableState("", None, f"{told.st_mtime_ns}.{told.st_ctime_ns}.{told.st_ino}", told.st_size)


def path_of(unit: Unit) -> str:
    """How a unit is named to people."""
    return shown(unit.key)
