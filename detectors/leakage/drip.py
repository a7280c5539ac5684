"""Leaks that drip: every day little, together much more than those of the same post read.

Two sums over the last two weeks are compared on a log scale: with the peers' of the same weeks, and with the
entity's own weeks before. Both must stand out: a busy person alone does not, a busy month alone neither.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
from sqlalchemy.orm import Session

from detectors.behaviour.facts import DayFacts, EntityDay
from detectors.behaviour.reasons import asked_reasons, query_of
from detectors.behaviour.robust import Floats, robust_z
from detectors.behaviour.store import days_between
from detectors.findings import MOST_TABLES, EntityKind, FindingKind, NewFinding, RiskPart
from detectors.leakage import lookups
from detectors.leakage.exposure import exposure_of
from soc.text import Message

RECENT, BEFORE = timedelta(days=14), timedelta(days=90)
_LEAST_WEIGHT = 400.0
_LEAST_PEERS = 5
_OUT_BY = 3.5  # Iglewicz & Hoaglin's cut-off
_FLOOR = 0.35
#: of the weeks before, this many times as much is a change
_GROWN = 2.5
#: a single day with more than this share of the sum is no drip: the day's own judgement tells of it
_ONE_DAY = 0.35


@dataclass(frozen=True)
class Drip:
    """An entity whose weeks stand out: how far from its peers (z), how many times its own before."""

    day: EntityDay
    total: DayFacts
    z: float
    grown: float
    active_days: int


def drips(days: Sequence[EntityDay], day: date) -> list[Drip]:
    """Find the slow leaks up to and with ``day`` among the days kept."""
    lately = [one for one in days if day - RECENT < one.day <= day]
    recent, heaviest = _weights(lately)
    before, _ = _weights(one for one in days if one.day <= day - RECENT)
    active = Counter(one.key.reference for one in lately)
    latest = {one.key.reference: one for one in sorted(days, key=lambda one: one.day)}
    span = max(1, len({one.day for one in days if one.day <= day - RECENT}))
    peers = _by_post(recent, latest)
    found = []
    for name, weight in recent.items():
        if weight < _LEAST_WEIGHT or heaviest[name] > _ONE_DAY * weight or active[name] < 5:
            continue
        z, grown = _from_peers(name, weight, peers, latest), _growth(weight, before.get(name), span)
        if z >= _OUT_BY and grown >= _GROWN:
            total = _summed(one for one in lately if one.key.reference == name)
            found.append(Drip(latest[name], total, z, grown, active[name]))
    return found


def _weights(days: Iterable[EntityDay]) -> tuple[dict[str, float], dict[str, float]]:
    """Weighted rows of each entity, of all its days and of the heaviest; whole days are added only of who stands out."""
    summed: dict[str, float] = {}
    heaviest: dict[str, float] = {}
    for one in days:
        name, weight = one.key.reference, one.facts.weight
        summed[name] = summed.get(name, 0.0) + weight
        heaviest[name] = max(heaviest.get(name, 0.0), weight)
    return summed, heaviest


def _summed(days: Iterable[EntityDay]) -> DayFacts:
    total = DayFacts()
    for one in days:
        total.add(one.facts)
    return total


def _by_post(recent: Mapping[str, float], latest: Mapping[str, EntityDay]) -> dict[str, Floats]:
    """ln(1 + weight) of everybody of each post."""
    grouped: dict[str, list[float]] = {}
    for name, weight in recent.items():
        grouped.setdefault(latest[name].key.post, []).append(math.log1p(weight))
    return {post: np.asarray(weights) for post, weights in grouped.items()}


def _from_peers(name: str, weight: float, posts: Mapping[str, Floats], latest: Mapping[str, EntityDay]) -> float:
    """Robust z of the sum among those of the same post; 0 where they are too few."""
    mine, group = math.log1p(weight), posts[latest[name].key.post]
    peers = np.delete(group, int(np.argmin(np.abs(group - mine))))  # whichever of equals is left out
    if len(peers) < _LEAST_PEERS or latest[name].key.service:
        return 0.0
    return float(robust_z(np.asarray([[mine]]), peers[:, None], floor=_FLOOR)[0, 0])


def _growth(weight: float, before: float | None, days_before: int) -> float:
    """Weight a day now, over weight a day then; without weeks before, what stands out against the peers is enough."""
    if not before:
        return _GROWN
    return (weight / RECENT.days) / max(before / days_before, 1e-9)


def drip_findings(session: Session, org: str, day: date, wanted: set[str]) -> list[NewFinding]:
    """Tell of slow leaks of the ``wanted`` entities: of rows, and of people looked up."""
    days = days_between(session, org, day - BEFORE, day + timedelta(days=1))
    slow = [finding_of(one, org) for one in drips(days, day) if one.day.key.reference in wanted]
    return slow + [
        lookups.finding_of(one, org) for one in lookups.slow_lookups(days, day) if one.day.key.reference in wanted
    ]


def finding_of(found: Drip, log_org: str) -> NewFinding:
    """Tell of a slow leak in the logs of ``log_org``."""
    exposed, key = exposure_of(found.total), found.day.key
    return NewFinding(
        org=key.org,
        kind=FindingKind.DRIP,
        entity_kind=EntityKind(key.kind),
        entity_name=key.account,
        title=Message("behaviour.drip_title", {"account": key.account, "days": found.active_days}),
        reasons=[
            Message(
                "behaviour.reason.drip", {"high": exposed.rows.high or exposed.rows.low, "days": found.active_days}
            ),
            Message("behaviour.reason.drip_growth", {"times": round(found.grown, 1), "z": round(found.z, 1)}),
            *asked_reasons(found.total.through),
            *([Message("behaviour.reason.unattributed")] if key.service else []),
        ],
        parts=[
            RiskPart(Message("behaviour.view.drip"), _score(found), query_of(replace(found.day, facts=found.total)))
        ],
        score=_score(found),
        level=exposed.level,
        rows=exposed.rows,
        persons=exposed.persons,
        events=[uid for _, uid in found.total.events],
        first_at=datetime.fromtimestamp(found.total.first / 1e6, UTC),
        last_at=datetime.fromtimestamp(found.total.last / 1e6, UTC),
        details={"tables": sorted(found.total.tables)[:MOST_TABLES]},
        dedup_key=f"drip/{log_org}/{key.reference}/{found.day.day:%G-W%V}",
    )


def _score(found: Drip) -> int:
    """From 45 at the cut-off to 80: a slow leak leaves time to look."""
    return round(min(80.0, 45 + 4 * (found.z - _OUT_BY) + 3 * math.log2(max(found.grown / _GROWN, 1.0))))
