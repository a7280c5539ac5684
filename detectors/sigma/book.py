"""The enabled rules as they hang together: which correlations are active, on which rules each stands, what is quiet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.sigma.binding import Active, bind, quiet_of
from detectors.sigma.models import DetectionRule
from detectors.sigma.rules import Rule, RuleStatus
from detectors.sigma.standing import rule_of_several

if TYPE_CHECKING:
    from soc.db import Database


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """What is active; ``quiet`` are ids of rules that raise nothing by themselves.

    ``marks`` are the ids of all enabled rules, each with what changes when the rule does.
    """

    correlations: Mapping[str, Active]
    quiet: frozenset[str]
    filters: "Filters"
    #: every rule, by each of its names
    by_name: Mapping[str, Rule]
    marks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Filters:
    """Filters that narrow rules; the same object as long as none of them changes."""

    rules: tuple[Rule, ...] = ()


def book_of(database: "Database") -> Book:
    """Return the rules as they stand now; read anew only when one was added, changed or switched."""
    with database.read() as session:
        marks = _marks(session)
    return _read(database, marks)


def _marks(session: Session) -> tuple[tuple[str, str], ...]:
    rows = session.execute(
        select(DetectionRule.rule_id, DetectionRule.imported_at)
        .where(DetectionRule.enabled, DetectionRule.status == RuleStatus.OK)
        .order_by(DetectionRule.rule_id)
    )
    return tuple((rule_id, kept_at.isoformat()) for rule_id, kept_at in rows)


@lru_cache(maxsize=8)
def _read(database: "Database", marks: tuple[tuple[str, str], ...]) -> Book:
    ids = {rule_id for rule_id, _ in marks}
    with database.read() as session:
        rows = [row for row in session.scalars(select(DetectionRule)) if row.rule_id in ids]
    found = bound([read_kept(row) for row in rows])
    kept = {rule_id: mark for rule_id, mark in marks if any(rule.id == rule_id for rule in found.filters.rules)}
    return replace(found, filters=_same(database, tuple(kept.items()), found.filters), marks=marks)


_filters: dict[tuple[object, ...], Filters] = {}


def _same(database: "Database", marks: tuple[tuple[str, str], ...], filters: Filters) -> Filters:
    """The filters as they were read before, so that rules are not narrowed anew because of another rule."""
    place = (database, marks)
    if place not in _filters and len(_filters) >= 8:
        _filters.clear()
    return _filters.setdefault(place, filters)


def read_kept(row: DetectionRule) -> Rule:
    """Return a kept rule as it is bound to others; one of single events need not be read, since its hits are tags."""
    several = rule_of_several(row)
    return several or Rule(row.rule_id, row.rule_id, RuleStatus.OK, "", row.title, row.level, document=row.document)


def bound(rules: Sequence[Rule]) -> Book:
    """Bind rules together; a correlation of which something is missing is not active."""
    by_name = {name: rule for rule in rules for name in rule.names}
    found = [bind(rule, lambda _rule, name: by_name.get(name)) for rule in rules if rule.correlation is not None]
    whole = [one for one in found if one is not None]
    filters = Filters(tuple(rule for rule in rules if rule.filter is not None))
    return Book({one.rule_id: one for one in whole}, quiet_of(whole), filters, by_name)
