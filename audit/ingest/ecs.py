"""Events under the names of the Elastic Common Schema 8.17: the published mapping.

``docs/ecs-mapping.md`` is written from ``MAPPING``; a test holds them equal.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from audit.ingest.frame import is_document

ECS_VERSION = "8.17.0"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EcsField:
    """One line of the mapping: our column, the ECS name, for which formats, and how the value changes."""

    column: str
    ecs: str
    change: Callable[[Any], Any] | None = None
    note: str = ""
    only: tuple[str, ...] = ()


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _nanoseconds(milliseconds: int) -> int:
    return milliseconds * 1_000_000


def _seconds_as_nanoseconds(seconds: float) -> int:
    return round(seconds * 1_000_000_000)


def _outcome(status: int) -> str:
    return {1: "success", 2: "failure"}.get(status, "unknown")


def _category(class_uid: int) -> list[str]:
    return _CATEGORIES.get(class_uid, ["process"])


_CATEGORIES = {
    4002: ["web"], 6005: ["database"], 3002: ["authentication"], 3003: ["iam"], 3001: ["iam"], 3006: ["iam"],
    1001: ["file"], 4001: ["network"], 4003: ["network"], 4006: ["network", "file"], 6003: ["api"],
}  # fmt: skip
_WEB = ("nginx", "apache", "haproxy", "kong", "apisix", "nginx_json", "zeek_http", "s3_access")
_SERVER = ("pgaudit", "postgresql_csv", "postgresql_json")
_SLOW = ("mysql_slow",)
_OF_SLOW = [
    "rows_sent",
    "rows_examined",
    "rows_affected",
    "bytes_sent",
    "bytes_received",
    "merge_passes",
    "full_scan",
    "full_join",
    "filesort",
]
_OF_AUDIT = [
    "audit_type",
    "statement_id",
    "substatement_id",
    "class",
    "command",
    "object_type",
    "object_name",
    "statement",
    "parameter",
    "rows",
]

MAPPING: tuple[EcsField, ...] = (
    EcsField("time", "@timestamp", _instant, "RFC 3339, UTC, milliseconds"),
    EcsField("metadata.log_name", "event.dataset", note="the format's name"),
    EcsField("raw_data", "event.original", note="the record as it came"),
    EcsField(
        "class_uid",
        "event.category",
        _category,
        "4002 web, 6005 database, 3002 authentication, 3001, 3003 and 3006 iam, 1001 file, 4001 and 4003 network, 4006 both, 6003 api, else process",
    ),
    EcsField("status_id", "event.outcome", _outcome, "1 success, 2 failure"),
    EcsField("api.operation", "event.action"),
    EcsField("duration", "event.duration", _nanoseconds, "nanoseconds"),
    EcsField("message", "message"),
    EcsField("actor.user.name", "user.name"),
    EcsField("actor.user.uid", "user.id"),
    EcsField("src_endpoint.hostname", "source.address"),
    EcsField("src_endpoint.hostname", "source.domain"),
    EcsField("src_endpoint.ip", "source.address", note="the address where there is one, else the name"),
    EcsField("src_endpoint.ip", "source.ip"),
    EcsField("src_endpoint.port", "source.port"),
    EcsField("dst_endpoint.hostname", "destination.domain"),
    EcsField("dst_endpoint.ip", "destination.ip"),
    EcsField("dst_endpoint.port", "destination.port"),
    EcsField("file.path", "file.path"),
    EcsField("http_request.http_method", "http.request.method"),
    EcsField("http_request.referrer", "http.request.referrer"),
    EcsField("http_response.code", "http.response.status_code"),
    EcsField("traffic.bytes_out", "http.response.body.bytes", only=_WEB),
    EcsField("+http.version", "http.version"),
    EcsField("+http.request", "nginx.access.info", note="a request line that is none"),
    EcsField("http_request.url.path", "url.path"),
    EcsField("http_request.url.query_string", "url.query"),
    EcsField("http_request.user_agent", "user_agent.original"),
    EcsField("actor.app_name", "postgresql.log.application_name", only=_SERVER),
    EcsField("actor.session.uid", "postgresql.log.session_id", only=_SERVER),
    EcsField("database.name", "postgresql.log.database", only=_SERVER),
    EcsField("query_info.query_string", "postgresql.log.query", only=_SERVER),
    EcsField("status_code", "postgresql.log.sql_state_code", only=_SERVER),
    EcsField("+postgresql.severity", "log.level"),
    EcsField("+postgresql.pid", "process.pid"),
    EcsField("+postgresql.detail", "postgresql.log.detail"),
    *(EcsField(f"+pgaudit.{name}", f"pgaudit.{name}") for name in _OF_AUDIT),
    EcsField("+mysql.query", "mysql.slowlog.query"),
    EcsField("+mysql.schema", "mysql.slowlog.schema"),
    EcsField("+mysql.query_time", "event.duration", _seconds_as_nanoseconds, "nanoseconds"),
    EcsField("+mysql.lock_time", "mysql.slowlog.lock_time.sec"),
    *(EcsField(f"+mysql.{name}", f"mysql.slowlog.{name}") for name in _OF_SLOW),
    EcsField("actor.session.uid", "mysql.thread_id", int, only=_SLOW),
)


def to_ecs(row: Row) -> Row:
    """Return one parsed record under flat ECS names; what it does not say is left out."""
    found: Row = {"ecs.version": ECS_VERSION, "event.kind": "event"}
    found.update(_fields(row))
    found.update(_beside(row))
    path, query = row.get("http_request.url.path"), row.get("http_request.url.query_string")
    if path is not None:
        found["url.original"] = path if query is None else f"{path}?{query}"
    return found


def _beside(row: Row) -> Iterator[tuple[str, Any]]:
    """What a declared format says beyond the mapping, under its own name."""
    for name, text in row.items():
        if is_document(name) and name != "+ocsf" and text is not None:
            for field, value in orjson.loads(text).items():
                yield f"{name[1:]}.{field}", value


def _fields(row: Row) -> Iterator[tuple[str, Any]]:
    for line in MAPPING:
        value = row.get(line.column)
        if value is not None and (not line.only or row["metadata.log_name"] in line.only):
            yield line.ecs, line.change(value) if line.change else value


def mapping_page() -> str:
    """Write the mapping as the page of the documentation."""
    head = [
        "# ECS mapping",
        "",
        (
            "`soc logs parse --schema ecs` prints flat names of the Elastic Common Schema "
            f"{ECS_VERSION}. Columns beginning with `+` are a format's own fields (OCSF: `unmapped`)."
        ),
        "`url.original` is `url.path`, with `?` and `url.query` where there is one. A name given twice takes the later.",
        (
            "What a declared format says beyond this table keeps its own names under the format's: "
            "`cloudtrail.eventVersion` (OCSF: `unmapped.cloudtrail`)."
        ),
        "",
        "| column (OCSF 1.8) | ECS | formats | value |",
        "|---|---|---|---|",
    ]
    lines = (
        f"| `{line.column}` | `{line.ecs}` | {', '.join(line.only) or 'all'} | {line.note or 'as it is'} |"
        for line in MAPPING
    )
    return "\n".join([*head, *lines, ""])
