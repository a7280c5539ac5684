"""Leaks that drip: every day little, together much more than those of the same post read.

Two sums over the last two weeks are compared on a log scale: with the peers' of the same weeks, and with the
entity's own weeks before. Both must stand out: a busy person alone does not, a busy month alone neither. What is too
little for either is told where every day was somewhat more for two weeks (:mod:`detectors.leakage.rising`).
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from sqlalchemy.orm import Session

from detectors.behaviour.facts import EntityDay
from detectors.behaviour.robust import Floats
from detectors.behaviour.store import days_between, slow_days
from detectors.findings import NewFinding
from detectors.leakage.lasting import lasting
from detectors.leakage.left_posts import left_posts
from detectors.leakage.lookups import slow_lookups
from detectors.leakage.rising import LASTING, Rise, rises
from detectors.leakage.slow import GROWN, ONE_DAY, OUT_BY, RECENT, SlowLeak, finding_of, from_peers, summed
from soc.text import Message

BEFORE = timedelta(days=90)
_LEAST_WEIGHT = 400.0


@dataclass(frozen=True)
class Drip(SlowLeak):
    """``rise`` is set where not the sum of the weeks stands out, but that they rose together."""

    rise: Rise | None = None

    @property
    def score(self) -> int:
        """As of any slow leak; up to 75 of a rise."""
        return super().score if self.rise is None else round(min(75.0, 45 + 3 * (self.rise.z - LASTING)))

    def told(self, log_org: str) -> NewFinding:
        """How much, on how many days, against what."""
        account, rows = self.day.key.account, self.exposed.rows
        return finding_of(
            self,
            log_org,
            name="drip",
            title=Message("behaviour.drip_title", {"account": account, "days": self.active_days}),
            reasons=(
                Message("behaviour.reason.drip", {"high": rows.high or rows.low, "days": self.active_days}),
                self._how(),
            ),
            query=self.query,
        )

    def _how(self) -> Message:
        if self.rise is None:
            return Message("behaviour.reason.drip_growth", {"times": round(self.grown, 1), "z": round(self.z, 1)})
        rise = self.rise
        figures = {"times": round(rise.times, 1), "peers": round(rise.peers, 1), "z": round(rise.z, 1)}
        return Message("behaviour.reason.drip_rise", figures)


def drips(days: Sequence[EntityDay], day: date) -> list[Drip]:
    """Find the slow leaks up to and with ``day`` among the days kept."""
    lately = [one for one in days if day - RECENT < one.day <= day]
    earlier = [one for one in days if one.day <= day - RECENT]
    recent, heaviest = _weights(lately)
    before, _ = _weights(earlier)
    active = Counter(one.key.reference for one in lately)
    latest = {one.key.reference: one for one in sorted(days, key=lambda one: one.day)}
    span = max(1, len({one.day for one in earlier}))
    peers, risen = _by_post(recent, latest), rises(lately, earlier)
    found = []
    for name, weight in recent.items():
        if weight < _LEAST_WEIGHT or heaviest[name] > ONE_DAY * weight or active[name] < 5:
            continue
        z, grown = _from_peers(name, weight, peers, latest), _growth(weight, before.get(name), span)
        rise = None if z >= OUT_BY and grown >= GROWN else risen.get(name)
        if (z >= OUT_BY and grown >= GROWN) or rise is not None:
            total = summed(one for one in lately if one.key.reference == name)
            found.append(Drip(latest[name], total, active[name], z, grown, rise))
    return found


def _weights(days: Iterable[EntityDay]) -> tuple[dict[str, float], dict[str, float]]:
    """Weighted rows of each entity, of all its days and of the heaviest; whole days are added only of who stands out."""
    sums: dict[str, float] = {}
    heaviest: dict[str, float] = {}
    for one in days:
        name, weight = one.key.reference, one.facts.weight
        sums[name] = sums.get(name, 0.0) + weight
        heaviest[name] = max(heaviest.get(name, 0.0), weight)
    return sums, heaviest


def _by_post(recent: Mapping[str, float], latest: Mapping[str, EntityDay]) -> dict[str, Floats]:
    """ln(1 + weight) of everybody of each post."""
    grouped: dict[str, list[float]] = {}
    for name, weight in recent.items():
        grouped.setdefault(latest[name].key.post, []).append(math.log1p(weight))
    return {post: np.asarray(weights) for post, weights in grouped.items()}


def _from_peers(name: str, weight: float, posts: Mapping[str, Floats], latest: Mapping[str, EntityDay]) -> float:
    """Robust z of the sum among those of the same post; a service has no peers."""
    if latest[name].key.service:
        return 0.0
    mine, group = math.log1p(weight), posts[latest[name].key.post]
    return from_peers(mine, np.delete(group, int(np.argmin(np.abs(group - mine)))))  # whichever of equals is left out


def _growth(weight: float, before: float | None, days_before: int) -> float:
    """Weight a day now, over weight a day then; without weeks before, what stands out against the peers is enough."""
    if not before:
        return GROWN
    return (weight / RECENT.days) / max(before / days_before, 1e-9)


def drip_findings(session: Session, org: str, day: date) -> list[NewFinding]:
    """Tell of slow leaks of every kind, of those who were there on ``day``."""
    tomorrow = day + timedelta(days=1)
    found = [one for one in slow_leaks(slow_days(session, org, day - BEFORE, tomorrow), day) if one.day.day == day]
    whole = days_between(session, org, tomorrow - RECENT, tomorrow, {_of(one) for one in found}) if found else []
    return [replace(one, total=summed(_days_of(one, whole))).told(org) for one in found]


def slow_findings(days: Sequence[EntityDay], day: date, log_org: str) -> Iterator[tuple[str, NewFinding]]:
    """Tell of every slow leak up to and with ``day`` among the days kept: whose it is, and the finding."""
    return ((_of(one), one.told(log_org)) for one in slow_leaks(days, day))


def slow_leaks(days: Sequence[EntityDay], day: date) -> list[SlowLeak]:
    """Find the slow leaks of each kind up to and with ``day``."""
    return [*drips(days, day), *slow_lookups(days, day), *lasting(days, day), *left_posts(days, day)]


def _of(leak: SlowLeak) -> str:
    return leak.day.key.reference


def _days_of(leak: SlowLeak, days: Iterable[EntityDay]) -> list[EntityDay]:
    return [one for one in days if one.key.reference == _of(leak)]
