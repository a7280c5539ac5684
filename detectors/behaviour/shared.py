"""What the occasion explains of a day: one's own days like it, the post's, and what the whole post does that same day.

All is said on a log scale, as how far a day lies above the middle of the person's own thirty days. Of the same day the
middle of the others counts, so that half a post would have to be moved to hide one; of earlier days of the occasion the
upper quarter counts, for a task falls to some of the post and nobody can change what was. Too few explain nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detectors.behaviour.facts import DayFacts, EntityDay
from detectors.behaviour.habits import LEAST_OWN_DAYS, Habit, Surroundings
from detectors.behaviour.season import Occasion, occasions

Floats = NDArray[np.float64]
ByOccasion = dict[Occasion, dict[tuple[str, str], list[DayFacts]]]
#: fewer others of a post explain nothing
LEAST_OTHERS = 8
#: days of one's own like this one that say what is usual on them
_LEAST_LIKE = 2
_UPPER = 0.75
_NO_RISE: Floats = np.zeros(2)


@dataclass(frozen=True)
class Explained:
    """How far the occasion lifts a day, ln of weighted and of grave rows; and what it makes known.

    ``own`` is what may be taken off before a comparison with one's own days, ``peers`` before one with the post's.
    """

    own: Floats = field(default_factory=_NO_RISE.copy)
    peers: Floats = field(default_factory=_NO_RISE.copy)
    #: how far the others of the post rose that same day
    today: Floats = field(default_factory=_NO_RISE.copy)
    #: how far one's own earlier days like this one, or those of the post, lay above ordinary ones
    like: Floats = field(default_factory=_NO_RISE.copy)
    #: the most that one ever read on an earlier day like this
    highest: Floats = field(default_factory=_NO_RISE.copy)
    occasion: Occasion | None = None
    #: read by oneself on earlier days like this one, or new that day for at least half the post
    tables: frozenset[str] = frozenset()
    shapes: frozenset[str] = frozenset()
    exported: bool = False


class LikeDays:
    """Earlier days by occasion; gathered once for all batches of a date, since a province has a hundred thousand."""

    def __init__(self, known: Sequence[EntityDay]) -> None:
        self._known = known
        self._found: dict[tuple[Occasion, ...], ByOccasion] = {}

    def of(self, kinds: tuple[Occasion, ...]) -> ByOccasion:
        """Return days of each occasion, by whose at which post: days at another post are not one's habit."""
        if kinds not in self._found:
            self._found[kinds] = {kind: {} for kind in kinds}
            for one in self._known if kinds else ():
                for kind in set(kinds).intersection(occasions(one.day)):
                    self._found[kinds][kind].setdefault((one.key.reference, one.key.post), []).append(one.facts)
        return self._found[kinds]


class SharedDay:
    """One date, for everybody who is asked for; ``present`` are all who were there."""

    def __init__(self, around: Surroundings, present: Sequence[EntityDay], like: LikeDays) -> None:
        self._around = around
        self._occasions = occasions(present[0].day) if present else ()
        self._posts: dict[str, dict[str, EntityDay]] = {}
        for one in present:
            if one.key.post and not one.key.service:
                self._posts.setdefault(one.key.post, {})[one.key.reference] = one
        self._known = like
        self._rises: dict[tuple[str, Occasion | None], _Rises] = {}
        self._news: dict[str, _News] = {}

    def explained(self, one: EntityDay) -> Explained:
        """Say what the occasion explains of somebody's day."""
        mine, own = one.key.reference, self._around.habit_of(one.key.reference)
        like = {kind: self._like[kind].get((mine, one.key.post), []) for kind in self._occasions}
        ours = {kind: self._own_rise(own, days) for kind, days in like.items()}
        theirs, today = dict.fromkeys(self._occasions, _NO_RISE), _NO_RISE
        fresh_tables, fresh_shapes = frozenset[str](), frozenset[str]()
        if one.key.post and not one.key.service:
            theirs = {kind: self._of_post(one.key.post, kind).upper(mine) for kind in self._occasions}
            today = self._of_post(one.key.post, None).middle(mine)
            news = self._news_of(one.key.post)
            fresh_tables, fresh_shapes = news.tables.shared(mine), news.shapes.shared(mine)
        group = _highest([today, *theirs.values()])
        mine_too = _highest([*ours.values(), *theirs.values()])
        days = [each for found in like.values() for each in found]
        return Explained(
            own=np.maximum(group, mine_too),
            peers=group,
            today=today,
            like=mine_too,
            highest=_highest(np.asarray(amounts(each)) for each in days),
            occasion=self._telling(ours, theirs),
            tables=fresh_tables.union(*(each.tables for each in days)),
            shapes=fresh_shapes.union(*(each.shapes for each in days)),
            exported=any(each.exports for each in days),
        )

    def _telling(self, ours: Mapping[Occasion, Floats], theirs: Mapping[Occasion, Floats]) -> Occasion | None:
        """Return the occasion that lifts most; where none does, the most telling of the day."""
        lifts = [(float(np.maximum(ours[kind], theirs[kind]).max()), -place) for place, kind in enumerate(ours)]
        return self._occasions[-max(lifts)[1]] if lifts else None

    @staticmethod
    def _own_rise(own: Habit, days: Sequence[DayFacts]) -> Floats:
        """The middle of one's own days like this one above one's ordinary ones; of two the lower."""
        if len(days) < _LEAST_LIKE or len(own.days) < LEAST_OWN_DAYS:
            return _NO_RISE
        rises = np.asarray([amounts(each) for each in days]) - own.middles
        return np.asarray(np.maximum(np.quantile(rises, 0.5, axis=0, method="lower"), 0.0))

    @cached_property
    def _like(self) -> ByOccasion:
        return self._known.of(self._occasions)

    def _of_post(self, post: str, kind: Occasion | None) -> "_Rises":
        if (post, kind) not in self._rises:
            pairs = self._today(post) if kind is None else self._earlier(post, kind)
            self._rises[post, kind] = _Rises.of(pairs, self._around, self._ordinary(post) if kind else _NO_RISE)
        return self._rises[post, kind]

    def _today(self, post: str) -> Iterable[tuple[str, DayFacts]]:
        return ((name, one.facts) for name, one in self._posts.get(post, {}).items())

    def _earlier(self, post: str, kind: Occasion) -> Iterable[tuple[str, DayFacts]]:
        return ((name, each) for (name, of), days in self._like[kind].items() if of == post for each in days)

    def _ordinary(self, post: str) -> Floats:
        """How far the upper quarter of the post's days lies above each one's middle, whatever the day."""
        habits = [one for one in self._around.members(post) if len(one.days) >= LEAST_OWN_DAYS]
        if not habits:
            return _NO_RISE
        return np.asarray(np.quantile(np.concatenate([one.rises for one in habits]), _UPPER, axis=0))

    def _news_of(self, post: str) -> "_News":
        if post not in self._news:
            members = self._posts.get(post, {})
            habits = {name: self._around.habit_of(name) for name in members}
            known = {name: one.facts for name, one in members.items() if habits[name].days}
            self._news[post] = _News(
                _Fresh.of({name: one.tables.keys() - habits[name].tables for name, one in known.items()}),
                _Fresh.of({name: one.shapes.keys() - habits[name].shapes for name, one in known.items()}),
            )
        return self._news[post]


@dataclass(frozen=True)
class _Rises:
    """Rises of a post's people, (days, 2), and whose each is (days,); above what any day's upper quarter has."""

    owners: NDArray[np.str_]
    rises: Floats
    ordinary: Floats

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, DayFacts]], around: Surroundings, ordinary: Floats) -> "_Rises":
        """Set days of those who have a habit against it."""
        names: list[str] = []
        rises: list[Floats] = []
        for name, one in pairs:
            own = around.habit_of(name)
            if len(own.days) >= LEAST_OWN_DAYS:
                names.append(name)
                rises.append(np.asarray(amounts(one)) - own.middles)
        return cls(np.asarray(names, dtype=np.str_), np.asarray(rises).reshape(-1, 2), ordinary)

    def middle(self, left_out: str) -> Floats:
        """The middle of the others' rises."""
        return self._at(0.5, left_out)

    def upper(self, left_out: str) -> Floats:
        """The upper quarter of the others' rises, beyond that of any day."""
        return np.asarray(np.maximum(self._at(_UPPER, left_out) - self.ordinary, 0.0))

    def _at(self, share: float, left_out: str) -> Floats:
        others = self.owners != left_out
        if len(self.owners) <= LEAST_OTHERS or len(np.unique(self.owners[others])) < LEAST_OTHERS:
            return _NO_RISE
        return np.asarray(np.maximum(np.quantile(self.rises[others], share, axis=0), 0.0))


@dataclass(frozen=True)
class _Fresh:
    """What was new that day for how many, and for whom."""

    by_name: Mapping[str, frozenset[str]]
    counts: Counter[str]

    @classmethod
    def of(cls, fresh: Mapping[str, Iterable[str]]) -> "_Fresh":
        """Count what is new for each."""
        sets = {name: frozenset(one) for name, one in fresh.items()}
        return cls(sets, Counter(key for one in sets.values() for key in one))

    def shared(self, left_out: str) -> frozenset[str]:
        """What was new for at least half of the others."""
        mine = self.by_name.get(left_out, frozenset())
        others = len(self.by_name) - (left_out in self.by_name)
        if others < LEAST_OTHERS:
            return frozenset()
        return frozenset(key for key, count in self.counts.items() if 2 * (count - (key in mine)) >= others)


@dataclass(frozen=True)
class _News:
    tables: _Fresh
    shapes: _Fresh


def _highest(rises: Iterable[Floats]) -> Floats:
    return np.asarray(np.max([_NO_RISE, *rises], axis=0))


def amounts(one: DayFacts) -> tuple[float, float]:
    """ln of weighted rows and of grave rows: a theft of the gravest may drown in a busy day's others."""
    return float(np.log1p(one.weight)), float(np.log1p(one.grave))
