"""Events under the names of the Elastic Common Schema 8.17: the published mapping.

``docs/ecs-mapping.md`` is written from ``MAPPING``; a test holds them equal.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from audit.ingest.ecs_declared import IANA_NUMBERS, claimed, declaration_named, said_beside
from audit.ingest.formats import DECLARED
from audit.ingest.formats.mysql_slow import COUNTS, EXTENDED_COUNTS, EXTENDED_FLAGS, EXTENDED_TEXTS, FLAGS

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


def _milliseconds_as_nanoseconds(milliseconds: float) -> int:
    return round(milliseconds * 1_000_000)


def _flag(word: str) -> bool:
    return word.lower() == "yes"


def _listed(text: str) -> list[str]:
    return re.split(r"(?:,| :) ", text)


def _outcome(status: int) -> str:
    return {1: "success", 2: "failure"}.get(status, "unknown")


def _category(class_uid: int) -> list[str] | None:
    return _CATEGORIES.get(class_uid)


_CATEGORIES = {
    1007: ["process"],
    4002: ["web"], 6005: ["database"], 3002: ["authentication"], 3003: ["iam"], 3001: ["iam"], 3006: ["iam"],
    1001: ["file"], 4001: ["network"], 4003: ["network"], 4006: ["network", "file"], 6003: ["api"],
}  # fmt: skip
_WEB = ("nginx", "apache", "haproxy", "kong", "apisix", "nginx_json", "iis", "zeek_http", "s3_access")
_SERVER = ("pgaudit", "postgresql_csv", "postgresql_json")
_SLOW = ("mysql_slow",)
_OF_SLOW = (*COUNTS, *EXTENDED_COUNTS)
_FLAGS_OF_SLOW = {name: f"mysql.slowlog.{name}" for name in (*FLAGS, *EXTENDED_FLAGS)}
_FLAGS_OF_SLOW["qc_hit"] = "mysql.slowlog.query_cache_hit"
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
        "4002 web, 6005 database, 3002 authentication, 3001, 3003 and 3006 iam, 1001 file, 4001 and 4003 network, 4006 both, 6003 api, 1007 process",
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
    EcsField("dst_endpoint.hostname", "destination.address"),
    EcsField("dst_endpoint.hostname", "destination.domain"),
    EcsField("dst_endpoint.hostname", "url.domain", only=_WEB),
    EcsField("dst_endpoint.ip", "destination.address", note="the address where there is one, else the name"),
    EcsField("dst_endpoint.ip", "destination.ip"),
    EcsField("dst_endpoint.port", "destination.port"),
    EcsField("file.path", "file.path"),
    EcsField("http_request.http_method", "http.request.method"),
    EcsField("http_request.referrer", "http.request.referrer"),
    EcsField("http_response.code", "http.response.status_code"),
    EcsField("traffic.bytes_out", "http.response.body.bytes", only=_WEB),
    EcsField("+http.version", "http.version"),
    EcsField("+http.request", "nginx.access.info", note="a request line that is none"),
    EcsField("+ingress.request_id", "http.request.id"),
    EcsField("+ingress.request_id", "nginx.ingress_controller.http.request.id"),
    EcsField("+ingress.request_length", "nginx.ingress_controller.http.request.length", int),
    EcsField("+ingress.request_time", "nginx.ingress_controller.http.request.time", float),
    EcsField("+ingress.upstream_name", "nginx.ingress_controller.upstream.name"),
    EcsField("+ingress.alternative_upstream_name", "nginx.ingress_controller.upstream.alternative_name"),
    EcsField("+ingress.upstream_addr", "nginx.ingress_controller.upstream_address_list", _listed),
    EcsField("+ingress.upstream_response_length", "nginx.ingress_controller.upstream.response.length_list", _listed),
    EcsField("+ingress.upstream_response_time", "nginx.ingress_controller.upstream.response.time_list", _listed),
    EcsField("+ingress.upstream_status", "nginx.ingress_controller.upstream.response.status_code_list", _listed),
    EcsField("+container.stream", "stream"),
    EcsField("http_request.url.path", "url.path"),
    EcsField("http_request.url.query_string", "url.query"),
    EcsField("http_request.user_agent", "user_agent.original"),
    EcsField("actor.app_name", "postgresql.log.application_name", only=_SERVER),
    EcsField("actor.session.uid", "postgresql.log.session_id", only=_SERVER),
    EcsField("database.name", "postgresql.log.database", only=_SERVER),
    EcsField("query_info.query_string", "postgresql.log.query", only=_SERVER),
    EcsField("status_code", "postgresql.log.sql_state_code", only=_SERVER),
    EcsField("src_endpoint.ip", "postgresql.log.client_addr", only=_SERVER),
    EcsField("src_endpoint.port", "postgresql.log.client_port", only=_SERVER),
    EcsField("+postgresql.milliseconds", "event.duration", _milliseconds_as_nanoseconds, "nanoseconds"),
    EcsField("+postgresql.step", "postgresql.log.query_step"),
    EcsField("+postgresql.query_name", "postgresql.log.query_name"),
    EcsField("+postgresql.session_line", "postgresql.log.session_line_number", int),
    EcsField("+postgresql.command_tag", "postgresql.log.command_tag"),
    EcsField("+postgresql.session_start", "postgresql.log.session_start_time"),
    EcsField("+postgresql.virtual_transaction", "postgresql.log.virtual_transaction_id"),
    EcsField("+postgresql.transaction", "postgresql.log.transaction_id", int),
    EcsField("+postgresql.backend", "postgresql.log.backend_type"),
    EcsField("+postgresql.log_time", "postgresql.log.timestamp"),
    EcsField("+postgresql.severity", "log.level"),
    EcsField("+postgresql.pid", "process.pid"),
    EcsField("+postgresql.detail", "postgresql.log.detail"),
    *(EcsField(f"+pgaudit.{name}", f"pgaudit.{name}") for name in _OF_AUDIT),
    EcsField("+mysql.query", "mysql.slowlog.query"),
    EcsField("+mysql.schema", "mysql.slowlog.schema"),
    EcsField("+mysql.query_time", "event.duration", _seconds_as_nanoseconds, "nanoseconds"),
    EcsField("+mysql.lock_time", "mysql.slowlog.lock_time.sec"),
    EcsField("+mysql.login", "mysql.slowlog.current_user"),
    *(EcsField(f"+mysql.{name}", f"mysql.slowlog.{name}") for name in _OF_SLOW),
    *(EcsField(f"+mysql.{name}", ecs, _flag, "Yes is true") for name, ecs in _FLAGS_OF_SLOW.items()),
    *(EcsField(f"+mysql.{name}", f"mysql.slowlog.{name}") for name in EXTENDED_TEXTS),
    EcsField("actor.session.uid", "mysql.thread_id", int, only=_SLOW),
)


def to_ecs(row: Row) -> Row:
    """Return one parsed record under flat ECS names; what it does not say is left out."""
    told = declaration_named(row["metadata.log_name"])
    found: Row = {"ecs.version": ECS_VERSION, "event.kind": "event"}
    found.update(_fields(row, claimed(told)))
    if told is not None:
        found.update(said_beside(row, told))
    return found | implied(found, row.get("+http.site"))


def _fields(row: Row, elsewhere: frozenset[str]) -> Iterator[tuple[str, Any]]:
    for line in MAPPING:
        value = row.get(line.column)
        if value is None or line.column in elsewhere or (line.only and row["metadata.log_name"] not in line.only):
            continue
        changed = line.change(value) if line.change else value
        if changed is not None:
            yield line.ecs, changed


def implied(found: Row, site: str | None) -> Row:
    """Return what follows from the names already given: the URL whole, totals of both directions."""
    more: Row = {}
    path, query = found.get("url.path"), found.get("url.query")
    if path is not None:
        more["url.original"] = (site or "") + (path if query is None else f"{path}?{query}")
        _, dot, extension = path.rpartition("/")[2].rpartition(".")
        more |= {"url.extension": extension} if dot and extension else {}
    for unit in ("bytes", "packets"):
        both = found.get(f"source.{unit}"), found.get(f"destination.{unit}")
        if all(isinstance(one, int) for one in both):
            more[f"network.{unit}"] = sum(both)
    if found.get("network.transport") in IANA_NUMBERS:
        more["network.iana_number"] = IANA_NUMBERS[found["network.transport"]]
    return more


def mapping_page() -> str:
    """Write the mapping as the page of the documentation."""
    head = [
        "# ECS mapping",
        "",
        (
            "`soc logs parse --schema ecs` prints flat names of the Elastic Common Schema "
            f"{ECS_VERSION}. Columns beginning with `+` are a format's own fields (OCSF: `unmapped`)."
        ),
        "`url.original` is `url.path`, with the site before it and `?` and `url.query` behind it where there are such. A name given twice takes the later.",
        (
            "What a declared format says beyond this table has the names of the second table; the rest keeps its own "
            "names under the format's: `leef.devTime` (OCSF: `unmapped.leef`)."
        ),
        "`url.extension` follows from the path, `network.bytes` and `network.packets` from both directions' figures.",
        "",
        "| column (OCSF 1.8) | ECS | formats | value |",
        "|---|---|---|---|",
    ]
    lines = (
        f"| `{line.column}` | `{line.ecs}` | {', '.join(line.only) or 'all'} | {line.note or 'as it is'} |"
        for line in MAPPING
    )
    return "\n".join([*head, *lines, "", *_declared_part()])


def _declared_part() -> Iterator[str]:
    yield from ("## Declared formats", "", "| format | ECS | from |", "|---|---|---|")
    for name in DECLARED:
        told = declaration_named(name)
        if told is None:
            continue
        yield from (f"| {name} | `{ecs}` | always `{value}` |" for ecs, value in told.ecs_set.items())
        yield from (
            f"| {name} | `{ecs}` | {', '.join(f'`{one}`' for one in places)} |" for ecs, places in told.ecs.items()
        )
        yield f"| {name} | `{told.ecs_rest or name}.*` | every other field |"
    yield ""
