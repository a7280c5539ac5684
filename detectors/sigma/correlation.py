"""Sigma correlations: what several hits say together (Sigma correlation rules specification 2.1).

A correlation looks at the hits of the rules that it names, of one group (``group-by``) within one ``timespan``: how many
(``event_count``), how many different values (``value_count``), sums, means and percentiles of a field, or whether each
of its rules was hit (``temporal``), one after another (``temporal_ordered``). Lower bounds are sought in every window
that ends with a hit; upper bounds (``lt``, ``lte``, ``eq``, ``neq``) in windows one after another, since a window that
has only begun would always be below.
"""

import math
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import eq, ge, gt, le, lt, ne
from statistics import median
from typing import Any, Protocol

from sigma.correlations import (
    CorrelationConditionAND,
    CorrelationConditionItem,
    CorrelationConditionNOT,
    SigmaCorrelationCondition,
    SigmaCorrelationConditionOperator,
    SigmaCorrelationRule,
    SigmaCorrelationType,
    SigmaExtendedCorrelationCondition,
    SigmaRuleReference,
)

Operator = SigmaCorrelationConditionOperator
Type = SigmaCorrelationType
_COMPARES: Mapping[SigmaCorrelationConditionOperator, Callable[[float, float], bool]] = {
    Operator.LT: lt, Operator.LTE: le, Operator.GT: gt, Operator.GTE: ge, Operator.EQ: eq, Operator.NEQ: ne,
}  # fmt: skip
_FROM_BELOW = frozenset({Operator.GT, Operator.GTE})
_TEMPORAL = frozenset({Type.TEMPORAL, Type.TEMPORAL_ORDERED})


@dataclass(frozen=True, slots=True)
class Hit:
    """One event that a rule matched: its number, its time in seconds, the rule as the correlation names it."""

    number: int
    at: float
    rule: str
    group: tuple[str, ...] = ()
    values: tuple[str, ...] = ()


def names_of(correlation: SigmaCorrelationRule) -> tuple[str, ...]:
    """The rules that a correlation looks at, as it names them (by id or name), in its order."""
    if correlation.rules is not None:
        return tuple(reference.reference for reference in correlation.rules)
    condition = correlation.condition
    return tuple(condition.get_referenced_rules()) if isinstance(condition, SigmaExtendedCorrelationCondition) else ()


def fields_of(correlation: SigmaCorrelationRule, rule: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The fields of a rule's events that make its groups, and those whose values count."""
    groups = tuple(_aliased(correlation, name, rule) for name in correlation.group_by or ())
    condition = correlation.condition
    counted = condition.fieldref if isinstance(condition, SigmaCorrelationCondition) else None
    named = [counted] if isinstance(counted, str) else counted or []
    return groups, tuple(_aliased(correlation, name, rule) for name in named)


def _aliased(correlation: SigmaCorrelationRule, name: str, rule: str) -> str:
    alias = correlation.aliases.aliases.get(name)
    for reference, own in alias.mapping.items() if alias else ():
        if reference.reference == rule:
            return own
    return name


def unsupported(correlation: SigmaCorrelationRule) -> str:
    """What of a correlation cannot be matched here; empty where all can."""
    if correlation.type is Type.TEMPORAL_ORDERED and isinstance(
        correlation.condition, SigmaExtendedCorrelationCondition
    ):
        return "an ordered correlation with a condition in words is not matched"
    return ""


def correlated(correlation: SigmaCorrelationRule, hits: Iterable[Hit]) -> list[int]:
    """Return the numbers of the events that fulfil a correlation together, each once, in order."""
    groups: defaultdict[tuple[str, ...], list[Hit]] = defaultdict(list)
    for hit in hits:
        groups[hit.group].append(hit)
    found: set[int] = set()
    for group in groups.values():
        found.update(_of_group(correlation, sorted(group, key=lambda hit: (hit.at, hit.number))))
    return sorted(found)


def _of_group(correlation: SigmaCorrelationRule, hits: Sequence[Hit]) -> Iterator[int]:
    condition, span = correlation.condition, float(correlation.timespan.seconds)
    capped = isinstance(condition, SigmaCorrelationCondition) and condition.op not in _FROM_BELOW
    windows = _one_after_another if capped and correlation.type not in _TEMPORAL else _ending_with_each
    told = 0
    for first, behind in windows(correlation, hits, span):
        # windows move on: what an earlier one has told is not told again
        yield from (hit.number for hit in hits[max(first, told) : behind])
        told = max(told, behind)


Bounds = Iterator[tuple[int, int]]


def _ending_with_each(correlation: SigmaCorrelationRule, hits: Sequence[Hit], span: float) -> Bounds:
    """Windows that fulfil it and end with a hit: where each begins, and the place behind it."""
    window, first = _window_of(correlation), 0
    for place, hit in enumerate(hits):
        window.add(hit)
        while hit.at - hits[first].at > span:
            window.drop(hits[first])
            first += 1
        if window.holds():
            yield first, place + 1


def _one_after_another(correlation: SigmaCorrelationRule, hits: Sequence[Hit], span: float) -> Bounds:
    """Windows that fulfil it, the next beginning where the one before ended."""
    first = 0
    while first < len(hits):
        window, behind = _window_of(correlation), first
        while behind < len(hits) and hits[behind].at - hits[first].at <= span:
            window.add(hits[behind])
            behind += 1
        if window.holds():
            yield first, behind
        first = behind


class Window(Protocol):
    """What is known of the hits within a window as it moves on."""

    def add(self, hit: Hit) -> None:
        """A hit comes in, the latest of all."""

    def drop(self, hit: Hit) -> None:
        """The earliest hit goes out."""

    def holds(self) -> bool:
        """Whether the hits within it fulfil the condition."""


def _window_of(correlation: SigmaCorrelationRule) -> Window:
    condition = correlation.condition
    if isinstance(condition, SigmaExtendedCorrelationCondition):
        return _Said(condition.parsed)
    if correlation.type is Type.TEMPORAL_ORDERED:
        return _InOrder(names_of(correlation), float(correlation.timespan.seconds))
    return _Measured(condition, _MEASURES[correlation.type])


@dataclass(slots=True)
class _Measured:
    """A number of the window's hits compared with the condition's; what differs is counted as it comes and goes."""

    condition: SigmaCorrelationCondition
    measure: Callable[["_Measured"], float | None]
    hits: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    values: Counter[tuple[str, ...]] = field(default_factory=Counter)
    numbers: deque[float] = field(default_factory=deque)

    def add(self, hit: Hit) -> None:
        """Count it."""
        self.hits += 1
        self.rules[hit.rule] += 1
        if hit.values:
            self.values[hit.values] += 1
        if (number := _number(hit)) is not None:
            self.numbers.append(number)

    def drop(self, hit: Hit) -> None:
        """Count it no more."""
        self.hits -= 1
        _less(self.rules, hit.rule)
        if hit.values:
            _less(self.values, hit.values)
        if _number(hit) is not None:
            self.numbers.popleft()

    def holds(self) -> bool:
        """Whether the number is as the condition wants it; without values there is none."""
        found = self.measure(self)
        return found is not None and _COMPARES[self.condition.op](found, self.condition.count)

    def percentile(self) -> float | None:
        """The nearest-rank percentile of the numbers, the median where the condition names none."""
        share = self.condition.percentile if self.condition.percentile is not None else 50
        ranked = sorted(self.numbers)
        return ranked[max(0, math.ceil(share / 100 * len(ranked)) - 1)] if ranked else None


_MEASURES: Mapping[SigmaCorrelationType, Callable[[_Measured], float | None]] = {
    Type.EVENT_COUNT: lambda window: window.hits,
    Type.VALUE_COUNT: lambda window: len(window.values),
    Type.VALUE_SUM: lambda window: math.fsum(window.numbers) if window.numbers else None,
    Type.VALUE_AVG: lambda window: math.fsum(window.numbers) / len(window.numbers) if window.numbers else None,
    Type.VALUE_MEDIAN: lambda window: median(window.numbers) if window.numbers else None,
    Type.VALUE_PERCENTILE: _Measured.percentile,
    Type.TEMPORAL: lambda window: len(window.rules),
}


def _less(counter: Counter[Any], key: object) -> None:
    counter[key] -= 1
    if not counter[key]:
        del counter[key]


def _number(hit: Hit) -> float | None:
    try:
        found = float(hit.values[0]) if hit.values else None
    except ValueError:
        return None
    return found if found is not None and math.isfinite(found) else None


class _Said:
    """Which rules were hit, put into a condition of words: ``a and not b``."""

    def __init__(self, condition: CorrelationConditionItem | SigmaRuleReference) -> None:
        self._condition = condition
        self._rules: Counter[str] = Counter()

    def add(self, hit: Hit) -> None:
        """Count it."""
        self._rules[hit.rule] += 1

    def drop(self, hit: Hit) -> None:
        """Count it no more."""
        _less(self._rules, hit.rule)

    def holds(self) -> bool:
        """Whether the condition is true of the rules that were hit."""
        return self._true(self._condition)

    def _true(self, node: CorrelationConditionItem | SigmaRuleReference) -> bool:
        if isinstance(node, SigmaRuleReference):
            return node.reference in self._rules
        parts = [self._true(one) for one in node.args]
        if isinstance(node, CorrelationConditionNOT):
            return not parts[0]
        return all(parts) if isinstance(node, CorrelationConditionAND) else any(parts)


class _InOrder:
    """Whether the rules were hit one after another, each by an event of its own."""

    def __init__(self, names: Sequence[str], span: float) -> None:
        self._names, self._span = names, span
        #: of the chains that have come as far as each rule, the one that began last
        self._begun: list[Hit | None] = [None] * len(names)
        self._last: Hit | None = None

    def add(self, hit: Hit) -> None:
        """Lengthen the chains that wait for its rule; backwards, so that one hit is not two steps of one chain."""
        self._last = None
        for place in reversed(range(len(self._names))):
            if self._names[place] == hit.rule:
                before = self._begun[place - 1] if place else hit
                if before is not None and (place == 0 or before.number != hit.number):
                    self._begun[place] = before
                    self._last = hit if place == len(self._names) - 1 else self._last

    def drop(self, hit: Hit) -> None:
        """Nothing: a chain that began too early is known by its beginning."""

    def holds(self) -> bool:
        """Whether the newest hit ends a chain that began within the timespan."""
        begun = self._begun[-1]
        return self._last is not None and begun is not None and self._last.at - begun.at <= self._span
