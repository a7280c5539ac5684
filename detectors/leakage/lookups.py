"""Slow look-ups (查档): a few people a day over weeks, without a business number, whom nobody else of the office handles.

Who works on a case shares it: a colleague signs, a superior reviews, the same person comes back. Somebody who looks
people up for himself is alone with them. How many one is alone with in two weeks is compared with the peers of the same
post and with one's own weeks before, and both must stand out. After the key of the tokens was rotated nobody shares
a subject of before: the peers are as alone as oneself, so that the comparison holds.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from detectors.behaviour.facts import DayFacts, EntityDay
from detectors.behaviour.reasons import asked_reasons, query_of
from detectors.behaviour.robust import robust_z
from detectors.findings import MOST_TABLES, EntityKind, FindingKind, NewFinding, RiskPart
from detectors.leakage.exposure import exposure_of
from soc.text import Message

RECENT = timedelta(days=14)
_LEAST_SUBJECTS, _LEAST_DAYS, _LEAST_PEERS = 20, 6, 5
_OUT_BY = 3.5  # Iglewicz & Hoaglin's cut-off
_FLOOR = 0.35
#: of the weeks before, this many times as many a day is a change
_GROWN = 2.5
#: a single day with more than this share is no slow leak: the day's own judgement tells of it
_ONE_DAY = 0.35


@dataclass(frozen=True)
class Lookups:
    """A person alone with many subjects: how many, on how many days, how far from the peers (z), times its own before."""

    day: EntityDay
    total: DayFacts
    alone: int
    active_days: int
    z: float
    grown: float


def slow_lookups(days: Sequence[EntityDay], day: date) -> list[Lookups]:
    """Find those up to and with ``day`` among the days kept."""
    known = [one for one in days if one.day <= day and one.facts.knows_subjects and not one.key.service]
    handled = _handled(known)
    recent = _by_entity(one for one in known if one.day > day - RECENT)
    before = _by_entity(one for one in known if one.day <= day - RECENT)
    span = len({one.day for one in known if one.day <= day - RECENT})
    alone = {name: _alone(mine, handled) for name, mine in recent.items()}
    found = []
    for name, mine in recent.items():
        if not _is_slow(mine, alone[name]):
            continue
        usual = len(_alone(before.get(name, []), handled)) / span if span else 0.0
        z, grown = _from_peers(name, alone, recent), _growth(len(alone[name]), usual)
        if z >= _OUT_BY and grown >= _GROWN:
            active = sum(one.facts.looked_up > 0 for one in mine)
            found.append(Lookups(mine[-1], _summed(mine), len(alone[name]), active, z, grown))
    return found


def _handled(days: Iterable[EntityDay]) -> Counter[str]:
    """By how many entities each subject was looked up, whatever for."""
    pairs = {(one.key.reference, token) for one in days for token in one.facts.subjects}
    return Counter(token for _, token in pairs)


def _by_entity(days: Iterable[EntityDay]) -> dict[str, list[EntityDay]]:
    found: dict[str, list[EntityDay]] = {}
    for one in sorted(days, key=lambda one: one.day):
        found.setdefault(one.key.reference, []).append(one)
    return found


def _alone(days: Iterable[EntityDay], handled: Mapping[str, int]) -> frozenset[str]:
    """Subjects that nobody else looked up, and that were looked up without a business number."""
    return frozenset(
        token for one in days for token, times in one.facts.subjects.items() if times > 0 and handled[token] == 1
    )


def _is_slow(mine: Sequence[EntityDay], alone: frozenset[str]) -> bool:
    counts = [len(alone & one.facts.subjects.keys()) for one in mine]
    active = [count for count in counts if count]
    return len(alone) >= _LEAST_SUBJECTS and len(active) >= _LEAST_DAYS and max(active) <= _ONE_DAY * sum(active)


def _from_peers(name: str, alone: Mapping[str, frozenset[str]], recent: Mapping[str, Sequence[EntityDay]]) -> float:
    """Robust z of the count among those of the same post; 0 where they are too few."""
    post = recent[name][-1].key.post
    peers = [len(alone[other]) for other in recent if other != name and recent[other][-1].key.post == post]
    if len(peers) < _LEAST_PEERS:
        return 0.0
    base = np.log1p(np.asarray(peers, dtype=np.float64))[:, None]
    return float(robust_z(np.asarray([[math.log1p(len(alone[name]))]]), base, floor=_FLOOR)[0, 0])


def _growth(count: int, usual: float) -> float:
    """Subjects a day now, over subjects a day then; without any before, what stands out among the peers is enough."""
    return count / RECENT.days / usual if usual else _GROWN


def _summed(days: Iterable[EntityDay]) -> DayFacts:
    total = DayFacts()
    for one in days:
        total.add(one.facts)
    return total


def finding_of(found: Lookups, log_org: str) -> NewFinding:
    """Tell of one, with the events behind it."""
    exposed, key = exposure_of(found.total), found.day.key
    query = query_of(replace(found.day, facts=found.total))
    label = Message("behaviour.view.lookups")
    return NewFinding(
        org=key.org,
        kind=FindingKind.DRIP,
        entity_kind=EntityKind(key.kind),
        entity_name=key.account,
        title=Message("behaviour.lookups_title", {"account": key.account, "count": found.alone}),
        reasons=[
            Message("behaviour.reason.lookups", {"count": found.alone, "days": found.active_days}),
            Message("behaviour.reason.lookups_growth", {"times": round(found.grown, 1), "z": round(found.z, 1)}),
            *asked_reasons(found.total.through),
        ],
        parts=[RiskPart(label, _score(found), f"{query} AND guanlan.subjects:* AND NOT guanlan.business:*")],
        score=_score(found),
        level=exposed.level,
        rows=exposed.rows,
        persons=exposed.persons,
        events=[uid for _, uid in found.total.events],
        first_at=datetime.fromtimestamp(found.total.first / 1e6, UTC),
        last_at=datetime.fromtimestamp(found.total.last / 1e6, UTC),
        details={"tables": sorted(found.total.tables)[:MOST_TABLES]},
        dedup_key=f"lookups/{log_org}/{key.reference}/{found.day.day:%G-W%V}",
    )


def _score(found: Lookups) -> int:
    """From 45 at the cut-off to 80: a slow leak leaves time to look."""
    return round(min(80.0, 45 + 4 * (found.z - _OUT_BY) + 3 * math.log2(max(found.grown / _GROWN, 1.0))))
