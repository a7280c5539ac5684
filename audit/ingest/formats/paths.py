"""Places inside a record's fields, by dotted path; a part that is a number counts in a list."""

from typing import Any

import orjson


def at_path(holder: Any, path: str) -> Any:
    """Return what stands at ``path``, None where nothing does; a key may itself have dots."""
    if isinstance(holder, list) and holder:
        name, _, rest = path.partition(".")
        inner = holder[int(name)] if name.isdigit() and int(name) < len(holder) else None
        return at_path(inner, rest) if rest else inner
    if not isinstance(holder, dict):
        return None
    if path in holder:
        return holder[path]
    name, _, rest = path.partition(".")
    return at_path(holder.get(name), rest) if rest else None


def drop_path(holder: Any, path: str) -> None:
    """Take out what stands at ``path``."""
    if not isinstance(holder, dict) or holder.pop(path, None) is not None:
        return
    name, _, rest = path.partition(".")
    if rest:
        drop_path(holder.get(name), rest)


def flattened(holder: dict[str, Any], head: str = "") -> dict[str, Any]:
    """Return the leaves under dotted names; lists stay whole."""
    found: dict[str, Any] = {}
    for name, value in holder.items():
        found |= flattened(value, f"{head}{name}.") if isinstance(value, dict) else {head + name: value}
    return found


def in_words(value: Any) -> str:
    """Write a value for people to read: a text as it is, all else as JSON."""
    return value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
