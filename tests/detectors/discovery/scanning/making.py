"""Small sources for scans: an SQLite file with so many tables, each with persons in it; and how they are scanned."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from detectors.discovery.scanning.conduct import Order, Signal, Watch
from detectors.discovery.scanning.keeping import Desk, Finished, scan_kept
from detectors.discovery.scanning.models import Mode
from detectors.discovery.service import Location
from detectors.discovery.sources.base import Sampling
from policies.grading.policy import default_body, policy_of
from soc.db import Database
from soc.demo.people import make_persons
from soc.demo.places import load_places
from soc.demo.table import rng_for
from soc.identity.actors import operator_actor

ROWS = 40
PEOPLE = make_persons(rng_for(4, "scanning"), load_places(), ROWS)


def make_source(path: Path, tables: int, rows: int = ROWS) -> Path:
    """An SQLite file of ``tables`` tables, t00 upwards."""
    with closing(sqlite3.connect(path)) as database, database:
        for number in range(tables):
            add_table(database, f"t{number:02d}", rows)
    return path


def add_table(database: sqlite3.Connection, name: str, rows: int = ROWS) -> None:
    """A table of persons with a number that is nobody's."""
    database.execute(f'CREATE TABLE "{name}" (id INTEGER PRIMARY KEY, sfzh TEXT, xm TEXT, je REAL)')
    add_rows(database, name, rows)


def add_rows(database: sqlite3.Connection, name: str, rows: int) -> None:
    """More persons in a table."""
    made = ((PEOPLE.resident_ids[at % ROWS], PEOPLE.names[at % ROWS], at * 1.5) for at in range(rows))
    database.executemany(f'INSERT INTO "{name}" (sfzh, xm, je) VALUES (?, ?, ?)', made)


def change(path: Path, *statements: str) -> None:
    """Change a source."""
    with closing(sqlite3.connect(path)) as database, database:
        for statement in statements:
            database.execute(statement)


def go(_progress: object) -> Signal:
    """Let the scan go on."""
    return Signal.GO


def ending(signals: Iterable[Signal]) -> Watch:
    """Answer with one signal after another, and let it go on after the last."""
    left = list(signals)

    def watch(_progress: object) -> Signal:
        return left.pop(0) if left else Signal.GO

    return watch


def desk_of(database: Database) -> Desk:
    """The operator's desk."""
    return Desk(database, database.settings, operator_actor)


def scan_of(
    database: Database,
    address: str,
    *,
    mode: Mode = Mode.CHANGED,
    watch: Watch = go,
    workers: int = 0,
    sampling: Sampling | None = None,
    patience: float = 60.0,
) -> Finished:
    """Scan an address into the province's ledger, by this process alone unless workers are wanted."""
    order = Order(address, address, sampling or Sampling(), policy_of(default_body()), workers, patience)
    return scan_kept(desk_of(database), Location(address, address), "440000", order, mode, watch)


MakeSource = Callable[..., Path]
