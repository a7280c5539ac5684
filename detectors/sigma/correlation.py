"""Sigma correlations: what several hits say together (Sigma correlation rules specification 2.1).

A correlation looks at the hits of the rules that it names, of one group (``group-by``) within one ``timespan``: how many
(``event_count``), how many different values (``value_count``), sums, means and percentiles of a field, or whether each
of its rules was hit (``temporal``), one after another (``temporal_ordered``). Lower bounds are sought in every window
that ends with a hit; upper bounds (``lt``, ``lte``, ``eq``, ``neq``) in windows one after another, since a window that
has only begun would always be below. Hits of one moment have no order among themselves: a window ends behind all of
them, and any order of theirs will do, so that the answer is the same however the events came.
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
#: conditions that more events go on fulfilling
FROM_BELOW = frozenset({Operator.GT, Operator.GTE})
#: correlations of several rules' events close together
TEMPORAL = frozenset({Type.TEMPORAL, Type.TEMPORAL_ORDERED})


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
    told = 0
    for first, behind in windows_of(correlation, hits):
        # windows move on: what an earlier one has told is not told again
        yield from (hit.number for hit in hits[max(first, told) : behind])
        told = max(told, behind)


Bounds = Iterator[tuple[int, int]]


def windows_of(correlation: SigmaCorrelationRule, hits: Sequence[Hit]) -> Bounds:
    """Return the windows that fulfil a correlation, by the time of their ends.

    Args:
        correlation: what is looked for.
        hits: of one group, by time and number.

    Returns:
        Of each window the place of its first hit, and the place behind its last.
    """
    windows = _one_after_another if is_capped(correlation) else _ending_with_each
    return windows(correlation, hits, span_of(correlation))


def span_of(correlation: SigmaCorrelationRule) -> float:
    """Return the length of a correlation's window in seconds."""
    return float(correlation.timespan.seconds)


def is_capped(correlation: SigmaCorrelationRule) -> bool:
    """Whether its condition has an upper bound: then a window says nothing before it is over."""
    condition = correlation.condition
    capped = isinstance(condition, SigmaCorrelationCondition) and condition.op not in FROM_BELOW
    return capped and correlation.type not in TEMPORAL


def _ending_with_each(correlation: SigmaCorrelationRule, hits: Sequence[Hit], span: float) -> Bounds:
    """Windows that fulfil it and end with a hit and all others of its moment."""
    window, first = _window_of(correlation), 0
    for place, hit in enumerate(hits):
        window.add(hit)
        while hit.at - hits[first].at > span:
            window.drop(hits[first])
            first += 1
        if _ends_a_moment(hits, place) and window.holds():
            yield first, place + 1


def _ends_a_moment(hits: Sequence[Hit], place: int) -> bool:
    """Whether the next hit is of another moment; events that say no time have the order of their lines."""
    return place + 1 == len(hits) or hits[place].at != hits[place + 1].at or not hits[place].at


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
        #: of the chains that have come as far as each rule, the beginning of the one that began last
        self._begun: list[float | None] = [None] * len(names)
        #: of each event of this moment, which rules it hit
        self._moment: dict[int, set[str]] = {}
        self._at = 0.0

    def add(self, hit: Hit) -> None:
        """Keep it until the moment is over."""
        self._moment.setdefault(hit.number, set()).add(hit.rule)
        self._at = hit.at

    def drop(self, hit: Hit) -> None:
        """Nothing: a chain that began too early is known by its beginning."""

    def holds(self) -> bool:
        """Whether an event of the moment that is over ends a chain that began within the timespan."""
        steps = [found for rules in self._moment.values() if (found := self._steps(rules))]
        self._moment = {}
        # events of one moment have no order, so they are taken in the one that lengthens chains
        ended = [self._lengthen(step) for step in sorted(steps, key=lambda step: (step[-1], step[0]))]
        begun = self._begun[-1]
        return any(ended) and begun is not None and self._at - begun <= self._span

    def _steps(self, rules: set[str]) -> list[int]:
        return [place for place, name in enumerate(self._names) if name in rules]

    def _lengthen(self, steps: Sequence[int]) -> bool:
        """Lengthen the chains that wait for an event; backwards, so that it is not two steps of one chain."""
        ended = False
        for place in reversed(steps):
            before = self._begun[place - 1] if place else self._at
            if before is not None:
                self._begun[place] = before
                ended |= place == len(self._names) - 1
        return ended
