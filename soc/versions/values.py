"""What a check finds, and what a change would do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from soc.text import t

#: the line of a text in which a way leads to a value; None where no text is known
Row = Callable[[str], int | None]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a document: where, and what to mend."""

    #: "rules/12/level": the way to the value
    path: str
    #: message id of the catalogue
    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """The words, in the reader's language."""
        return t(self.code, None, **self.params)


def no_row(path: str) -> int | None:
    """The line of a value that was in no text."""
    return None


def told(problems: Iterable[Problem], row: Row = no_row) -> list[dict[str, Any]]:
    """Problems as commands and the API tell them: ``path``, ``row`` (a line of the text, or None), ``code``, words."""
    return [{"path": one.path, "row": row(one.path), "code": one.code, "message": one.text()} for one in problems]


@dataclass(frozen=True, slots=True)
class Move:
    """How many items of one organisation go from one value to another."""

    org: str
    before: str
    after: str
    items: int


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What would change if a version became active; counted, nothing stored."""

    items: int
    changed: int
    moves: tuple[Move, ...] = ()
    #: a few of the items, for looking at: {"id", "name", "before", "after"}
    examples: tuple[dict[str, Any], ...] = ()
    #: other things touched: {"what": message id, "count": n}
    touched: tuple[dict[str, Any], ...] = ()
