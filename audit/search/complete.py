"""What the query box suggests: names of fields, values that a field has often, and what the language offers there."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from audit.search.facets import newest_part
from audit.search.places import Place, Wanted
from audit.search.suggestions import Suggestion
from audit.search.syntax import syntax_at
from soc.logstore.checks import LONGEST_PREFIX
from soc.logstore.fields import FIELDS, Field, Kind
from soc.logstore.lucene import term
from soc.logstore.port import LogStore, SearchRequest
from soc.logstore.query import Exists, Prefix, Value

MOST = 10
EXISTS = "_exists_"
MOST_EVENTS = 500_000
_MANY = 500
_LONGEST_LABEL = 80

Words = Callable[[str, list[Value]], Mapping[Value, str]]


def suggested(
    store: LogStore, request: SearchRequest, place: Place, word: Callable[[str], str], words: Words, today: datetime
) -> list[Suggestion]:
    """Return what may be written at a place: what is known of the logs first, then what the language offers."""
    syntax = syntax_at(place, today)
    if place.field == EXISTS:
        return [replace(one, text=f"{EXISTS}:{one.label}", more=False) for one in fields_like(place.pre, word)]
    if place.wanted is Wanted.VALUE or (place.field and place.wanted is Wanted.CONDITION):
        found = values_like(store, request, place.field, place.pre, words)
        # what is written may be the beginning of a value's word: no value begins so, and a joker would find nothing
        forms = syntax if not place.pre or any(one.label.startswith(place.pre) for one in found) else []
        return [*(found if place.lead else map(_bare, found)), *forms]
    if place.wanted is Wanted.CONDITION:
        return [*fields_like(place.pre, word), *syntax] if place.pre else [*syntax, *fields_like("", word)]
    fields = fields_like(place.pre, word) if place.wanted is Wanted.JOIN and place.pre and not place.field else []
    return [*syntax, *fields]


def _bare(one: Suggestion) -> Suggestion:
    """A value without its field, which is written before a blank or a bracket."""
    return replace(one, text=one.text.partition(":")[2])


def fields_like(text: str, word: Callable[[str], str]) -> list[Suggestion]:
    """Return the fields whose name or word has ``text``: names that begin so first, then parts that do."""
    wanted = text.lower()
    ranked = sorted(
        (_rank(name, word(name).lower(), wanted), place, name)
        for place, name in enumerate(FIELDS)
        if wanted in name or wanted in word(name).lower()
    )
    return [Suggestion(f"{name}:", name, word(name), more=True) for _, _, name in ranked[:MOST]]


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
