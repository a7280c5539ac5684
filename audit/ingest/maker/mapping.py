"""The table of a format's fields: what each holds in the pasted lines, and what it becomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audit.ingest.formats.base import lines_of
from audit.ingest.formats.by_record import fields_of
from audit.ingest.formats.declared import records_of
from audit.ingest.formats.envelope import unwrapped
from audit.ingest.formats.own import declared_by
from audit.ingest.formats.paths import flattened, in_words
from audit.ingest.maker.meanings import SECRET, TIME
from audit.ingest.maker.pasted import Pasted

_LONGEST = 120
#: fields that are shown; a record may have hundreds
MOST_FIELDS = 200


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field: its name, a value of the pasted lines, and what it becomes: an attribute, ``time``, ``secret`` or nothing."""

    name: str
    example: str
    to: str


def field_rows(table: Mapping[str, Any], lines: Pasted) -> list[FieldRow]:
    """Return the fields of a format that passed its check, those of the pasted lines first."""
    becomes = _becomes(table)
    examples = _examples(table, lines)
    names = list(dict.fromkeys([*examples, *becomes]))[:MOST_FIELDS]
    return [FieldRow(name, examples.get(name, "")[:_LONGEST], becomes.get(name, "")) for name in names]


def _becomes(table: Mapping[str, Any]) -> dict[str, str]:
    found = dict.fromkeys(table.get("secret", ()), SECRET)
    found |= {place: attribute for attribute, places in table.get("map", {}).items() for place in places}
    return found | {part: TIME for one in table.get("time", ["time"]) for part in one.split("+")}


def _examples(table: Mapping[str, Any], lines: Pasted) -> dict[str, str]:
    """A value of each field: the first that says something."""
    told = declared_by("0", table)
    records = records_of(lines_of(lines.body), told)
    found: dict[str, str] = {}
    for fields in fields_of(unwrapped(records, told), told):
        for name, value in flattened(fields or {}).items():
            if not name.startswith("=") and not found.get(name):
                found[name] = "" if value is None else in_words(value)
    return found


def with_choices(table: Mapping[str, Any], chosen: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Put a person's choices into a format: each field becomes what is said, or nothing; other fields stay as they were.

    Fields that are the time together (a day, and a clock) stay together, in their order.
    """
    named = {name for name, _ in chosen}
    mapped = {one: [place for place in places if place not in named] for one, places in _map(table).items()}
    for name, attribute in chosen:
        if attribute not in ("", TIME, SECRET):
            mapped.setdefault(attribute, []).append(name)
    secret = [name for name in _texts(table.get("secret", [])) if name not in named]
    secret += [name for name, attribute in chosen if attribute == SECRET]
    changed = {**table, "map": {one: places for one, places in mapped.items() if places}, "time": _time(table, chosen)}
    changed.pop("secret", None)
    return changed | ({"secret": secret} if secret else {})


def _map(table: Mapping[str, Any]) -> dict[str, list[str]]:
    given = table.get("map", {})
    return {one: _texts(places) for one, places in given.items()} if isinstance(given, dict) else {}


def _texts(given: Any) -> list[str]:
    """The texts of a list, which may be none: what a person wrote is checked later."""
    return [one for one in given if isinstance(one, str)] if isinstance(given, list) else []


def _time(table: Mapping[str, Any], chosen: Sequence[tuple[str, str]]) -> list[str]:
    """As it was, where the same fields are the time; else the chosen ones: those that stood alone stay alone."""
    before = _texts(table.get("time", ["time"]))
    now = [name for name, attribute in chosen if attribute == TIME]
    named = {name for name, _ in chosen}
    kept = [one for one in before if all(part in now or part not in named for part in one.split("+"))]
    fresh = [name for name in now if not any(name in one.split("+") for one in kept)]
    return kept + (["+".join(fresh)] if fresh else []) or before
