"""Writing the province: into SQLite, PostgreSQL, or a folder of CSV files."""

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from soc.demo.table import SqlType, Table, Value
from soc.errors import InputError, UnavailableError

_BATCH = 5_000
#: called after each table with its name and its count of rows
Progress = Callable[[str, int], None]


class DestinationError(InputError):
    """A destination the province cannot be written to."""


def write(destination: str, tables: Iterable[Table], progress: Progress) -> int:
    """Write every table to a URL, a SQLite file (.db, .sqlite, .sqlite3) or a folder of CSV files.

    What is there under the same names is replaced. Returns the count of rows.

    Raises:
        DestinationError: neither of the three.
        UnavailableError: the database does not answer.
    """
    found = destination_of(destination)
    if isinstance(found, Path):
        return _write_csv(found, tables, progress)
    return _write_database(found, tables, progress)


def destination_of(destination: str) -> URL | Path:
    """What a destination means: a database's URL, or a folder of CSV files.

    Raises:
        DestinationError: neither.
    """
    if "://" in destination:
        return _url(destination)
    path = Path(destination)
    if path.suffix in {".db", ".sqlite", ".sqlite3"}:
        path.parent.mkdir(parents=True, exist_ok=True)
        return URL.create("sqlite", database=str(path))
    if path.suffix or path.is_file():
        raise DestinationError("demo.bad_destination", destination=destination)
    return path


def _url(destination: str) -> URL:
    try:
        url = make_url(destination)
    except ArgumentError as error:
        raise DestinationError("demo.bad_destination", destination="(URL)") from error
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite":
        return url
    raise DestinationError("demo.bad_destination", destination=url.render_as_string(hide_password=True))


def _write_database(url: URL, tables: Iterable[Table], progress: Progress) -> int:
    """One transaction: a province that could not be finished leaves nothing behind."""
    engine = create_engine(url)
    total = 0
    try:
        with engine.begin() as connection:
            for table in tables:
                _create(connection, table)
                (_copy if connection.dialect.name == "postgresql" else _insert)(connection, table)
                total += table.rows
                progress(table.name, table.rows)
    except OperationalError as error:
        raise UnavailableError("demo.unreachable", reason=str(error.orig).splitlines()[0]) from error
    finally:
        engine.dispose()
    return total


def _create(connection: Connection, table: Table) -> None:
    """Names and types are ours (this module's callers'), none comes from outside."""
    postgres = connection.dialect.name == "postgresql"
    name = f'{table.schema}."{table.name}"' if postgres else f'"{table.name}"'
    columns = ", ".join(f'"{column.name}" {_sql_type(column.sql, postgres)}' for column in table.columns)
    if postgres:
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {table.schema}"))
    connection.execute(text(f"DROP TABLE IF EXISTS {name}"))
    connection.execute(text(f"CREATE TABLE {name} ({columns})"))
    if postgres:
        _comment(connection, name, table)


def _sql_type(kind: SqlType, postgres: bool) -> str:
    if postgres:
        return kind.value
    return {SqlType.REAL: "REAL", SqlType.MONEY: "REAL", SqlType.TIME: "TEXT", SqlType.DATE: "TEXT"}.get(
        kind, kind.value
    )


def _comment(connection: Connection, name: str, table: Table) -> None:
    def literal(words: str) -> str:
        return "'" + words.replace("'", "''") + "'"

    connection.execute(text(f"COMMENT ON TABLE {name} IS {literal(table.comment)}"))
    for column in table.columns:
        if column.comment:
            connection.execute(text(f'COMMENT ON COLUMN {name}."{column.name}" IS {literal(column.comment)}'))


def _rows(table: Table) -> Iterator[tuple[Value, ...]]:
    return zip(*(column.values for column in table.columns), strict=True)


def _copy(connection: Connection, table: Table) -> None:
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(f'COPY {table.schema}."{table.name}" FROM STDIN') as copy:
        for row in _rows(table):
            copy.write_row(row)


def _insert(connection: Connection, table: Table) -> None:
    places = ", ".join("?" for _ in table.columns)
    raw: Any = connection.connection.driver_connection
    rows = (tuple(_plain(value) for value in row) for row in _rows(table))
    while batch := list(islice(rows, _BATCH)):
        raw.executemany(f'INSERT INTO "{table.name}" VALUES ({places})', batch)  # noqa: S608 - our own name


def _plain(value: Value) -> Value:
    """SQLite keeps dates as text."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else value


def _write_csv(folder: Path, tables: Iterable[Table], progress: Progress) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    total = 0
    for table in tables:
        with (folder / f"{table.name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([column.name for column in table.columns])
            writer.writerows([_plain(value) for value in row] for row in _rows(table))
        total += table.rows
        progress(table.name, table.rows)
    return total
