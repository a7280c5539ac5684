"""What follows from fields already read: a request line's parts, a statement's operation, an outcome."""

import re
from typing import Any

import orjson

from audit.ingest.formats.declaration import Declaration
from audit.ingest.formats.mysql_slow import ACTIVITIES as STATEMENTS
from audit.ingest.formats.nginx import ACTIVITIES as METHODS

Event = dict[str, Any]
REQUEST = re.compile(r"^([A-Za-z][A-Za-z_-]*) (\S.*?)(?: HTTP/(\d(?:\.\d)?))?$")
SITE = re.compile(r"^(?:https?|wss?|ftp)://(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]+)(?::\d+)?")
STATEMENT = re.compile(r"^[\s(]*(?:/\*.*?\*/\s*)*([A-Za-z]+)", re.DOTALL)
HTTP, _DATASTORE = 4002, 6005
FAILS = 400
#: classes whose outcome the answer's code says: HTTP and API activity
JUDGED = (HTTP, 6003)
#: events of Windows in which the account that acted is the one named as the target
_OWN_LOGON = frozenset({"4624", "4625", "4634", "4647"})
#: SQL Server's audit in the log of Windows
_SQL_SERVER = "33205"
_FIELD = re.compile(r"^[a-z_]+$")
_LOCAL = ("local machine", "named pipe")
#: audit.h: AUDIT_ARCH_*, as the kernel writes them
_MACHINES = {"c000003e": "x86_64", "40000003": "i386", "c00000b7": "aarch64", "40000028": "arm", "c0000015": "ppc64le"}
_MACHINES |= {"80000016": "s390x", "c00000f3": "riscv64", "c0000102": "loongarch64"}


def derived(fields: Event, told: Declaration) -> Event:
    """Add the fields that are worked out of others; their names begin with ``=``."""
    if told.derived == "windows":
        return fields | _windows(fields)
    if told.derived == "opensearch":
        return _inside_message(fields)
    if told.derived == "audit" and fields.get("arch") in _MACHINES:
        return fields | {"arch_name": _MACHINES[fields["arch"]]}
    return fields


def _inside_message(fields: Event) -> Event:
    """Return the document that the server's own log carries as its message, or the fields as they are."""
    text = fields.get("message")
    if not isinstance(text, str) or not text.startswith("{"):
        return fields
    try:
        inner = orjson.loads(text)
    except orjson.JSONDecodeError:
        return fields
    return {**fields, "message": None, **inner} if isinstance(inner, dict) else fields


def _windows(fields: Event) -> Event:
    system, data = _part(fields, "System"), _data(fields)
    number = _first(fields.get("EventID"), fields.get("event_id"), system.get("EventID"))
    number = number or _part(fields, "winlog").get("event_id")
    if isinstance(number, dict):
        number = number.get("#text")
    own = str(number) in _OWN_LOGON
    who, session = ("TargetUserName", "TargetLogonId") if own else ("SubjectUserName", "SubjectLogonId")
    told = {"=event_id": None if number is None else str(number), "=who": data.get(who), "=session": data.get(session)}
    told |= _account(fields, data)
    if str(number) == _SQL_SERVER:
        told |= _sql_server(_first(data.get("param1"), data.get("Data")))
    if number is not None and "Sysmon" in str(_first(fields.get("Channel"), fields.get("channel"), _channel(fields))):
        told["=sysmon"] = str(number)
    return {name: value for name, value in told.items() if value is not None}


def _sql_server(text: Any) -> Event:
    """Read SQL Server's audit record, which Windows keeps as one text of ``name:value`` lines; a statement may have several."""
    found: Event = {}
    name = ""
    for line in str(text or "").split("\n"):
        key, colon, value = line.partition(":")
        if colon and _FIELD.match(key) and (name != "statement" or key == "additional_information"):
            name, found[key] = key, value.strip()
        elif name == "statement":
            found[name] += f"\n{line}"
    named = {"=who": "server_principal_name", "=statement": "statement", "=database": "database_name"}
    named |= {
        "=succeeded": "succeeded",
        "=client": "client_ip",
        "=session": "session_id",
        "=application": "application_name",
    }
    said = {key: found.get(one) or None for key, one in named.items()}
    return said | ({"=client": None} if said["=client"] in _LOCAL else {})


def _account(fields: Event, data: Event) -> Event:
    """Who acted where the event names no subject: Sysmon's ``DOMAIN\\user``, or the account that wrote it."""
    told = _first(data.get("User"), fields.get("AccountName"), fields.get("UserName"))
    if not isinstance(told, str):
        return {}
    return {"=account": told.rpartition("\\")[2] or None}


def _channel(fields: Event) -> Any:
    return _first(_part(fields, "System").get("Channel"), _part(fields, "winlog").get("channel"))


def _data(fields: Event) -> Event:
    inner = (_part(fields, "EventData"), _part(_part(fields, "Event"), "EventData"))
    return _part(_part(fields, "winlog"), "event_data") or inner[0] or inner[1] or fields


def _part(fields: Event, name: str) -> Event:
    found = fields.get(name)
    if found is None and name == "System":
        found = _part(fields, "Event").get(name) if "Event" in fields else None
    return found if isinstance(found, dict) else {}


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def complete(event: Event, told: Declaration) -> None:
    """Fill in what the mapped attributes imply."""
    if event.get("http_request.url.path") is not None:
        _request(event)
    if event["class_uid"] == HTTP:
        event["activity_id"] = METHODS.get(str(event.get("http_request.http_method")), 99)
        if event.get("http_request.http_method") is None:
            event["activity_id"] = 0
    code = event.get("http_response.code")
    if event["class_uid"] in JUDGED and code is not None and "status_id" not in event:
        event["status_id"] = 1 if 0 < code < FAILS else 2
    if told.dialect and event.get("query_info.query_string") is not None and event["class_uid"] == _DATASTORE:
        _statement(event)


def _request(event: Event) -> None:
    target = event["http_request.url.path"]
    line = REQUEST.match(target)
    if line:
        event.setdefault("http_request.http_method", line[1])
        event["+http.version"] = line[3]
        target = line[2]
    site = SITE.match(target)
    if not line and not site and not target.startswith(("/", "*")):
        # no request: bytes that some program sent; they stay in the record
        del event["http_request.url.path"]
        return
    if site:
        event["+http.site"] = site[0]
        event.setdefault("dst_endpoint.hostname", site[1])
        target = target[site.end() :]
    path, mark, query = target.partition("?")
    event["http_request.url.path"] = path or "/"
    if mark and query:
        event.setdefault("http_request.url.query_string", query)
    if "http_request.http_method" in event:
        event.setdefault("api.operation", event["http_request.http_method"])


def _statement(event: Event) -> None:
    word = STATEMENT.match(event["query_info.query_string"])
    if word:
        event["api.operation"] = word[1].upper()
        event["activity_id"] = STATEMENTS.get(word[1].upper(), 99)
