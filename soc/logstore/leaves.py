"""The leaves of a parsed query: a word, a phrase or a range, by the kind of its field."""

import re
from dataclasses import dataclass

from luqum import tree as lucene_tree

from soc.logstore import fields
from soc.logstore.errors import QueryError, UnsupportedQueryError
from soc.logstore.fields import Field, Kind
from soc.logstore.instants import Reader, Stretch
from soc.logstore.networks import NotANetworkError, prefixes
from soc.logstore.query import (
    ANY,
    ONE,
    Contains,
    Exists,
    FullText,
    Joker,
    MatchAll,
    Prefix,
    Query,
    Range,
    Term,
    Value,
    Wildcard,
    any_of,
)
from soc.logstore.tokenizer import is_han, tokens

Pattern = tuple[str | Joker, ...]
_PART = re.compile(r"\\(.)|([*?])|([^\\*?]+)", re.DOTALL)


def pattern_of(node: lucene_tree.Item) -> Pattern:
    """Return the literal pieces and jokers of a word; a phrase has no jokers."""
    text = str(node.value)
    if isinstance(node, lucene_tree.Phrase):
        return (re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL),)
    out: list[str | Joker] = []
    for escaped, joker, plain_text in _PART.findall(text):
        if joker:
            out.append(ANY if joker == "*" else ONE)
        elif out and isinstance(out[-1], str):
            out[-1] += escaped or plain_text
        else:
            out.append(escaped or plain_text)
    return tuple(out)


def plain(node: lucene_tree.Item) -> str:
    """Return a word or phrase as literal text.

    Raises:
        QueryError: it is neither, or has jokers.
    """
    if not isinstance(node, lucene_tree.Word | lucene_tree.Phrase):
        raise QueryError("errors.logstore.syntax", query=str(node).strip()[:200])
    pattern = pattern_of(node)
    if any(isinstance(part, Joker) for part in pattern):
        raise QueryError("errors.logstore.joker", value=str(node).strip()[:80])
    return str(pattern[0]) if pattern else ""


@dataclass(frozen=True)
class Leaves:
    """Makes leaves; ``reader`` knows the zone and the clock of written times."""

    reader: Reader

    def anywhere(self, node: lucene_tree.Item) -> Query:
        """Full text: the words of a bare word or phrase."""
        if not isinstance(node, lucene_tree.Word | lucene_tree.Phrase):
            raise QueryError("errors.logstore.bare_range", part=str(node).strip()[:80])
        pattern = pattern_of(node)
        if pattern == (ANY,):
            return MatchAll()
        text = "".join(part for part in pattern if isinstance(part, str))
        words = tokens(text)
        if not words:
            raise QueryError("errors.logstore.no_words", value=str(node).strip()[:80])
        if len(pattern) == 1:
            return FullText(words)
        return _open_ended(pattern, text, words)

    def within(self, node: lucene_tree.Item, field: Field) -> Query:
        """Return what ``field:node`` matches."""
        if isinstance(node, lucene_tree.Range):
            return self._range(field, (node.low, node.include_low), (node.high, node.include_high))
        if isinstance(node, lucene_tree.From):
            return self._range(field, (node.children[0], node.include), None)
        if isinstance(node, lucene_tree.To):
            return self._range(field, None, (node.children[0], node.include))
        if not isinstance(node, lucene_tree.Word | lucene_tree.Phrase):
            raise QueryError("errors.logstore.syntax", query=str(node).strip()[:200])
        pattern = pattern_of(node)
        if pattern == (ANY,):
            return Exists(field.name)
        if any(isinstance(part, Joker) for part in pattern):
            return _fitting(field, pattern)
        return self._equal(field, str(pattern[0]) if pattern else "", bare=isinstance(node, lucene_tree.Word))

    def _equal(self, field: Field, text: str, *, bare: bool) -> Query:
        if field.kind is Kind.TEXT:
            return Contains(field.name, text) if text else Exists(field.name)
        if field.kind is Kind.INSTANT:
            stretch = self.reader.read(text)
            return Range(field.name, stretch.start, stretch.end, with_high=False)
        if bare and field.name.endswith(".ip") and "/" in text:
            return _network(field, text)
        return Term(field.name, _value(field, text))

    def _range(
        self, field: Field, low: tuple[lucene_tree.Item, bool] | None, high: tuple[lucene_tree.Item, bool] | None
    ) -> Query:
        if field.kind in (Kind.TEXT, Kind.FLAG):
            raise QueryError("errors.logstore.no_range", field=field.name)
        bottom, with_low = self._bound(field, low, upper=False)
        top, with_high = self._bound(field, high, upper=True)
        if bottom is None and top is None:
            return Exists(field.name)
        return Range(field.name, bottom, top, with_low, with_high)

    def _bound(
        self, field: Field, bound: tuple[lucene_tree.Item, bool] | None, *, upper: bool
    ) -> tuple[Value | None, bool]:
        if bound is None or str(bound[0]).strip() == "*":
            return None, True
        node, included = bound
        try:
            if field.kind is not Kind.INSTANT:
                return _value(field, plain(node)), included
            return _edge(self.reader.read(plain(node)), upper=upper, included=included)
        except QueryError as error:
            error.at_place(node.pos, node.size)
            raise


def _edge(stretch: Stretch, *, upper: bool, included: bool) -> tuple[Value, bool]:
    """A day as an upper bound lasts until its end, and after a day means after its end."""
    if upper:
        return (stretch.end, False) if included else (stretch.start, False)
    return (stretch.start, True) if included else (stretch.end, True)


def _value(field: Field, text: str) -> Value:
    if field.kind is Kind.WHOLE:
        return fields.whole(field, text)
    return fields.flag(field, text) if field.kind is Kind.FLAG else text


def _network(field: Field, text: str) -> Query:
    try:
        return any_of(*(Prefix(field.name, p) if p.endswith(".") else Term(field.name, p) for p in prefixes(text)))
    except NotANetworkError as problem:
        raise QueryError("errors.logstore.network", value=text[:80]) from problem


def _fitting(field: Field, pattern: Pattern) -> Query:
    """A value with jokers, of a field that has text."""
    if field.kind not in (Kind.KEYWORD, Kind.TEXT):
        raise QueryError("errors.logstore.no_joker", field=field.name)
    if len(pattern) == 2 and isinstance(pattern[0], str) and pattern[1] == ANY:
        return Prefix(field.name, pattern[0])
    return Wildcard(field.name, pattern)


def _open_ended(pattern: Pattern, text: str, words: tuple[str, ...]) -> Query:
    """``word*``: one word's beginning. After a Han character, a word of its own, the joker says nothing."""
    if pattern != (text, ANY):
        raise UnsupportedQueryError("errors.logstore.unsupported.joker", part=text[:80])
    if is_han(text[-1]):
        return FullText(words)
    if len(words) > 1:
        raise UnsupportedQueryError("errors.logstore.unsupported.joker", part=text[:80])
    return FullText(words, open_end=True)
