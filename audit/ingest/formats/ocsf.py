"""OCSF events as JSON lines (https://schema.ocsf.io, 1.8).

What the columns hold is taken into them; the rest of the event is kept, as it came, in
``unmapped`` under ``ocsf``, so that printing it gives every field back at its place.
"""

from datetime import UTC, datetime
from typing import Any

import orjson
import polars as pl

from audit.ingest.formats.base import Format, ParseOptions, each_line
from audit.ingest.frame import EVENT_TYPES

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: what the sender does not decide
_OURS = ("guanlan.", "metadata.uid", "metadata.logged_time", "metadata.log_name", "raw_data", "unmapped", "time")
_PATHS: dict[tuple[str, ...], pl.DataType] = {
    tuple(name.split(".")): kind for name, kind in EVENT_TYPES.items() if not name.startswith(_OURS)
}
_WHOLE = (pl.Int32, pl.Int64)
_LARGEST_CLASS = 2**31 - 1


def extract(records: pl.DataFrame, options: ParseOptions) -> pl.DataFrame:
    """Read each event; one without ``class_uid`` or ``time`` is an error."""
    read = [_event(raw, options) for raw in records["raw"]]
    schema: dict[str, Any] = {".".join(path): kind for path, kind in _PATHS.items()}
    schema |= {"time": pl.Datetime("us", "UTC"), "+ocsf": pl.String, "error": pl.String}
    columns = {name: [event.get(name) for event in read] for name in schema}
    return pl.concat([records, pl.DataFrame(columns, schema=schema, strict=True)], how="horizontal")


def _event(raw: str, options: ParseOptions) -> dict[str, Any]:
    try:
        document: Any = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return {"error": "ingest.bad.json"}
    if not isinstance(document, dict):
        return {"error": "ingest.bad.json_object"}
    if not _is_whole(document.get("class_uid")):
        return {"error": "ingest.bad.ocsf_class"}
    instant = _instant(document, options)
    if instant is None:
        return {"error": "ingest.bad.ocsf_time"}
    return _columns(document) | {"time": instant, "+ocsf": _rest(document), "error": None}


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST_CLASS


def _instant(document: dict[str, Any], options: ParseOptions) -> datetime | None:
    """``time`` in milliseconds since 1970, or a time as RFC 3339 in ``time`` or ``time_dt``."""
    for value in (document.get("time"), document.get("time_dt")):
        try:
            if isinstance(value, int | float) and not isinstance(value, bool):
                return datetime.fromtimestamp(value / 1000, UTC)
            if isinstance(value, str):
                found = datetime.fromisoformat(value)
                return (found if found.tzinfo else found.replace(tzinfo=options.timezone)).astimezone(UTC)
        except (ValueError, OverflowError, OSError):
            continue
    return None


def _columns(document: dict[str, Any]) -> dict[str, Any]:
    """Take what columns hold out of ``document``; what has another type stays in it."""
    taken = {}
    for path, kind in _PATHS.items():
        holder: Any = document
        for part in path[:-1]:
            holder = holder.get(part) if isinstance(holder, dict) else None
        if isinstance(holder, dict) and _fits(holder.get(path[-1]), kind):
            taken[".".join(path)] = holder.pop(path[-1])
    return taken


def _fits(value: object, kind: pl.DataType) -> bool:
    if kind in _WHOLE:
        bound = 2**31 if kind == pl.Int32 else 2**63
        return isinstance(value, int) and not isinstance(value, bool) and -bound <= value < bound
    return isinstance(value, str) if kind == pl.String else False


def _rest(document: dict[str, Any]) -> str | None:
    left = _without_empty(document)
    return orjson.dumps(left).decode() if left else None


def _without_empty(document: dict[str, Any]) -> dict[str, Any]:
    """Leave out objects that became empty, and the time, which is a column."""
    kept = {}
    for name, value in document.items():
        inner = _without_empty(value) if isinstance(value, dict) else value
        if inner != {} and name != "time":
            kept[name] = inner
    return kept


FORMAT = Format("ocsf", each_line, extract)
