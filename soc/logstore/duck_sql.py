"""The typed query as a DuckDB condition: text with placeholders, and what fills them.

A condition is null where a column has no value; only ``NOT`` must make that false by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from soc.logstore.checks import micros
from soc.logstore.fields import WORDS, field_named
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


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL text and the values of its placeholders, in order."""

    text: str
    values: tuple[object, ...] = ()


TRUE = Condition("true")
FALSE = Condition("false")


def quoted(name: str) -> str:
    """Return a column's name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def both(*parts: Condition) -> Condition:
    """Join with AND."""
    told = [part for part in parts if part is not TRUE]
    return _joined(told, " AND ") if told else TRUE


def condition(query: Query) -> Condition:
    """Compile a query."""
    match query:
        case MatchAll():
            return TRUE
        case MatchNone():
            return FALSE
        case And(parts):
            return _joined([condition(part) for part in parts], " AND ")
        case Or(parts):
            return _any_of_list(parts) or _joined([condition(part) for part in parts], " OR ")
        case Not(part):
            inner = condition(part)
            return Condition(f"(NOT coalesce({inner.text}, false))", inner.values)
        case FullText(tokens, open_end):
            needle = " " + " ".join(tokens) + ("" if open_end else " ")
            return Condition(f"contains({quoted(WORDS)}, ?)", (needle,))
        case _:
            return _leaf(query)


def scoped(scope: Scope) -> Condition:
    """Compile a scope."""
    if scope.orgs is None:
        return TRUE
    if not scope.orgs:
        return FALSE
    marks = ", ".join("?" * len(scope.orgs))
    return Condition(f'"guanlan.org" IN ({marks})', tuple(sorted(scope.orgs)))


def between(since: int | None, until: int | None) -> Condition:
    """Compile since ≤ time < until, both in microseconds."""
    low = [] if since is None else [Condition(f"time >= {instant_sql(since)}")]
    high = [] if until is None else [Condition(f"time < {instant_sql(until)}")]
    return both(*low, *high)


def instant_sql(value: int) -> str:
    """Return an instant as a constant, which the reader can hold against a file's statistics."""
    return f"make_timestamptz({int(value)}::BIGINT)"


def _joined(parts: list[Condition], word: str) -> Condition:
    text = "(" + word.join(part.text for part in parts) + ")"
    return Condition(text, tuple(value for part in parts for value in part.values))


def _any_of_list(parts: Sequence[Query]) -> Condition | None:
    """Compile values of one list that any of may be in it: looked through once, not once for each; None for anything else."""
    terms = [part for part in parts if isinstance(part, Term)]
    fields = {part.field for part in terms}
    if len(terms) < len(parts) or len(fields) != 1 or not field_named(terms[0].field).many:
        return None
    marks = ", ".join("?" * len(terms))
    return Condition(f"list_has_any({quoted(terms[0].field)}, [{marks}])", tuple(term.value for term in terms))


def _leaf(query: Term | Contains | Prefix | Wildcard | Range | Exists) -> Condition:
    field = field_named(query.field)
    column = quoted(field.name)
    if isinstance(query, Exists):
        return Condition(f"len({column}) > 0" if field.many else f"{column} IS NOT NULL")
    if not field.many:
        return _on(query, column)
    if isinstance(query, Term):
        return Condition(f"list_contains({column}, ?)", (query.value,))
    inner = _on(query, "one")
    return Condition(f"len(list_filter({column}, lambda one: {inner.text})) > 0", inner.values)


def _on(query: Term | Contains | Prefix | Wildcard | Range, column: str) -> Condition:
    match query:
        case Term(_, value):
            return _compared(column, "=", value)
        case Contains(_, text):
            return Condition(f"contains({column}, ?)", (text,))
        case Prefix(_, text):
            return Condition(f"starts_with({column}, ?)", (text,))
        case Wildcard(_, pattern):
            return Condition(f"{column} LIKE ? ESCAPE '\\'", ("".join(map(_like, pattern)),))
        case Range():
            return _range(query, column)


def _range(query: Range, column: str) -> Condition:
    low = [] if query.low is None else [_compared(column, ">=" if query.with_low else ">", query.low)]
    high = [] if query.high is None else [_compared(column, "<=" if query.with_high else "<", query.high)]
    return _joined(low + high, " AND ") if low or high else Condition(f"{column} IS NOT NULL")


def _compared(column: str, sign: str, value: Value) -> Condition:
    if isinstance(value, datetime):
        return Condition(f"{column} {sign} {instant_sql(micros(value))}")
    return Condition(f"{column} {sign} ?", (value,))


def _like(part: str | Joker) -> str:
    if isinstance(part, Joker):
        return "%" if part.many else "_"
    return "".join("\\" + one if one in "\\%_" else one for one in part)
