"""ClickHouse, through ``clickhouse-connect``; no server was had."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy.engine import Connection

from detectors.discovery.sources.base import VALUE_LIMIT, Kind
from detectors.discovery.sources.databases.dialect import Dialect, Listed
from detectors.discovery.sources.databases.found import Form, FoundColumn

_OURS = "database NOT IN ('system', 'information_schema', 'INFORMATION_SCHEMA')"
TABLES = f"""
    SELECT t.database AS database, t.name AS name, t.engine AS engine, t.comment AS comment, t.total_rows AS total_rows,
           t.total_bytes AS total_bytes, p.changed AS changed
    FROM system.tables AS t
    LEFT JOIN (SELECT database, table, toString(max(modification_time)) AS changed FROM system.parts
               WHERE active GROUP BY database, table) AS p ON p.database = t.database AND p.table = t.name
    WHERE t.{_OURS}"""  # noqa: S608
COLUMNS = f"""
    SELECT database, table, name, type, comment FROM system.columns
    WHERE {_OURS} ORDER BY database, table, position"""  # noqa: S608


@dataclass(slots=True)
class ClickHouse(Dialect):
    """A ClickHouse server."""

    extra: ClassVar[str | None] = "clickhouse"
    driver: ClassVar[str] = "clickhouse_connect"
    read_only: ClassVar[str] = ""

    def arguments(self) -> dict[str, Any]:
        """Reading with settings of one's own is ``readonly = 2``; a limit of time beside it."""
        return {"settings": {"readonly": 2, "max_execution_time": self.limits.statement}}

    def listed(self, session: Connection) -> Iterable[Listed]:
        """List tables and views."""
        for row in self.rows_of(session, TABLES):
            is_view = str(row["engine"]).endswith("View")
            yield Listed(
                schema=row["database"],
                name=row["name"],
                kind=Kind.VIEW if is_view else Kind.TABLE,
                comment=row["comment"] or "",
                rows=row["total_rows"],
                bytes=row["total_bytes"],
                watermark=row["changed"] or "",
            )

    def columns(self, session: Connection) -> Iterable[tuple[str, str, FoundColumn]]:
        """List columns."""
        for row in self.rows_of(session, COLUMNS):
            yield row["database"], row["table"], self.column(row["name"], row["type"], row["comment"] or "")

    def column(self, name: str, kind: str, comment: str = "") -> FoundColumn:
        """A column and what fetches it."""
        cut = f"substringUTF8(toString({self.quoted(name)}), 1, {VALUE_LIMIT + 1})"
        return FoundColumn(name, kind, Form.LONG, comment, expression=cut)

    def sampled(self, size: int, rows: int, seed: int) -> str:
        """Rows whose place in their part falls to the seed."""
        return f"WHERE cityHash64(_part, _part_offset, {seed}) % {max(1, rows // size)} = 0"

    def quoted(self, name: str) -> str:
        """A name in backquotes."""
        return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"
