"""DuckDB as the reader of the table's files: no network, bounded memory, one cursor a question."""

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa

from soc.logstore.duck_sql import Condition
from soc.logstore.errors import StoreUnavailableError
from soc.logstore.parts import Part, sync_file
from soc.ocsf.schema import EVENT_SCHEMA, NO_EVENTS

MEMORY = "1GB"
_SETTINGS = (
    "SET TimeZone = 'UTC'",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    f"SET memory_limit = '{MEMORY}'",
)
_EVENTS = "read_parquet(?, union_by_name = true)"
#: names and types of today's columns, whoever else had as many
_SHAPE = sha256(str(EVENT_SCHEMA).encode()).hexdigest()[:16]


class Duck:
    """Asks questions of parquet files; threads share it, each question has its own cursor."""

    def __init__(self, folder: Path, work: Path) -> None:
        """Name the table's folder and where sorts may spill; nothing is opened yet."""
        self._folder = folder
        self._work = work
        self._lock = threading.Lock()
        self._connection: duckdb.DuckDBPyConnection | None = None

    def tuples(self, asked: Condition, parts: tuple[Part, ...]) -> list[tuple[int, ...]]:
        """Return rows as tuples; ``{events}`` in the text stands for the files."""
        return self._asked(asked, parts).fetchall()

    def rows(self, asked: Condition, parts: tuple[Part, ...]) -> list[dict[str, object]]:
        """Return events, instants aware UTC."""
        rows: list[dict[str, object]] = self._asked(asked, parts).to_arrow_table().to_pylist()
        return [{name: _aware(value) for name, value in row.items()} for row in rows]

    def table(self, asked: Condition, parts: tuple[Part, ...]) -> pa.Table:
        """Return one table."""
        return self._asked(asked, parts).to_arrow_table()

    def frame(self, asked: Condition, parts: tuple[Part, ...]) -> pl.DataFrame:
        """Return one frame."""
        frame = pl.from_arrow(self.table(asked, parts))
        assert isinstance(frame, pl.DataFrame)
        return frame

    def tables(self, asked: Condition, parts: tuple[Part, ...], rows: int) -> Iterator[pa.Table]:
        """Stream tables of about ``rows`` rows."""
        for batch in self._asked(asked, parts).to_arrow_reader(rows):
            if batch.num_rows:
                yield pa.Table.from_batches([batch])

    def _asked(self, asked: Condition, parts: tuple[Part, ...]) -> duckdb.DuckDBPyRelation:
        files = [str(self._shape()), *(str(self._folder / part.name) for part in parts)]
        text = asked.text.replace("{events}", _EVENTS)
        try:
            return self._cursor().sql(text, params=[files, *asked.values])
        except (duckdb.IOException, duckdb.OutOfMemoryException) as problem:
            raise StoreUnavailableError("errors.logstore.read", reason=str(problem)[:200]) from problem

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            if self._connection is None:
                self._work.mkdir(mode=0o700, parents=True, exist_ok=True)
                connection = duckdb.connect()
                for setting in _SETTINGS:
                    connection.execute(setting)
                connection.execute(f"SET temp_directory = '{str(self._work).replace(chr(39), chr(39) * 2)}'")
                self._connection = connection
            return self._connection.cursor()

    def _shape(self) -> Path:
        """Return an empty file with all of today's columns: files written before one was added lack it."""
        path = self._work / f"shape-{_SHAPE}.parquet"
        if not path.exists():
            self._work.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.tmp")
            NO_EVENTS.write_parquet(draft)
            sync_file(draft)
            draft.replace(path)
        return path


def _aware(value: object) -> object:
    return value.astimezone(UTC) if isinstance(value, datetime) else value
