"""Joining findings into alerts: one alert for one entity and stretch of time, with a count of what it holds.

The first finding of an entity opens an alert. A later one joins it while the alert is open and the
finding begins within :data:`WINDOW` of the alert's end. Findings of one dedup key are the same
thing told again: the latest stands, and its figures are not added to the earlier ones'. What two
detectors tell of the same events is counted once as well.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from detectors.findings import MOST_NAMED_EVENTS, FindingKind
from incidents.alerts.models import AlertFinding
from soc.exposure import Figure, added, widest
from soc.ledger.levels import RANKS

#: an entity's findings further apart than this are two stories
WINDOW = timedelta(hours=24)
#: events an alert links to; all of them are in the findings
MOST_EVENTS = 500
#: a day of habits holds every reading a rule saw within it, a slow leak every day within it
_BREADTH = {FindingKind.RULE: 0, FindingKind.BEHAVIOUR: 1, FindingKind.DRIP: 2}
#: reasons of rules come by the hour: one rule's hits are counted together, its tables named once
_JOINED = {"rules.reason_hits": ("count",), "rules.reason_tables": ("tables",)}
_MOST_TABLES = 12


@dataclass(frozen=True, slots=True)
class Raised:
    """A finding as the detectors tell it."""

    finding_id: UUID
    org: str
    dedup_key: str
    kind: str
    entity_kind: str
    entity: str
    entity_name: str
    title: Mapping[str, Any]
    reasons: Sequence[Mapping[str, Any]]
    parts: Sequence[Mapping[str, Any]]
    score: int
    level: str
    rows: Figure
    persons: Figure
    events: Sequence[str]
    first_at: datetime
    last_at: datetime
    details: Mapping[str, Any] = field(default_factory=dict)
    rule_id: str | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """What an alert shows of all its findings."""

    leading: AlertFinding
    score: int
    level: str
    rows: Figure
    persons: Figure
    reasons: list[dict[str, Any]]
    events: list[str]
    first_at: datetime
    last_at: datetime


def joined(findings: Sequence[AlertFinding]) -> Joined:
    """Put the findings of one alert together; the one with the highest score leads."""
    standing = _latest_of_each(findings)
    leading = max(standing, key=lambda one: (one.score, one.last_at))
    counted = _counted_once(standing)
    ordered = [leading, *(one for one in standing if one is not leading)]
    return Joined(
        leading=leading,
        score=leading.score,
        level=max((one.level for one in standing), key=lambda level: RANKS.get(level, 0)),
        rows=added(one.rows for one in counted),
        persons=widest(one.persons for one in counted),
        reasons=_without_repeats(reason for one in ordered for reason in one.reasons),
        events=list(dict.fromkeys(event for one in ordered for event in one.events))[:MOST_EVENTS],
        first_at=min(one.first_at for one in findings),
        last_at=max(one.last_at for one in findings),
    )


def _latest_of_each(findings: Sequence[AlertFinding]) -> list[AlertFinding]:
    latest: dict[str, AlertFinding] = {}
    for one in sorted(findings, key=lambda one: (one.last_at, one.joined_at)):
        latest[one.dedup_key] = one
    return list(latest.values())


def _counted_once(standing: Sequence[AlertFinding]) -> list[AlertFinding]:
    """Leave out the findings whose events another one counts already."""
    kept: list[AlertFinding] = []
    for one in sorted(standing, key=lambda one: (-_breadth(one), -len(one.events), -one.rows_low)):
        if not any(_holds(other, one) for other in kept):
            kept.append(one)
    return kept


def _holds(wider: AlertFinding, one: AlertFinding) -> bool:
    if _breadth(wider) > _breadth(one):
        return wider.first_at <= one.first_at and one.last_at <= wider.last_at
    return 0 < len(one.events) < MOST_NAMED_EVENTS and set(one.events) <= set(wider.events)


def _breadth(one: AlertFinding) -> int:
    return _BREADTH[FindingKind(one.kind)]


def _without_repeats(reasons: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Say each thing once: what differs in its count or its tables only is counted, or united."""
    seen: dict[str, dict[str, Any]] = {}
    for reason in reasons:
        params = reason.get("params", {})
        same = {name: value for name, value in params.items() if name not in _together(reason)}
        key = repr((reason.get("key"), sorted(same.items(), key=str)))
        if key not in seen:
            seen[key] = {**reason, "params": dict(params)}
        else:
            _join(seen[key]["params"], params, _together(reason))
    return list(seen.values())


def _together(reason: Mapping[str, Any]) -> tuple[str, ...]:
    """The parameters by which two reasons of one kind are joined into one."""
    params, names = reason.get("params", {}), _JOINED.get(str(reason.get("key")), ())
    return tuple(name for name in names if isinstance(params.get(name), int | list))


def _join(kept: dict[str, Any], more: Mapping[str, Any], names: Sequence[str]) -> None:
    for name in names:
        if isinstance(kept[name], int):
            kept[name] += more[name]
        else:
            kept[name] = list(dict.fromkeys([*kept[name], *more[name]]))[:_MOST_TABLES]
