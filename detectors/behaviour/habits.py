"""What is usual: for one entity, and for those of the same post."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detectors.behaviour.facts import DayFacts, EntityDay

Floats = NDArray[np.float64]

#: days of one's own from which one's own habit counts
LEAST_OWN_DAYS = 5


@dataclass(frozen=True)
class Habit:
    """An entity's earlier days."""

    days: tuple[DayFacts, ...]

    @cached_property
    def volumes(self) -> Floats:
        """ln(1 + weighted rows) of each day."""
        return np.log1p(np.asarray([one.weight for one in self.days], dtype=np.float64))

    @cached_property
    def grave(self) -> Floats:
        """ln(1 + grave rows) of each day."""
        return np.log1p(np.asarray([one.grave for one in self.days], dtype=np.float64))

    @cached_property
    def middles(self) -> Floats:
        """The middle day's ln of weighted and of grave rows; at least one day."""
        return np.asarray([np.median(self.volumes), np.median(self.grave)])

    @cached_property
    def rises(self) -> Floats:
        """(days, 2), how far each day lies above the middle one."""
        return np.stack([self.volumes, self.grave], axis=1) - self.middles

    @cached_property
    def looked_up(self) -> Floats:
        """ln(1 + subjects looked up without a business number) of each day that knows of subjects."""
        counts = [one.looked_up for one in self.days if one.knows_subjects]
        return np.log1p(np.asarray(counts, dtype=np.float64))

    @cached_property
    def tables(self) -> frozenset[str]:
        """Tables ever read."""
        return frozenset(name for one in self.days for name in one.tables)

    @cached_property
    def shapes(self) -> frozenset[str]:
        """Statement shapes ever used."""
        return frozenset(name for one in self.days for name in one.shapes)

    @cached_property
    def hosts(self) -> frozenset[str]:
        """Addresses ever come from."""
        return frozenset(name for one in self.days for name in one.hosts)

    @cached_property
    def hours(self) -> Counter[int]:
        """On how many days each hour was worked in."""
        return Counter(hour for one in self.days for hour in one.hours)

    @property
    def exports(self) -> int:
        """Exports ever made."""
        return sum(one.exports for one in self.days)


@dataclass(frozen=True)
class PeerHabit:
    """The earlier days of everybody of one post (or, where there are too few, of everybody)."""

    post: str
    habits: Mapping[str, Habit] = field(default_factory=dict)

    def without(self, reference: str) -> "PeerHabit":
        """The peers of one of them."""
        return _Without(self, reference) if reference in self.habits else self

    @cached_property
    def volumes(self) -> Floats:
        """ln(1 + weighted rows) of all their days, sorted."""
        found = [one.volumes for one in self.habits.values()]
        return np.sort(np.concatenate(found)) if found else np.empty(0)

    @cached_property
    def grave(self) -> Floats:
        """ln(1 + grave rows) of all their days, sorted."""
        found = [one.grave for one in self.habits.values()]
        return np.sort(np.concatenate(found)) if found else np.empty(0)

    @cached_property
    def looked_up(self) -> Floats:
        """ln(1 + subjects looked up without a business number) of all their days, sorted."""
        found = [one.looked_up for one in self.habits.values()]
        return np.sort(np.concatenate(found)) if found else np.empty(0)

    @cached_property
    def table_shares(self) -> Mapping[str, float]:
        """Which share of the peers ever read a table."""
        return self._shares(one.tables for one in self.habits.values())

    @cached_property
    def shape_shares(self) -> Mapping[str, float]:
        """Which share of the peers ever used a shape."""
        return self._shares(one.shapes for one in self.habits.values())

    @cached_property
    def hours(self) -> Counter[int]:
        """On how many of their days each hour was worked in."""
        total: Counter[int] = Counter()
        for one in self.habits.values():
            total.update(one.hours)
        return total

    @cached_property
    def days(self) -> int:
        """Count of their days."""
        return sum(len(one.days) for one in self.habits.values())

    @cached_property
    def exporters(self) -> float:
        """Which share of the peers ever exported."""
        return sum(one.exports > 0 for one in self.habits.values()) / max(len(self.habits), 1)

    def _shares(self, sets: Iterable[frozenset[str]]) -> dict[str, float]:
        counted = Counter(name for one in sets for name in one)
        return {name: count / max(len(self.habits), 1) for name, count in counted.items()}


class _Without(PeerHabit):
    """All of a group but one: taken off the group's sums, which adding up anew for each of a thousand peers is not."""

    def __init__(self, group: PeerHabit, reference: str) -> None:
        super().__init__(group.post, _Others(group.habits, reference))
        self.__dict__ |= {"_group": group, "_own": group.habits[reference]}  # frozen, as its base is

    _group: PeerHabit
    _own: Habit

    @cached_property
    def volumes(self) -> Floats:
        """ln(1 + weighted rows) of all their days, sorted."""
        return _taken_off(self._group.volumes, self._own.volumes)

    @cached_property
    def grave(self) -> Floats:
        """ln(1 + grave rows) of all their days, sorted."""
        return _taken_off(self._group.grave, self._own.grave)

    @cached_property
    def looked_up(self) -> Floats:
        """ln(1 + subjects looked up without a business number) of all their days, sorted."""
        return _taken_off(self._group.looked_up, self._own.looked_up)

    @cached_property
    def table_shares(self) -> Mapping[str, float]:
        """Which share of the peers ever read a table."""
        return _Shares(self._group.table_shares, self._own.tables, len(self._group.habits))

    @cached_property
    def shape_shares(self) -> Mapping[str, float]:
        """Which share of the peers ever used a shape."""
        return _Shares(self._group.shape_shares, self._own.shapes, len(self._group.habits))

    @cached_property
    def hours(self) -> Counter[int]:
        """On how many of their days each hour was worked in."""
        return self._group.hours - self._own.hours

    @cached_property
    def days(self) -> int:
        """Count of their days."""
        return self._group.days - len(self._own.days)

    @cached_property
    def exporters(self) -> float:
        """Which share of the peers ever exported."""
        all_of_them = len(self._group.habits)
        exporting = round(self._group.exporters * all_of_them) - (self._own.exports > 0)
        return exporting / max(all_of_them - 1, 1)


def _taken_off(known: Floats, own: Floats) -> Floats:
    """Take sorted ``own`` values out of the sorted values that hold them."""
    mine = np.sort(own)
    first = np.searchsorted(known, mine, side="left")
    # of equal values, each takes off one of its own
    repeated = np.arange(len(mine)) - np.searchsorted(mine, mine, side="left")
    return np.delete(known, first + repeated)


class _Others(Mapping[str, Habit]):
    """The habits of all but one, without a copy of them."""

    def __init__(self, habits: Mapping[str, Habit], left_out: str) -> None:
        self._habits, self._left_out = habits, left_out

    def __getitem__(self, name: str) -> Habit:
        if name == self._left_out:
            raise KeyError(name)
        return self._habits[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._habits if name != self._left_out)

    def __len__(self) -> int:
        return len(self._habits) - 1


class _Shares(Mapping[str, float]):
    """Shares of a group of which one was taken off."""

    def __init__(self, shares: Mapping[str, float], own: frozenset[str], count: int) -> None:
        self._shares, self._own, self._count = shares, own, count

    def __getitem__(self, name: str) -> float:
        having = round(self._shares[name] * self._count) - (name in self._own)
        if not having:
            raise KeyError(name)
        return having / max(self._count - 1, 1)

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._shares if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True)
class Surroundings:
    """Everybody's habits before a day, and which addresses are new for many on that day."""

    habits: dict[str, Habit]
    posts: dict[str, str]
    services: frozenset[str]

    def habit_of(self, reference: str) -> Habit:
        """An entity's habit; without a day where it is new."""
        return self.habits.get(reference, Habit(()))

    def peers_of(self, reference: str, post: str) -> PeerHabit:
        """Those of the same post; of all persons where these are fewer than three."""
        by_post = self._groups.get(post, PeerHabit(post)) if post else PeerHabit("")
        mine = by_post.without(reference)
        return mine if len(mine.habits) >= 3 else self._persons.without(reference)

    def members(self, post: str) -> Iterable[Habit]:
        """Habits of everybody of a post."""
        return self._groups[post].habits.values() if post in self._groups else ()

    @cached_property
    def _groups(self) -> dict[str, PeerHabit]:
        grouped: dict[str, dict[str, Habit]] = {}
        for name, habit in self.habits.items():
            grouped.setdefault(self.posts.get(name, ""), {})[name] = habit
        return {post: PeerHabit(post, members) for post, members in grouped.items()}

    @cached_property
    def _persons(self) -> PeerHabit:
        return PeerHabit("", {name: one for name, one in self.habits.items() if name not in self.services})


def surroundings_of(earlier: Sequence[EntityDay]) -> Surroundings:
    """Group earlier days by entity."""
    days: dict[str, list[DayFacts]] = {}
    posts: dict[str, str] = {}
    services = set()
    for one in sorted(earlier, key=lambda one: one.day):
        days.setdefault(one.key.reference, []).append(one.facts)
        posts[one.key.reference] = one.key.post
        if one.key.service:
            services.add(one.key.reference)
    return Surroundings({name: Habit(tuple(facts)) for name, facts in days.items()}, posts, frozenset(services))
