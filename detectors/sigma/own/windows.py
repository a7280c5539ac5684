"""The correlations that hold for one organisation: those of all, less what it switched off, and its own and its tiers'.

A correlation's windows are of one organisation's events. What this organisation writes, changes or switches off is seen
by no other, and the correlations that are everybody's stay the same objects as they are in the book.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from detectors.sigma.binding import Active, bind, quiet_of
from detectors.sigma.book import Book, book_of
from detectors.sigma.own.book import OwnRules, is_correlation, org_of, own_rules, own_within
from detectors.sigma.own.naming import MOST_BELOW, names_of_book, problems_of, rule_of
from detectors.sigma.rules import Rule

if TYPE_CHECKING:
    from soc.db import Database


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """What is looked for at one organisation; ``quiet`` are ids of rules that raise nothing by themselves there."""

    correlations: Mapping[str, Active]
    quiet: frozenset[str]

    @property
    def loud(self) -> tuple[Active, ...]:
        """The correlations that raise something."""
        return tuple(one for one in self.correlations.values() if one.rule_id not in self.quiet)


def windows_of(database: "Database", org: str) -> Windows:
    """Return what is looked for at an organisation; bound anew only when something changed that holds for it."""
    return _bound(book_of(database), own_rules(database, org))


def windows_within(session: Session, database: "Database", org: str) -> Windows:
    """The same, what is the organisation's own looked up in a session that is open already."""
    return _bound(book_of(database), own_within(session, org))


@lru_cache(maxsize=256)
def _bound(book: Book, own: OwnRules) -> Windows:
    kept = {rule_id: one for rule_id, one in book.correlations.items() if not _is_off(one, own.off)}
    added = {one.rule_id: one for one in _own(book, own)}
    quiet = quiet_of(kept.values()) | quiet_of(added.values(), _of_one_document)
    return Windows({**kept, **added}, quiet)


def _is_off(active: Active, off: frozenset[str]) -> bool:
    return any(rule.id in off for rule in active.rules)


def _own(book: Book, own: OwnRules) -> list[Active]:
    several = [rule_of(row) for row in own.rules if is_correlation(row)]
    names = names_of_book(book, own)
    whole = [rule for rule in several if not any(problems_of(rule, names))]
    return [found for rule in whole if (found := bind(rule, names.find, MOST_BELOW)) is not None]


def _of_one_document(active: Active, rule: Rule) -> bool:
    """Who writes a correlation silences rules of the same document, nobody else's: that takes a reason (``off``)."""
    return org_of(rule.id or "") == org_of(active.rule_id)
