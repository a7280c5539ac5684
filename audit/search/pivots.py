"""From a value on the page to the search for it: added to the query, or left out of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from soc.clock import now
from soc.logstore.errors import QueryError
from soc.logstore.fields import FIELDS, Kind
from soc.logstore.lucene import parse, term
from soc.logstore.query import And, MatchAll, Query


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
        fact(name, one, query)
        for name, value in event.items()
        if value is not None and name in FIELDS
        for one in (value if isinstance(value, list) else [value])
    ]


def fact(name: str, value: object, query: str) -> Fact:
    """Return one value with the query that asks for it beside ``query``, and the one that leaves it out."""
    if FIELDS[name].kind is Kind.TEXT:
        return Fact(name, value, "", "")
    own = term(name, value)
    return Fact(name, value, joined(query, own), joined(query, f"NOT {own}"))


def joined(query: str, other: str) -> str:
    """Join two queries with AND; brackets only where the query would mean something else without, lest they pile up."""
    at = now()

    def read(text: str) -> Query:
        return parse(text, now=lambda: at)

    try:
        asked, bare = read(query), f"{query.strip()} AND {other}"
        if isinstance(asked, MatchAll):
            return other
        parts = asked.parts if isinstance(asked, And) else (asked,)
        return bare if read(bare) == And((*parts, read(other))) else f"({query}) AND {other}"
    except QueryError:
        return f"({query}) AND {other}"
