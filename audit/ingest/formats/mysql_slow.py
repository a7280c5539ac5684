r"""Slow query log of MySQL, MariaDB and Percona Server.

A record is ``# ``-headed lines and the statement below them. A server writes its banner when
the log is opened; it belongs to the record that follows. ``# Time:`` is left out while the
second stays the same (MySQL < 5.7), and ``use`` comes only where the schema changed.
"""

import re

import polars as pl

from audit.ingest.formats.base import Format, ParseOptions, given, joined, number

_BANNER = r"^(?:\S.*, Version: .* started with:|Tcp port: |TCP Port: |Time\s+Id\s+Command\s+Argument)"
_COMMENT_IN_STATEMENT = r"^# administrator command"
_HEADER = r"^#(?: |$)"
_OPENS = r"^# (?:Time: |User@Host: )"
_USER = r"(?m)^#.*?User@Host: +(?:(?P<user>[^\[\n]*?)? ?\[(?P<login>[^\]\n]*)\]|\[(?P<thread>[^\]\n]*)\]) *@ *(?P<host>[^\[\s]*) *\[(?P<ip>[^\]\n]*)\]"
COUNTS = (
    *("rows_sent", "rows_examined", "rows_affected", "rows_read", "bytes_sent", "bytes_received"),
    *("errno", "killed", "last_errno", "tmp_tables", "merge_passes"),
)
FLAGS = ("full_scan", "full_join", "filesort", "qc_hit")
_METRICS = ("query_time", "lock_time", "thread_id", "id", *COUNTS, *FLAGS)
#: what the longer heads of Percona's and MariaDB's servers say besides; searched for where a log has such
_EXTENDED = r"Tmp_tables|Killed: |Log_slow_rate|InnoDB_"
EXTENDED_COUNTS = ("tmp_disk_tables", "tmp_table_sizes", "log_slow_rate_limit")
EXTENDED_FLAGS = ("tmp_table", "tmp_table_on_disk", "filesort_on_disk", "priority_queue")
EXTENDED_TEXTS = ("log_slow_rate_type",)
#: banner and header lines, down to the statement; "# administrator command" is one
_HEAD = (
    r"(?s)\A(?:(?:#(?:\n| (?:[^a]|a[^d])[^\n]*(?:\n|\z)))|"
    r"(?:[^\n]*, Version: [^\n]* started with:|[Tt][Cc][Pp] |Time[ \t])[^\n]*(?:\n|\z))+"
)
_OLD_TIME, _ISO_TIME = (
    r"(\d{6} +\d{1,2}:\d\d:\d\d(?:\.\d+)?)",
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:\d\d)?",
)
_PREAMBLE = r"(?is)^(?:\s*(?:use\s+[^;]+;|set\s+(?:timestamp|insert_id|last_insert_id)\s*=[^;]*;)\s*)+"
_DATASTORE_ACTIVITY = 6005
#: OCSF 1.8 datastore_activity, activity_id, by the statement's first word
ACTIVITIES = {
    "SELECT": 1, "SHOW": 4, "EXPLAIN": 4, "UPDATE": 2, "ALTER": 2, "INSERT": 5, "REPLACE": 5, "LOAD": 5,
    "CREATE": 6, "DELETE": 7, "TRUNCATE": 7, "DROP": 7, "CONNECT": 3, "QUIT": 3,
}  # fmt: skip


def split(lines: pl.DataFrame) -> pl.DataFrame:
    """Join headers, statement and banner of each record."""
    admin = pl.col("raw").str.contains(_COMMENT_IN_STATEMENT)
    marked = lines.with_columns(
        (pl.col("raw").str.contains(_HEADER) & ~admin).alias("header"),
        pl.col("raw").str.contains(_BANNER).alias("banner"),
        pl.col("raw").str.contains(_OPENS).alias("opens"),
    )
    filled = marked.filter(pl.col("raw").str.contains(r"\S") | ~pl.col("header").cum_max())
    filled = filled.filter(pl.col("raw").str.contains(r"\S"))
    before = pl.col("header").shift(1, fill_value=False) | pl.col("banner").shift(1, fill_value=False)
    begins = (pl.col("opens") | pl.col("banner")) & ~(before)
    # "# Time:" ends what stands above even where that had no statement
    begins |= pl.col("raw").str.starts_with("# Time: ") & ~pl.col("banner").shift(1, fill_value=False)
    inside = (pl.col("opens") | pl.col("banner")).cum_max()
    return joined(filled, begins | ~inside)


def extract(records: pl.DataFrame, options: ParseOptions) -> pl.DataFrame:
    """Read header and statement of each record."""
    read = records.with_columns(
        pl.col("raw").str.extract_groups(_USER).alias("who"),
        pl.col("raw").str.extract(rf"(?m)^# Time: {_OLD_TIME}").alias("old_time"),
        pl.col("raw").str.extract(rf"(?m)^# Time: {_ISO_TIME}", 1).alias("iso_time"),
        pl.col("raw").str.extract(rf"(?m)^# Time: {_ISO_TIME}", 2).alias("offset"),
        pl.col("raw").str.extract(r"(?im)^SET\s+(?:[a-z_]+=\d+,)*timestamp=(\d{9,11}(?:\.\d+)?)").alias("stamp"),
        pl.col("raw").str.extract(r"(?m)^#.*?\bSchema: *([^\s]+)").alias("schema"),
        _body().alias("body"),
        *_metrics(_METRICS),
        *_extended(records),
    ).unnest("who")
    read = read.with_columns(
        pl.col("body").str.extract(r"(?im)^\s*use\s+`?([^`;]+?)`?\s*;").alias("used"),
        pl.col("body").str.extract(r"^# administrator command: ([^;\n]*)").alias("admin"),
        pl.col("body")
        .str.replace(_PREAMBLE, "")
        .str.strip_chars()
        .str.strip_suffix(";")
        .str.strip_chars_end()
        .alias("query"),
    )
    return _events(read.with_columns(_instant(options).alias("time")))


def _metrics(names: tuple[str, ...]) -> list[pl.Expr]:
    return [pl.col("raw").str.extract(rf"(?mi)^#.*?\b{name}: +(\S+)").alias(name) for name in names]


def _extended(records: pl.DataFrame) -> list[pl.Expr]:
    names = (*EXTENDED_COUNTS, *EXTENDED_FLAGS, *EXTENDED_TEXTS)
    if records["raw"].str.contains(_EXTENDED).any():
        return _metrics(names)
    return [pl.lit(None, pl.String).alias(name) for name in names]


def _body() -> pl.Expr:
    """What stands below the header."""
    below = pl.col("raw").str.replace(_HEAD, "")
    return below.str.strip_chars("\n\r")


def _instant(options: ParseOptions) -> pl.Expr:
    """``SET timestamp`` is exact and zoneless; else the header's time, the last one seen; else the arrival."""
    stamp = (pl.col("stamp").cast(pl.Float64) * 1_000_000).round(0).cast(pl.Int64).cast(pl.Datetime("us", "UTC"))
    iso = (pl.col("iso_time") + pl.col("offset").replace("Z", "+00:00")).str.to_datetime(
        "%Y-%m-%dT%H:%M:%S%.f%:z", strict=False, time_unit="us", time_zone="UTC"
    )
    local_iso = pl.col("iso_time").str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", strict=False, time_unit="us")
    old = pl.col("old_time").str.replace(r" +", " ").str.replace(r" (\d):", " 0$1:")
    local_old = old.str.to_datetime("%y%m%d %H:%M:%S%.f", strict=False, time_unit="us")
    local = pl.coalesce(local_iso, local_old).dt.replace_time_zone(
        str(options.timezone), ambiguous="earliest", non_existent="null"
    )
    header = pl.coalesce(iso, local.dt.convert_time_zone("UTC"))
    arrival = pl.lit(options.received).cast(pl.Datetime("us", "UTC"))
    return pl.coalesce(stamp, header, header.forward_fill(), arrival)


def _events(read: pl.DataFrame) -> pl.DataFrame:
    word = pl.col("query").str.strip_chars_start("( \n\t").str.extract(r"^([A-Za-z]+)").str.to_uppercase()
    operation = pl.when(pl.col("admin").is_not_null()).then(pl.col("admin").str.to_uppercase()).otherwise(word)
    user = pl.coalesce(
        given("user"),
        pl.when(pl.col("user").is_not_null()).then("[" + pl.col("login") + "]"),
        "[" + pl.col("thread") + "]",
    )
    seconds = pl.col("query_time").cast(pl.Float64, strict=False)
    failed = number("last_errno").fill_null(number("errno")).fill_null(0) != 0
    query = pl.coalesce("admin", given("query"))
    schema = pl.coalesce("used", "schema")
    return read.select(
        "line",
        "raw",
        "time",
        pl.lit(6, pl.Int32).alias("category_uid"),
        pl.lit(_DATASTORE_ACTIVITY, pl.Int32).alias("class_uid"),
        operation.replace_strict(ACTIVITIES, default=99, return_dtype=pl.Int32).alias("activity_id"),
        pl.lit(1, pl.Int32).alias("severity_id"),
        pl.when(failed).then(2).otherwise(1).cast(pl.Int32).alias("status_id"),
        user.alias("actor.user.name"),
        given("ip").alias("src_endpoint.ip"),
        given("host").alias("src_endpoint.hostname"),
        pl.coalesce("thread_id", "id").alias("actor.session.uid"),
        schema.alias("database.name"),
        operation.alias("api.operation"),
        query.alias("query_info.query_string"),
        number("bytes_sent").alias("traffic.bytes_out"),
        (seconds * 1000).round(0).cast(pl.Int64).alias("duration"),
        number("rows_sent").alias("guanlan.rows"),
        query.alias("+mysql.query"),
        schema.alias("+mysql.schema"),
        seconds.alias("+mysql.query_time"),
        pl.col("lock_time").cast(pl.Float64, strict=False).alias("+mysql.lock_time"),
        *(number(name).alias(f"+mysql.{name}") for name in COUNTS),
        *(number(name).alias(f"+mysql.{name}") for name in EXTENDED_COUNTS),
        *(given(name).alias(f"+mysql.{name}") for name in (*FLAGS, *EXTENDED_FLAGS, *EXTENDED_TEXTS)),
        given("login").alias("+mysql.login"),
        _complaint(query).alias("error"),
    )


def _complaint(query: pl.Expr) -> pl.Expr:
    headless = ~pl.col("raw").str.contains(r"(?m)^#.*(?:User@Host:|Query_time:)")
    return (
        pl.when(headless)
        .then(pl.lit("ingest.bad.mysql_slow"))
        .when(query.is_null())
        .then(pl.lit("ingest.bad.mysql_slow_cut"))
    )


FORMAT = Format("mysql_slow", split, extract, re.compile(rb"\n(?=# Time: )|(?<=;\n)(?=# User@Host: )"))
