"""Columns in which nothing stands: a log fills a third of the schema, and what is empty need not be taken apart.

A file never changes once it is there, so its footer is read once. DuckDB takes every column apart
that a question names, for every group of rows that one of its rows may be in: lists cost most.
"""

import threading
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from soc.logstore.parts import Part

#: footers that are remembered
_MOST_KNOWN = 4_096


class Blanks:
    """Knows which columns of a table's files are empty; threads share it."""

    def __init__(self, folder: Path, columns: tuple[str, ...]) -> None:
        """Name the table's folder, and the columns that are asked for; nothing is read yet."""
        self._folder = folder
        self._columns = frozenset(columns)
        self._known: dict[str, frozenset[str]] = {}
        self._lock = threading.Lock()

    def among(self, parts: tuple[Part, ...]) -> frozenset[str]:
        """Return the columns in which none of the parts has a value; none where there are no parts, or a footer cannot be read."""
        blank = self._columns if parts else frozenset[str]()
        for part in parts:
            blank &= self._of(part.name)
            if not blank:
                break
        return blank

    def _of(self, name: str) -> frozenset[str]:
        known = self._known.get(name)
        if known is None:
            known = self._read(self._folder / name)
            with self._lock:
                while len(self._known) >= _MOST_KNOWN:
                    self._known.pop(next(iter(self._known)))
                self._known[name] = known
        return known

    def _read(self, path: Path) -> frozenset[str]:
        try:
            with pq.ParquetFile(path) as file:
                names, told = file.schema_arrow.names, file.metadata
        except (OSError, pa.ArrowInvalid):  # whoever reads the file says what is wrong with it
            return frozenset()
        if told.num_columns != len(names):
            return frozenset()  # a column of several parts: which of them is which column is not told
        groups = [told.row_group(place) for place in range(told.num_row_groups)]
        full = {name for place, name in enumerate(names) if not all(_blank(one.column(place)) for one in groups)}
        return self._columns - full


def _blank(chunk: Any) -> bool:
    """Say whether the statistics prove a column of a group of rows to be empty."""
    known = chunk.is_stats_set and chunk.statistics.has_null_count
    return bool(known and chunk.statistics.null_count == chunk.num_values)
