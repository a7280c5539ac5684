r"""nginx access log, format ``combined`` (and ``common``, which is its beginning).

nginx writes ``"``, ``\`` and bytes outside 32–126 inside quoted fields as ``\xHH``
(ngx_http_log_escape); other servers write ``\"``. Both are read; nothing is decoded.
"""

import polars as pl

from audit.ingest.formats.base import Format, ParseOptions, each_line, given, number

_QUOTED = r'"(?P<{}>[^"\\]*(?:\\.[^"\\]*)*)"'
#: a line cut at its quotes: head, request, status and size, referrer, blank, agent, end
_QUOTES = ("head", "asked", "told", "referrer", "between", "agent", "end")
_TOLD = r"^ [0-9]{3} (?:[0-9]+|-) $"
_VERSIONS = ("HTTP/1.0", "HTTP/1.1", "HTTP/2.0", "HTTP/3.0")
#: ``[22/Nov/2026:10:00:00 +0800] ``
_AT_LENGTH = 29
#: what other usual lines look like; ASCII classes, since \d of all scripts makes it slower
_USUAL = (
    r"^(?P<ip>[^ ]+) [^ ]+ (?P<user>[^ ]+) \[(?P<at>[^\]]+)\] "
    r'"(?P<method>[A-Z]+) (?P<path>[^ ?"\\]*)(?:\?(?P<query>[^ "\\]*))? HTTP/(?P<version>[0-9](?:\.[0-9])?)" '
    r'(?P<status>[0-9]{3}) (?P<size>[0-9]+|-)(?: "(?P<referrer>[^"\\]*)" "(?P<agent>[^"\\]*)")?(?:(?: "[^"\\]*")*|(?P<tail> [0-9]+ [0-9.]+ \[[^"\\]*))$'
)
#: everything else the format allows: host first, several addresses, escapes, requests that are none
_LOOSE = (
    r'^\s*(?:(?P<host>[^\s",]+[^\s",:]|[^\s",]+:\d+) )?'
    r"(?P<address>\S.*?) - (?P<user>\S.*?) \[(?P<at>\d{1,2}/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(?: [+-]\d{4})?)\] "
    + _QUOTED.format("request")
    + r" (?P<status>\d{3}|-) (?P<size>\d+|-)(?: "
    + _QUOTED.format("referrer")
    + " "
    + _QUOTED.format("agent")
    + r")?(?P<tail> .*)?$"
)
#: RFC 3164 and 5424: nginx writes its access log to syslog too
_SYSLOG = (
    r"^(?:<\d{1,3}>)?(?:1 \d{4}-\d\d-\d\dT\S+ \S+ \S+ \S+ \S+ (?:-|\[[^\]]*\]) (?:\x{FEFF})?|"
    r"(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) \S+ [^\s:\[]+(?:\[\d+\])?: ?)"
)
_SEVERAL = r"[^\s,]+(?:(?:,| :) [^\s,]+)*"
#: what ingress-nginx writes behind the combined format; a request may have gone to several upstreams
_TAIL = (
    r"^ (?P<length>\d+) (?P<seconds>[\d.]+) \[(?P<upstream>[^\]]*)\](?: \[(?P<alternative>[^\]]*)\])? "
    rf"(?P<addresses>{_SEVERAL}) (?P<lengths>{_SEVERAL}) (?P<times>{_SEVERAL}) (?P<codes>{_SEVERAL}) (?P<id>\S+)$"
)
_OF_TAIL = {
    "length": "request_length",
    "seconds": "request_time",
    "upstream": "upstream_name",
    "alternative": "alternative_upstream_name",
    "addresses": "upstream_addr",
    "lengths": "upstream_response_length",
    "times": "upstream_response_time",
    "codes": "upstream_status",
    "id": "request_id",
}
_REQUEST = r"^(?P<method>[A-Za-z][A-Za-z_-]*) (?P<target>.*?)(?: HTTP/(?P<version>\d(?:\.\d)?))?$"
_IP = r"(?:\d{1,3}\.){3}\d{1,3}|(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F.]*"
_ONLY_ADDRESS = r"^[0-9a-fA-F:.]*[.:][0-9a-fA-F:.]*$"
_PRIVATE = r"^(?:10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|f[cd][0-9a-f]{2}:|fe80:|::1$)"

#: OCSF 1.8 http_activity, activity_id
ACTIVITIES = {
    "CONNECT": 1,
    "DELETE": 2,
    "GET": 3,
    "HEAD": 4,
    "OPTIONS": 5,
    "POST": 6,
    "PUT": 7,
    "TRACE": 8,
    "PATCH": 9,
}
HTTP_ACTIVITY = 4002
_FIELDS = ("ip", "user", "at", "method", "path", "query", "version", "status", "size", "referrer", "agent", "tail")
_ONLY_LOOSE = ("host", "request")


def extract(records: pl.DataFrame, options: ParseOptions) -> pl.DataFrame:
    """Read each line's fields; what fits no shape is an error."""
    cut = _cut(records)
    if cut["plain"].all():
        return _events(_told_apart(cut), options)
    plain = pl.col("plain")
    parts = [_told_apart(cut.filter(plain)), _by_pattern(cut.filter(~plain).select("line", "raw"))]
    return _events(pl.concat(parts).sort("line"), options)


def _cut(records: pl.DataFrame) -> pl.DataFrame:
    """Cut each line at its quotes and blanks; ``plain`` says that the pattern would find the same.

    Cutting costs a quarter of matching, and nearly every line of a server is plain.
    """
    cut = records.with_columns(_split("raw", '"', _QUOTES)).unnest("parts")
    cut = cut.with_columns(_split("head", " ", ("ip", "dash", "user", "at"))).unnest("parts")
    cut = cut.with_columns(_split("asked", " ", ("method", "target", "version"))).unnest("parts")
    at = pl.col("at")
    plain = (
        ~pl.col("raw").str.contains("\\", literal=True)
        & (pl.col("ip") != "")
        & (pl.col("dash") != "")
        & (pl.col("user") != "")
        & at.str.starts_with("[")
        & at.str.ends_with("] ")
        & (at.str.len_bytes() == _AT_LENGTH)
        & ~at.str.head(_AT_LENGTH - 2).str.contains("]", literal=True)
        & pl.col("method").is_in(list(ACTIVITIES))
        & pl.col("version").is_in(_VERSIONS)
        & pl.col("told").str.contains(_TOLD)
        & (pl.col("between") == " ")
        & (pl.col("end") == "")
    )
    return cut.with_columns(plain.fill_null(value=False).alias("plain"))


def _split(column: str, by: str, names: tuple[str, ...]) -> pl.Expr:
    return pl.col(column).str.splitn(by, len(names)).struct.rename_fields(list(names)).alias("parts")


def _told_apart(cut: pl.DataFrame) -> pl.DataFrame:
    """Return the fields of plain lines."""
    cut = cut.with_columns(_split("target", "?", ("path", "query"))).unnest("parts")
    cut = cut.with_columns(
        pl.col("at").str.slice(1, _AT_LENGTH - 3),
        pl.col("version").str.slice(len("HTTP/")),
        pl.col("told").str.slice(1, 3).alias("status"),
        pl.col("told").str.slice(5).str.strip_suffix(" ").alias("size"),
    )
    cut = cut.with_columns(pl.lit(None, pl.String).alias("tail"))
    return cut.select("line", "raw", *_FIELDS, *(pl.lit(None, pl.String).alias(name) for name in _ONLY_LOOSE))


def _by_pattern(records: pl.DataFrame) -> pl.DataFrame:
    usual = records.with_columns(_bare().str.extract_groups(_USUAL).alias("fields")).unnest("fields")
    usual = usual.with_columns(pl.lit(None, pl.String).alias(name) for name in _ONLY_LOOSE)
    odd = pl.col("at").is_null()
    if not usual.select(odd.any()).item():
        return usual
    return pl.concat([usual.filter(~odd), _loose(usual.filter(odd).select("line", "raw"))])


def _bare() -> pl.Expr:
    """The line as the server wrote it, without the head that syslog put before it."""
    return pl.col("raw").str.replace(_SYSLOG, "")


def _loose(records: pl.DataFrame) -> pl.DataFrame:
    found = records.with_columns(_bare().str.extract_groups(_LOOSE).alias("fields")).unnest("fields")
    found = found.with_columns(pl.col("request").str.extract_groups(_REQUEST).alias("parts")).unnest("parts")
    target = pl.col("target").str.splitn("?", 2)
    found = found.with_columns(
        _first_outside().alias("ip"),
        target.struct.field("field_0").alias("path"),
        target.struct.field("field_1").alias("query"),
    )
    no_request = pl.when(pl.col("method").is_null()).then(pl.col("request"))
    return found.select("line", "raw", *_FIELDS, "host", no_request.alias("request"))


def _first_outside() -> pl.Expr:
    """The address list's first public one, else its first, else the word that stands there (unix:, a name)."""
    every = pl.col("address").str.extract_all(_IP)
    public = every.list.eval(pl.element().filter(~pl.element().str.contains(_PRIVATE)))
    word = pl.col("address").str.extract(r"^\"?([^\s,\"]+)")
    return pl.coalesce(public.list.first(), every.list.first(), word)


def _events(fields: pl.DataFrame, options: ParseOptions) -> pl.DataFrame:
    at = _instant(options)
    activity = pl.col("method").replace_strict(ACTIVITIES, default=99, return_dtype=pl.Int32)
    status = number("status", pl.Int32)
    is_address = pl.col("ip").str.contains(_ONLY_ADDRESS)
    site = pl.col("host").str.extract(r"^(.*?)(?::\d+)?$")
    return fields.select(
        "line",
        "raw",
        at.alias("time"),
        pl.lit(4, pl.Int32).alias("category_uid"),
        pl.lit(HTTP_ACTIVITY, pl.Int32).alias("class_uid"),
        pl.when(pl.col("method").is_null()).then(pl.lit(0, pl.Int32)).otherwise(activity).alias("activity_id"),
        pl.lit(1, pl.Int32).alias("severity_id"),
        pl.when(status < 400)
        .then(pl.lit(1, pl.Int32))
        .when(status >= 400)
        .then(pl.lit(2, pl.Int32))
        .alias("status_id"),
        given("status", "-").alias("status_code"),
        pl.when(is_address).then(pl.col("ip")).alias("src_endpoint.ip"),
        pl.when(~is_address).then(pl.col("ip")).alias("src_endpoint.hostname"),
        pl.when(~site.str.contains(_ONLY_ADDRESS)).then(site).alias("dst_endpoint.hostname"),
        pl.when(site.str.contains(_ONLY_ADDRESS)).then(site).alias("dst_endpoint.ip"),
        pl.col("host").str.extract(r":(\d+)$").cast(pl.Int32, strict=False).alias("dst_endpoint.port"),
        given("user", "-").alias("actor.user.name"),
        pl.col("method").alias("http_request.http_method"),
        pl.col("method").alias("api.operation"),
        pl.col("path").alias("http_request.url.path"),
        given("query").alias("http_request.url.query_string"),
        given("referrer", "-").alias("http_request.referrer"),
        given("agent", "-").alias("http_request.user_agent"),
        status.alias("http_response.code"),
        number("size").alias("traffic.bytes_out"),
        pl.col("version").alias("+http.version"),
        pl.col("request").alias("+http.request"),
        *_of_tail(fields),
        _complaint(at).alias("error"),
    )


def _of_tail(fields: pl.DataFrame) -> list[pl.Expr]:
    """What ingress-nginx adds: which upstreams were asked, what they said, the request's own number."""
    if fields["tail"].null_count() == fields.height:
        return []
    parts = pl.col("tail").str.extract_groups(_TAIL)
    told = {name: parts.struct.field(group) for group, name in _OF_TAIL.items()}
    return [pl.when(~part.is_in(["", "-"])).then(part).alias(f"+ingress.{name}") for name, part in told.items()]


def _instant(options: ParseOptions) -> pl.Expr:
    """Read ``22/Nov/2026:10:00:00 +0800``; without an offset it is a time of the given zone."""
    zoned = pl.col("at").str.to_datetime("%d/%b/%Y:%H:%M:%S %z", strict=False, time_unit="us", time_zone="UTC")
    plain = pl.col("at").str.to_datetime("%d/%b/%Y:%H:%M:%S", strict=False, time_unit="us")
    local = plain.dt.replace_time_zone(str(options.timezone), ambiguous="earliest", non_existent="null")
    return pl.coalesce(zoned, local.dt.convert_time_zone("UTC"))


def _complaint(at: pl.Expr) -> pl.Expr:
    return (
        pl.when(pl.col("at").is_null())
        .then(pl.lit("ingest.bad.nginx"))
        .when(at.is_null())
        .then(pl.lit("ingest.bad.time"))
    )


FORMAT = Format("nginx", each_line, extract)
