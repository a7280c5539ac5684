"""Reading the trail's rows as they lie in the database, whatever was done to them.

SQLAlchemy's types would stumble over a column of a foreign type, and the driver over bytes that
are no text; here an unreadable row is a value (None), and a table that cannot be read is one too.
Only committed rows are seen, in one snapshot, in the order of their keys.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy.exc import DBAPIError

from soc import sqlite
from soc.acting import SystemPath
from soc.db import Database

Row = Mapping[str, Any]


def stored_rows(database: Database, clause: str = "") -> Iterator[Row | None]:
    """Yield every row, or those of the SQL ``clause`` (ours, of whole numbers only); None for what cannot be read."""
    sql = f"SELECT * FROM trail_entries {clause} ORDER BY id"  # noqa: S608
    if database.is_sqlite:
        yield from _sqlite_rows(str(database.engine.url.database), sql)
    else:
        yield from _postgresql_rows(database.acting_for(SystemPath.TRAIL), sql)


def _sqlite_rows(path: str, sql: str) -> Iterator[Row | None]:
    driver = sqlite.driver()
    # the last reader that may write takes its side files away again; where another process has the
    # database open, or left a journal behind, only a reader that may not leaves them as they are
    mode = "ro" if Path(f"{path}-wal").exists() else "rw"
    try:
        with closing(driver.connect(f"file:{quote(path)}?mode={mode}", uri=True, timeout=30)) as connection:
            connection.execute("PRAGMA query_only=ON")
            # bytes that are no text come as lone surrogates, which no leaf can hold
            connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
            cursor = connection.execute(sql)
            names = [column[0] for column in cursor.description]
            for values in cursor:
                yield dict(zip(names, values, strict=True))
    except (driver.DatabaseError, ValueError):
        yield None


def _postgresql_rows(database: Database, sql: str) -> Iterator[Row | None]:
    try:
        with (
            database.connect(isolation_level="REPEATABLE READ") as snapshot,
            snapshot.exec_driver_sql(sql, execution_options={"stream_results": True}) as result,
        ):
            for row in result.mappings():
                yield dict(row)
    except DBAPIError:
        yield None
