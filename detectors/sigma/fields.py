"""Where a field that a rule names is found in our events.

Rules may name OCSF paths as they are. The names of the Sigma taxonomy (version 2.0.0,
"webserver", "proxy", "database", "firewall", "process_creation") are mapped; any other is looked up in what
the format gave beyond OCSF (``unmapped``).
"""

from dataclasses import dataclass

from soc.ocsf.schema import EVENT_SCHEMA

#: Sigma taxonomy → column
TAXONOMY: dict[str, str] = {
    "c-ip": "src_endpoint.ip",
    "c-useragent": "http_request.user_agent",
    "cs-user-agent": "http_request.user_agent",
    "cs-method": "http_request.http_method",
    "cs-uri-stem": "http_request.url.path",
    "c-uri-stem": "http_request.url.path",
    "cs-uri-query": "http_request.url.query_string",
    "c-uri-query": "http_request.url.query_string",
    "cs-referer": "http_request.referrer",
    "cs-referrer": "http_request.referrer",
    "cs-host": "dst_endpoint.hostname",
    "r-dns": "dst_endpoint.hostname",
    "cs-username": "actor.user.name",
    "cs-bytes": "traffic.bytes_in",
    "sc-bytes": "traffic.bytes_out",
    "sc-status": "http_response.code",
    "s-ip": "dst_endpoint.ip",
    "src_ip": "src_endpoint.ip",
    "src_port": "src_endpoint.port",
    "dst_ip": "dst_endpoint.ip",
    "dst_port": "dst_endpoint.port",
    "dst_host": "dst_endpoint.hostname",
    "SourceIp": "src_endpoint.ip",
    "SourcePort": "src_endpoint.port",
    "DestinationIp": "dst_endpoint.ip",
    "DestinationPort": "dst_endpoint.port",
    "DestinationHostname": "dst_endpoint.hostname",
    "user": "actor.user.name",
    "username": "actor.user.name",
    "User": "actor.user.name",
    "TargetFilename": "file.path",
    "query": "query_info.query_string",
    "statement": "query_info.query_string",
    "command": "api.operation",
    "database": "database.name",
    "application": "actor.app_name",
    "EventID": "api.operation",
    "Image": "actor.app_name",
    "IpAddress": "src_endpoint.ip",
    "NewProcessName": "actor.app_name",
    "ObjectName": "file.path",
    "RelativeTargetName": "file.path",
}
#: a path with its query, which OCSF keeps apart
WHOLE_URI: frozenset[str] = frozenset({"c-uri", "cs-uri", "uri"})
#: what was run with its arguments, which each system keeps in its own way
COMMAND_LINE: frozenset[str] = frozenset({"CommandLine"})
#: where a rule's bare keywords are looked for
KEYWORD_COLUMNS = ("raw_data", "message", "query_info.query_string", "unmapped")
_COLUMNS = frozenset(EVENT_SCHEMA.names)


@dataclass(frozen=True, slots=True)
class Place:
    """A column of the event, or a path in its ``unmapped``."""

    column: str
    inside: str | None = None


def place_of(field: str) -> Place:
    """Return where ``field`` is found in a normalised event."""
    name = TAXONOMY.get(field, field)
    return Place(name) if name in _COLUMNS else Place("unmapped", field)
