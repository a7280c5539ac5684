"""Lucene syntax to the typed query: ``parse``; and a value in that syntax: ``term``.

Words side by side are joined with AND; AND binds before OR, OR before side by side. A bare word
or phrase is full text; ``field:value`` is the whole value, or what long text contains; ``*`` and
``?`` are jokers outside quotes; ranges, comparisons, ``field:*``, ``_exists_:field``, groups
and IPv4 networks (``src_endpoint.ip:10.0.0.0/12``) are understood. Fuzzy words, regular
expressions, boosts and proximity are refused with one error on every store.
"""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import InvalidOperation
from zoneinfo import ZoneInfo

from luqum import tree as lucene_tree
from luqum.exceptions import ParseError
from luqum.thread import parse as parse_tree

from soc.clock import now as clock_now
from soc.logstore import leaves
from soc.logstore.errors import QueryError, UnsupportedQueryError
from soc.logstore.faults import fault_in
from soc.logstore.fields import field_named
from soc.logstore.instants import CHINA, Reader
from soc.logstore.lexing import Lexed, lexed
from soc.logstore.query import And, Exists, MatchAll, Not, Or, Query

LONGEST = 10_000
DEEPEST = 16
WIDEST = 500

#: where luqum could not go on
_PLACE = re.compile(r"at position (\d+)")
_UNSUPPORTED = {
    lucene_tree.Fuzzy: "fuzzy",
    lucene_tree.Proximity: "proximity",
    lucene_tree.Boost: "boost",
    lucene_tree.Regex: "regex",
}


def parse(text: str, *, zone: ZoneInfo = CHINA, now: Callable[[], datetime] = clock_now) -> Query:
    """Read a query; nothing but blanks, ``*`` or ``*:*`` is everything.

    Args:
        text: Lucene syntax, at most 10,000 characters.
        zone: whose times those without a zone are.
        now: the clock that ``now-15m`` counts back from.

    Raises:
        UnsupportedQueryError: syntax that the stores do not offer.
        UnknownFieldError: a field that no event has.
        QueryError: any other text that is no query.
    """
    if len(text) > LONGEST:
        raise QueryError("errors.logstore.too_long", limit=LONGEST)
    if not text.strip():
        return MatchAll()
    read = lexed(text)
    try:
        tree = parse_tree(read.text)
    except (ParseError, RecursionError, InvalidOperation, ValueError) as problem:
        # the last two: luqum reads the figure behind ~ and ^ as a number, whatever stands there
        raise fault_in(text) or _stuck(read, str(problem), text) from problem
    try:
        return _Translator(leaves.Leaves(Reader(now, zone))).query(tree, None, 0)
    except QueryError as error:
        _as_typed(read, error)
        raise


def _stuck(read: Lexed, told: str, text: str) -> QueryError:
    """Say where the parser could not go on, for what nothing better is known of."""
    error = QueryError("errors.logstore.syntax", query=text[:200])
    found = _PLACE.search(told)
    return error if found is None else error.at_place(read.origin(int(found[1])), 1)


def _as_typed(read: Lexed, error: QueryError) -> None:
    """Move an error from its place in what the parser read to its place in what was typed."""
    if error.at is not None:
        first, last = read.origin(error.at), read.origin(error.at + error.length - 1)
        error.at, error.length = first, last - first + 1


def term(field: str, value: object) -> str:
    """Return the query text for a field's value; whatever the value is, it stays a value."""
    if isinstance(value, bool):
        return f"{field}:{str(value).lower()}"
    text = value.isoformat(timespec="microseconds") if isinstance(value, datetime) else str(value)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'{field}:"{escaped}"'


def _known(name: str, at: int, length: int) -> str:
    """Return the name of a field that there is; of one that there is not, say where it stands."""
    try:
        return field_named(name).name
    except QueryError as error:
        error.at_place(at, length)
        raise


class _Translator:
    """Walks luqum's tree; counts as it goes, so that no query is wider than a cluster takes."""

    def __init__(self, made: leaves.Leaves) -> None:
        self._leaves = made
        self._count = 0

    def query(self, node: lucene_tree.Item, field: str | None, depth: int) -> Query:
        try:
            return self._query(node, field, depth)
        except QueryError as error:
            error.at_place(node.pos, node.size)
            raise

    def _query(self, node: lucene_tree.Item, field: str | None, depth: int) -> Query:
        self._count += 1
        if depth > DEEPEST or self._count > WIDEST:
            raise QueryError("errors.logstore.too_wide", depth=DEEPEST, width=WIDEST)
        name = next((name for kind, name in _UNSUPPORTED.items() if isinstance(node, kind)), None)
        if name is not None:
            raise UnsupportedQueryError(f"errors.logstore.unsupported.{name}", part=str(node).strip()[:80])
        if isinstance(node, lucene_tree.SearchField):
            return self._named(node, depth)
        if node.children and not isinstance(node, lucene_tree.Range | lucene_tree.From | lucene_tree.To):
            return self._joined(node, field, depth)
        return self._leaves.anywhere(node) if field is None else self._leaves.within(node, field_named(field))

    def _named(self, node: lucene_tree.SearchField, depth: int) -> Query:
        if node.name == "_exists_":
            told = node.children[0]
            return Exists(_known(leaves.plain(told), told.pos, told.size))
        return self.query(node.children[0], _known(node.name, node.pos, len(node.name)), depth)

    def _joined(self, node: lucene_tree.Item, field: str | None, depth: int) -> Query:
        if isinstance(node, lucene_tree.Group | lucene_tree.FieldGroup | lucene_tree.Plus):
            return self.query(node.children[0], field, depth + 1)
        parts = tuple(self.query(part, field, depth + 1) for part in node.children)
        if isinstance(node, lucene_tree.Not | lucene_tree.Prohibit):
            return Not(parts[0])
        if isinstance(node, lucene_tree.OrOperation):
            return Or(parts)
        if isinstance(node, lucene_tree.AndOperation | lucene_tree.UnknownOperation):
            return And(parts)
        raise UnsupportedQueryError("errors.logstore.unsupported.other", part=str(node).strip()[:80])
