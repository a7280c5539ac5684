"""Hive, through ``pyhive``; no server was had. Its catalogue has to be asked table by table."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from detectors.discovery.sources.base import VALUE_LIMIT
from detectors.discovery.sources.databases.dialect import Dialect, Listed
from detectors.discovery.sources.databases.found import Form, Found, FoundColumn


@dataclass(slots=True)
class Hive(Dialect):
    """A HiveServer2."""

    extra: ClassVar[str | None] = "hive"
    driver: ClassVar[str] = "pyhive.hive"

    def listed(self, session: Connection) -> Iterable[Listed]:
        """List the tables of the database that the address names."""
        schema = self.url.database or "default"
        for row in self.rows_of(session, f"SHOW TABLES IN {self.quoted(schema)}"):
            yield Listed(schema, str(next(iter(row.values()))))

    def columns(self, session: Connection) -> Iterable[tuple[str, str, FoundColumn]]:
        """List columns; a table that cannot be described has none, and is named so."""
        for table in list(self.listed(session)):
            try:
                described = list(self.rows_of(session, self.describing(table)))
            except DBAPIError:
                continue
            for row in described:
                name = str(row.get("col_name") or "").strip()
                if not name or name.startswith("#"):
                    break  # behind the columns stand the partition's, once more
                yield table.schema, table.name, self.column(name, str(row["data_type"]), str(row.get("comment") or ""))

    def describing(self, table: Listed) -> str:
        """The statement that lists a table's columns."""
        return f"DESCRIBE {self.quoted(table.schema)}.{self.quoted(table.name)}"

    def column(self, name: str, kind: str, comment: str = "") -> FoundColumn:
        """A column and what fetches it."""
        quoted = self.quoted(name)
        if kind == "binary":
            return FoundColumn(name, kind, Form.BYTES, comment, expression=f"length({quoted})")
        nested = kind.startswith(("array", "map", "struct", "uniontype"))
        text = quoted if nested else f"substr(CAST({quoted} AS STRING), 1, {VALUE_LIMIT + 1})"
        return FoundColumn(name, kind, Form.LONG, comment, expression=text)

    def counted(self, session: Connection, found: Found) -> int | None:
        """How many rows a table has, as its last writer or ANALYZE noted."""
        table = ".".join(self.quoted(one) for one in (found.schema, found.name) if one)
        with suppress(DBAPIError):
            told = [
                str(value)
                for row in self.rows_of(session, f"SHOW TBLPROPERTIES {table}('numRows')")
                for value in row.values()
            ]
            return next((int(one) for one in told if one.isdigit()), None)
        return None

    def sampled(self, size: int, rows: int, seed: int) -> str:
        """Rows drawn by the seed."""
        return f"WHERE rand({seed}) < {min(1.0, size / rows):.8f}"

    def quoted(self, name: str) -> str:
        """A name in backquotes."""
        return "`" + name.replace("`", "``") + "`"
