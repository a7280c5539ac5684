"""Columns of times, in the ways that logs write them (``moments.py``): the usual ones by expression, the others one by one."""

import polars as pl

from audit.ingest.formats.base import ParseOptions
from audit.ingest.formats.moments import instant_of

_ISO = r"^(?P<day>\d{4}-\d\d-\d\d)[T ](?P<clock>\d\d:\d\d:\d\d)(?:[.,](?P<part>\d{1,9}))? ?(?P<zone>Z|[+-]\d\d:?\d\d)?$"
_WEB = r"^\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(?:\.\d{1,6})?$"
_WEB_ZONED = r"^\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}$"
_UTC = pl.Datetime("us", "UTC")


def instants_of(texts: pl.Series, options: ParseOptions, *, utc: bool) -> pl.Series:
    """Return the instants; null where a text says none that exists."""
    frame = pl.DataFrame({"text": texts})
    zone = "UTC" if utc else str(options.timezone)
    found = frame.select(pl.coalesce(_iso(zone), _epoch(), _web(zone)).alias("at"))["at"]
    late = frame.filter(found.is_null() & texts.is_not_null())["text"].unique()
    if len(late):
        # what has no usual look, and times that clocks skip: few differ
        told = {text: instant_of(text, None, options, utc=utc) for text in late.to_list()}
        rest = texts.replace_strict(told, default=None, return_dtype=_UTC)
        found = frame.select(pl.coalesce(found, rest).alias("at"))["at"]
    return found


def _iso(zone: str) -> pl.Expr:
    parts = pl.col("text").str.extract_groups(_ISO)
    day, clock, part, offset = (parts.struct.field(name) for name in ("day", "clock", "part", "zone"))
    micros = part.fill_null("0").str.slice(0, 6).str.pad_end(6, "0")
    naive = pl.concat_str(day, pl.lit(" "), clock, pl.lit("."), micros).str.to_datetime(
        "%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us"
    )
    digits = offset.str.replace(":", "", literal=True)
    minutes = digits.str.slice(1, 2).cast(pl.Int64, strict=False) * 60 + digits.str.slice(3, 2).cast(
        pl.Int64, strict=False
    )
    shift = pl.when(offset.str.starts_with("-")).then(-minutes).otherwise(minutes)
    shift = pl.when(offset == "Z").then(0).otherwise(shift)
    zoned = (naive - pl.duration(minutes=shift)).dt.replace_time_zone("UTC")
    return pl.when(offset.is_null()).then(_local(naive, zone)).otherwise(zoned)


def _epoch() -> pl.Expr:
    """Seconds since 1970, with a part or without, or whole milli-, micro- and nanoseconds."""
    text = pl.col("text")
    digits = (
        pl.when(text.str.contains(r"^\d{10}(?:\.\d+)?$")).then(text.str.replace(".", "", literal=True))
        .when(text.str.contains(r"^\d{13}(?:\.\d+)?$")).then(text.str.slice(0, 13))
        .when(text.str.contains(r"^(?:\d{16}|\d{19})$")).then(text)
    )  # fmt: skip
    return digits.str.slice(0, 16).str.pad_end(16, "0").cast(pl.Int64, strict=False).cast(_UTC)


def _web(zone: str) -> pl.Expr:
    text = pl.col("text")
    zoned = (
        pl.when(text.str.contains(_WEB_ZONED))
        .then(text)
        .str.to_datetime("%d/%b/%Y:%H:%M:%S %z", strict=False, time_unit="us", time_zone="UTC")
    )
    naive = (
        pl.when(text.str.contains(_WEB))
        .then(text)
        .str.to_datetime("%d/%b/%Y:%H:%M:%S%.f", strict=False, time_unit="us")
    )
    return pl.coalesce(zoned, _local(naive, zone))


def _local(naive: pl.Expr, zone: str) -> pl.Expr:
    return naive.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
