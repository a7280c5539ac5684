"""What a record of PostgreSQL's server log means, whichever way it was written.

The stderr, CSV and JSON logs give the same columns (``SERVER_COLUMNS``); here they become
events: pgaudit's lines and statements are Datastore Activity, connections Authentication,
what is left is the server's own report. Source: PostgreSQL 15 §20.8; pgaudit 1.7 README.
"""

import polars as pl

from audit.ingest.formats.base import given, number

#: what each way of writing the log must give; text, but for ``time``
SERVER_COLUMNS = (
    *("line", "raw", "time", "error", "severity", "message", "user", "database", "application"),
    *("host", "port", "pid", "session", "sqlstate", "statement", "detail"),
)
#: what only some ways of writing it give
MORE_COLUMNS = (
    "session_line",
    "command_tag",
    "session_start",
    "virtual_transaction",
    "transaction",
    "backend",
    "log_time",
)

DATASTORE_ACTIVITY, AUTHENTICATION, BASE_EVENT = 6005, 3002, 0
_FIELD = r'("(?:[^"]|"")*"|[^",\n]*)'
#: AUDIT: type,statement,substatement,class,command,object type,name,statement,parameter[,rows]
_AUDIT = (
    r"(?s)^AUDIT:\s+(?P<audit_type>SESSION|OBJECT),(?P<statement_id>\d+),(?P<substatement_id>\d+),"
    r"(?P<class>[A-Z_]+),(?P<command>[^,\"]*),(?P<object_type>[^,\"]*),"
    + _FIELD.replace("(", "(?P<object_name>", 1)
    + ","
    + _FIELD.replace("(", "(?P<audited>", 1)
    + "(?:,"
    + _FIELD.replace("(", "(?P<parameter>", 1)
    + r")?(?:,(?P<rows>\d+))?\s*$"
)
AUDIT_FIELDS = ("audit_type", "statement_id", "substatement_id", "class", "command", "object_type", "object_name")
_NUMBERS = ("statement_id", "substatement_id", "rows")
_QUOTED_FIELDS = ("object_name", "audited", "parameter")
_STATEMENT = r"(?s)^(?:statement|(?:parse|bind|execute) [^:]*): (.*)$"
_TIMED = (
    r"(?s)^duration: (?P<ms>\d+(?:\.\d+)?) ms(?:  (?:statement|(?:parse|bind|execute) [^:]*|plan):\s(?P<text>.*))?$"
)
_STEP = r"^(?:duration: \S+ ms  )?(statement|parse|bind|execute)(?: ([^:\s]*(?::0x[0-9a-f]+)?))?: "
_JOINED = r"^connection authorized: user=(?P<user>\S+)(?: database=(?P<database>\S+))?(?: application_name=(?P<app>.*?))?(?: SSL .*)?$"
_LEFT = r"^disconnection: session time: \S+ user=(?P<user>\S*) database=(?P<database>\S*) host=(?P<host>\S+)(?: port=(?P<port>\d+))?$"
_RECEIVED = r"^connection received: host=(?P<host>\S+)(?: port=(?P<port>\d+))?$"
_REFUSED = r'^(?:\S+ authentication failed for user|role|no pg_hba\.conf entry for host .* user) "(?P<user>[^"]*)"'

_READ, _UPDATE, _CONNECT, _QUERY, _WRITE, _CREATE, _DELETE, _OTHER = 1, 2, 3, 4, 5, 6, 7, 99
#: OCSF 1.8 datastore_activity, activity_id, by the first word of the command
ACTIVITIES = {
    "SELECT": _READ,
    "COPY": _READ,
    "FETCH": _READ,
    "EXPLAIN": _QUERY,
    "SHOW": _QUERY,
    "DECLARE": _QUERY,
    "EXECUTE": _QUERY,
    "UPDATE": _UPDATE,
    "MERGE": _UPDATE,
    "ALTER": _UPDATE,
    "GRANT": _UPDATE,
    "REVOKE": _UPDATE,
    "INSERT": _WRITE,
    "CREATE": _CREATE,
    "DELETE": _DELETE,
    "TRUNCATE": _DELETE,
    "DROP": _DELETE,
}
#: OCSF severity_id by the server's word, as its English and Chinese messages spell it
SEVERITIES = {
    "LOG": 1,
    "INFO": 1,
    "NOTICE": 1,
    "DEBUG": 1,
    "WARNING": 2,
    "ERROR": 3,
    "FATAL": 4,
    "PANIC": 5,
    "DETAIL": 1,
    "HINT": 1,
    "CONTEXT": 1,
    "STATEMENT": 1,
    "QUERY": 1,
    "LOCATION": 1,
}


def events(log: pl.DataFrame) -> pl.DataFrame:
    """Turn server-log records (``SERVER_COLUMNS``) into events."""
    read = log.with_columns(
        pl.col("message").str.extract_groups(_AUDIT).alias("a"),
        pl.col("message").str.extract_groups(_TIMED).alias("t"),
        pl.col("message").str.extract_groups(_JOINED).alias("j"),
        pl.col("message").str.extract_groups(_LEFT).alias("l"),
        pl.col("message").str.extract_groups(_RECEIVED).alias("r"),
        pl.col("message").str.extract(_REFUSED).alias("refused"),
        pl.col("message").str.extract(_STATEMENT).alias("stated"),
    )
    read = read.with_columns(pl.col("a").struct.unnest())
    read = read.with_columns(_unquoted(name) for name in _QUOTED_FIELDS)
    return _columns(read.with_columns(_query().alias("query")))


def _unquoted(name: str) -> pl.Expr:
    inner = pl.col(name).str.slice(1, pl.col(name).str.len_chars() - 2).str.replace_all('""', '"', literal=True)
    return pl.when(pl.col(name).str.starts_with('"')).then(inner).otherwise(pl.col(name)).alias(name)


def _query() -> pl.Expr:
    """The statement a record is about, wherever it stands."""
    follows = pl.when(pl.col("severity").is_in(["STATEMENT", "QUERY"])).then(pl.col("message"))
    return pl.coalesce(
        pl.col("audited"), pl.col("t").struct.field("text"), pl.col("stated"), follows, given("statement")
    )


def _columns(read: pl.DataFrame) -> pl.DataFrame:
    audited = pl.col("audit_type").is_not_null()
    joined = pl.col("j").struct.field("user").is_not_null()
    left = pl.col("l").struct.field("host").is_not_null()
    refused = pl.col("refused").is_not_null()
    first_word = pl.coalesce(given("command"), pl.col("query").str.strip_chars_start(" \t\n(").str.to_uppercase())
    word = first_word.str.extract(r"^([A-Z]+)")
    reading = audited | pl.col("query").is_not_null()
    signing = joined | left | refused
    activity = (
        pl.when(left).then(2).when(signing).then(1)
        .when(reading).then(word.replace_strict(ACTIVITIES, default=_OTHER, return_dtype=pl.Int32))
        .otherwise(pl.lit(0))
    ).cast(pl.Int32)  # fmt: skip
    class_uid = pl.when(signing).then(AUTHENTICATION).when(reading).then(DATASTORE_ACTIVITY).otherwise(BASE_EVENT)
    failed = pl.col("severity").is_in(["ERROR", "FATAL", "PANIC"])
    host = pl.coalesce(given("host", "[local]"), _part("l", "host"), _part("r", "host"))
    is_address = host.str.contains(r"^[0-9a-fA-F:.]*[.:][0-9a-fA-F:.]*$")
    duration = pl.col("t").struct.field("ms").cast(pl.Float64, strict=False)
    return read.select(
        "line",
        "raw",
        "time",
        (class_uid // 1000).cast(pl.Int32).alias("category_uid"),
        class_uid.cast(pl.Int32).alias("class_uid"),
        activity.alias("activity_id"),
        pl.col("severity").replace_strict(SEVERITIES, default=1, return_dtype=pl.Int32).alias("severity_id"),
        pl.when(failed).then(2).when(reading | signing).then(1).cast(pl.Int32).alias("status_id"),
        given("sqlstate").alias("status_code"),
        pl.coalesce(given("user", "[unknown]"), _part("j", "user"), _part("l", "user"), pl.col("refused")).alias(
            "actor.user.name"
        ),
        pl.coalesce(given("application", "[unknown]"), _part("j", "app")).alias("actor.app_name"),
        given("session").alias("actor.session.uid"),
        pl.when(is_address).then(host).alias("src_endpoint.ip"),
        pl.when(~is_address).then(host).alias("src_endpoint.hostname"),
        pl.coalesce(given("port"), _part("l", "port"), _part("r", "port"))
        .cast(pl.Int32, strict=False)
        .alias("src_endpoint.port"),
        pl.coalesce(given("database", "[unknown]"), _part("j", "database"), _part("l", "database")).alias(
            "database.name"
        ),
        pl.coalesce(given("command"), pl.when(reading).then(word)).alias("api.operation"),
        pl.col("query").alias("query_info.query_string"),
        duration.round(0).cast(pl.Int64).alias("duration"),
        pl.when(~audited).then(pl.col("message")).alias("message"),
        *(given(name).alias(f"+pgaudit.{name}") for name in AUDIT_FIELDS if name not in _NUMBERS),
        *(number(name).alias(f"+pgaudit.{name}") for name in _NUMBERS),
        given("audited").alias("+pgaudit.statement"),
        given("parameter").alias("+pgaudit.parameter"),
        pl.col("severity").alias("+postgresql.severity"),
        number("pid").alias("+postgresql.pid"),
        given("detail").alias("+postgresql.detail"),
        duration.alias("+postgresql.milliseconds"),
        pl.col("message").str.extract(_STEP, 1).alias("+postgresql.step"),
        pl.col("message").str.extract(_STEP, 2).alias("+postgresql.query_name"),
        *(given(name).alias(f"+postgresql.{name}") for name in MORE_COLUMNS if name in read.columns),
        number("rows").alias("guanlan.rows"),
        _complaint().alias("error"),
    )


def _part(group: str, name: str) -> pl.Expr:
    part = pl.col(group).struct.field(name)
    return pl.when(part != "").then(part)


def _complaint() -> pl.Expr:
    broken_audit = pl.col("message").str.starts_with("AUDIT:") & pl.col("audit_type").is_null()
    return (
        pl.when(pl.col("error").is_not_null())
        .then(pl.col("error"))
        .when(pl.col("time").is_null())
        .then(pl.lit("ingest.bad.time"))
        .when(broken_audit)
        .then(pl.lit("ingest.bad.pgaudit"))
    )
