"""OCSF JSON lines of any class, read into columns: who, when, and every field's values.

Nothing is assumed about the fields but the three that name the entity and the time; which of them
say something is decided later from their values.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from soc.errors import InputError

#: who did it: the first of these that an event has
ENTITY_FIELDS = ("actor.user.name", "actor.user.uid", "src_endpoint.ip")
_MAX_DEPTH = 12

Micros = NDArray[np.int64]


class EventLineError(InputError):
    """A line that is no event."""


@dataclass
class FieldColumn:
    """One field's values, and the event each stands in."""

    rows: list[int] = field(default_factory=list)
    values: list[str | float | bool] = field(default_factory=list)


@dataclass(frozen=True)
class EventTable:
    """Events as columns. ``times`` in microseconds since 1970 UTC; ``entities`` "" where none is named."""

    entities: list[str]
    times: Micros
    fields: dict[str, FieldColumn]

    def __len__(self) -> int:
        """Count of events."""
        return len(self.entities)


def read_events(lines: Iterable[bytes | str]) -> EventTable:
    """Read JSON lines; blank ones are skipped but keep their line number in the message.

    Raises:
        EventLineError: a line is no JSON object or has no time that can be read.
    """
    entities: list[str] = []
    times: list[int] = []
    fields: dict[str, FieldColumn] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        flat = _flat_event(line, number)
        times.append(_micros(flat.pop("time", flat.get("time_dt")), number))
        entities.append(_entity(flat))
        for key, value in flat.items():
            column = fields.setdefault(key, FieldColumn())
            column.rows.append(len(entities) - 1)
            column.values.append(value)
    return EventTable(entities, np.asarray(times, dtype=np.int64), fields)


def instant_micros(text: str) -> int:
    """Microseconds since 1970 of an RFC 3339 time; one without a zone is taken as UTC.

    Raises:
        ValueError: ``text`` is no such time.
    """
    moment = datetime.fromisoformat(text.strip())
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1_000_000)


def _flat_event(line: bytes | str, number: int) -> dict[str, Any]:
    try:
        event = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise EventLineError("behaviour.evaluate.bad_event", line=number, reason=str(error)) from error
    if not isinstance(event, dict):
        raise EventLineError("behaviour.evaluate.no_object", line=number)
    flat: dict[str, Any] = {}
    _flatten("", event, flat, 0)
    return flat


def _flatten(prefix: str, value: Any, into: dict[str, Any], depth: int) -> None:
    """Put every scalar below ``value`` into ``into`` under its dotted path."""
    if isinstance(value, dict) and depth < _MAX_DEPTH:
        for key, below in value.items():
            _flatten(f"{prefix}.{key}" if prefix else str(key), below, into, depth + 1)
    elif isinstance(value, list):
        _flatten_list(prefix, value, into, depth)
    elif prefix == "unmapped" and isinstance(value, str) and value.startswith("{"):
        _flatten_text(prefix, value, into, depth)
    elif value is not None:
        into[prefix] = value if isinstance(value, str | bool | int | float) else str(value)


def _flatten_list(prefix: str, values: list[Any], into: dict[str, Any], depth: int) -> None:
    """Numbers become one field a position (a feature vector), other scalars one joined field."""
    if values and all(isinstance(item, int | float) and not isinstance(item, bool) for item in values):
        into.update({f"{prefix}.{index}": item for index, item in enumerate(values)})
    elif all(not isinstance(item, dict | list) for item in values):
        into[prefix] = ",".join(str(item) for item in values)
    elif depth < _MAX_DEPTH:
        for index, item in enumerate(values[:8]):
            _flatten(f"{prefix}.{index}", item, into, depth + 1)


def _flatten_text(prefix: str, text: str, into: dict[str, Any], depth: int) -> None:
    """``unmapped`` is JSON text in the stored schema and an object in plain OCSF."""
    try:
        _flatten(prefix, orjson.loads(text), into, depth + 1)
    except orjson.JSONDecodeError:
        into[prefix] = text


def _entity(flat: dict[str, Any]) -> str:
    for name in ENTITY_FIELDS:
        if flat.get(name) not in (None, ""):
            return str(flat[name])
    return ""


def _micros(value: Any, number: int) -> int:
    """OCSF ``time`` is milliseconds; text is RFC 3339, and figures of other sizes are told by size."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        scale = 1_000_000 if abs(value) < 1e11 else 1000 if abs(value) < 1e14 else 1
        return round(value * scale)
    try:
        return instant_micros(str(value))
    except ValueError as error:
        raise EventLineError("behaviour.evaluate.no_time", line=number) from error
