"""Which rule an own correlation means by a name, and what keeps it from being looked for.

A name is sought in the correlation's own document first, then in those of the tiers above it, the nearest first, then
among the rules that all organisations have: nobody's rule is taken from them by what somebody else calls theirs.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sigma.correlations import SigmaCorrelationCondition, SigmaCorrelationRule
from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.sigma.binding import DEEPEST
from detectors.sigma.book import Book, read_kept
from detectors.sigma.correlation import names_of, span_of, unsupported
from detectors.sigma.fields import place_of
from detectors.sigma.models import DetectionRule
from detectors.sigma.own.book import KEY, OwnRules, is_correlation, org_of, tag_of, with_body
from detectors.sigma.rules import Rule, RuleStatus
from detectors.sigma.standing import LONGEST_SPAN, fields_asked, names_in
from soc.ocsf.schema import INTERNAL_COLUMNS
from soc.text import Message
from soc.versions.values import Problem

#: rules that one own correlation may stand on, each as often as it is named
MOST_BELOW = 100
#: what OCSF and we call things by, and other logs do not
_OURS = ("guanlan.", "actor.", "src_endpoint.", "dst_endpoint.", "http_request.", "http_response.", "query_info.")
Found = Iterator[Problem]


@dataclass(frozen=True, slots=True)
class Called:
    """A rule that has a name; ``why`` names what keeps it from being matched, None where nothing does."""

    rule: Rule
    why: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """What names mean at one organisation; ``tiers`` are those with own rules, from the top down."""

    kept: Mapping[str, Called]
    tiers: tuple[tuple[str, Mapping[str, Called]], ...] = ()

    def called(self, rule: Rule, name: str) -> Called | None:
        """What a rule's own correlation means by a name; what is kept for all names what is kept for all."""
        org = org_of(rule.id or "")
        within = list[Mapping[str, Called]]()
        for tier, names in self.tiers if org is not None else ():
            within.append(names)
            if tier == org:
                break
        return next((names[name] for names in reversed(within) if name in names), self.kept.get(name))

    def find(self, rule: Rule, name: str) -> Rule | None:
        """The same, where it can be matched."""
        found = self.called(rule, name)
        return found.rule if found is not None and found.why is None else None


def names_of_book(book: Book, own: OwnRules) -> Names:
    """What names mean, of the rules that are in use; those that are kept and not used are no names."""
    kept = {name: _called(rule, off=rule.id in own.off) for name, rule in book.by_name.items() if rule.filter is None}
    return Names(kept, tiers_of(own))


def names_within(session: Session, own: OwnRules) -> Names:
    """What names mean, of all rules that are kept, so that of one that is not used it can be said why."""
    kept = {name: one for row in session.scalars(select(DetectionRule)) for name, one in _kept(row, own)}
    return Names(kept, tiers_of(own))


def tiers_of(own: OwnRules) -> tuple[tuple[str, Mapping[str, Called]], ...]:
    """The names of own rules, of each tier apart."""
    tiers: dict[str, dict[str, Called]] = {}
    matched = {row.rule_id for row in own.rules}
    for row in own.written:
        names = tiers.setdefault(org_of(row.rule_id) or "", {})
        found = _called(rule_of(row), off=row.rule_id not in matched)
        names.update(dict.fromkeys(names_in(row.document), found))
    return tuple(tiers.items())


def rule_of(row: DetectionRule) -> Rule:
    """An own rule as correlations are bound to it: by the name that its events are tagged with."""
    return replace(read_kept(row), id=row.rule_id)


def _called(rule: Rule, *, off: bool) -> Called:
    return Called(rule, "own_rules.problem.names_off" if off else None)


def _kept(row: DetectionRule, own: OwnRules) -> Iterator[tuple[str, Called]]:
    if "filter" in row.document and "detection" not in row.document:
        return
    found = _called(read_kept(row), off=not row.enabled or row.rule_id in own.off)
    if found.why is None and row.status is not RuleStatus.OK:
        found = Called(found.rule, "own_rules.problem.names_unmatched", row.reason)
    yield from ((name, found) for name in names_in(row.document))


def problems_of(rule: Rule, names: Names, at: str = "text") -> Found:
    """Everything that keeps an own correlation from being looked for here; nothing for a rule of single events."""
    if rule.correlation is None:
        return
    own = list(faults_of(rule.correlation, at))
    yield from own or _below(rule, names, at)


def faults_of(correlation: SigmaCorrelationRule, at: str) -> Found:
    """What is wrong with a correlation by itself, whatever rules there are."""
    if not names_of(correlation) or not all(isinstance(one, str) for one in _words(correlation)):
        yield Problem(at, "own_rules.problem.names_nothing")
        return
    if why := unsupported(correlation):
        yield Problem(at, "own_rules.problem.unsupported", {"reason": why})
    if span_of(correlation) > LONGEST_SPAN.total_seconds():
        said = {"window": correlation.timespan.spec, "days": LONGEST_SPAN.days}
        yield Problem(at, "own_rules.problem.window", said)
    for field in sorted({one for one in fields_asked(correlation) if _is_no_field(one)}):
        yield Problem(at, "own_rules.problem.field", {"field": field})


def _words(correlation: SigmaCorrelationRule) -> Iterator[Any]:
    """What must be text for the rest to be read: rules as they are named, and fields."""
    yield from names_of(correlation)
    condition = correlation.condition
    counted = condition.fieldref if isinstance(condition, SigmaCorrelationCondition) else None
    yield from counted if isinstance(counted, list) else () if counted is None else (counted,)
    for alias in correlation.aliases:
        yield from alias.mapping.values()


def _is_no_field(field: str) -> bool:
    place = place_of(field)
    return place.column in INTERNAL_COLUMNS or (place.inside is not None and field.startswith(_OURS))


def _below(rule: Rule, names: Names, at: str) -> Found:
    waiting: list[tuple[Rule, tuple[Rule, ...]]] = [(rule, ())]
    seen = 0
    while waiting:
        one, above = waiting.pop()
        for name in names_of(one.correlation) if one.correlation is not None else ():
            seen += 1
            found = names.called(one, name)
            if seen > MOST_BELOW or len(above) >= DEEPEST - 1:
                yield Problem(at, "own_rules.problem.names_many", {"most": MOST_BELOW, "deepest": DEEPEST})
                return
            if found is None:
                yield Problem(at, "own_rules.problem.names_unknown", {"name": name[:100]})
            elif any(found.rule.id == other.id for other in (one, *above)):
                yield Problem(at, "own_rules.problem.names_itself", {"name": name[:100]})
            elif found.why is not None:
                yield Problem(at, found.why, {"name": name[:100], "reason": found.reason})
            elif found.rule.correlation is not None:
                waiting.append((found.rule, (one, *above)))


def problems_within(session: Session, org: str, body: Mapping[str, Any]) -> Found:
    """Of each entry of a checked document that is a correlation in use, what keeps it from being looked for."""
    own = with_body(session, org, body)
    several = {row.rule_id: rule_of(row) for row in own.rules if is_correlation(row)}
    mine = {tag: rule for tag, rule in several.items() if org_of(tag) == org}
    names = names_within(session, own) if mine else Names({})
    for place, one in enumerate(body.get(KEY, ())):
        rule = mine.get(tag_of(org, one["id"])) if "text" in one else None
        if rule is not None:
            yield from (_titled(found, rule) for found in problems_of(rule, names, f"{KEY}/{place}/text"))


def _titled(problem: Problem, rule: Rule) -> Problem:
    """A problem of one correlation, with the correlation's title, since another entry may have brought it about."""
    said = {"title": rule.title, "reason": Message(problem.code, problem.params).as_json()}
    return Problem(problem.path, "own_rules.problem.correlation", said)


def idle_of(session: Session, own: OwnRules) -> dict[str, str]:
    """Of own correlations in force that are not looked for, by tag: why not, in the reader's language."""
    several = [row for row in own.rules if is_correlation(row)]
    names = names_within(session, own) if several else Names({})
    found = ((row.rule_id, _first(problems_of(rule_of(row), names))) for row in several)
    return {tag: problem.text() for tag, problem in found if problem is not None}


def _first(problems: Iterable[Problem]) -> Problem | None:
    return next(iter(problems), None)
