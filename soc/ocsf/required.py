"""Objects that OCSF 1.8 requires of a class, from what the event already says; nothing is invented.

An event's columns name who acted (``actor``), from where and on what; some classes want the same
under a name of their own: the ``user`` who signs in, the ``process``, the ``device``.
"""

from collections.abc import Callable
from typing import Any

Event = dict[str, Any]
_FILE, _PROCESS, _LOG, _ACCOUNT, _LOGIN, _RIGHTS, _GROUP = 1001, 1007, 1008, 3001, 3002, 3003, 3006
#: under which names formats keep a process's number, outside the schema
_PIDS = ("pid", "syslog_pid", "ProcessId", "process_id")
#: type_id where nothing says it: OCSF 1.8, device, file and database alike
_UNKNOWN = 0


def with_required(event: Event) -> Event:
    """Add to a nested event, in place, what its class requires and the event knows; return it."""
    if "log_name" in event["metadata"]:
        event["metadata"].setdefault("product", {}).setdefault("name", event["metadata"]["log_name"])
    for name, make in _OF_CLASS.get(event.get("class_uid", 0), {}).items():
        if name not in event and (made := make(event)):
            event[name] = made
    if isinstance(event.get("file"), dict) and isinstance(path := event["file"].get("path"), str):
        event["file"].setdefault("name", path.replace("\\", "/").rstrip("/").rpartition("/")[2] or path)
        event["file"].setdefault("type_id", _UNKNOWN)
    if isinstance(event.get("database"), dict):
        event["database"].setdefault("type_id", _UNKNOWN)
    return event


def _user(event: Event) -> Event:
    actor = event.get("actor")
    found = actor.get("user") if isinstance(actor, dict) else None
    return dict(found) if isinstance(found, dict) else {}


def _device(event: Event) -> Event:
    host = _object(event, "dst_endpoint") or _object(event, "src_endpoint")
    told: Event = {name: host[name] for name in ("hostname", "ip") if name in host}
    name = told.get("hostname") or told.get("ip")
    return {"name": name, **told, "type_id": _UNKNOWN} if name else {}


def _process(event: Event) -> Event:
    path = _object(event, "actor").get("app_name")
    beside = _object(_object(event, "unmapped"), event["metadata"].get("log_name", ""))
    pid = next((str(beside[name]) for name in _PIDS if name in beside), "")
    found: Event = {"name": str(path).replace("\\", "/").rpartition("/")[2]} if path else {}
    return found | ({"pid": int(pid)} if pid.isdecimal() else {})


def _group(event: Event) -> Event:
    beside = _object(_object(event, "unmapped"), event["metadata"].get("log_name", ""))
    name = beside.get("group") or beside.get("TargetUserName")
    return {"name": name} if name else {}


def _object(event: Event, name: str) -> Event:
    found = event.get(name)
    return found if isinstance(found, dict) else {}


_OF_CLASS: dict[int, dict[str, Callable[[Event], Event]]] = {
    _FILE: {"device": _device},
    _PROCESS: {"device": _device, "process": _process},
    _LOG: {"device": _device},
    _ACCOUNT: {"user": _user},
    _LOGIN: {"user": _user},
    _RIGHTS: {"user": _user},
    _GROUP: {"group": _group},
}
