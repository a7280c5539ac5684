"""An event of any shape as flat fields: dotted names, each with the texts it holds.

Nested objects become dotted names; a list gives every value it holds to its name. Windows
events exported as JSON carry their fields under ``Event.System`` and ``Event.EventData``
(or ``winlog.event_data``): rules name them without that prefix, so they are known by both.
"""

from collections.abc import Iterator
from typing import Any

Flat = dict[str, list[str]]
_WINDOWS = ("Event.EventData.", "Event.UserData.", "Event.System.", "winlog.event_data.", "winlog.")
_BESIDE = "unmapped."
_ATTRIBUTES = "#attributes"


def flatten(event: Any) -> Flat:
    """Return the event's fields; ``null`` is a field with no value, an absent one is not there."""
    flat: Flat = {}
    for name, value in _walk("", event):
        held = flat.setdefault(name, [])
        if value is not None:
            held.append(value)
    _add_names_beside(flat)
    _add_windows_names(flat)
    return flat


def text_of(value: Any) -> str:
    """Return a scalar as rules write it: true and false in small letters, whole floats without a point."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _walk(name: str, value: Any) -> Iterator[tuple[str, str | None]]:
    if isinstance(value, dict):
        if name:
            yield from _named_data(name, value)
        for key, inner in value.items():
            yield from _walk(_below(name, str(key)), inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(name, inner)
        if not value:
            yield name, None
    else:
        yield name, None if value is None else text_of(value)


def _below(name: str, key: str) -> str:
    if key == "#text":
        return name
    return f"{name}.{key}" if name else key


def _named_data(name: str, value: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Windows' own form: ``{"#attributes": {"Name": "Image"}, "#text": "…"}`` is the field Image."""
    attributes = value.get(_ATTRIBUTES) or value.get("@attributes") or value
    label = attributes.get("Name") or attributes.get("@Name") if isinstance(attributes, dict) else None
    if isinstance(label, str) and name.endswith(".Data") and ("#text" in value or _ATTRIBUTES in value):
        yield f"{name[: -len('.Data')]}.{label}", None if value.get("#text") is None else text_of(value["#text"])


def _add_names_beside(flat: Flat) -> None:
    """What a format gave beyond OCSF is known by its own name too: ``unmapped.auditd.execve.a1``, ``execve.a1``."""
    for name in list(flat):
        if name.startswith(_BESIDE):
            _, _, short = name.removeprefix(_BESIDE).partition(".")
            flat.setdefault(short or name, flat[name])


def _add_windows_names(flat: Flat) -> None:
    for name in list(flat):
        for prefix in _WINDOWS:
            if name.startswith(prefix):
                short = name[len(prefix) :]
                flat.setdefault(short, flat[name])
                if prefix == "Event.UserData.":
                    flat.setdefault(short.rpartition(".")[2], flat[name])
                elif " " in short:  # Defender writes "Threat Name", rules ThreatName
                    flat.setdefault(short.replace(" ", ""), flat[name])
    provider = flat.get("Event.System.Provider.#attributes.Name")
    if provider is not None:
        flat.setdefault("Provider_Name", provider)
