"""The typed query as the cluster's query language; everything filters, nothing is ranked."""

from collections.abc import Mapping
from datetime import datetime

from soc.logstore.checks import micros
from soc.logstore.fields import WORDS
from soc.logstore.port import SearchRequest
from soc.logstore.query import (
    And,
    Contains,
    Exists,
    FullText,
    Joker,
    MatchAll,
    MatchNone,
    Not,
    Or,
    Prefix,
    Query,
    Range,
    Scope,
    Term,
    Value,
    Wildcard,
)

Clause = dict[str, object]


def filtered(request: SearchRequest) -> Clause:
    """Compile a request: query, time and scope."""
    parts = [clause(request.query), *_scoped(request.scope), *_timed(request.since, request.until)]
    return {"bool": {"filter": parts}}


def clause(query: Query) -> Clause:
    """Compile a query."""
    match query:
        case MatchAll():
            return {"match_all": {}}
        case MatchNone():
            return {"match_none": {}}
        case And(parts):
            return {"bool": {"filter": [clause(part) for part in parts]}}
        case Or(parts):
            return {"bool": {"should": [clause(part) for part in parts], "minimum_should_match": 1}}
        case Not(part):
            return {"bool": {"must_not": [clause(part)]}}
        case FullText(tokens, open_end):
            return _words(tokens, open_end=open_end)
        case _:
            return _leaf(query)


def _words(tokens: tuple[str, ...], *, open_end: bool) -> Clause:
    if open_end:
        return {"prefix": {WORDS: {"value": tokens[0]}}}
    if len(tokens) == 1:
        return {"term": {WORDS: {"value": tokens[0]}}}
    return {"match_phrase": {WORDS: {"query": " ".join(tokens)}}}


def _leaf(query: Term | Contains | Prefix | Wildcard | Range | Exists) -> Clause:
    match query:
        case Term(field, value):
            return {"term": {field: {"value": _value(value)}}}
        case Contains(field, text):
            return {"wildcard": {field: {"value": f"*{_escaped(text)}*"}}}
        case Prefix(field, ""):
            return {"exists": {"field": field}}
        case Prefix(field, text):
            return {"prefix": {field: {"value": text}}}
        case Wildcard(field, pattern):
            return {"wildcard": {field: {"value": "".join(map(_joker, pattern))}}}
        case Range():
            return _range(query)
        case Exists(field):
            return {"exists": {"field": field}}


def _range(query: Range) -> Clause:
    if query.low is None and query.high is None:
        return {"exists": {"field": query.field}}
    bounds: Clause = {}
    if query.low is not None:
        bounds["gte" if query.with_low else "gt"] = _value(query.low)
    if query.high is not None:
        bounds["lte" if query.with_high else "lt"] = _value(query.high)
    return {"range": {query.field: bounds}}


def _scoped(scope: Scope) -> list[Clause]:
    return [] if scope.orgs is None else [{"terms": {"guanlan.org": sorted(scope.orgs)}}]


def _timed(since: datetime | None, until: datetime | None) -> list[Clause]:
    bounds: Mapping[str, datetime | None] = {"gte": since, "lt": until}
    told = {name: micros(at) for name, at in bounds.items() if at is not None}
    return [{"range": {"time": told}}] if told else []


def _value(value: Value) -> str | int | bool:
    return micros(value) if isinstance(value, datetime) else value


def _joker(part: str | Joker) -> str:
    if isinstance(part, Joker):
        return "*" if part.many else "?"
    return _escaped(part)


def _escaped(text: str) -> str:
    return "".join("\\" + one if one in "\\*?" else one for one in text)
