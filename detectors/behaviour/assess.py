"""Judging the days of many entities against everybody's earlier ones."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from detectors.behaviour.facts import EntityDay
from detectors.behaviour.forest import DayForest
from detectors.behaviour.habits import Surroundings, surroundings_of
from detectors.behaviour.season import like_days
from detectors.behaviour.shared import LikeDays, SharedDay
from detectors.behaviour.store import HABIT
from detectors.behaviour.unusual import Unusual, judge

#: days of logs from which anything can be called unusual
LEAST_KNOWN_DAYS = 7
#: of a day that surprises less (nats) nothing needs to be explained
_WORTH_EXPLAINING = 2.0
#: an address that is new for this many entities on one day says nothing of any of them
_COMMON_HOST = 3


@dataclass(frozen=True)
class Assessed:
    """A day and what was found unusual in it."""

    day: EntityDay
    unusual: Unusual
    peers: int


class Judge:
    """Everything that is known up to a day; made once, asked for many entities.

    ``earlier`` are the days that make the habit; ``like`` are still earlier ones, of the occasions of the day judged.
    """

    def __init__(self, earlier: Sequence[EntityDay], like: Sequence[EntityDay] = ()) -> None:
        self._like = LikeDays((*like, *earlier))
        self.known_days = len({one.day for one in earlier})
        self._around: Surroundings = surroundings_of(earlier)
        self._forest = DayForest([one.facts for one in earlier])

    @property
    def ready(self) -> bool:
        """Whether there is enough to judge by."""
        return self.known_days >= LEAST_KNOWN_DAYS

    def assess(self, days: Sequence[EntityDay], beside: Sequence[EntityDay] = ()) -> list[Assessed]:
        """Judge days of one date, the most unusual first; ``beside`` are others of that date."""
        common = self._common_hosts([*days, *beside])
        forest = self._forest.surprises([one.facts for one in days])
        shared = SharedDay(self._around, [*days, *beside], self._like)
        found = [self._one(one, float(rare), common, shared) for one, rare in zip(days, forest, strict=True)]
        return sorted(found, key=lambda one: (-one.unusual.score, -one.unusual.probability, one.day.key.reference))

    def _one(self, one: EntityDay, rare: float, common: frozenset[str], shared: SharedDay) -> Assessed:
        reference = one.key.reference
        peers = self._around.peers_of(reference, one.key.post)
        own = self._around.habit_of(reference)
        judged = partial(judge, one.facts, own, peers, service=one.key.service, forest=rare, common_hosts=common)
        unusual = judged()
        if sum(unusual.surprises.values()) >= _WORTH_EXPLAINING:
            unusual = judged(explained=shared.explained(one))
        return Assessed(one, unusual, len(peers.habits))

    def _common_hosts(self, days: Sequence[EntityDay]) -> frozenset[str]:
        fresh: Counter[str] = Counter()
        for reference, facts in {one.key.reference: one.facts for one in days}.items():
            fresh.update(set(facts.hosts) - self._around.habit_of(reference).hosts)
        return frozenset(host for host, count in fresh.items() if count >= _COMMON_HOST)


def judge_of(day: date, known: Sequence[EntityDay]) -> Judge:
    """Make the judge of a day from all that is kept: the thirty days before, and still earlier ones like it."""
    before = set(like_days(day, before=day - HABIT))
    return Judge([one for one in known if day - HABIT <= one.day < day], [one for one in known if one.day in before])
