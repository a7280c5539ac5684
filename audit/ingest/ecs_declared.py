"""What a declared format says beyond the mapping, under the ECS names its declaration gives."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import orjson

from audit.ingest.formats import DECLARED
from audit.ingest.formats.declaration import Declaration, declared_here
from audit.ingest.formats.own import is_own, own_that_stood
from audit.ingest.formats.paths import at_path, drop_path, flattened

Row = dict[str, Any]
#: nanoseconds of the unit that a place names behind a blank
_UNITS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
#: ECS names of whole numbers, by their last parts
_WHOLE = (
    *(".pid", ".ppid", ".port", ".bytes", ".packets", ".status_code", ".exit_code", ".args_count", ".thread.id"),
    *("event.severity", "event.sequence", "mysql.thread_id", "nginx.error.connection_id"),
)
#: IANA protocol numbers that logs give instead of names
_TRANSPORTS = {"1": "icmp", "2": "igmp", "6": "tcp", "17": "udp", "47": "gre", "50": "esp", "58": "ipv6-icmp"}
IANA_NUMBERS = {name: number for number, name in _TRANSPORTS.items()}
_WORDS = {"network.transport": _TRANSPORTS, "network.direction": {"outgoing": "outbound", "incoming": "inbound"}}
_LOWER = frozenset({"network.protocol", "event.action", "tls.version_protocol"})


def declaration_named(name: str) -> Declaration | None:
    """Return the declaration of the format ``name``; None where that is a module, or an own one that is not known here."""
    if is_own(name):
        found = own_that_stood(name)
        return found.declaration if found else None
    return _shipped(name)


@cache
def _shipped(name: str) -> Declaration | None:
    return declared_here(name) if name in DECLARED else None


def claimed(told: Declaration | None) -> frozenset[str]:
    """Return the attributes that the declaration gives ECS names of its own."""
    return frozenset(_place(one) for places in told.ecs.values() for one in places) if told else frozenset()


def said_beside(row: Row, told: Declaration) -> Iterator[tuple[str, Any]]:
    """Yield the names that the declaration gives, then what no name was given to."""
    text = row.get(f"+{told.name}")
    held: Row = orjson.loads(text) if text else {}
    yield from told.ecs_set.items()
    for name, words in told.ecs_by.items():
        word = row.get(name) or at_path(held, name)
        yield from words.get(str(word), words.get("*", {}) if word is not None else {}).items()
    taken = set()
    for name, places in told.ecs.items():
        for one in places:
            place, value = _found(row, held, _place(one), told)
            if value is not None and (fit := _fitting(name, value, one)) is not None:
                taken.add(place)
                yield from flattened({name: fit}).items()
                break
    for place in taken:
        drop_path(held, place)
    head = told.ecs_rest or told.name
    head = "" if head == "." else f"{head}."
    yield from ((f"{head}{name}", value) for name, value in flattened(held).items())


def _found(row: Row, held: Row, place: str, told: Declaration) -> tuple[str, Any]:
    """Return an attribute's value, or else a field's and under which root it stands."""
    if row.get(place) is not None:
        return place, row[place]
    under = ((root + place, at_path(held, root + place)) for root in told.roots)
    return next(((path, value) for path, value in under if value is not None), (place, None))


def _place(one: str) -> str:
    return one.partition(" ")[0]


def _fitting(name: str, value: Any, place: str) -> Any:
    part = place.partition(" ")[2]
    try:
        if part in _PARTS:
            return _PARTS[part](str(value))
        if part:
            return round(float(value) * _UNITS[part])
        if name.endswith(_WHOLE):
            return int(value)
    except (TypeError, ValueError):
        return None
    if name in _WORDS:
        return _WORDS[name].get(str(value).lower(), str(value).lower())
    return value.lower() if name in _LOWER and isinstance(value, str) else value


def _clock(text: str) -> int:
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    return (hours * 3600 + minutes * 60 + seconds) * 10**9


#: what a place may ask of its field behind a blank, beside a unit
_PARTS: Mapping[str, Callable[[str], Any]] = {
    "clock": _clock,
    "version": lambda text: text.rpartition(":")[2],
    "local": lambda text: text.partition("@")[0] or None,
    "domain": lambda text: text.partition("@")[2] or None,
    "realm": lambda text: text.rpartition("\\")[0] or None,
    "mail": lambda text: text if "@" in text else None,
    "file": lambda text: re.split(r"[\\/]", text)[-1] or None,
    "url": lambda text: text if text.startswith(("http://", "https://")) else None,
}
