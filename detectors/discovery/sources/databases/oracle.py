"""Oracle, through ``oracledb``; no server was had. Its dictionary also serves Dameng, which copied it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy.engine import Connection

from detectors.discovery.sources.base import Kind
from detectors.discovery.sources.databases.dialect import Dialect, Listed
from detectors.discovery.sources.databases.found import Form, FoundColumn
from detectors.discovery.sources.databases.plan import Piece

#: characters of a CLOB that fit a value of SQL in any character set
_CLOB = 1000
_BYTES = frozenset({"BLOB", "BFILE", "IMAGE", "LONGVARBINARY"})
_RAW = frozenset({"RAW", "BINARY", "VARBINARY"})
_TEXTS = frozenset({"VARCHAR2", "NVARCHAR2", "CHAR", "NCHAR", "VARCHAR", "CHARACTER"})
#: no function of SQL takes such a column
_UNREADABLE = frozenset({"LONG", "LONG RAW"})


@dataclass(slots=True)
class Oracle(Dialect):
    """An Oracle server."""

    extra: ClassVar[str | None] = "oracle"
    driver: ClassVar[str] = "oracledb"
    read_only: ClassVar[str] = "SET TRANSACTION READ ONLY"
    #: owners of what belongs to the engine
    ours: ClassVar[str] = "{owner} NOT IN (SELECT username FROM all_users WHERE oracle_maintained = 'Y')"

    def connect(self) -> Connection:
        """Open a session; a call that takes too long is broken off by the driver."""
        session = Dialect.connect(self)
        driver: Any = session.connection.driver_connection
        if hasattr(driver, "call_timeout"):
            driver.call_timeout = self.limits.statement * 1000
        return session

    def tables_statement(self) -> str:
        """The statement that lists tables and views."""
        return f"""
            SELECT o.owner, o.object_name AS name, o.object_type AS kind, c.comments, t.num_rows, t.blocks,
                   o.last_ddl_time, m.inserts, m.updates, m.deletes
            FROM all_objects o
            LEFT JOIN all_tables t ON t.owner = o.owner AND t.table_name = o.object_name
            LEFT JOIN all_tab_comments c ON c.owner = o.owner AND c.table_name = o.object_name
            LEFT JOIN all_tab_modifications m
              ON m.table_owner = o.owner AND m.table_name = o.object_name AND m.partition_name IS NULL
            WHERE o.object_type IN ('TABLE', 'VIEW') AND {self.ours.format(owner="o.owner")}"""  # noqa: S608

    def columns_statement(self) -> str:
        """The statement that lists columns."""
        return f"""
            SELECT a.owner, a.table_name, a.column_name, a.data_type, a.data_length, c.comments
            FROM all_tab_columns a
            LEFT JOIN all_col_comments c
              ON c.owner = a.owner AND c.table_name = a.table_name AND c.column_name = a.column_name
            WHERE {self.ours.format(owner="a.owner")}
            ORDER BY a.owner, a.table_name, a.column_id"""  # noqa: S608

    def listed(self, session: Connection) -> Iterable[Listed]:
        """List tables and views."""
        for row in self.rows_of(session, self.tables_statement()):
            written = [row.get(one) for one in ("inserts", "updates", "deletes")]
            yield Listed(
                schema=row["owner"],
                name=row["name"],
                kind=Kind.VIEW if row["kind"] == "VIEW" else Kind.TABLE,
                comment=row["comments"] or "",
                rows=row["num_rows"],
                bytes=int(row["blocks"]) * 8192 if row["blocks"] is not None else None,
                watermark=".".join(map(str, (*written, row.get("last_ddl_time")))) if written[0] is not None else "",
            )

    def columns(self, session: Connection) -> Iterable[tuple[str, str, FoundColumn]]:
        """List columns."""
        for row in self.rows_of(session, self.columns_statement()):
            yield (
                row["owner"],
                row["table_name"],
                self.column(row["column_name"], row["data_type"], row["comments"] or ""),
            )

    def column(self, name: str, kind: str, comment: str = "") -> FoundColumn:
        """A column and what fetches it."""
        quoted, bare = self.quoted(name), kind.split("(", 1)[0].strip().upper()
        form = Form.BYTES if bare in _BYTES | _RAW else Form.SHORT
        if bare in _BYTES:
            expression = f"DBMS_LOB.GETLENGTH({quoted})"
        elif bare in _RAW:
            expression = f"UTL_RAW.LENGTH({quoted})"
        elif bare in {"CLOB", "NCLOB", "TEXT"}:
            expression = f"DBMS_LOB.SUBSTR({quoted}, {_CLOB}, 1)"
        elif bare == "DATE":
            expression = f"TO_CHAR({quoted}, 'YYYY-MM-DD HH24:MI:SS')"
        else:
            expression = quoted if bare in _TEXTS else f"TO_CHAR({quoted})"
        return FoundColumn(name, kind, form, comment, readable=bare not in _UNREADABLE, expression=expression)

    def sampled(self, size: int, rows: int, seed: int) -> str:
        """Blocks drawn by the seed."""
        return f"SAMPLE BLOCK ({min(99.999999, max(0.000001, 100 * size / rows)):.6f}) SEED ({seed})"

    def statement(self, columns: Sequence[FoundColumn], piece: Piece) -> str:
        """The whole statement of a piece; ROWNUM is a limit that every version knows."""
        selected = ", ".join(one.expression for one in columns)
        limit = f" WHERE ROWNUM <= {piece.limit}" if piece.limit is not None else ""
        return f"SELECT {selected} {piece.tail}{limit}"
