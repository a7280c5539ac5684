"""Databases through SQLAlchemy: read-only sessions, time limits, names quoted by the dialect."""

import random
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from detectors.discovery.sources import guard, pinning
from detectors.discovery.sources.base import (
    VALUE_LIMIT,
    Reading,
    Sampling,
    SourceUnreachableError,
    Table,
    UnreadableError,
    column_names,
    text_frame,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection, Engine

CONNECT_SECONDS = 8
STATEMENT_SECONDS = 60
_SYSTEM_SCHEMAS = frozenset({"information_schema", "pg_catalog", "mysql", "performance_schema", "sys", "pg_toast"})
_TEXT_TYPE = {"postgresql": "TEXT", "sqlite": "TEXT", "mysql": "CHAR"}


def connect_arguments(url: "URL") -> dict[str, Any]:
    """How each engine is told to read only, and not for ever."""
    backend = url.get_backend_name()
    if backend == "postgresql":
        options = f"-c default_transaction_read_only=on -c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout=3s"
        return {"connect_timeout": CONNECT_SECONDS, "options": options, "application_name": "guanlan-scan"}
    if backend == "mysql":
        return {"connect_timeout": CONNECT_SECONDS, "read_timeout": STATEMENT_SECONDS, "charset": "utf8mb4"}
    return {"timeout": CONNECT_SECONDS, "uri": True}


def engine_of(url: str) -> "Engine":
    """An engine without a pool for a checked address.

    Raises:
        SourceRefusedError: see :mod:`detectors.discovery.sources.guard`.
        SourceUnreachableError: the SQLite file is not there.
    """
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    target = guard.checked(url)
    arguments = connect_arguments(target)
    if target.get_backend_name() == "sqlite":
        file = Path(str(target.database))
        if not file.is_file():
            raise SourceUnreachableError("errors.source.no_file", path=file.name)
        quoted = str(file.resolve()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        target = target.set(database=f"file:{quoted}", query={"mode": "ro", "uri": "true"})
    engine = pinning.pin(create_engine(target, poolclass=NullPool, connect_args=arguments))
    if target.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _read_only_sqlite)
    return engine


def _read_only_sqlite(connection: Any, _record: object) -> None:
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    connection.execute("PRAGMA query_only = ON")


@contextmanager
def reaching(engine: "Engine") -> Iterator["Connection"]:
    """Connect, and say in one line what is wrong if that fails; the password is never part of it."""
    from sqlalchemy.exc import DBAPIError

    try:
        connection = engine.connect()
    except DBAPIError as error:
        raise SourceUnreachableError(_reason(error), host=engine.url.host or engine.url.database or "") from None
    with connection:
        yield connection


def _reason(error: Exception) -> str:
    text = str(error).lower()
    if "password" in text or "authentication" in text or "access denied" in text:
        return "errors.source.password"
    if "does not exist" in text or "unknown database" in text or "not a database" in text:
        return "errors.source.no_database"
    return "errors.source.unreachable"


def tables_of(engine: "Engine") -> list[Table]:
    """Every table and view the account may see, system schemas left out."""
    from sqlalchemy import inspect

    with reaching(engine) as connection:
        inspector = inspect(connection)
        backend = engine.dialect.name
        schemas = (
            [None]
            if backend != "postgresql"
            else [
                schema
                for schema in inspector.get_schema_names()
                if schema not in _SYSTEM_SCHEMAS and not schema.startswith("pg_")
            ]
        )
        found = []
        for schema in schemas:
            names = [*inspector.get_table_names(schema), *inspector.get_view_names(schema)]
            found += [_table(engine, inspector, schema, name) for name in sorted(names)]
    return found


def _table(engine: "Engine", inspector: Any, schema: str | None, name: str) -> Table:
    from sqlalchemy.exc import SAWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # a type SQLAlchemy does not know is read as text all the same
        described = inspector.get_columns(name, schema)
    columns = [column["name"] for column in described]
    comments = {column["name"]: column.get("comment") or "" for column in described}
    shown = f"{schema}.{name}" if schema else name
    return Table(name=shown, read=lambda sampling: _read(engine, schema, name, columns, sampling), comments=comments)


def _read(engine: "Engine", schema: str | None, name: str, columns: list[str], sampling: Sampling) -> Reading:
    from sqlalchemy.exc import DBAPIError

    reading = Reading(columns=column_names(list(columns)), batches=iter(()))
    try:
        with reaching(engine) as connection:
            reading.rows, reading.estimated = _count(connection, schema, name, sampling)
            statement = _statement(connection, schema, name, columns, sampling, reading.rows)
    except DBAPIError as error:
        raise UnreadableError("errors.discovery.table_refused", table=name) from error
    reading.batches = _batches(engine, statement, reading, name, sampling)
    return reading


def _batches(
    engine: "Engine", statement: str, reading: Reading, name: str, sampling: Sampling
) -> Iterator[pl.DataFrame]:
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    try:
        with reaching(engine) as connection:
            streaming = connection.execution_options(stream_results=True, yield_per=sampling.batch)
            for part in streaming.execute(text(statement)).partitions(sampling.batch):
                yield text_frame(reading.columns, [list(record) for record in part])
    except DBAPIError as error:
        raise UnreadableError("errors.discovery.table_refused", table=name) from error


def _quoted(connection: "Connection", schema: str | None, name: str) -> str:
    """A table's name in the dialect's quotes, for ``text``."""
    return ".".join(_quote(connection, part) for part in (schema, name) if part)


def _quote(connection: "Connection", name: str) -> str:
    """One name in the dialect's quotes, for ``text``: there a colon is a parameter, and a per cent is doubled again."""
    preparer = connection.dialect.identifier_preparer
    quoted = preparer.quote_identifier(name)
    if quoted.count("%") == 2 * name.count("%"):
        quoted = quoted.replace("%%", "%")
    return quoted.replace(":", "\\:")


def _count(connection: "Connection", schema: str | None, name: str, sampling: Sampling) -> tuple[int, bool]:
    """The table's rows: the planner's guess for a large PostgreSQL table, else counted."""
    from sqlalchemy import text

    table = _quoted(connection, schema, name)
    if connection.dialect.name == "postgresql" and not sampling.full:
        guess = connection.execute(
            text(
                "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(:name) AND relkind IN ('r', 'p', 'm')"
            ),
            {"name": table.replace("\\:", ":")},
        ).scalar()
        if guess and guess > 200_000:
            return int(guess), True
    return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() or 0), False  # noqa: S608 - quoted by the dialect


def _statement(
    connection: "Connection", schema: str | None, name: str, columns: list[str], sampling: Sampling, rows: int
) -> str:
    """A SELECT of every column as text, of all rows or of a repeatable sample."""
    backend = connection.dialect.name
    kind = _TEXT_TYPE.get(backend, "TEXT")
    taken = ", ".join(f"substr(CAST({_quote(connection, one)} AS {kind}), 1, {VALUE_LIMIT})" for one in columns)
    base = f"SELECT {taken} FROM {_quoted(connection, schema, name)}"  # noqa: S608 - quoted by the dialect
    if sampling.full or rows <= sampling.rows:
        return base
    return base + _sample_clause(connection, schema, name, sampling, rows)


def _sample_clause(connection: "Connection", schema: str | None, name: str, sampling: Sampling, rows: int) -> str:
    backend = connection.dialect.name
    if backend == "postgresql" and _is_plain_table(connection, schema, name):
        percent = min(100.0, 130.0 * sampling.rows / rows)
        return f" TABLESAMPLE BERNOULLI ({percent:.6f}) REPEATABLE ({sampling.seed}) LIMIT {sampling.rows}"
    if backend == "sqlite":
        chosen = _rowids(connection, schema, name, sampling)
        if chosen:
            return f" WHERE rowid IN ({', '.join(map(str, chosen))})"
    return f" LIMIT {sampling.rows}"


def _is_plain_table(connection: "Connection", schema: str | None, name: str) -> bool:
    from sqlalchemy import text

    query = text("SELECT relkind FROM pg_class WHERE oid = to_regclass(:name)")
    kind = connection.execute(query, {"name": _quoted(connection, schema, name).replace("\\:", ":")}).scalar()
    return str(kind) in {"r", "m"}


def _rowids(connection: "Connection", schema: str | None, name: str, sampling: Sampling) -> list[int]:
    """Row numbers drawn by the seed; none for a view or a table without them."""
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    try:
        table = _quoted(connection, schema, name)
        low, high = connection.execute(text(f"SELECT min(rowid), max(rowid) FROM {table}")).one()  # noqa: S608
    except DBAPIError:
        return []
    if not isinstance(low, int) or not isinstance(high, int) or high - low > 2**53:
        return []
    chooser = random.Random(sampling.seed)  # noqa: S311 - a sample has to be repeatable, not secret
    return sorted(chooser.sample(range(low, high + 1), min(sampling.rows, high - low + 1)))
