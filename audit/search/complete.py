"""What the query box suggests: names of fields, and values that a field has often."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from audit.search.facets import newest_part
from soc.logstore.checks import LONGEST_PREFIX
from soc.logstore.fields import FIELDS, Field, Kind
from soc.logstore.lucene import term
from soc.logstore.port import LogStore, SearchRequest
from soc.logstore.query import Exists, Prefix, Value

MOST = 10
MOST_EVENTS = 500_000
_MANY = 500
_LONGEST_LABEL = 80

Words = Callable[[str, list[Value]], Mapping[Value, str]]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to write, how it is shown, and what it means: the field's word, or the value's own and its count."""

    text: str
    label: str
    note: str = ""
    count: int | None = None


def fields_like(text: str, word: Callable[[str], str]) -> list[Suggestion]:
    """Return the fields whose name or word has ``text``: names that begin so first, then parts that do."""
    wanted = text.lower()
    ranked = sorted(
        (_rank(name, word(name).lower(), wanted), place, name)
        for place, name in enumerate(FIELDS)
        if wanted in name or wanted in word(name).lower()
    )
    return [Suggestion(f"{name}:", name, word(name)) for _, _, name in ranked[:MOST]]


def _rank(name: str, word: str, wanted: str) -> int:
    if name.startswith(wanted):
        return 0
    return 1 if f".{wanted}" in name or word.startswith(wanted) else 2


def values_like(store: LogStore, request: SearchRequest, name: str, text: str, words: Words) -> list[Suggestion]:
    """Return the most frequent values of a field that begin with ``text``, or whose own words have it."""
    field = FIELDS.get(name)
    if field is None or field.kind in (Kind.TEXT, Kind.INSTANT) or len(text) > LONGEST_PREFIX:
        return []
    begun = _told(name, _beginning(store, request, field, text), text, words)
    if len(begun) >= MOST or not text:
        return begun[:MOST]
    known = {one.text for one in begun}
    named = _told(name, _frequent(store, request, name), text, words, by_word=True)
    return [*begun, *(one for one in named if one.text not in known)][:MOST]


def _beginning(store: LogStore, request: SearchRequest, field: Field, text: str) -> list[tuple[Value, int]]:
    if field.kind is not Kind.KEYWORD or not text:
        return [
            (value, count) for value, count in _frequent(store, request, field.name) if _said(value).startswith(text)
        ]
    part = newest_part(store, replace(request, query=Prefix(field.name, text)), MOST_EVENTS)
    return list(store.top(part, [field.name], limit=MOST, prefix=text)[field.name].rows)


def _frequent(store: LogStore, request: SearchRequest, name: str) -> list[tuple[Value, int]]:
    part = newest_part(store, replace(request, query=Exists(name)), MOST_EVENTS)
    return list(store.top(part, [name], limit=_MANY)[name].rows)


def _told(
    name: str, rows: list[tuple[Value, int]], text: str, words: Words, *, by_word: bool = False
) -> list[Suggestion]:
    meant = words(name, [value for value, _ in rows])
    return [
        Suggestion(term(name, value), _said(value)[:_LONGEST_LABEL], meant.get(value, ""), count)
        for value, count in rows
        if not by_word or text.lower() in meant.get(value, "").lower()
    ]


def _said(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
