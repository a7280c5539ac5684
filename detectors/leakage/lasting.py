"""A new habit that lasts: for two weeks somebody reads a table nearly every day that was hardly read before.

Forty records a day, or three people looked up, drown in a day's work and in the sum of weeks. In the one table they come
from they are what was not there before. Each table's days are set, on a log scale, against one's own earlier days of it at
the same work, and against how the reading of that table moved among those of the same post: a new system or a campaign
moves them all.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from detectors.behaviour.facts import EntityDay
from detectors.behaviour.robust import spread_of
from detectors.findings import NewFinding
from detectors.leakage.slow import ONE_DAY, RECENT, SlowLeak, by_entity, finding_of, summed
from soc.logstore.lucene import term
from soc.text import Message

#: days with readings that a mean of the last weeks, and of those before, rests on
_LEAST_RECENT, _LEAST_BEFORE = 7, 15
#: days of the last two weeks on which the table was read
_LEAST_DAYS = 6
#: two grave rows a day more (weighted): less is nobody's business
_LEAST_MORE = 4.0
#: those of a post who read a table differ by that much in any two weeks (log scale)
_FLOOR = 0.15
#: with ten tables of thousands of people each day 3.5 deviations, and 4.5, are met by chance
_STANDS_OUT = 5.0
_LEAST_PEERS = 8
#: of a table that fewer read so many are looked at, who then did not move: two who took it up together stand out from
#: them, four do not: that is a task of the office
_ASKED = 20
#: the catalogue of a database holds nobody's data
_CATALOGUES = ("information_schema.", "pg_catalog.", "mysql.", "performance_schema.", "sys.")


@dataclass(frozen=True)
class Lasting(SlowLeak):
    """``table`` was read on ``active_days`` of ``recent_days``, and on ``used`` of ``known`` days before.

    ``grown`` is how many times a middling day before, ``peers`` the same of those of the post.
    """

    table: str
    recent_days: int
    used: int
    known: int
    peers: float

    @property
    def score(self) -> int:
        """From 45 at the cut-off to 75, by how far apart; how much it grew from nothing says no more."""
        return round(min(75.0, 45 + 4 * (self.z - _STANDS_OUT)))

    def told(self, log_org: str) -> NewFinding:
        """Which table, on how many days now and before, and what the peers did meanwhile."""
        days = {"table": self.table, "days": self.active_days, "worked": self.recent_days}
        before = {"used": self.used, "known": self.known}
        against = {"times": round(self.grown, 1), "peers": round(self.peers, 1), "z": round(self.z, 1)}
        return finding_of(
            self,
            log_org,
            name="lasting",
            title=Message("behaviour.lasting_title", {"account": self.day.key.account, **days}),
            reasons=(
                Message("behaviour.reason.lasting", days | before),
                Message("behaviour.reason.lasting_peers", against),
            ),
            query=f"{self.query} AND {term('guanlan.tables', self.table)}",
        )


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of one table: days, weighted rows of them all and of the heaviest, ln(1 + weight) and its square."""

    days: int = 0
    weight: float = 0.0
    heaviest: float = 0.0
    logs: float = 0.0
    squares: float = 0.0

    def mean(self, days: int) -> float:
        return self.logs / days

    def variance(self, days: int) -> float:
        return max(self.squares / days - (self.logs / days) ** 2, 0.0)


_NOTHING = _Read()
_Reads = Mapping[tuple[str, str], _Read]


@dataclass(frozen=True, slots=True)
class _Change:
    """How one person's reading of one table moved (log scale), and the deviation that their own days explain."""

    rise: float
    noise: float
    #: weighted rows a day more
    more: float


def lasting(days: Sequence[EntityDay], day: date) -> list[Lasting]:
    """Find who took up a table for good, up to and with ``day`` among the days kept; of several tables the clearest."""
    known = [one for one in days if one.day <= day and not one.key.service and one.facts.weight > 0]
    recent = [one for one in known if one.day > day - RECENT]
    place = {one.key.reference: (one.key.post, one.key.org) for one in recent}
    before = [
        one for one in known
        if one.day <= day - RECENT and place.get(one.key.reference) == (one.key.post, one.key.org)
    ]  # fmt: skip
    now, then = _reads(recent), _reads(before)
    spans = _spans(recent, before)
    changes = _changes(now, then, spans)
    groups = _groups(changes, place, Counter(place[name][0] for name in spans))
    steady = {at: change for at, change in changes.items() if _is_lasting(now.get(at, _NOTHING), change, at[1])}
    clear = _clearest(
        steady, {at: groups[place[at[0]][0], at[1]] for at in steady if (place[at[0]][0], at[1]) in groups}
    )
    mine = by_entity(one for one in recent if one.key.reference in clear)
    return [
        Lasting(
            mine[name][-1], summed(mine[name]), now[name, table].days, z, math.exp(changes[name, table].rise), table,
            spans[name][0], then.get((name, table), _NOTHING).days, spans[name][1], math.exp(centre),
        )
        for name, (z, centre, table) in clear.items()
    ]  # fmt: skip


def _clearest(
    steady: Mapping[tuple[str, str], _Change], groups: Mapping[tuple[str, str], tuple[float, float]]
) -> dict[str, tuple[float, float, str]]:
    """Return how far apart each person's clearest table stands, what its readers' rises lie around, and which it is."""
    clear: dict[str, tuple[float, float, str]] = {}
    for (name, table), (centre, spread) in groups.items():
        change = steady[name, table]
        z = (change.rise - centre) / math.hypot(spread, change.noise)
        if z >= max(_STANDS_OUT, clear.get(name, (0.0,))[0]):
            clear[name] = (z, centre, table)
    return clear


def _reads(days: Iterable[EntityDay]) -> dict[tuple[str, str], _Read]:
    """Sum up by reference and table; of 5,000 people there are over a million figures, so they are added in one go."""
    places: dict[tuple[str, str], int] = {}
    numbers, figures = [], []
    for one in days:
        name = one.key.reference
        for table, weight in one.facts.tables.items():
            if weight > 0:
                numbers.append(places.setdefault((name, table), len(places)))
                figures.append(weight)
    at, weights = np.asarray(numbers, dtype=np.int64), np.asarray(figures, dtype=np.float64)
    heaviest = np.zeros(len(places))
    np.maximum.at(heaviest, at, weights)
    logs = np.log1p(weights)
    sums = (np.bincount(at, each, len(places)).tolist() for each in (weights, logs, logs * logs))
    days_read = np.bincount(at, minlength=len(places)).tolist()
    columns = zip(places, days_read, heaviest.tolist(), *sums, strict=True)
    return {place: _Read(read, weight, most, log, square) for place, read, most, weight, log, square in columns}


def _spans(recent: Iterable[EntityDay], before: Iterable[EntityDay]) -> dict[str, tuple[int, int]]:
    """Days with readings now and before of each who has enough of them; newcomers have no habit yet."""
    now, then = (Counter(one.key.reference for one in part) for part in (recent, before))
    return {
        name: (days, then[name]) for name, days in now.items() if days >= _LEAST_RECENT and then[name] >= _LEAST_BEFORE
    }


def _changes(now: _Reads, then: _Reads, spans: Mapping[str, tuple[int, int]]) -> dict[tuple[str, str], _Change]:
    found = {}
    for place in now.keys() | then.keys():
        if place[0] in spans:
            recent, known = spans[place[0]]
            found[place] = _change(now.get(place, _NOTHING), then.get(place, _NOTHING), recent, known)
    return found


def _change(now: _Read, then: _Read, recent: int, known: int) -> _Change:
    """The scatter of the days is that of the calmer or the wilder weeks, whichever is more."""
    lately, earlier = now.variance(recent), then.variance(known)
    noise = math.sqrt(max(lately, earlier) / recent + earlier / known)
    return _Change(now.mean(recent) - then.mean(known), noise, now.weight / recent - then.weight / known)


def _groups(
    changes: Mapping[tuple[str, str], _Change], place: Mapping[str, tuple[str, str]], staff: Mapping[str, int]
) -> dict[tuple[str, str], tuple[float, float]]:
    """Middle and scatter of the rises of those of a post who read a table; few of them stand among some who do not."""
    rises: dict[tuple[str, str], list[float]] = {}
    for (name, table), change in changes.items():
        rises.setdefault((place[name][0], table), []).append(change.rise)
    found = {}
    for (post, table), moved in rises.items():
        if staff[post] > _LEAST_PEERS:
            others = min(_ASKED, staff[post]) - len(moved)
            centre, spread = spread_of(np.asarray([*moved, *[0.0] * others])[:, None])
            found[post, table] = (float(centre[0]), max(float(spread[0]), _FLOOR))
    return found


def _is_lasting(now: _Read, change: _Change, table: str) -> bool:
    steady = now.days >= _LEAST_DAYS and now.heaviest <= ONE_DAY * now.weight
    return steady and change.more >= _LEAST_MORE and not table.startswith(_CATALOGUES)
