"""A lasting rise: every day somewhat more than before, while the peers' days stayed as they were.

Who takes forty records a day among a hundred of honest work stands out on no day and not in the sum of weeks either. But the
middle of two weeks' days is known far better than a single day, and what moves a whole office (a campaign, a month's end)
moves the peers too. So each entity's rise, on a log scale, is set against the rises of its post over the same weeks.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detectors.behaviour.facts import EntityDay
from detectors.behaviour.robust import Floats, spread_of

#: days with readings that the middle of the last weeks, and of those before, rests on
_LEAST_RECENT, _LEAST_BEFORE = 7, 15
_LEAST_PEERS = 8
#: what the rises of peers differ by in any office (log scale)
_FLOOR = 0.08
#: deviations from the peers' rises; with thousands of people judged each day 3.5 would be met by chance every day
LASTING = 4.5
#: less than a quarter more is no leak, nor are ten grave rows a day (weighted)
_TIMES, _LEAST_MORE = 1.25, 20.0
#: the middle of n values scatters as their mean does, a quarter more
_OF_MIDDLE = 1.2533


@dataclass(frozen=True)
class Rise:
    """How many times the days before, how many times the peers' days rose meanwhile, and how far apart (z)."""

    times: float
    peers: float
    z: float


@dataclass(frozen=True)
class _Moved:
    post: str
    rise: float
    #: deviation of the rise that the entity's own days explain
    noise: float
    #: weighted rows a day before
    usual: float


def rises(recent: Sequence[EntityDay], before: Sequence[EntityDay]) -> dict[str, Rise]:
    """Find who rose, by reference, among the days of the last weeks and those before; services have no peers."""
    moved = _moved(
        _logs(recent), _logs(before), {one.key.reference: one.key.post for one in recent if not one.key.service}
    )
    posts: dict[str, list[float]] = {}
    for one in moved.values():
        posts.setdefault(one.post, []).append(one.rise)
    groups = {post: np.asarray(found)[:, None] for post, found in posts.items() if len(found) > _LEAST_PEERS}
    return {name: rise for name, one in moved.items() if (rise := _against(one, groups.get(one.post))) is not None}


def _logs(days: Iterable[EntityDay]) -> dict[str, list[float]]:
    """ln(1 + weighted rows) of each entity's days with readings."""
    found: dict[str, list[float]] = {}
    for one in days:
        if (weight := one.facts.weight) > 0:
            found.setdefault(one.key.reference, []).append(math.log1p(weight))
    return found


def _moved(
    recent: Mapping[str, Sequence[float]], before: Mapping[str, Sequence[float]], posts: Mapping[str, str]
) -> dict[str, _Moved]:
    found = {}
    for name, post in posts.items():
        now, then = np.asarray(recent.get(name, ())), np.asarray(before.get(name, ()))
        if len(now) >= _LEAST_RECENT and len(then) >= _LEAST_BEFORE:
            middle, scatter = spread_of(then[:, None])
            noise = _OF_MIDDLE * float(scatter[0]) * math.sqrt(1 / len(now) + 1 / len(then))
            found[name] = _Moved(post, float(np.median(now) - middle[0]), noise, math.expm1(float(middle[0])))
    return found


def _against(one: _Moved, group: Floats | None) -> Rise | None:
    """Return the rise where it stands out from the group's and weighs something; the group's middle bears one of its own."""
    if group is None:
        return None
    centre, spread = spread_of(group)
    beyond = one.rise - float(centre[0])
    z = beyond / max(float(spread[0]), one.noise, _FLOOR)
    more = one.usual * math.expm1(beyond) if beyond > 0 else 0.0
    if z < LASTING or math.exp(beyond) < _TIMES or more < _LEAST_MORE:
        return None
    return Rise(math.exp(one.rise), math.exp(float(centre[0])), z)
