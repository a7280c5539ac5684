"""Documents as rows: the fields of objects dotted, of a list one value for each row."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

import orjson
import polars as pl

from detectors.discovery.sources.base import VALUE_LIMIT
from detectors.discovery.sources.databases.found import Form, FoundColumn
from detectors.discovery.sources.databases.opensearch_catalogue import UNMAPPED

#: values of one list that a full reading gives rows to
_LISTED = 100


def flattened(hits: Sequence[Mapping[str, Any]], columns: Sequence[FoundColumn], *, every: bool) -> pl.DataFrame:
    """Make rows of documents, columns by place.

    Args:
        hits: what a search gave.
        columns: the fields that are wanted.
        every: give each value of a list a row; else one of them stands for it, another in each document.
    """
    wanted = {one.name: place for place, one in enumerate(columns)}
    rows: list[list[str | None]] = []
    for number, hit in enumerate(hits):
        source = hit.get("_source") or hit.get("fields") or {}
        for pick in count() if every else (number,):
            row: list[str | None] = [None] * len(columns)
            left: dict[str, Any] = {}
            longest = _fill(row, source, "", wanted, left, pick, wrap=not every)
            if left and UNMAPPED in wanted:
                row[wanted[UNMAPPED]] = orjson.dumps(left).decode()[: VALUE_LIMIT + 1]
            if pick and every and not any(value is not None for value in row):
                break
            rows.append(row)
            if every and (pick + 1 >= min(longest, _LISTED)):
                break
            if not every:
                break
    schema = {f"c{place}": pl.String for place in range(len(columns))}
    frame = pl.DataFrame(rows, schema=schema, orient="row", infer_schema_length=None)
    return _lengths(frame, columns)


def _fill(
    row: list[str | None],
    value: Mapping[str, Any],
    prefix: str,
    wanted: Mapping[str, int],
    left: dict[str, Any],
    pick: int,
    *,
    wrap: bool,
) -> int:
    """Put an object's fields into a row, others into ``left``; return how many rows its longest list would fill."""
    longest = 1
    for name, given in value.items():
        full = f"{prefix}{name}"
        length, item = _picked(given, pick, wrap=wrap)
        longest = max(longest, length)
        if full in wanted and item is not None:
            row[wanted[full]] = _text(item)
        elif isinstance(item, Mapping):
            inner = wrap or isinstance(given, list)  # what stands in an item of a list belongs to the item's row
            longest = max(longest, _fill(row, item, f"{full}.", wanted, left, pick, wrap=inner))
        elif item is not None:
            left[full] = item
    return longest


def _picked(value: Any, pick: int, *, wrap: bool) -> tuple[int, Any]:
    """How many values a field has, and the one for this row; a single value is for the first row only."""
    if not isinstance(value, list):
        return 1, value if wrap or pick == 0 or isinstance(value, Mapping) else None
    if not value:
        return 0, None
    if wrap:
        return len(value), value[pick % len(value)]
    return len(value), value[pick] if pick < len(value) else None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value[: VALUE_LIMIT + 1]
    if isinstance(value, Mapping | list):
        return orjson.dumps(value).decode()[: VALUE_LIMIT + 1]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _lengths(frame: pl.DataFrame, columns: Sequence[FoundColumn]) -> pl.DataFrame:
    """Of a field of bytes, which is written in base 64, only its length is wanted."""
    places = [f"c{place}" for place, one in enumerate(columns) if one.form is Form.BYTES]
    return frame.with_columns((pl.col(name).str.len_bytes() * 3 // 4).cast(pl.String) for name in places)
