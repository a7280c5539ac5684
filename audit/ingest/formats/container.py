"""A container's lines of no format that is known: what it wrote, when, and on which stream."""

import polars as pl

from audit.ingest.formats.base import Format, ParseOptions
from audit.ingest.formats.containers import inside, parted, with_wrapping
from audit.ingest.formats.instants import instants_of


def extract(records: pl.DataFrame, options: ParseOptions) -> pl.DataFrame:
    """Read time, stream and text."""
    lines = records.select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("line"), pl.col("raw").str.split("\n").alias("raw")
    ).explode("raw")
    parts = parted(lines).unique("line", keep="first", maintain_order=True)
    told = pl.concat([records, parts.drop("line")], how="horizontal")
    at = instants_of(told["at"], options, utc=False)
    return told.with_columns(at.alias("time")).select(
        "line",
        "raw",
        "time",
        *(pl.lit(0, pl.Int32).alias(name) for name in ("class_uid", "activity_id")),
        pl.lit(1, pl.Int32).alias("severity_id"),
        pl.col("text").alias("message"),
        pl.col("stream").alias("+container.stream"),
        pl.when(pl.col("at").is_null())
        .then(pl.lit("ingest.bad.container"))
        .when(pl.col("time").is_null())
        .then(pl.lit("ingest.bad.time"))
        .alias("error"),
    )


def split(lines: pl.DataFrame) -> pl.DataFrame:
    """Take each line of the container as a record, with all the parts that the runtime made of it."""
    return with_wrapping(inside(lines), lines)


FORMAT = Format("container", split, extract, generic=True, wrapped=True)
