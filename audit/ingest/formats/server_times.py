"""Instants as PostgreSQL's CSV and JSON logs write them: ``2026-11-22 10:00:00.123 CST``."""

from zoneinfo import ZoneInfo

import polars as pl

from audit.ingest.formats.zones import instants

_PARTS = r"^(?P<wall>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?) ?(?P<zone>\S+)?$"


def server_instants(log: pl.DataFrame, column: str, default: ZoneInfo) -> pl.Series:
    """Return the instants of ``column``, null where it holds none."""
    parts = log.select(pl.col(column).str.extract_groups(_PARTS).alias("p")).unnest("p")
    wall = pl.col("wall").str.replace("T", " ", literal=True)
    return instants(parts, wall.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us"), "zone", default)
