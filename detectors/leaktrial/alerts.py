"""What contends for the day's budget: each contender ranks a day's entities, the first of them are looked at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Protocol

import numpy as np

from detectors.behaviour.facts import DayFacts, EntityDay
from detectors.findings import FindingKind, NewFinding

#: of a rule's or a model's finding told again, so many points more make it news
_GRAVER_BY = 3


@dataclass(frozen=True, slots=True)
class Ranked:
    """An alert about one entity on one day; of equal scores the newer one comes first, as on the desk."""

    reference: str
    day: date
    score: float
    last: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """What a contender is given of a day: everybody's facts, and what rules and habits found."""

    day: date
    entities: Sequence[EntityDay]
    rules: Sequence[tuple[str, NewFinding]]
    habits: Sequence[tuple[str, NewFinding]]


class Contender(Protocol):
    """Ranks the entities of a day; days are given in order, those of training too."""

    def alerts(self, day: Day) -> list[Ranked]:
        """Return the day's alerts, the gravest first."""


def merged(day: date, found: Iterable[tuple[str, NewFinding]]) -> list[Ranked]:
    """Join each entity's findings of a day into one alert, which has the highest score of them."""
    alerts: dict[str, Ranked] = {}
    for reference, one in found:
        before = alerts.get(reference)
        score = max(one.score, before.score if before else 0)
        last = max(one.last_at, before.last) if before else one.last_at
        alerts[reference] = Ranked(reference, day, score, last)
    return in_order(alerts.values())


def in_order(alerts: Iterable[Ranked]) -> list[Ranked]:
    """Put alerts in the order of the desk."""
    return sorted(alerts, key=lambda one: (-one.score, -one.last.timestamp(), one.reference))


@dataclass(slots=True)
class Told:
    """Lets a finding pass once, and again only where it has become graver, as the findings' own table does."""

    _scores: dict[str, int] = field(default_factory=dict)

    def fresh(self, found: Iterable[tuple[str, NewFinding]]) -> list[tuple[str, NewFinding]]:
        """Return what is news."""
        news = []
        for reference, one in found:
            before = self._scores.get(one.dedup_key)
            if before is None or one.score >= before + _GRAVER_BY:
                self._scores[one.dedup_key] = one.score
                news.append((reference, one))
        return news


class Product:
    """Rules, correlations, habits and slow leaks, joined as the desk joins them."""

    def alerts(self, day: Day) -> list[Ranked]:
        """Rank by the highest score of an entity's findings."""
        return merged(day.day, [*day.rules, *day.habits])


class RulesAlone:
    """Rules and correlations, without any habit."""

    def alerts(self, day: Day) -> list[Ranked]:
        """Rank by the highest score of an entity's hits."""
        return merged(day.day, [one for one in day.rules if one[1].kind is FindingKind.RULE])


class VolumeThreshold:
    """Who took most rows of graded data that day; applications are known to take much and left out."""

    def alerts(self, day: Day) -> list[Ranked]:
        """Rank by rows of G3 and above, counted or bounded."""
        rows = [(one, graded_rows(one.facts)) for one in day.entities if not one.key.service]
        return in_order(Ranked(one.key.reference, day.day, many, _last(one)) for one, many in rows if many)


class PlainForest:
    """An isolation forest over everybody's days, with no habit of anybody's own; applications take part."""

    def __init__(self, every: int = 7, history: int = 30) -> None:
        self._every, self._history = every, history
        self._vectors: list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]] = []
        self._forest: Any = None
        self._age = 0

    def alerts(self, day: Day) -> list[Ranked]:
        """Rank by the forest's score; it is fitted anew once a week on the month before."""
        vectors = np.asarray([vector_of(one.facts) for one in day.entities]).reshape(len(day.entities), -1)
        scores = self._scores(vectors)
        self._vectors = [*self._vectors, vectors][-self._history :]
        pairs = zip(day.entities, scores, strict=True)
        return in_order(Ranked(one.key.reference, day.day, float(score), _last(one)) for one, score in pairs)

    def _scores(self, vectors: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Sequence[float]:
        from sklearn.ensemble import IsolationForest

        known = [one for one in self._vectors if len(one)]
        if not known or not len(vectors):
            return [0.0] * len(vectors)
        if self._forest is None or self._age >= self._every:
            self._forest, self._age = IsolationForest(random_state=0).fit(np.concatenate(known)), 0
        self._age += 1
        return list(-self._forest.score_samples(vectors))


def graded_rows(facts: DayFacts) -> int:
    """Return how many rows of G3 and above likely came back."""
    return sum(likely for rank, (_, _, likely) in facts.rows.items() if rank >= 3)


def vector_of(facts: DayFacts) -> list[float]:
    """Return a day as plain figures: rows, statements, tables, kinds of statements, addresses, exports, late hours."""
    rows = sum(likely for _, _, likely in facts.rows.values())
    late = sum(1 for hour in facts.hours if hour < 8 or hour >= 19)
    counted = (rows, graded_rows(facts), facts.reads)
    return [
        *np.log1p(counted).tolist(),
        *map(float, (len(facts.tables), len(facts.shapes), len(facts.hosts), facts.exports, late)),
    ]


def _last(one: EntityDay) -> datetime:

    return datetime.fromtimestamp(one.facts.last / 1e6, UTC)
