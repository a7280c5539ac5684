"""PostgreSQL's ``csvlog`` (15 §20.8.4): 23 columns before version 13, 24 with 13, 26 since 14."""

import csv
import re

import polars as pl

from audit.ingest.formats.base import Format, ParseOptions, joined
from audit.ingest.formats.postgresql import MORE_COLUMNS, SERVER_COLUMNS, events
from audit.ingest.formats.server_times import server_instants

_COLUMNS = tuple(
    "log_time user database pid connection session session_line command_tag session_start virtual_transaction "  # noqa: SIM905
    "transaction severity sqlstate message detail hint internal_query internal_position context statement "
    "position location application backend leader query_id".split()
)
_FEWEST = 23
#: instant and zone, user, database, process: no statement's own line begins so
_START = r'^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [A-Za-z0-9_/+:-]+,(?:"(?:[^"]|"")*"|[^",]*),(?:"(?:[^"]|"")*"|[^",]*),\d*,'


def split(lines: pl.DataFrame) -> pl.DataFrame:
    """Join the lines of a record; text before the first record stands alone, line by line."""
    begun = lines.with_columns(pl.col("raw").str.contains(_START).alias("start"))
    inside = pl.col("start").cum_max()
    kept = begun.with_columns(inside.alias("inside")).filter(pl.col("inside") | pl.col("raw").str.contains(r"\S"))
    records = joined(kept, pl.col("start") | ~pl.col("inside"))
    return records.with_columns(pl.col("raw").str.strip_chars_end("\n\r"))


def extract(records: pl.DataFrame, options: ParseOptions) -> pl.DataFrame:
    """Read the columns of each record."""
    rows = [_fields(raw) for raw in records["raw"]]
    schema = dict.fromkeys(_COLUMNS, pl.String)
    fields = pl.DataFrame([row or (None,) * len(_COLUMNS) for row in rows], schema=schema, orient="row")
    endpoint = pl.col("connection").str.extract_groups(r"^(?P<host>.*?)(?::(?P<port>\d+))?$")
    log = pl.concat([records, fields], how="horizontal").with_columns(endpoint.alias("endpoint")).unnest("endpoint")
    log = log.with_columns(
        server_instants(log, "log_time", options.timezone).alias("time"),
        pl.when(pl.col("log_time").is_null()).then(pl.lit("ingest.bad.postgresql_csv")).alias("error"),
    )
    return events(log.select(*SERVER_COLUMNS, *MORE_COLUMNS))


def _fields(record: str) -> tuple[str | None, ...] | None:
    try:
        row = next(csv.reader([record], strict=True))
    except (csv.Error, StopIteration):
        return None
    if not _FEWEST <= len(row) <= len(_COLUMNS):
        return None
    return tuple(row) + (None,) * (len(_COLUMNS) - len(row))


FORMAT = Format(
    "postgresql_csv", split, extract, re.compile(rb"\n(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [^\n,]+,)")
)
