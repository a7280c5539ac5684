"""What was found in one object, packed for the register and back: dataclasses of names, counts and shares."""

import dataclasses
import json
import zlib
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from detectors.discovery import finding
from detectors.discovery.scan import Found


def pack(found: Sequence[Found]) -> bytes:
    """Pack findings as compressed JSON."""
    told = [[type(one).__name__, _plain(one)] for one in found]
    return zlib.compress(
        json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"), 6
    )


def unpack(packed: bytes) -> list[Found]:
    """Return what was packed, equal to what it was."""
    told = json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))
    return [_made(getattr(finding, name), values) for name, values in told]


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    return value


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _made(kind: Any, value: Any) -> Any:
    """Make a value of ``kind`` of what JSON gave; a field that is not there takes its default."""
    origin = get_origin(kind)
    if origin in {Union, UnionType}:
        return None if value is None else _made(next(one for one in get_args(kind) if one is not type(None)), value)
    if origin in {tuple, list, set, frozenset} and get_args(kind):
        return origin(_made(get_args(kind)[0], one) for one in value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = _hints(kind)
        known = {field.name for field in dataclasses.fields(kind)}
        return kind(**{name: _made(hints[name], one) for name, one in value.items() if name in known})
    return value
