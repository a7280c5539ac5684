"""How unusual an entity's day is: nine views in nats, their sum as a probability, and that as a score.

A view is the surprise -ln P(as far out as this | habit), cut off where more adds nothing. The sum passes a
logistic curve fitted by hand to ordinary days (below 4 on 99 of 100) and to thefts (above 10); what was
exposed then decides how much of the probability becomes score: nobody is woken for twelve harmless rows.
"""

import math
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from detectors.behaviour.facts import DayFacts
from detectors.behaviour.habits import LEAST_OWN_DAYS, Habit, PeerHabit
from detectors.behaviour.robust import robust_z
from detectors.behaviour.shared import Explained, amounts

Floats = NDArray[np.float64]

_DEVIATION_FLOOR = 0.45  # of ln rows: half as much again is never unusual
#: ln of the rows below which nothing is many
_FEW = 3.0
_CENTRE, _SLOPE = 7.0, 1.4
#: days of the peers from which their habit counts
_LEAST_PEER_DAYS = 20
#: fewer subjects looked up in a day are never unusual by their number; more than so many nats say nothing more
_LEAST_LOOKED_UP, _MOST_LOOKED_UP = 10, 8.0
#: weighted rows at which the exposure counts in full: 1 000 rows of G4, the baseline's alert threshold a day
_FULL_EXPOSURE = 2_000.0
_LEAST_SHARE = 0.3
#: most of the probability that becomes score, by the rank at which most was read: below G3 nobody is harmed
_MOST_BY_RANK = {0: 0.6, 1: 0.3, 2: 0.45, 3: 0.9}


class View(StrEnum):
    """What is looked at."""

    OWN_VOLUME = "own_volume"
    PEER_VOLUME = "peer_volume"
    NEW_TABLES = "new_tables"
    NEW_SHAPES = "new_shapes"
    HOURS = "hours"
    EXPORT = "export"
    NEW_ADDRESS = "new_address"
    FOREST = "forest"
    LOOKED_UP = "looked_up"


@dataclass(frozen=True)
class Unusual:
    """A day's surprises by view (nats), the probability, and the figures that the reasons name.

    ``times_habit`` is None without a habit of one's own; ``peer_percentile`` 0 to 100, None without peers.
    """

    surprises: dict[View, float]
    probability: float
    score: int
    times_habit: float | None
    peer_percentile: float | None
    new_tables: tuple[str, ...]
    new_shape_share: float
    odd_hours: tuple[int, ...]
    new_hosts: tuple[str, ...]
    own_days: int
    #: subjects looked up without a business number on a middling day: one's own, and the peers'; None where unknown
    usual_subjects: int | None = None
    peers_subjects: int | None = None
    #: what the occasion explains of it
    explained: Explained = field(default_factory=Explained)


def judge(
    today: DayFacts,
    own: Habit,
    peers: PeerHabit,
    *,
    service: bool,
    forest: float,
    common_hosts: frozenset[str],
    explained: Explained | None = None,
) -> Unusual:
    """Judge a day against the entity's own habit and its peers'.

    Args:
        today: the day so far.
        own: earlier days of the entity.
        peers: earlier days of its peers.
        service: a service does what only it does: its peers say less.
        forest: the forest's surprise, nats.
        common_hosts: addresses that many entities came from for the first time that day.
        explained: what the occasion explains of the day; nothing where it is not given.
    """
    explained = explained or Explained()
    tables, shapes = own.tables | explained.tables, own.shapes | explained.shapes
    new_tables = tuple(sorted(name for name in today.tables if name not in tables))
    odd_hours, hour_surprise = _hours(today, own, peers)
    hosts = tuple(sorted(host for host in today.hosts if host and host not in own.hosts | common_hosts))
    share = _share(today.shapes, shapes)
    surprises = {
        View.OWN_VOLUME: _own_volume(today, own, peers, explained),
        View.PEER_VOLUME: _peer_volume(today, peers, explained) * (0.3 if service else 1.0),
        View.NEW_TABLES: _new_tables(today, tables, peers) if own.days or peers.habits else 0.0,
        View.NEW_SHAPES: _new_shapes(today, shapes, peers) if own.days or peers.habits else 0.0,
        View.HOURS: hour_surprise,
        View.EXPORT: 0.0 if explained.exported else _export(today, own, peers),
        View.NEW_ADDRESS: 0.8 if hosts and own.days else 0.0,
        View.FOREST: min(0.35 * forest, 2.5),
        View.LOOKED_UP: _looked_up(today, own, peers) * (0.3 if service else 1.0),
    }
    probability = 1 / (1 + math.exp(-(sum(surprises.values()) - _CENTRE) / _SLOPE))
    return Unusual(
        surprises=surprises,
        probability=probability,
        score=round(100 * probability * _exposure_share(today)),
        times_habit=_times_habit(today, own),
        peer_percentile=_percentile(today, peers),
        new_tables=new_tables if own.days else (),
        new_shape_share=share if own.days else 0.0,
        odd_hours=odd_hours,
        new_hosts=hosts if own.days else (),
        own_days=len(own.days),
        usual_subjects=_middling(own.looked_up, LEAST_OWN_DAYS),
        peers_subjects=_middling(peers.looked_up, _LEAST_PEER_DAYS),
        explained=explained,
    )


def _exposure_share(today: DayFacts) -> float:
    """0 for nothing, 1 from :data:`_FULL_EXPOSURE` weighted rows on, by the logarithm in between."""
    if today.weight < 1:
        return 0.0
    reach = min(1.0, math.log10(1 + today.weight) / math.log10(1 + _FULL_EXPOSURE))
    share = _LEAST_SHARE * reach + (1 - _LEAST_SHARE) * reach**2
    return share * _MOST_BY_RANK.get(today.leading_rank, 1.0)


def _own_volume(today: DayFacts, own: Habit, peers: PeerHabit, explained: Explained) -> float:
    if len(own.days) < LEAST_OWN_DAYS:
        return 0.0
    left = _left(today, explained.own, peers, explained)
    return max(_beyond_own(amount, habit) for amount, habit in zip(left, (own.volumes, own.grave), strict=True))


def _left(today: DayFacts, rises: Floats, peers: PeerHabit, explained: Explained) -> list[float]:
    """The day's amounts without what is explained: the further above all that the peers do, the less of it.

    Their highest day is lifted as the post was; what one did on a day like this is known of oneself.
    """
    highest = [float(days[-1]) if len(days) else 0.0 for days in (peers.volumes, peers.grave)]
    bounds = np.maximum(np.asarray(highest) + explained.peers, explained.highest)
    mine = np.asarray(amounts(today))
    return [float(one) for one in mine - np.maximum(0.0, rises - np.maximum(0.0, mine - bounds))]


def _beyond_own(amount: float, habit: Floats) -> float:
    """Deviations beyond two, and how far above the highest day (nats); what was done before surprises little."""
    z = float(robust_z(np.asarray([[amount]]), habit[:, None], floor=_DEVIATION_FLOOR)[0, 0])
    if (habit >= amount - _DEVIATION_FLOOR).any():
        z = min(z, 3.0)
    beyond = max(0.0, amount - max(float(habit.max()), _FEW))
    return min(max(0.0, z - 2.0), 4.0) * min(1.0, amount / _FEW) + min(1.5 * beyond, 4.0)


def _looked_up(today: DayFacts, own: Habit, peers: PeerHabit) -> float:
    """Many subjects looked up one by one and without a business number: beyond one's own days and the peers' (nats).

    Rows say little of it: a hundred people looked up are a hundred rows, which a clerk reads in an hour. Where either
    habit knows as many, half of what the other says is left.
    """
    amount = math.log1p(today.looked_up)
    if today.looked_up < _LEAST_LOOKED_UP:
        return 0.0
    told = []
    if len(own.looked_up) >= LEAST_OWN_DAYS:
        told.append(_beyond_own(amount, own.looked_up))
    if len(peers.looked_up) >= _LEAST_PEER_DAYS:
        told.append(_beyond_peers(amount, peers.looked_up))
    if not told:
        return 0.0
    return min(max(told) if min(told) > 0 else max(told) / 2, _MOST_LOOKED_UP)


def _middling(known: Floats, least: int) -> int | None:
    return round(math.expm1(float(np.median(known)))) if len(known) >= least else None


def _peer_volume(today: DayFacts, peers: PeerHabit, explained: Explained) -> float:
    if len(peers.volumes) < _LEAST_PEER_DAYS:
        return 0.0
    pairs = zip(_left(today, explained.peers, peers, explained), (peers.volumes, peers.grave), strict=True)
    return max(_beyond_peers(amount, known) for amount, known in pairs)


def _beyond_peers(amount: float, known: Floats) -> float:
    """Rarity among the peers' days beyond one in seven, and how far above their highest (nats)."""
    rarer = len(known) - int(np.searchsorted(known, amount, side="left"))
    surprise = -math.log((rarer + 0.5) / (len(known) + 1))
    beyond = max(0.0, amount - max(float(known[-1]), _FEW))
    return min(0.5 * max(0.0, surprise - 2.0), 2.0) * min(1.0, amount / _FEW) + min(beyond, 3.0)


def _share(weights: dict[str, float], known: frozenset[str]) -> float:
    """Which share of the weight lies on keys that are not ``known``."""
    total = sum(weights.values())
    return sum(weight for key, weight in weights.items() if key not in known) / total if total > 0 else 0.0


def _new_tables(today: DayFacts, known: frozenset[str], peers: PeerHabit) -> float:
    """Weight read from tables new to the entity, more where peers do not read them either."""
    total = sum(today.tables.values())
    if not total:
        return 0.0
    fresh = {name: weight for name, weight in today.tables.items() if name not in known}
    return sum(
        weight / total * -math.log(max(peers.table_shares.get(name, 0.0), 0.04)) for name, weight in fresh.items()
    )


def _new_shapes(today: DayFacts, known: frozenset[str], peers: PeerHabit) -> float:
    """The same for statement shapes; a shape of the peers is only half new."""
    total = sum(today.shapes.values())
    if not total:
        return 0.0
    fresh = {name: weight for name, weight in today.shapes.items() if name not in known}
    return sum(weight / total * (0.5 if name in peers.shape_shares else 2.0) for name, weight in fresh.items())


def _hours(today: DayFacts, own: Habit, peers: PeerHabit) -> tuple[tuple[int, ...], float]:
    """Hours the entity hardly ever works in, and the surprise of the weight read in them."""
    total = sum(today.hours.values())
    if not total or not (own.days or peers.days):
        return (), 0.0
    surprise, odd = 0.0, []
    for hour, weight in sorted(today.hours.items()):
        share = _hour_share(hour, own, peers)
        surprise += weight / total * max(0.0, -math.log(share) - 1.5)
        if share < 0.06 and weight > 0:
            odd.append(hour)
    return tuple(odd), min(surprise, 2.5)


def _hour_share(hour: int, own: Habit, peers: PeerHabit) -> float:
    """Smoothed share of days on which this hour or one beside it is worked in."""
    near = [(hour + step) % 24 for step in (-1, 0, 1)]
    mine = max(own.hours[one] for one in near)
    theirs = max(peers.hours[one] for one in near) / max(peers.days, 1)
    return float((mine + 4 * theirs + 0.05) / (len(own.days) + 4 + 0.05))


def _export(today: DayFacts, own: Habit, peers: PeerHabit) -> float:
    if not today.exports or own.exports:
        return 0.0
    return min(3.0, -math.log(max(peers.exporters, 0.05)))


def _times_habit(today: DayFacts, own: Habit) -> float | None:
    """How many times the median day: of grave rows where there are any, else of weighted ones."""
    if len(own.days) < LEAST_OWN_DAYS:
        return None
    amount, habit = (today.grave, own.grave) if today.grave else (today.weight, own.volumes)
    return amount / max(math.expm1(float(np.median(habit))), 1.0)


def _percentile(today: DayFacts, peers: PeerHabit) -> float | None:
    """Share of the peers' days below this one, by the amount that stands out more."""
    if len(peers.volumes) < _LEAST_PEER_DAYS:
        return None
    pairs = zip(amounts(today), (peers.volumes, peers.grave), strict=True)
    return max(100 * int(np.searchsorted(known, amount, side="left")) / len(known) for amount, known in pairs)
