"""A stored row as an OCSF 1.8 event: nested by its dotted names, times in milliseconds."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import orjson

from soc.ocsf.required import with_required

OCSF_VERSION = "1.8.0"
UNMAPPED = "unmapped"


def to_ocsf(row: Mapping[str, object]) -> dict[str, Any]:
    """Return the event; columns without a value are left out, ``unmapped`` is an object again.

    OCSF's ``timestamp_t`` is whole milliseconds since 1970; ``time_dt`` keeps the microseconds.
    """
    event: dict[str, Any] = {"metadata": {"version": OCSF_VERSION}}
    for name, value in row.items():
        if value is None:
            continue
        *holders, last = _path(name)
        place = event
        for holder in holders:
            place = place.setdefault(holder, {})
        place[last] = _read(name, value)
    at = row.get("time")
    if isinstance(at, datetime):
        event["time_dt"] = at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    return with_required(event)


@cache
def _path(name: str) -> tuple[str, ...]:
    return tuple(name.split("."))


def _read(name: str, value: object) -> object:
    if isinstance(value, datetime):
        return int(value.timestamp() * 1_000_000) // 1_000
    if name == UNMAPPED and isinstance(value, str):
        return _object(value)
    return value


def _object(text: str) -> object:
    """Return what the text says; text that is no JSON object stays readable."""
    try:
        told = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {"text": text}
    return told if isinstance(told, dict) else {"value": told}
