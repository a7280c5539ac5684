"""Slow look-ups (查档): a few people a day over weeks, without a business number, whom nobody else of the office handles.

Who works on a case shares it: a colleague signs, a superior reviews, the same person comes back. Somebody who looks
people up for himself is alone with them. How many one is alone with in two weeks is compared with the peers of the same
post and with one's own weeks before, and both must stand out. After the key of the tokens was rotated nobody shares
a subject of before: the peers are as alone as oneself, so that the comparison holds.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from detectors.behaviour.facts import EntityDay
from detectors.findings import NewFinding
from detectors.leakage.slow import GROWN, ONE_DAY, OUT_BY, RECENT, SlowLeak, by_entity, finding_of, from_peers, summed
from soc.text import Message

_LEAST_SUBJECTS, _LEAST_DAYS = 20, 6


@dataclass(frozen=True)
class Lookups(SlowLeak):
    """A person who is ``alone`` with so many subjects."""

    alone: int

    def told(self, log_org: str) -> NewFinding:
        """How many, on how many days, against whom."""
        return finding_of(
            self,
            log_org,
            name="lookups",
            title=Message("behaviour.lookups_title", {"account": self.day.key.account, "count": self.alone}),
            reasons=(
                Message("behaviour.reason.lookups", {"count": self.alone, "days": self.active_days}),
                Message("behaviour.reason.lookups_growth", {"times": round(self.grown, 1), "z": round(self.z, 1)}),
            ),
            query=f"{self.query} AND guanlan.subjects:* AND NOT guanlan.business:*",
        )


def slow_lookups(days: Sequence[EntityDay], day: date) -> list[Lookups]:
    """Find those up to and with ``day`` among the days kept."""
    known = [one for one in days if one.day <= day and one.facts.knows_subjects and not one.key.service]
    handled = _handled(known)
    recent = by_entity(one for one in known if one.day > day - RECENT)
    before = by_entity(one for one in known if one.day <= day - RECENT)
    span = len({one.day for one in known if one.day <= day - RECENT})
    alone = {name: _alone(mine, handled) for name, mine in recent.items()}
    found = []
    for name, mine in recent.items():
        if not _is_slow(mine, alone[name]):
            continue
        usual = len(_alone(before.get(name, []), handled)) / span if span else 0.0
        z, grown = _from_peers(name, alone, recent), _growth(len(alone[name]), usual)
        if z >= OUT_BY and grown >= GROWN:
            active = sum(one.facts.looked_up > 0 for one in mine)
            found.append(Lookups(mine[-1], summed(mine), active, z, grown, len(alone[name])))
    return found


def _handled(days: Iterable[EntityDay]) -> Counter[str]:
    """By how many entities each subject was looked up, whatever for."""
    pairs = {(one.key.reference, token) for one in days for token in one.facts.subjects}
    return Counter(token for _, token in pairs)


def _alone(days: Iterable[EntityDay], handled: Mapping[str, int]) -> frozenset[str]:
    """Subjects that nobody else looked up, and that were looked up without a business number."""
    return frozenset(
        token for one in days for token, times in one.facts.subjects.items() if times > 0 and handled[token] == 1
    )


def _is_slow(mine: Sequence[EntityDay], alone: frozenset[str]) -> bool:
    counts = [len(alone & one.facts.subjects.keys()) for one in mine]
    active = [count for count in counts if count]
    return len(alone) >= _LEAST_SUBJECTS and len(active) >= _LEAST_DAYS and max(active) <= ONE_DAY * sum(active)


def _from_peers(name: str, alone: Mapping[str, frozenset[str]], recent: Mapping[str, Sequence[EntityDay]]) -> float:
    """Robust z of the count among those of the same post."""
    post = recent[name][-1].key.post
    peers = [len(alone[other]) for other in recent if other != name and recent[other][-1].key.post == post]
    return from_peers(math.log1p(len(alone[name])), np.log1p(np.asarray(peers, dtype=np.float64)))


def _growth(count: int, usual: float) -> float:
    """Subjects a day now, over subjects a day then; without any before, what stands out among the peers is enough."""
    return count / RECENT.days / usual if usual else GROWN
