"""Writing the province at its full size: COPY into PostgreSQL, or the same relations into SQLite or CSV files."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import OperationalError

from soc.demo.estate.fill import frame_of, is_stored
from soc.demo.estate.kinds import sql_of
from soc.demo.estate.pools import Pools
from soc.demo.estate.relation import Form, Relation
from soc.demo.table import SqlType
from soc.demo.write import destination_of
from soc.errors import UnavailableError

_BATCH = 20_000
_YEARS = range(2015, 2027, 2)  # a partition for each two years
_SQLITE = {SqlType.REAL: "REAL", SqlType.MONEY: "REAL", SqlType.TIME: "TEXT", SqlType.DATE: "TEXT"}
#: called after each relation with its name and its count of rows
Progress = Callable[[str, int], None]


def write_relations(destination: str, relations: Iterable[Relation], pools: Pools, progress: Progress) -> int:
    """Write relations to a URL, a SQLite file or a folder; each schema is one transaction. Returns the count of rows.

    Raises:
        DestinationError: neither of the three.
        UnavailableError: the database does not answer.
    """
    found = destination_of(destination)
    if isinstance(found, Path):
        return _write_csv(found, relations, pools, progress)
    ordered = sorted(relations, key=lambda one: (one.schema, one.form is Form.VIEW))
    with _reaching(create_engine(found)) as engine:
        total = 0
        for _, members in groupby(ordered, key=lambda one: one.schema):
            with engine.begin() as connection:
                total += sum(_write_one(connection, one, pools, progress) for one in members)
        if engine.dialect.name == "postgresql":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE")
    return total


@contextmanager
def _reaching(engine: Engine) -> Iterator[Engine]:
    try:
        yield engine
    except OperationalError as error:
        raise UnavailableError("demo.unreachable", reason=str(error.orig).splitlines()[0]) from error
    finally:
        engine.dispose()


def written_name(relation: Relation, *, schemas: bool) -> str:
    """How a scan will call it: ``schema.name``, or both in one where the destination knows no schemas."""
    return f"{relation.schema}.{relation.name}" if schemas else f"{relation.schema}_{relation.name}"


def _write_one(connection: Connection, relation: Relation, pools: Pools, progress: Progress) -> int:
    postgres = connection.dialect.name == "postgresql"
    for statement in _statements(relation, postgres):
        connection.exec_driver_sql(statement)
    if is_stored(relation):
        frame = frame_of(relation, pools)
        (_copy if postgres else _insert)(connection, relation, frame)
    progress(written_name(relation, schemas=postgres), relation.rows)
    return relation.rows if is_stored(relation) else 0


def _quoted(relation: Relation, name: str, postgres: bool) -> str:
    return f'"{relation.schema}"."{name}"' if postgres else f'"{relation.schema}_{name}"'


def _statements(relation: Relation, postgres: bool) -> Iterator[str]:
    """Names are of our own words, none comes from outside."""
    name, kind = _quoted(relation, relation.name, postgres), "VIEW" if relation.form is Form.VIEW else "TABLE"
    if postgres:
        yield f'CREATE SCHEMA IF NOT EXISTS "{relation.schema}"'
    yield f"DROP {kind} IF EXISTS {name}" + (" CASCADE" if postgres else "")
    if relation.form is Form.VIEW:
        columns = ", ".join(f'"{one.name}"' for one in relation.columns)
        yield f"CREATE VIEW {name} AS SELECT {columns} FROM {_quoted(relation, relation.base, postgres)}"  # noqa: S608
        return
    yield from _tables(relation, name, postgres)
    if postgres:
        yield from _comments(relation, name)


def _tables(relation: Relation, name: str, postgres: bool) -> Iterator[str]:
    parted = relation.form is Form.PARTITIONED and postgres
    columns = ", ".join(
        f'"{one.name}" {_sql(sql_of(one.kind), postgres)}' + (" PRIMARY KEY" if one.kind == "id" and not parted else "")
        for one in relation.columns
    )
    if not parted:
        yield f"CREATE TABLE {name} ({columns})"
        return
    key = next(one.name for one in relation.columns if one.kind in {"time.date", "time.moment"})
    yield f'CREATE TABLE {name} ({columns}) PARTITION BY RANGE ("{key}")'
    for year in _YEARS:
        part = _quoted(relation, f"{relation.name}_p{year}", postgres)
        yield f"CREATE TABLE {part} PARTITION OF {name} FOR VALUES FROM ('{year}-01-01') TO ('{year + 2}-01-01')"
    yield f"CREATE TABLE {_quoted(relation, f'{relation.name}_rest', postgres)} PARTITION OF {name} DEFAULT"


def _sql(kind: SqlType, postgres: bool) -> str:
    return kind.value if postgres else _SQLITE.get(kind, kind.value)


def _comments(relation: Relation, name: str) -> Iterator[str]:
    if relation.comment:
        yield f"COMMENT ON TABLE {name} IS '{relation.comment}'"
    for one in relation.columns:
        if one.comment:
            yield f"COMMENT ON COLUMN {name}.\"{one.name}\" IS '{one.comment}'"


def _copy(connection: Connection, relation: Relation, frame: pl.DataFrame) -> None:
    raw: Any = connection.connection.driver_connection
    name = _quoted(relation, relation.name, postgres=True)
    with raw.cursor() as cursor, cursor.copy(f"COPY {name} FROM STDIN (FORMAT csv, NULL '\\N')") as copy:
        for part in frame.iter_slices(_BATCH):
            copy.write(part.write_csv(include_header=False, null_value="\\N", quote_style="necessary"))


def _insert(connection: Connection, relation: Relation, frame: pl.DataFrame) -> None:
    raw: Any = connection.connection.driver_connection
    places = ", ".join("?" for _ in relation.columns)
    plain = frame.with_columns(pl.selectors.temporal().cast(pl.String))
    statement = f"INSERT INTO {_quoted(relation, relation.name, postgres=False)} VALUES ({places})"  # noqa: S608 - our words
    raw.executemany(statement, plain.iter_rows())


def _write_csv(folder: Path, relations: Iterable[Relation], pools: Pools, progress: Progress) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    total = 0
    for relation in filter(is_stored, relations):
        name = written_name(relation, schemas=False)
        frame_of(relation, pools).write_csv(folder / f"{name}.csv", include_bom=True)
        progress(name, relation.rows)
        total += relation.rows
    return total
