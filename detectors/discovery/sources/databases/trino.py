"""Trino, and Presto's heirs that speak its protocol, through ``trino``; no server was had.

Its samples cannot be given a seed: they are spread, but another at each scan.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from detectors.discovery.sources.base import VALUE_LIMIT, Kind
from detectors.discovery.sources.databases.dialect import Dialect, Listed
from detectors.discovery.sources.databases.found import Form, Found, FoundColumn

TABLES = """
    SELECT table_schema, table_name, table_type FROM information_schema.tables
    WHERE table_schema <> 'information_schema'"""
COLUMNS = """
    SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
    WHERE table_schema <> 'information_schema' ORDER BY table_schema, table_name, ordinal_position"""


@dataclass(slots=True)
class Trino(Dialect):
    """A Trino coordinator, at one of its catalogues."""

    extra: ClassVar[str | None] = "trino"
    driver: ClassVar[str] = "trino"

    def arguments(self) -> dict[str, Any]:
        """A limit of time for each query."""
        return {"session_properties": {"query_max_run_time": f"{self.limits.statement}s"}, "source": "guanlan-scan"}

    def listed(self, session: Connection) -> Iterable[Listed]:
        """List tables and views."""
        for row in self.rows_of(session, TABLES):
            kind = Kind.VIEW if row["table_type"] == "VIEW" else Kind.TABLE
            yield Listed(row["table_schema"], row["table_name"], kind)

    def columns(self, session: Connection) -> Iterable[tuple[str, str, FoundColumn]]:
        """List columns."""
        for row in self.rows_of(session, COLUMNS):
            yield row["table_schema"], row["table_name"], self.column(row["column_name"], row["data_type"])

    def column(self, name: str, kind: str) -> FoundColumn:
        """A column and what fetches it."""
        quoted = self.quoted(name)
        if kind == "varbinary":
            return FoundColumn(name, kind, Form.BYTES, expression=f"length({quoted})")
        if kind.startswith(("row", "array", "map", "json")):
            text = f"json_format(CAST({quoted} AS JSON))"
        else:
            text = f"CAST({quoted} AS VARCHAR)"
        return FoundColumn(name, kind, Form.LONG, expression=f"substr({text}, 1, {VALUE_LIMIT + 1})")

    def counted(self, session: Connection, found: Found) -> int | None:
        """How many rows a table has, by the statistics of its connector where it keeps any."""
        table = ".".join(self.quoted(one) for one in (found.schema, found.name) if one)
        with suppress(DBAPIError):
            counts = [row.get("row_count") for row in self.rows_of(session, f"SHOW STATS FOR {table}")]
            return next((int(one) for one in counts if one is not None), None)
        return None

    def sampled(self, size: int, rows: int, seed: int) -> str:
        """Rows drawn by chance."""
        return f"TABLESAMPLE BERNOULLI ({min(100.0, 100 * size / rows):.6f})"
