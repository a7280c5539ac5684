"""What an entity usually reads, day by day: the ground against which its alerts are looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from sqlalchemy.orm import Session

from detectors.behaviour.facts import EntityDay
from detectors.behaviour.robust import spread_of
from detectors.behaviour.store import BehaviourDay, entity_day
from detectors.leakage.exposure import rows_of
from soc.exposure import Figure
from soc.identity.actor import Actor
from soc.tiers.scope import within

#: days that are looked back on
SPAN = timedelta(days=30)
#: deviations around the usual day that still count as usual
_WIDTH = 3.0
#: a habit of fewer days is none
_LEAST_DAYS = 5
_MOST_TABLES = 8


@dataclass(frozen=True, slots=True)
class HabitDay:
    """One day's reading: all rows with their basis; those at G4 and above, and the others, as likely as may be said."""

    day: date
    rows: Figure
    grave: int
    other: int

    @property
    def likely(self) -> int:
        """All rows of the day that are likely to have been read."""
        return self.grave + self.other

    @property
    def beyond(self) -> int:
        """How many more the day's bound allows than are likely; 0 where nothing bounds it."""
        return max(0, (self.rows.high or 0) - self.likely)


@dataclass(frozen=True, slots=True)
class TouchedTable:
    """A table that was read: on how many days, first when, how much (weighted by level)."""

    name: str
    days: int
    first: date
    weight: float


@dataclass(frozen=True, slots=True)
class Habit:
    """An entity's recent days, what is usual of them, and the tables behind them."""

    post: str
    days: tuple[HabitDay, ...]
    #: from, to: rows of a usual day; None where there are too few days
    usual: tuple[int, int] | None
    tables: tuple[TouchedTable, ...]

    @property
    def newest_day(self) -> HabitDay:
        """The last day anything is known of."""
        return self.days[-1]

    @property
    def newest(self) -> date:
        """The last day anything is known of."""
        return self.days[-1].day


def habit_of(session: Session, actor: Actor, org: str, account: str) -> Habit | None:
    """Return the habit of an account of ``org``, up to the last day it did anything, in the logs the actor may see.

    None where nothing is known: days told by the logs of a centre above stay with that centre.
    """
    mine = within(actor, BehaviourDay).where(BehaviourDay.home == org, BehaviourDay.account == account)
    rows = session.scalars(mine.order_by(BehaviourDay.day.desc()).limit(2 * SPAN.days)).all()
    known = [entity_day(row) for row in reversed(rows) if row.day > rows[0].day - SPAN]
    if not known:
        return None
    days = tuple(_day(one) for one in known)
    touched: dict[str, list[tuple[date, float]]] = {}
    for one in known:
        for name, weight in one.facts.tables.items():
            touched.setdefault(name, []).append((one.day, weight))
    return Habit(known[-1].key.post, days, usual_span([one.likely for one in days[:-1]]), _heaviest(touched))


def _day(one: EntityDay) -> HabitDay:
    likely = sum(figures[2] for figures in one.facts.rows.values())
    return HabitDay(one.day, rows_of(one.facts), one.facts.grave, likely - one.facts.grave)


def usual_span(before: Sequence[int]) -> tuple[int, int] | None:
    """The span of a usual day, from what the days before it had; None where they are too few."""
    if len(before) < _LEAST_DAYS:
        return None
    centre, deviation = spread_of(np.asarray([[float(one)] for one in before]))
    return max(0, round(float((centre - _WIDTH * deviation)[0]))), round(float((centre + _WIDTH * deviation)[0]))


def _heaviest(touched: dict[str, list[tuple[date, float]]]) -> tuple[TouchedTable, ...]:
    found = [
        TouchedTable(name, len(seen), min(day for day, _ in seen), sum(weight for _, weight in seen))
        for name, seen in touched.items()
    ]
    return tuple(sorted(found, key=lambda one: -one.weight)[:_MOST_TABLES])
