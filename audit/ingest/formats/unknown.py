"""The format nobody recognises: every line is one that cannot be read."""

import polars as pl

from audit.ingest.formats.base import Format, ParseOptions, each_line


def extract(records: pl.DataFrame, options: ParseOptions) -> pl.DataFrame:
    """Say of each line that no format knows it."""
    return records.with_columns(
        pl.lit(None, pl.Datetime("us", "UTC")).alias("time"),
        pl.lit(0, pl.Int32).alias("class_uid"),
        pl.lit(0, pl.Int32).alias("activity_id"),
        pl.lit("ingest.bad.unrecognised").alias("error"),
    )


FORMAT = Format("unknown", each_line, extract)
