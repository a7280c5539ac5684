"""PostgreSQL's ``jsonlog`` (15 §20.8.5): one JSON object a line."""

from typing import Any

import orjson
import polars as pl

from audit.ingest.formats.base import Format, ParseOptions, each_line
from audit.ingest.formats.postgresql import MORE_COLUMNS, SERVER_COLUMNS, events
from audit.ingest.formats.server_times import server_instants

#: our column → the log's key
_KEYS = {
    "log_time": "timestamp",
    "user": "user",
    "database": "dbname",
    "pid": "pid",
    "host": "remote_host",
    "port": "remote_port",
    "session": "session_id",
    "severity": "error_severity",
    "sqlstate": "state_code",
    "message": "message",
    "detail": "detail",
    "statement": "statement",
    "application": "application_name",
    "session_line": "line_num",
    "command_tag": "ps",
    "session_start": "session_start",
    "virtual_transaction": "vxid",
    "transaction": "txid",
    "backend": "backend_type",
}


def extract(records: pl.DataFrame, options: ParseOptions) -> pl.DataFrame:
    """Read the keys of each record."""
    rows = [_fields(raw) for raw in records["raw"]]
    fields = pl.DataFrame(rows, schema=dict.fromkeys(_KEYS, pl.String), orient="row")
    log = pl.concat([records, fields], how="horizontal")
    log = log.with_columns(
        server_instants(log, "log_time", options.timezone).alias("time"),
        # other programs write a "timestamp" too: no record of the server is without a severity
        pl.when(pl.any_horizontal(pl.col("log_time", "severity").is_null()))
        .then(pl.lit("ingest.bad.postgresql_json"))
        .alias("error"),
    )
    return events(log.select(*SERVER_COLUMNS, *MORE_COLUMNS))


def _fields(record: str) -> tuple[str | None, ...]:
    try:
        found: Any = orjson.loads(record)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        return (None,) * len(_KEYS)
    values = (found.get(key) for key in _KEYS.values())
    return tuple(None if value is None else str(value) for value in values)


FORMAT = Format("postgresql_json", each_line, extract)
