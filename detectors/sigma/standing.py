"""How the kept rules stand: whether each can be matched on what comes in, and what it raises by itself.

Rules are imported folder by folder, so what a correlation or a filter names is looked for among all that are kept,
each time that one is added, changed or switched.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sigma.correlations import SigmaCorrelationRule
from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.sigma.correlation import fields_of, names_of, span_of, unsupported
from detectors.sigma.fields import place_of
from detectors.sigma.models import DetectionRule
from detectors.sigma.rules import Rule, RuleStatus, read_document
from soc.ocsf.schema import INTERNAL_COLUMNS

#: a window is looked back on as often as something falls into it: longer ones would read the store all day
LONGEST_SPAN = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A kept rule as the others see it; ``rule`` is read for correlations and filters only."""

    row: DetectionRule
    rule: Rule | None

    @property
    def correlation(self) -> SigmaCorrelationRule | None:
        return self.rule.correlation if self.rule is not None else None


def stand(session: Session) -> None:
    """Say of every kept correlation and filter whether it can be matched now, and if not, why."""
    kept = [_Kept(row, rule_of_several(row)) for row in session.scalars(select(DetectionRule))]
    by_name = {name: one for one in kept for name in names_in(one.row.document)}
    for one in kept:
        if one.rule is not None:
            reason = _reason(one, one.rule, by_name)
            one.row.status, one.row.reason = (RuleStatus.UNSUPPORTED if reason else RuleStatus.OK), reason
    session.flush()


def rule_of_several(row: DetectionRule) -> Rule | None:
    """Return a kept correlation or filter as read; None for a rule of single events."""
    several = "detection" not in row.document and ("correlation" in row.document or "filter" in row.document)
    return read_document(row.rule_id, row.document) if several else None


def names_in(document: Mapping[str, Any]) -> frozenset[str]:
    """What others call a document by: its id and its name."""
    return frozenset(str(document[key]) for key in ("id", "name") if document.get(key))


def _reason(one: _Kept, rule: Rule, by_name: Mapping[str, _Kept]) -> str:
    if rule.status is not RuleStatus.OK:
        return rule.reason
    if rule.correlation is None:
        return _reason_of_filter(rule, by_name)
    own = unsupported(rule.correlation) or _too_long(rule.correlation) or _fieldless(rule.correlation)
    return own or next(_reasons_below(one, by_name, ()), "")


def _reason_of_filter(rule: Rule, by_name: Mapping[str, _Kept]) -> str:
    named = rule.filter.filter.rules if rule.filter is not None else ()
    if named == "any" or any(not isinstance(one, str) and one.reference in by_name for one in named):
        return ""
    return "none of the rules that it filters is here"


def _reasons_below(one: _Kept, by_name: Mapping[str, _Kept], above: Sequence[_Kept]) -> Iterator[str]:
    """What keeps the rules that a correlation stands on from being matched."""
    for name in names_of(one.correlation) if one.correlation is not None else ():
        found = by_name.get(name)
        if found is None:
            yield f"{name}: no such rule here"
        elif found is one or found in above:
            yield f"{name}: it leads back to itself"
        elif not found.row.enabled:
            yield f"{name}: it is switched off"
        elif found.correlation is not None:
            yield from (f"{name}: {why}" for why in _reasons_below(found, by_name, (*above, one)))
        elif found.row.status is not RuleStatus.OK:
            yield f"{name}: {found.row.reason}"


def _too_long(correlation: SigmaCorrelationRule) -> str:
    if span_of(correlation) <= LONGEST_SPAN.total_seconds():
        return ""
    return (
        f"its window of {correlation.timespan.spec} is longer than the {LONGEST_SPAN.days} days that what comes in is "
        "looked back on; soc rules test matches it over a file"
    )


def _fieldless(correlation: SigmaCorrelationRule) -> str:
    fields = {*fields_asked(correlation)}
    hidden = sorted(field for field in fields if place_of(field).column in INTERNAL_COLUMNS)
    return f"{', '.join(hidden)}: no field of events" if hidden else ""


def fields_asked(correlation: SigmaCorrelationRule) -> Iterable[str]:
    """The fields by which a correlation groups and counts, under each of its aliases."""
    for name in names_of(correlation):
        for fields in fields_of(correlation, name):
            yield from fields
