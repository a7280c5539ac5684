"""Scanning a source and copying it, masked, in one go."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from sqlalchemy import Engine, create_engine, inspect, make_url

from detectors.discovery.finding import ColumnFinding, Skipped, TableFinding
from detectors.discovery.scan import Orders, scan
from detectors.discovery.sources import csv as text
from detectors.discovery.sources import database, paths
from detectors.discovery.sources.base import Sampling, Table, UnreadableError
from detectors.discovery.sources.files.handle import Handle, of_path
from detectors.discovery.sources.files.kinds import Kind, kind_of
from detectors.discovery.sources.pinning import pin
from policies.protection.copies.database import CopiedTable, copy_database, foreign_keys, source_tables
from policies.protection.copies.files import copy_csv
from policies.protection.copies.plan import ColumnFact, Place, Plan, TableFact, plan_copy
from policies.protection.policy import ProtectionPolicy
from soc.crypto import KeyRing
from soc.errors import ConflictError, InputError
from soc.ledger.sources import is_url

Told = Callable[[str], None]
Planner = Callable[[Sequence[TableFact], Sequence[tuple[Place, Place]]], Plan]
_TEXT = frozenset({".csv", ".tsv", ".txt", ".tab", ".psv"})
_SQLITE = frozenset({".db", ".sqlite", ".sqlite3", ".db3"})


def silent(_name: str) -> None:
    """Say nothing of progress."""


@dataclass(frozen=True, slots=True)
class CopyOrder:
    """What to copy, where to, by which policy, for which purpose."""

    source: str
    dest: str
    policy: ProtectionPolicy
    purpose: str


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied, and what was left out and why."""

    tables: tuple[CopiedTable, ...]
    skipped: tuple[Skipped, ...] = ()


def make_copy(order: CopyOrder, ring: KeyRing, *, told: Told = silent) -> Copied:
    """Scan the source, plan, and write the masked copy.

    Raises:
        SocError: the source cannot be read, or the destination is there already.
    """
    found = scan([_database_url(order.source) or order.source], Orders(sampling=Sampling(rows=20_000)))
    facts = [_fact(table) for table in found.tables]

    def planned(tables: Sequence[TableFact], links: Sequence[tuple[Place, Place]]) -> Plan:
        return plan_copy(order.policy, tables, links, purpose=order.purpose)

    return Copied(copy_planned(order.source, order.dest, facts, planned, ring, told=told), found.skipped)


def copy_planned(
    source: str, dest: str, facts: Sequence[TableFact], planned: Planner, ring: KeyRing, *, told: Told = silent
) -> tuple[CopiedTable, ...]:
    """Write a copy by a plan made of what is known of the source's tables.

    Raises:
        SocError: the source cannot be read, or the destination is there already.
    """
    url = _database_url(source)
    if url is not None:
        return tuple(_copy_database(url, dest, facts, planned, ring, told))
    return tuple(_copy_files(Path(source), Path(dest), planned(facts, ()), ring, told))


def bare_facts(source: str) -> list[TableFact]:
    """Return the source's tables and columns with nothing said of them; nothing is measured."""
    url = _database_url(source)
    if url is not None:
        with database.open_database(url) as opened:
            found = opened.found()
        return [TableFact(one.shown, tuple(ColumnFact(column.name) for column in one.columns)) for one in found]
    readings = ((table.name, table.read(Sampling(rows=1)).columns) for table in _file_tables(Path(source), None))
    return [TableFact(name, tuple(ColumnFact(column) for column in columns)) for name, columns in readings]


def _copy_database(
    url: str, dest: str, facts: Sequence[TableFact], planned: Planner, ring: KeyRing, told: Told
) -> list[CopiedTable]:
    source = database.engine_of(url)
    plan = planned(_complete(source, facts), foreign_keys(source))
    engine, file = _empty_database(dest)
    try:
        copied = copy_database(source, engine, plan, ring, told=told)
    except BaseException:
        engine.dispose()
        if file is not None:
            file.unlink(missing_ok=True)
        raise
    engine.dispose()
    return copied


def _complete(source: Engine, facts: Sequence[TableFact]) -> list[TableFact]:
    """Add the columns a scan had nothing to say of; a table it left out (a state secret's mark, say) stays out."""
    known = {table.name: {column.name: column for column in table.columns} for table in facts}
    inspector = inspect(source)
    whole = []
    for table in source_tables(source):
        if table.name in known:
            names = [column["name"] for column in inspector.get_columns(table.bare, schema=table.schema)]
            said = known[table.name]
            whole.append(TableFact(table.name, tuple(said.get(name, ColumnFact(name)) for name in names)))
    return whole


def _empty_database(dest: str) -> tuple[Engine, Path | None]:
    url = _database_url(dest, must_exist=False)
    if url is None:
        raise InputError("errors.protection.dest", dest=Path(dest).name)
    target = make_url(url)
    if target.get_backend_name() == "sqlite":
        file = Path(str(target.database))
        if file.exists() and file.stat().st_size:
            raise ConflictError("errors.protection.dest_exists", dest=file.name)
        return create_engine(target), file
    if target.get_backend_name() == "postgresql":
        target = target.set(drivername="postgresql+psycopg")
    engine = pin(create_engine(target))
    with database.reaching(engine):
        pass
    if source_tables(engine):
        raise ConflictError("errors.protection.dest_exists", dest=target.database or "")
    return engine, None


def _copy_files(root: Path, dest: Path, plan: Plan, ring: KeyRing, told: Told) -> Iterator[CopiedTable]:
    if root.is_file() and dest.is_dir():
        dest /= f"{_safe(root.stem)}.csv"
    if _is_taken(dest):
        raise ConflictError("errors.protection.dest_exists", dest=dest.name)
    tables = list(_file_tables(root, plan.tables))
    if root.is_file() and len(tables) == 1 and dest.suffix:
        yield _copy_table(tables[0], dest, plan, ring, told)
        return
    # a folder appears whole or not at all
    aside = Path(tempfile.mkdtemp(prefix=f".{dest.name}.", dir=dest.parent))
    try:
        copied = [_copy_table(table, aside / f"{_safe(table.name)}.csv", plan, ring, told) for table in tables]
        aside.chmod(0o755)
        aside.rename(dest)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    yield from copied


def _is_taken(dest: Path) -> bool:
    if dest.is_dir():
        return any(dest.iterdir())
    return dest.exists() and dest.stat().st_size > 0


def _copy_table(table: Table, dest: Path, plan: Plan, ring: KeyRing, told: Told) -> CopiedTable:
    told(table.name)
    if Path(table.path).suffix.lower() in _TEXT and kind_of(of_path(Path(table.path))) is Kind.TEXT:
        columns, rows = _csv_rows(Path(table.path))
        return copy_csv(columns, rows, dest, table.name, plan, ring)
    reading = table.read(Sampling(full=True))
    return copy_csv(reading.columns, _frame_rows(reading.batches), dest, table.name, plan, ring)


def _csv_rows(path: Path) -> tuple[tuple[str, ...], Iterator[list[str]]]:
    """Read a CSV whole: discovery cuts long values, a copy must not."""
    columns, records = text.whole(path)
    width = len(columns)
    return columns, ([value or "" for value in record[:width]] + [""] * (width - len(record)) for record in records)


def _frame_rows(batches: Iterator[pl.DataFrame]) -> Iterator[tuple[str | None, ...]]:
    for batch in batches:
        yield from batch.iter_rows()


def _file_tables(root: Path, known: frozenset[str] | None) -> Iterator[Table]:
    for found in paths.walk(root):
        if not isinstance(found, Handle):
            continue  # what was left out, and folders that are tables of their own
        try:
            yield from (table for table in paths.tables_of(found) if known is None or table.name in known)
        except UnreadableError:
            continue  # the scan said so already


def _fact(table: TableFinding) -> TableFact:
    return TableFact(table.name, tuple(_column_fact(column) for column in table.columns))


def _column_fact(column: ColumnFinding) -> ColumnFact:
    embedded = column.evidence.embedded > column.evidence.matched
    return ColumnFact(column.name, column.type, column.level, masked=column.masked, embedded=embedded)


def _database_url(location: str, *, must_exist: bool = True) -> str | None:
    """Return the URL of a database, also where a path names an SQLite file; None for other files."""
    if is_url(location):
        return location
    path = Path(location)
    named = path.suffix.lower() in _SQLITE
    if (path.is_file() and paths.is_database(path)) or (named and not (must_exist and path.exists())):
        return f"sqlite:///{path.resolve()}"
    return None


def _safe(name: str) -> str:
    return "".join("_" if char in '/\\:*?"<>|\0' else char for char in name).lstrip(".") or "table"
