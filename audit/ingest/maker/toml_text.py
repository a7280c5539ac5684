"""One own format as the TOML that the shipped ones are written in, out and in again."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from audit.ingest.formats.declaration import filled
from audit.ingest.maker.check import FIELDS
from soc.errors import InputError
from soc.yaml_text import BY_HAND, refuse_strange

LARGEST = 256 << 10
_BARE = re.compile(r"[A-Za-z0-9_-]+")


class TomlError(InputError):
    """A text that is no TOML of a format; ``reason`` says what the reader said, with its line."""


def written(table: Mapping[str, Any]) -> str:
    """Write a format: its name, what it is called, then its declaration; a faulty one is written too, to be mended."""
    told: dict[str, Any] = {"name": table["id"]} if "id" in table else {}
    told |= {key: table[key] for key in (*FIELDS, *table) if key in table and key != "id"}
    cases = told["cases"] if _are_tables(told.get("cases")) else ()
    groups = {key: told[key] for key in told if isinstance(told[key], dict) and told[key]}
    lines = [
        f"{_key(key)} = {_value(value)}"
        for key, value in told.items()
        if key not in groups and not (cases and key == "cases")
    ]
    for case in cases:
        lines += ["", "[[cases]]", *(f"{_key(key)} = {_value(value)}" for key, value in case.items())]
    for key, group in groups.items():
        lines += ["", f"[{_key(key)}]", *(f"{_key(name)} = {_value(value)}" for name, value in group.items())]
    return "\n".join(lines) + "\n"


def _are_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(name)} = {_value(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    if isinstance(value, str):
        return _text(value)
    return orjson.dumps(value).decode()


def _text(value: str) -> str:
    """A pattern is read best as it is; JSON's escapes are TOML's too."""
    if "\\" in value and "'" not in value and value.isprintable():
        return f"'{value}'"
    return orjson.dumps(value).decode().replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def read(raw: bytes | str) -> dict[str, Any]:
    """Read one format; ``name`` is its id, and what it is called where nothing else is said.

    Raises:
        TomlError: it is no TOML, or longer than :data:`LARGEST`.
        YamlError: it says what no store keeps.
    """
    told = _loaded(raw)
    parts = told.pop("parts", {})
    name = told.pop("name", told.get("id", ""))
    found: dict[str, Any] = {"id": name, "zh": name, "en": name, **told}
    found |= {"cases": list(_cases(told["cases"], parts))} if isinstance(told.get("cases"), list) else {}
    if isinstance(found.get("map"), dict):
        found["map"] = {key: [one] if isinstance(one, str) else one for key, one in found["map"].items()}
    refuse_strange(found, BY_HAND)
    return found


def _cases(cases: list[Any], parts: Any) -> Iterator[Any]:
    """A shipped declaration may share pieces of patterns; an own one has them whole."""
    for case in cases:
        match = case.get("match") if isinstance(case, dict) else None
        if isinstance(match, str) and isinstance(parts, dict):
            yield {**case, "match": filled(match, {key: one for key, one in parts.items() if isinstance(one, str)})}
        else:
            yield case


def _loaded(raw: bytes | str) -> dict[str, Any]:
    if len(raw) > LARGEST:
        raise TomlError("maker.error.file_too_long", limit=LARGEST >> 10)
    try:
        text = raw.decode("utf-8-sig") if isinstance(raw, bytes) else raw
        return tomllib.loads(text.replace("\r\n", "\n"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise TomlError("maker.error.no_toml", reason=str(error)[:200]) from error
