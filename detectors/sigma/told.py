"""A correlation's finding: who, what together, how often within how long, by which events.

The further a burst is beyond what the rule asks for, the higher its score, a little with each doubling: so a finding
is told anew as its burst grows, and not with every event.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import polars as pl
from sigma.correlations import (
    SigmaCorrelationCondition,
    SigmaCorrelationConditionOperator,
    SigmaCorrelationRule,
)

from detectors.behaviour.facts import EntityKey
from detectors.findings import (
    MOST_NAMED_EVENTS,
    EntityKind,
    NewFinding,
    RiskPart,
)
from detectors.sigma.binding import Active
from detectors.sigma.correlation import TEMPORAL, Type, fields_of, names_of, span_of
from detectors.sigma.findings import (
    ENTITY,
    NAME,
    as_known,
    finding_of,
    name_of,
    parts_of,
    reason_of_tables,
    summed,
)
from detectors.sigma.looking import Burst
from detectors.sigma.models import DetectionRule
from detectors.sigma.reading import askable
from soc.logstore.lucene import term
from soc.text import Message

#: points for each time that the burst is twice as large again, and at most
_POINTS, _MOST_POINTS = 3, 15
#: values named in a reason, and characters of each
_SHOWN, _LONGEST_SHOWN = 3, 60
_HOUR, _DAY = 3600, 86400


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells the bursts of one correlation; ``rows`` are the kept rules by id, ``accounts`` who is known."""

    active: Active
    rows: Mapping[str, DetectionRule]
    accounts: Mapping[str, EntityKey]

    @property
    def _rule(self) -> DetectionRule:
        return self.rows[self.active.rule_id]

    def findings(self, told: Sequence[tuple[Burst, pl.DataFrame, str]]) -> list[NewFinding]:
        """Return the findings of bursts; with each its own events, by time, and the name it is kept under."""
        if not told:
            return []
        frames = [events.with_columns(pl.lit(place).alias("burst")) for place, (_, events, _) in enumerate(told)]
        sums = {one["burst"]: one for one in summed(pl.concat(frames), ("burst",))}
        return [
            self._finding(burst, {**sums[at], **_people(events)}, key) for at, (burst, events, key) in enumerate(told)
        ]

    def _finding(self, burst: Burst, group: dict[str, Any], key: str) -> NewFinding:
        group = as_known(group, self.accounts)
        return finding_of(
            self._rule,
            group,
            parts=[*parts_of(self._rule, group, self._query(burst)), *self._size(burst)],
            reasons=[*self._reasons(burst), *reason_of_tables(group)],
            key=key,
            details={"tables": group["tables"], "group": list(burst.group), "events": group["events"]},
        )

    def _query(self, burst: Burst) -> str:
        tags = " OR ".join(term("guanlan.rules", rule_id) for rule_id in self.active.rule_ids)
        asked = {fields_of(self.active.correlation, name)[0] for name in names_of(self.active.correlation)}
        fields = asked.pop() if len(asked) == 1 else ()
        named = [term(name, value) for name, value in _columns(fields, burst.group)]
        return " AND ".join([f"({tags})", *named])

    def _size(self, burst: Burst) -> Iterator[RiskPart]:
        condition = self.active.correlation.condition
        if not isinstance(condition, SigmaCorrelationCondition) or self.active.capped or condition.count <= 0:
            return
        times = _counted(self.active.correlation, burst) / condition.count
        points = min(_MOST_POINTS, _POINTS * math.floor(math.log2(times))) if times >= 2 else 0
        if points:
            times = math.floor(times)
            yield RiskPart(Message("rules.correlation.part_size", {"times": times}), points, self._query(burst))

    def _reasons(self, burst: Burst) -> Iterator[Message]:
        correlation = self.active.correlation
        said = {"span": spoken(timedelta(seconds=span_of(correlation))), "rules": self._steps(burst)}
        long = {"time": spoken(burst.stretch.ends - burst.stretch.begins)}
        condition = correlation.condition
        if correlation.type in TEMPORAL or not isinstance(condition, SigmaCorrelationCondition):
            ordered = correlation.type is Type.TEMPORAL_ORDERED
            yield Message("rules.correlation.ordered" if ordered else "rules.correlation.together", said)
            return
        bound = Message(f"rules.correlation.bound.{_word(condition.op)}", {"count": _plain(condition.count)}).as_json()
        if correlation.type is Type.EVENT_COUNT:
            yield Message("rules.correlation.events", {**said, **long, "count": len(burst.hits), "bound": bound})
            return
        field = condition.fieldref if isinstance(condition.fieldref, str) else ", ".join(condition.fieldref or ())
        told = {**said, **long, "field": field, "bound": bound}
        if correlation.type is Type.VALUE_COUNT:
            values = Counter(" ".join(hit.values) for hit in burst.hits if hit.values)
            shown = [value[:_LONGEST_SHOWN] for value, _ in values.most_common(_SHOWN)]
            yield Message("rules.correlation.values", {**told, "count": len(values), "values": shown})
        else:
            measure = Message(f"rules.correlation.measure.{correlation.type.name.lower()}").as_json()
            yield Message("rules.correlation.measured", {**told, "measure": measure, "count": len(burst.hits)})

    def _steps(self, burst: Burst) -> list[dict[str, Any]]:
        """Which rules, in the correlation's order, and how often each was hit."""
        counted = Counter(hit.rule for hit in burst.hits)
        steps = []
        for name in dict.fromkeys(names_of(self.active.correlation)):
            row = self.rows.get(self.active.rules[self.active.places[0, name]].id or "")
            rule = name_of(row) if row is not None else name
            if counted[name]:
                steps.append(Message("rules.correlation.step", {"rule": rule, "count": counted[name]}).as_json())
        return steps


def _columns(fields: tuple[str, ...], group: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for field, value in zip(fields, group, strict=False):
        column = askable(field)
        if column is not None:
            yield column, value


def _counted(correlation: SigmaCorrelationRule, burst: Burst) -> float:
    if correlation.type is Type.EVENT_COUNT:
        return float(len(burst.hits))
    if correlation.type is Type.VALUE_COUNT:
        return float(len({hit.values for hit in burst.hits if hit.values}))
    return 0.0


def _people(events: pl.DataFrame) -> dict[str, Any]:
    """Who stands for a burst's events, whose they are, and which of them are named."""
    kind, name = _who(events)
    return {"org": events["guanlan.org"][0], "entity_kind": kind, "entity": name, "uids": _named(events)}


def _named(events: pl.DataFrame) -> list[str]:
    """The events that a finding names: of many, the first and the last."""
    uids = events["metadata.uid"].to_list()
    half = MOST_NAMED_EVENTS // 2
    return uids if len(uids) <= MOST_NAMED_EVENTS else [*uids[:half], *uids[-half:]]


def _who(events: pl.DataFrame) -> tuple[str, str]:
    """The one person, account or address that all events are of; where there is none, whom most are of."""
    for column, kind in (
        ("guanlan.person", EntityKind.PERSON),
        ("actor.user.name", EntityKind.ACCOUNT),
        ("src_endpoint.ip", EntityKind.ADDRESS),
    ):
        known = events[column].unique()
        if len(known) == 1 and known[0] is not None:
            return kind.value, str(known[0])
    each = events.select(ENTITY.alias("kind"), NAME.alias("name")).rows()
    kind_of_most, name = min(Counter(each).items(), key=lambda one: (-one[1], one[0]))[0]
    return str(kind_of_most), str(name)


def spoken(length: timedelta) -> dict[str, Any]:
    """A duration in words, as a message within a message."""
    whole = round(length.total_seconds())
    if whole >= _DAY and (whole % _DAY == 0 or whole >= 2 * _DAY):
        return Message("rules.correlation.days", {"count": whole // _DAY}).as_json()
    if whole >= _HOUR and (whole % _HOUR == 0 or whole >= 2 * _HOUR):
        return Message("rules.correlation.hours", {"count": whole // _HOUR}).as_json()
    if whole >= 120:
        return Message("span.minutes", {"count": whole // 60}).as_json()
    return Message("rules.correlation.seconds", {"count": whole}).as_json()


def _word(operator: SigmaCorrelationConditionOperator) -> str:
    return operator.name.lower()


def _plain(count: float) -> float:
    return int(count) if float(count).is_integer() else count
