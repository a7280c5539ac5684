"""Parsed records as frames of the event schema, ready to be printed, enriched and stored."""

import polars as pl

from audit.ingest.json_text import Written, object_value, plain_value, text_value
from soc.ocsf.schema import NO_EVENTS

#: column → polars type, of every column an event has
EVENT_TYPES: dict[str, pl.DataType] = dict(NO_EVENTS.schema)
_EXTRA = "+"
#: what the format does not say and no enrichment adds is null
UNMAPPED = "unmapped"


def good(parsed: pl.DataFrame) -> pl.DataFrame:
    """Keep the records that could be read."""
    return parsed.filter(pl.col("error").is_null())


def bad(parsed: pl.DataFrame) -> pl.DataFrame:
    """Keep ``line``, ``raw`` and ``error`` of the records that could not be read."""
    return parsed.filter(pl.col("error").is_not_null()).select("line", "raw", "error")


def completed(parsed: pl.DataFrame, log_name: str) -> pl.DataFrame:
    """Give parsed records what follows from what they say; extras stay columns of their own."""
    absent = [pl.lit(None, kind).alias(name) for name, kind in EVENT_TYPES.items() if name not in parsed.columns]
    return parsed.with_columns(absent).with_columns(
        pl.lit(log_name).alias("metadata.log_name"),
        pl.coalesce("type_uid", pl.col("class_uid").cast(pl.Int64) * 100 + pl.col("activity_id").fill_null(0)).alias(
            "type_uid"
        ),
        pl.coalesce("category_uid", pl.col("class_uid") // 1000).cast(pl.Int32).alias("category_uid"),
        pl.col("raw").alias("raw_data"),
    )


def extras_of(frame: pl.DataFrame) -> dict[str, list[str]]:
    """Return group → extra columns (``+group.field``), in order."""
    groups: dict[str, list[str]] = {}
    for name in frame.columns:
        if name.startswith(_EXTRA):
            groups.setdefault(name[1:].partition(".")[0], []).append(name)
    return groups


def with_unmapped(frame: pl.DataFrame) -> pl.DataFrame:
    """Write the extras as the JSON text of ``unmapped``; what is empty is left out."""
    groups = extras_of(frame)
    if not groups:
        return frame
    used = {
        group: [name for name in names if frame[name].null_count() < frame.height] for group, names in groups.items()
    }
    fields = {
        group: _value(frame[names[0]])
        if names == [f"+{group}"]
        else object_value({_field(name): _value(frame[name]) for name in names})
        for group, names in used.items()
        if names
    }
    text = object_value(fields).whole() if fields else pl.lit(None, pl.String)
    return frame.with_columns(text.alias(UNMAPPED))


def as_events(frame: pl.DataFrame) -> pl.DataFrame:
    """Return exactly the columns of the schema, in its order and types."""
    return frame.select(pl.col(name).cast(kind) for name, kind in EVENT_TYPES.items())


def is_document(name: str) -> bool:
    """Say whether an extra column's text is JSON already: a group without a field."""
    return name.startswith(_EXTRA) and "." not in name


def _field(name: str) -> str:
    return name.partition(".")[2]


def _value(column: pl.Series) -> Written:
    return plain_value(column) if is_document(column.name) or column.dtype.is_numeric() else text_value(column)
