"""What a check finds, and what a change would do."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a document: where, and what to mend."""

    #: "rules/12/level": the way to the value
    path: str
    #: message id of the catalogue
    code: str
    params: dict[str, Any] = field(default_factory=dict)


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
