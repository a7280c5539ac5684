"""DuckDB files, by DuckDB's own interface: read only, with no way out to other files or the network.

A file may hold views that read other files; outside access is closed before it is opened, for good.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from detectors.discovery.sources.base import VALUE_LIMIT, Kind, Sampling, SourceUnreachableError
from detectors.discovery.sources.coverage import Coverage, Method
from detectors.discovery.sources.databases.family import Account, Family
from detectors.discovery.sources.databases.found import Form, Found, FoundColumn
from detectors.discovery.sources.databases.frames import settled
from detectors.discovery.sources.databases.plan import Piece, Plan, between
from detectors.discovery.sources.databases.trouble import Trouble

_PLACES = 25
_SETTINGS = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": "512MB",
    "threads": "2",
}
_SHORT = ("INT", "BIGINT", "SMALLINT", "TINYINT", "HUGEINT", "UINTEGER", "UBIGINT", "DOUBLE", "FLOAT", "DECIMAL", "DATE",
          "TIME", "BOOLEAN", "UUID", "INTERVAL", "ENUM")  # fmt: skip


@dataclass(slots=True)
class DuckDB(Family):
    """One file."""

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Open the file to read only.

        Raises:
            SourceUnreachableError: it is not there.
        """
        file = Path(str(self.url.database))
        if not file.is_file():
            raise SourceUnreachableError("errors.source.no_file", path=file.name)
        session = duckdb.connect(str(file.resolve()), read_only=True, config=dict(_SETTINGS))
        session.execute("SET lock_configuration = true")
        return session

    def close(self, session: duckdb.DuckDBPyConnection) -> None:
        """Close the file."""
        session.close()

    def abort(self, session: duckdb.DuckDBPyConnection) -> None:
        """End the statement."""
        session.interrupt()

    def refusal(self, error: Exception) -> str:
        """A file that another process writes cannot be opened; other files may be none of DuckDB's."""
        text = str(error).lower()
        if "lock" in text:
            return "errors.source.file_busy"
        return "errors.source.no_database" if "not a valid" in text else super().refusal(error)

    def catalogue(self, session: duckdb.DuckDBPyConnection) -> list[Found]:
        """List tables and views."""
        columns: dict[tuple[str, str], list[FoundColumn]] = defaultdict(list)
        for schema, table, name, kind, comment in session.execute(
            """SELECT schema_name, table_name, column_name, data_type, comment FROM duckdb_columns()
               WHERE NOT internal AND database_name = current_database() ORDER BY table_oid, column_index"""
        ).fetchall():
            columns[schema, table].append(FoundColumn(name, kind, form_of(kind), comment or ""))
        file = Path(str(self.url.database)).stat()
        mark = f"{file.st_size}.{file.st_mtime_ns}"
        return [
            Found(
                name=name,
                schema=None if schema == "main" else schema,
                columns=tuple(columns[schema, name]),
                kind=Kind.VIEW if is_view else Kind.TABLE,
                comment=comment or "",
                rows=rows,
                watermark=mark,
                trouble=None if columns[schema, name] else Trouble.REFUSED,
            )
            for schema, name, comment, rows, is_view in session.execute(
                """SELECT schema_name, table_name, comment, estimated_size, false FROM duckdb_tables()
                   WHERE NOT internal AND database_name = current_database()
                   UNION ALL
                   SELECT schema_name, view_name, comment, NULL, true FROM duckdb_views()
                   WHERE NOT internal AND database_name = current_database()"""
            ).fetchall()
        ]

    def plan(self, session: duckdb.DuckDBPyConnection, found: Found, sampling: Sampling) -> Plan:
        """Take rows at places spread over the row numbers."""
        table = "FROM " + ".".join(quoted(one) for one in (found.schema, found.name) if one)
        if sampling.full:
            return Plan(((Piece(table),),))
        first = Piece(f"{table} LIMIT {sampling.rows}")
        if found.kind is Kind.VIEW:
            return Plan(((first,),), Method.FIRST, estimated=True, limit=sampling.rows)
        (counted,) = session.execute(f"SELECT count(*) {table}").fetchall()
        if counted[0] <= sampling.whole:
            return Plan(((Piece(table),),))
        (span,) = session.execute(f"SELECT min(rowid), max(rowid) {table}").fetchall()
        stages = tuple(
            (_sample(table, span[0], span[1], size, sampling.seed + number),)
            for number, size in enumerate(sampling.stages)
        )
        return Plan(stages, Method.SPREAD, counted[0], fallback=first)

    def fetch(
        self,
        session: duckdb.DuckDBPyConnection,
        found: Found,
        columns: Sequence[FoundColumn],
        piece: Piece,
        coverage: Coverage,
    ) -> Iterator[pl.DataFrame]:
        """Fetch one piece as Arrow batches."""
        selected = ", ".join(f"{_selected(one)} AS c{place}" for place, one in enumerate(columns))
        statement = " UNION ALL ".join(f"(SELECT {selected} {tail})" for tail in (piece.tail, *piece.more))
        reader: Any = session.sql(statement).to_arrow_reader(20_000)
        for batch in reader:
            yield settled(pl.DataFrame(pl.from_arrow(batch)), columns, coverage)

    def account(self, session: duckdb.DuckDBPyConnection) -> Account:
        """A file has no accounts."""
        return Account(user="", version=f"DuckDB {duckdb.__version__}")

    def trouble(self, error: Exception) -> tuple[Trouble, str] | None:
        """Tell by the kind of the exception."""
        if not isinstance(error, duckdb.Error):
            return None
        if isinstance(error, duckdb.InterruptException):
            return Trouble.SLOW, type(error).__name__
        forbidden = isinstance(error, duckdb.PermissionException)
        return (Trouble.FORBIDDEN if forbidden else Trouble.REFUSED), type(error).__name__


def form_of(kind: str) -> Form:
    """How values of a type are fetched."""
    if kind in {"BLOB", "BIT", "GEOMETRY"}:
        return Form.BYTES
    nested = kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION"))
    return Form.SHORT if kind.startswith(_SHORT) and not nested else Form.LONG


def _sample(table: str, low: int, high: int, size: int, seed: int) -> Piece:
    """Some rows from each of the places on, and the last: row numbers are those of writing."""
    count = min(_PLACES, size)
    few = -(-size // count)
    tails = [f"{table} WHERE rowid >= {one} AND rowid < {one + few}" for one in between(low, high, count, seed)]
    return Piece(tails[0], more=(*tails[1:], f"{table} WHERE rowid > {high - few}"))


def _selected(column: FoundColumn) -> str:
    name = quoted(column.name)
    if column.form is Form.BYTES:
        return f"CAST(octet_length({name}) AS VARCHAR)"
    if column.form is Form.SHORT:
        return f"CAST({name} AS VARCHAR)"
    return f"substring(CAST({name} AS VARCHAR), 1, {VALUE_LIMIT + 1})"


def quoted(name: str) -> str:
    """A name in double quotes."""
    return '"' + name.replace('"', '""') + '"'
