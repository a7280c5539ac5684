"""From a value on the page to the search for it: added to the query, or left out of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from soc.logstore.fields import FIELDS, Kind
from soc.logstore.lucene import term


@dataclass(frozen=True, slots=True)
class Fact:
    """A field of an event with one value; ``only`` and ``without`` are queries, empty for long text."""

    name: str
    value: object
    only: str
    without: str


def facts(event: Mapping[str, object], query: str) -> list[Fact]:
    """Return an event's values, each with the queries it leads to."""
    return [
        _fact(name, one, query)
        for name, value in event.items()
        if value is not None and name in FIELDS
        for one in (value if isinstance(value, list) else [value])
    ]


def _fact(name: str, value: object, query: str) -> Fact:
    if FIELDS[name].kind is Kind.TEXT:
        return Fact(name, value, "", "")
    own = term(name, value)
    kept = f"({query}) AND " if query.strip() not in ("", "*", "*:*") else ""
    return Fact(name, value, kept + own, f"{kept}NOT {own}")
