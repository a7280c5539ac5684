r"""PostgreSQL's stderr server log, with pgaudit's lines among the server's own.

``log_line_prefix`` is free, so a record is known by what every prefix has: an instant, then,
after anything, the severity and a colon. What stands between is searched for the usual ways to
write user, database, application, host, process and session. A given prefix is followed exactly.
In a message each newline is followed by one tab of the server's.
"""

import re
from functools import lru_cache

import polars as pl

from audit.ingest.formats.base import Format, ParseOptions, joined
from audit.ingest.formats.instants import instants_of
from audit.ingest.formats.postgresql import events
from audit.ingest.formats.zones import instants

#: the server's words for severity in Chinese (lc_messages = zh_CN)
_CHINESE = {
    "日志": "LOG",
    "信息": "INFO",
    "注意": "NOTICE",
    "警告": "WARNING",
    "错误": "ERROR",
    "致命错误": "FATAL",
    "比致命错误还过分的错误": "PANIC",
    "详细信息": "DETAIL",
    "提示": "HINT",
    "上下文": "CONTEXT",
    "语句": "STATEMENT",
    "查询": "QUERY",
    "位置": "LOCATION",
    "调试": "DEBUG",
}
_WORDS = (
    r"DEBUG[1-5]?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC|DETAIL|HINT|QUERY|CONTEXT|LOCATION|STATEMENT|"
    + "|".join(sorted(_CHINESE, key=len, reverse=True))
)
_SEVERITY = rf"(?P<severity>{_WORDS})[:：][ \u3000][ \u3000]?"
_N = "[0-9]"  # \d of all scripts makes the expressions several times slower
_WALL = f"{_N}{_N}{_N}{_N}-{_N}{_N}-{_N}{_N}[ T]{_N}{_N}:{_N}{_N}:{_N}{_N}"
_ZONE = f"(?:[A-Z][A-Z]?[A-Z]?[A-Z]?[A-Z]?|[A-Z][A-Za-z]+/[A-Za-z_/+-]+|(?:UTC|GMT)?[+-]{_N}{_N}(?::?{_N}{_N})?)"
_INSTANT = f"(?P<wall>{_WALL}(?:[.,]{_N}+)?)(?: ?(?P<zone>{_ZONE}))?"
_EPOCH = f"(?P<epoch>1{_N}{{9}}\\.{_N}{_N}{_N})"
_REST = rf"(?P<rest>|[^0-9A-Za-z].*?){_SEVERITY}"
#: the instant alone, and what may stand between it and the colon
_BEGIN = rf"^(?P<stamp>{_INSTANT}|{_EPOCH})"
_END = rf"(?s)^(?P<between>|[^0-9A-Za-z].*?)(?P<severity>{_WORDS})$"
#: an instant, anything, the severity: every prefix that begins with %t, %m or %n
_HEAD = rf"(?s)^(?P<whole>(?:{_INSTANT}|{_EPOCH}){_REST})"
#: the same with something before the instant
_LATE_HEAD = rf"(?s)^(?P<whole>(?P<head>[^\t].*?)\b(?:{_INSTANT}|{_EPOCH}){_REST})"
#: a prefix without an instant, behind the head of syslog, which has one
_SYSLOG_HEAD = (
    rf"(?s)^(?P<whole>(?:<{_N}+>)?(?P<short>[A-Z][a-z][a-z] [ 0-9]{_N} {_N}{_N}:{_N}{_N}:{_N}{_N}) \S+ [^\s\[:]*postgres[^\s\[:]*"
    rf"(?P<head>\[{_N}+\]): (?:\[{_N}+(?:-{_N}+)?\] )?(?P<rest>.*?){_SEVERITY})"
)
_STARTS = f"^(?:[^\\t].*?\\b)??(?:{_WALL}|1{_N}{{9}}\\.{_N}{_N}{_N}).*?{_SEVERITY}"
#: no prefix is longer than this, in characters
_LONGEST = 300
#: where a prefix that is not given usually keeps each field, best first
_GUESSES: dict[str, tuple[str, ...]] = {
    "user": (
        r"\b(?:user|usr|u)=(\[unknown\]|[^,\s\]\)]*)",
        r"(?:^|[\s:\[])([^\s@:\[\],=]+)@[^\s@:\]]+",
        r"(?:^|[\s:])([^\s@:\[\],=]+)@",
    ),
    "database": (r"\b(?:db|database|d)=(\[unknown\]|[^,\s\]\)]*)", r"[^\s@:\[\],=]+@([^\s@:\],]+)"),
    "application": (r"\b(?:app|application|application_name|a)=(\[unknown\]|.*?)(?:,|\s+\w+=|\]|\)|\s*$)",),
    "host": (
        r"\b(?:client|host|remote|h|r|client_addr)=([^,\s\]\(\)]+)",
        r"\b((?:\d{1,3}\.){3}\d{1,3})\b",
        r"(\[local\])",
        r"(?:^|[\s:])((?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4})\(\d+\)",
    ),
    "port": (r"(?:[0-9a-fA-F.:]{3,}|[a-z0-9.-]+)\((\d{2,5})\)", r"\bport=(\d+)"),
    "pid": (r"\[(\d+)(?:-\d+)?\]", r"\b(?:pid|p)=(\d+)", r"^\s*(\d+)\b"),
    "session": (r"\b([0-9a-f]{8}\.[0-9a-f]{1,8})\b", r"\b(?:session|sess|c)=([^,\s\]]+)"),
    "sqlstate": (r"\b(?:sqlstate|state|e)=([0-9A-Z]{5})\b",),
}
#: log_line_prefix: escape → what it writes (PostgreSQL 15 §20.8.3)
_ESCAPES = {
    "a": r"(?P<application>.*?)",
    "u": r"(?P<user>.*?)",
    "d": r"(?P<database>.*?)",
    "r": r"(?P<host>[^\s(]*?)(?:\((?P<port>\d+)\))?",
    "h": r"(?P<host>\S*?)",
    "b": r".*?",
    "p": r"(?P<pid>\d+)",
    "P": r"\d*",
    "t": _INSTANT,
    "m": _INSTANT,
    "n": _EPOCH,
    "i": r".*?",
    "e": r"(?P<sqlstate>[0-9A-Z]{5})",
    "c": r"(?P<session>[0-9a-f]+\.[0-9a-f]+)",
    "l": r"\d+",
    "s": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+",
    "v": r"\S*?",
    "x": r"\d*",
    "Q": r"-?\d*",
    "%": "%",
}
_NAMED = ("user", "database", "application", "host", "port", "pid", "session", "sqlstate")


@lru_cache(maxsize=32)
def prefix_pattern(prefix: str) -> str:
    """Return the regular expression of records written under this ``log_line_prefix``."""
    parts: list[str] = []
    named: set[str] = set()
    optional = False
    for escape, literal in re.findall(r"%-?\d*([a-zA-Z%])|([^%]+|%)", prefix):
        if escape == "q":
            parts.append("(?:")  # background processes stop here
            optional = True
            continue
        text = _ESCAPES.get(escape, ".*?") if escape else re.escape(literal).replace(r"\ ", " ")
        # a name stands once in an expression; said twice, the first is taken
        for name in re.findall(r"\?P<(\w+)>", text):
            text = text.replace(f"?P<{name}>", "?:") if name in named else text
            named.add(name)
        parts.append(text)
    return "(?s)^" + "".join(parts) + (")?" if optional else "") + _SEVERITY + "(?P<message>.*)$"


def split(lines: pl.DataFrame) -> pl.DataFrame:
    """Join continuation lines to their record; lines of no record stand alone, blank ones of none are left out."""
    starts = pl.col("raw").str.slice(0, _LONGEST).str.contains(_STARTS)
    goes_on = pl.col("raw").str.starts_with("\t")
    known = lines.with_columns(starts.alias("known"), goes_on.alias("goes_on"))
    # a tabbed line belongs above only if a record stands there: after a stranger each line is a stranger
    above = pl.when(~pl.col("goes_on")).then(pl.col("known")).forward_fill().fill_null(value=False)
    kept = known.with_columns(above.alias("above")).filter(
        pl.col("raw").str.contains(r"\S") | (pl.col("goes_on") & pl.col("above"))
    )
    return joined(kept.select("line", "raw", "goes_on", "above"), ~(pl.col("goes_on") & pl.col("above")))


def extract(records: pl.DataFrame, options: ParseOptions) -> pl.DataFrame:
    """Read prefix, severity and message of each record, then what the message means."""
    found = _by_prefix(records, options.prefix) if options.prefix else _by_guess(records)
    severity = pl.col("severity").replace(_CHINESE).str.replace(r"^DEBUG\d$", "DEBUG")
    wall = pl.col("wall").str.replace("T", " ", literal=True).str.replace(",", ".", literal=True)
    naive = wall.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us")
    found = found.with_columns(
        instants(found, naive, "zone", options.timezone).alias("local"),
        (pl.col("epoch").cast(pl.Float64, strict=False) * 1_000_000)
        .cast(pl.Int64)
        .cast(pl.Datetime("us", "UTC"))
        .alias("stamp"),
        severity.alias("severity"),
        pl.col("message").str.replace_all("\n\t", "\n", literal=True),
        pl.when(pl.col("message").is_null()).then(pl.lit("ingest.bad.postgresql")).alias("error"),
        pl.lit(None, pl.String).alias("statement"),
        pl.lit(None, pl.String).alias("detail"),
    )
    if "short" in found.columns:
        short = instants_of(found["short"], options, utc=False)
        found = found.with_columns(pl.coalesce("local", short).alias("local"))
    return events(found.with_columns(pl.coalesce("local", "stamp").alias("time")))


def _by_guess(records: pl.DataFrame) -> pl.DataFrame:
    found = _headed(records)
    found = found.with_columns((pl.col("head") + " " + pl.col("rest")).alias("context"))
    # few contexts differ (one a session): each is searched once
    contexts = found.select("context").unique()
    guessed = contexts.with_columns(
        pl.coalesce(*(pl.col("context").str.extract(pattern) for pattern in patterns)).alias(name)
        for name, patterns in _GUESSES.items()
    )
    return found.join(guessed, on="context", how="left", maintain_order="left", nulls_equal=True)


def _headed(records: pl.DataFrame) -> pl.DataFrame:
    """Part the head of each record, its severity and its message."""
    found = _headed_early(records)
    late = pl.col("severity").is_null()
    if found.select(late.any()).item():
        again = _headed_anyhow(found.filter(late).select("line", "raw"))
        found = pl.concat([found.filter(~late), again], how="diagonal").sort("line")
    return found


def _headed_early(records: pl.DataFrame) -> pl.DataFrame:
    """Part records that begin with their instant: all but a short piece of each is only sliced."""
    parts = records.with_columns(
        pl.col("raw").str.splitn(":  ", 2).struct.rename_fields(["before", "message"]).alias("p")
    )
    parts = parts.unnest("p").with_columns(pl.col("before").str.extract_groups(_BEGIN).alias("f")).unnest("f")
    parts = parts.with_columns(pl.col("before").str.slice(pl.col("stamp").str.len_chars()).alias("rest"))
    # what stands behind the instant says who and where: one text a session
    ends = parts.select("rest").unique().with_columns(pl.col("rest").str.extract_groups(_END).alias("e")).unnest("e")
    found = parts.drop("before", "stamp").join(ends, on="rest", how="left", maintain_order="left", nulls_equal=True)
    return found.with_columns(pl.lit("").alias("head"), pl.col("between").alias("rest")).drop("between")


def _headed_anyhow(records: pl.DataFrame) -> pl.DataFrame:
    """Part records with one blank behind the colon, or with something before the instant."""
    begin = pl.col("raw").str.slice(0, _LONGEST)
    found = records.with_columns(begin.str.extract_groups(_HEAD).alias("f")).unnest("f")
    found = found.with_columns(pl.lit("").alias("head"))
    late = pl.col("whole").is_null()
    if found.select(late.any()).item():
        again = found.filter(late).select("line", "raw", begin.str.extract_groups(_LATE_HEAD).alias("f")).unnest("f")
        found = pl.concat([found.filter(~late), _behind_syslog(again)], how="diagonal").sort("line")
    return found.with_columns(pl.col("raw").str.slice(pl.col("whole").str.len_chars()).alias("message")).drop("whole")


def _behind_syslog(found: pl.DataFrame) -> pl.DataFrame:
    late = pl.col("whole").is_null()
    begin = pl.col("raw").str.slice(0, _LONGEST)
    again = found.filter(late).select("line", "raw", begin.str.extract_groups(_SYSLOG_HEAD).alias("f")).unnest("f")
    return (
        found
        if again["whole"].null_count() == again.height
        else pl.concat([found.filter(~late), again], how="diagonal")
    )


def _by_prefix(records: pl.DataFrame, prefix: str) -> pl.DataFrame:
    pattern = prefix_pattern(prefix)
    found = records.with_columns(pl.col("raw").str.extract_groups(pattern).alias("f")).unnest("f")
    absent = [name for name in (*_NAMED, "wall", "zone", "epoch") if name not in found.columns]
    return found.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)


FORMAT = Format("pgaudit", split, extract, re.compile(rb"\n(?=[^\t\n])"))
