"""SQL Server, through ``pymssql``; no server was had. It knows no read-only session: the account has to be one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy.engine import Connection

from detectors.discovery.sources.base import VALUE_LIMIT, Kind
from detectors.discovery.sources.databases.dialect import Dialect, Listed
from detectors.discovery.sources.databases.found import Form, FoundColumn
from detectors.discovery.sources.databases.plan import Piece

_BYTES = frozenset({"binary", "varbinary", "image", "timestamp", "rowversion", "hierarchyid"})
_LONG = frozenset({"text", "ntext", "xml", "sql_variant", "json", "geography", "geometry"})

TABLES = """
    SELECT s.name AS [schema], o.name, o.type AS kind, CAST(p.value AS NVARCHAR(4000)) AS comment, x.total_rows, x.pages,
           u.last_user_update
    FROM sys.objects AS o
    JOIN sys.schemas AS s ON s.schema_id = o.schema_id
    LEFT JOIN sys.extended_properties AS p
      ON p.class = 1 AND p.major_id = o.object_id AND p.minor_id = 0 AND p.name = 'MS_Description'
    LEFT JOIN (SELECT object_id, SUM(CASE WHEN index_id < 2 THEN row_count ELSE 0 END) AS total_rows,
                      SUM(used_page_count) AS pages
               FROM sys.dm_db_partition_stats GROUP BY object_id) AS x ON x.object_id = o.object_id
    LEFT JOIN (SELECT object_id, MAX(last_user_update) AS last_user_update
               FROM sys.dm_db_index_usage_stats WHERE database_id = DB_ID() GROUP BY object_id) AS u
      ON u.object_id = o.object_id
    WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0"""
COLUMNS = """
    SELECT s.name AS [schema], o.name AS [table], c.name, t.name AS kind, c.max_length,
           CAST(p.value AS NVARCHAR(4000)) AS comment
    FROM sys.columns AS c
    JOIN sys.objects AS o ON o.object_id = c.object_id
    JOIN sys.schemas AS s ON s.schema_id = o.schema_id
    JOIN sys.types AS t ON t.user_type_id = c.user_type_id
    LEFT JOIN sys.extended_properties AS p
      ON p.class = 1 AND p.major_id = c.object_id AND p.minor_id = c.column_id AND p.name = 'MS_Description'
    WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0
    ORDER BY s.name, o.name, c.column_id"""


@dataclass(slots=True)
class SQLServer(Dialect):
    """A SQL Server."""

    extra: ClassVar[str | None] = "sqlserver"
    driver: ClassVar[str] = "pymssql"
    settings: ClassVar[tuple[str, ...]] = (
        "SET LOCK_TIMEOUT 3000",
        "SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED",  # takes no locks and waits for none
    )

    def arguments(self) -> dict[str, Any]:
        """Time limits, and the wish for a replica that is read only."""
        return {"timeout": self.limits.statement, "login_timeout": self.limits.connect, "read_only": True}

    def listed(self, session: Connection) -> Iterable[Listed]:
        """List tables and views."""
        for row in self.rows_of(session, TABLES):
            yield Listed(
                schema=row["schema"],
                name=row["name"],
                kind=Kind.VIEW if row["kind"].strip() == "V" else Kind.TABLE,
                comment=row["comment"] or "",
                rows=row["total_rows"],
                bytes=row["pages"] * 8192 if row["pages"] is not None else None,
                watermark=str(row["last_user_update"] or ""),
            )

    def columns(self, session: Connection) -> Iterable[tuple[str, str, FoundColumn]]:
        """List columns."""
        for row in self.rows_of(session, COLUMNS):
            column = self.column(row["name"], row["kind"], int(row["max_length"]), row["comment"] or "")
            yield row["schema"], row["table"], column

    def column(self, name: str, kind: str, longest: int, comment: str = "") -> FoundColumn:
        """A column and what fetches it; a length of -1 is without bound."""
        quoted = self.quoted(name)
        if kind in _BYTES:
            return FoundColumn(name, kind, Form.BYTES, comment, expression=f"DATALENGTH({quoted})")
        if kind in _LONG or longest < 0:
            cut = f"LEFT(CAST({quoted} AS NVARCHAR(MAX)), {VALUE_LIMIT + 1})"
            return FoundColumn(name, kind, Form.LONG, comment, expression=cut)
        return FoundColumn(name, kind, Form.SHORT, comment, expression=f"CAST({quoted} AS NVARCHAR(4000))")

    def sampled(self, size: int, rows: int, seed: int) -> str:
        """Pages drawn by the seed."""
        return f"TABLESAMPLE ({min(100.0, 100 * size / rows):.6f} PERCENT) REPEATABLE ({max(1, seed)})"

    def statement(self, columns: Sequence[FoundColumn], piece: Piece) -> str:
        """The whole statement of a piece."""
        selected = ", ".join(one.expression for one in columns)
        limit = f"TOP ({piece.limit}) " if piece.limit is not None else ""
        return f"SELECT {limit}{selected} {piece.tail}"

    def quoted(self, name: str) -> str:
        """A name in brackets."""
        return "[" + name.replace("]", "]]") + "]"
