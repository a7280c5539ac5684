"""The one typed query of the log stores.

People write Lucene syntax (``soc.logstore.lucene.parse``); machines build these values.
Both stores compile them, and an oracle in the tests evaluates them in plain Python, so each
node says here exactly what it matches:

- a list field matches when one of its values does; an empty list is a missing value;
- a missing value matches nothing, and ``Not`` of that matches;
- strings compare by code point, letter case counts; full text does not know case.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

Value = str | int | bool | datetime


@dataclass(frozen=True, slots=True)
class MatchAll:
    """Every event."""


@dataclass(frozen=True, slots=True)
class MatchNone:
    """No event."""


@dataclass(frozen=True, slots=True)
class Term:
    """``field`` is ``value``."""

    field: str
    value: Value


@dataclass(frozen=True, slots=True)
class Contains:
    """The long text in ``field`` has ``text`` somewhere in it."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """``field`` begins with ``text``."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Wildcard:
    """``field`` as a whole fits ``pattern``: pieces of literal text, ``ANY`` and ``ONE``."""

    field: str
    pattern: "tuple[str | Joker, ...]"


@dataclass(frozen=True, slots=True)
class Joker:
    """What stands for unknown characters in a pattern."""

    many: bool


ANY = Joker(many=True)
"""Any characters, none included: ``*``."""
ONE = Joker(many=False)
"""Exactly one character: ``?``."""


@dataclass(frozen=True, slots=True)
class Range:
    """``field`` lies between two bounds; None leaves a side open."""

    field: str
    low: Value | None = None
    high: Value | None = None
    with_low: bool = True
    with_high: bool = True


@dataclass(frozen=True, slots=True)
class Exists:
    """``field`` has a value."""

    field: str


@dataclass(frozen=True, slots=True)
class FullText:
    """The event's words have these tokens, one after the other.

    With ``open_end`` the last token is only the beginning of a word; then it is the only one.
    """

    tokens: tuple[str, ...]
    open_end: bool = False


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts."""

    parts: "tuple[Query, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the parts."""

    parts: "tuple[Query, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """What the part does not match."""

    part: "Query"


Leaf = Term | Contains | Prefix | Wildcard | Range | Exists | FullText
Query = MatchAll | MatchNone | Leaf | And | Or | Not


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose events may be seen: those of ``orgs``, or of all organisations when None."""

    orgs: frozenset[str] | None

    @classmethod
    def of(cls, orgs: Iterable[str]) -> "Scope":
        """Return the scope of these organisations' codes alone."""
        return cls(frozenset(orgs))


EVERYTHING = Scope(None)
"""The installation's own view, for jobs and the local operator."""


def all_of(*parts: Query) -> Query:
    """Join with And, leaving out what says nothing."""
    told = tuple(part for part in parts if not isinstance(part, MatchAll))
    if not told:
        return MatchAll()
    return told[0] if len(told) == 1 else And(told)


def any_of(*parts: Query) -> Query:
    """Join with Or; of nothing, nothing matches."""
    if not parts:
        return MatchNone()
    return parts[0] if len(parts) == 1 else Or(tuple(parts))
