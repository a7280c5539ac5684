"""The enabled rules as they hang together: which correlations are active, on which rules each stands, what is quiet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from sigma.correlations import SigmaCorrelationRule
from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.sigma.correlation import fields_of, is_capped, names_of, span_of
from detectors.sigma.models import DetectionRule
from detectors.sigma.rules import Rule, RuleStatus
from detectors.sigma.standing import rule_of_several

if TYPE_CHECKING:
    from soc.db import Database


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A rule of single events as a correlation names it, and the fields of its events that make the groups."""

    name: str
    rule_id: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Active:
    """A correlation that is looked for: it and all that it stands on, itself first."""

    rule_id: str
    correlation: SigmaCorrelationRule
    rules: tuple[Rule, ...]
    #: of a correlation of rules alone: each of them; of one that stands on correlations: the rules at the bottom
    sources: tuple[Source, ...]
    #: whether it stands on other correlations; then the groups of its events are known only by these
    nested: bool
    #: seconds that the correlations below it look back, one upon another
    below: float

    @property
    def span(self) -> float:
        """Its own window in seconds."""
        return span_of(self.correlation)

    @property
    def capped(self) -> bool:
        """Whether a window of its must be over before it says anything."""
        return is_capped(self.correlation)

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """The ids by which its events are tagged."""
        return tuple(dict.fromkeys(one.rule_id for one in self.sources))


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """What is active; ``quiet`` are ids of rules that raise nothing by themselves.

    ``marks`` are the ids of all enabled rules, each with what changes when the rule does.
    """

    correlations: Mapping[str, Active]
    quiet: frozenset[str]
    filters: "Filters"
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
    found = [_active(rule, rule.correlation, by_name) for rule in rules if rule.correlation is not None]
    whole = [one for one in found if one is not None]
    return Book(
        {one.rule_id: one for one in whole},
        _quiet(whole, by_name),
        Filters(tuple(rule for rule in rules if rule.filter is not None)),
    )


def _active(rule: Rule, correlation: SigmaCorrelationRule, by_name: Mapping[str, Rule]) -> Active | None:
    below = list(_below(rule, by_name, 20))
    if any(one is None for one in below) or not below:
        return None
    rules = _once(rule, below)
    nested = any(one.correlation is not None for one in rules[1:])
    return Active(
        rule.id or rule.path, correlation, rules, _sources(rule, by_name, nested), nested, _reach(rule, by_name)
    )


def _once(rule: Rule, below: Sequence[Rule | None]) -> tuple[Rule, ...]:
    """Each once; rules hold mappings and so are told apart by who they are."""
    return tuple({id(one): one for one in (rule, *below) if one is not None}.values())


def _below(rule: Rule, by_name: Mapping[str, Rule], deepest: int) -> Iterator[Rule | None]:
    for name in names_of(rule.correlation) if rule.correlation is not None else ():
        found = by_name.get(name)
        yield found if deepest else None
        if found is not None and deepest:
            yield from _below(found, by_name, deepest - 1)


def _reach(rule: Rule, by_name: Mapping[str, Rule]) -> float:
    """How far the correlations below a rule look back, one upon another."""
    below = [by_name[name] for name in names_of(rule.correlation)] if rule.correlation is not None else []
    return max((span_of(one.correlation) + _reach(one, by_name) for one in below if one.correlation), default=0.0)


def _sources(rule: Rule, by_name: Mapping[str, Rule], nested: bool) -> tuple[Source, ...]:
    found: list[Source] = []
    correlation = rule.correlation
    for name in names_of(correlation) if correlation is not None else ():
        below = by_name[name]
        if below.correlation is not None:
            found.extend(_sources(below, by_name, nested))
        else:
            groups = () if nested or correlation is None else fields_of(correlation, name)[0]
            found.append(Source(name, below.id or below.path, groups))
    return tuple(found)


def _quiet(active: Sequence[Active], by_name: Mapping[str, Rule]) -> frozenset[str]:
    """A rule that correlations name raises nothing by itself, unless one of them has it generate."""
    named: dict[str, bool] = {}
    for one in active:
        for name in names_of(one.correlation):
            rule_id = by_name[name].id or by_name[name].path
            named[rule_id] = named.get(rule_id, False) or one.correlation.generate
    return frozenset(rule_id for rule_id, loud in named.items() if not loud)
