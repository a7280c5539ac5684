"""Parsed records as lines of JSON: OCSF nested, ECS flat, errors in the reader's language."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import orjson
import polars as pl

from audit.ingest.ecs import to_ecs
from audit.ingest.frame import completed, is_document
from soc.ocsf.required import with_required
from soc.text import t

OCSF_VERSION = "1.8.0"
Row = dict[str, Any]
#: where what a format says beyond the schema stands in an OCSF event
_UNMAPPED = "unmapped"


def printed(parsed: pl.DataFrame, log_name: str, schema: str) -> Iterator[bytes]:
    """Yield one line a record, in order; ``schema`` is ocsf or ecs."""
    shape: Callable[[Row], Row] = to_ecs if schema == "ecs" else to_nested
    for row in completed(parsed, log_name).iter_rows(named=True):
        value = shape(row) if row["error"] is None else problem(row)
        yield orjson.dumps(value) + b"\n"


def problem(row: Row) -> Row:
    """Return what is printed for a record that cannot be read."""
    return {"error": t(row["error"]), "line": row["line"], "raw": row["raw"]}


def to_nested(row: Row) -> Row:
    """Return one parsed record as an OCSF event."""
    event: Row = {"metadata": {"version": OCSF_VERSION}}
    if row.get("+ocsf"):
        event = _merged(orjson.loads(row["+ocsf"]), event)
    for name, value in row.items():
        if value is None or name in {"line", "raw", "error", "+ocsf"}:
            continue
        path = (_UNMAPPED, *name[1:].split(".")) if name.startswith("+") else tuple(name.split("."))
        _put(event, path, orjson.loads(value) if is_document(name) else _plain(value))
    return with_required(event)


def _put(event: Row, path: tuple[str, ...], value: object) -> None:
    holder = event
    for part in path[:-1]:
        inner = holder.setdefault(part, {})
        if not isinstance(inner, dict):
            return  # the sender put a plain value where the schema has an object: theirs stays
        holder = inner
    holder[path[-1]] = value


def _plain(value: object) -> object:
    return round(value.timestamp() * 1000) if isinstance(value, datetime) else value


def _merged(given: Row, defaults: Row) -> Row:
    merged = dict(given)
    for name, value in defaults.items():
        held = merged.get(name)
        if isinstance(held, dict) and isinstance(value, dict):
            merged[name] = _merged(held, value)
        else:
            merged.setdefault(name, value)
    return merged
