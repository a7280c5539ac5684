"""The figures of a week and of the weeks before it, from the kept days and what was raised on them.

Only working days count: a week of holidays is no drift. Applications are left out: a new one is no change of habit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from detectors.behaviour.facts import DayFacts
from detectors.behaviour.store import BehaviourDay
from detectors.findings import Finding, FindingKind
from soc.workdays import is_workday

Floats = NDArray[np.float64]

#: the week that is looked at, and how many before it stand for what was
WEEK, WEEKS = timedelta(days=7), 4
_OFFICE_HOURS = range(7, 20)
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Weeks:
    """Values of one figure: those of each earlier week, the latest first, and those of the last one."""

    before: tuple[Floats, ...]
    after: Floats


def _outside_hours(facts: DayFacts) -> float:
    total = sum(facts.hours.values())
    outside = sum(weight for hour, weight in facts.hours.items() if hour not in _OFFICE_HOURS)
    return round(100 * outside / total) if total else 0.0


#: what is looked at of each person's day, by the end of its message id
FIGURES: Mapping[str, Callable[[DayFacts], float]] = {
    "weight": lambda facts: facts.weight,
    "grave": lambda facts: facts.grave,
    "reads": lambda facts: facts.reads,
    "exports": lambda facts: facts.exports,
    "tables": lambda facts: len(facts.tables),
    "shapes": lambda facts: len(facts.shapes),
    "hosts": lambda facts: len(facts.hosts),
    "outside_hours": _outside_hours,
    "looked_up": lambda facts: facts.looked_up,
}
#: the points raised of a person's day, 0 where nothing was
POINTS = "points"


def figures_of(session: Session, org: str, last: date, zone: ZoneInfo) -> dict[str, Weeks]:
    """Every figure of the week that ends with ``last`` and of those before it."""
    first = last - (WEEKS + 1) * WEEK + timedelta(days=1)
    points = _points(session, org, first, zone)
    found: dict[str, list[list[float]]] = {name: [[] for _ in range(WEEKS + 1)] for name in (*FIGURES, POINTS)}
    row = BehaviourDay
    query = select(row.day, row.account, row.facts).where(
        row.org == org, row.day >= first, row.day <= last, row.service.is_(False)
    )
    for day, account, stored in session.execute(query.execution_options(yield_per=_AT_ONCE)):
        if not is_workday(day):
            continue
        facts, week = DayFacts.from_json(stored), (last - day).days // WEEK.days
        for name, figure in FIGURES.items():
            found[name][week].append(figure(facts))
        found[POINTS][week].append(points.get((account, day), 0))
    return {name: _weeks(values) for name, values in found.items()}


def _weeks(values: list[list[float]]) -> Weeks:
    after, *before = (np.asarray(week, dtype=np.float64) for week in values)
    return Weeks(tuple(before), after)


def _points(session: Session, org: str, first: date, zone: ZoneInfo) -> dict[tuple[str, date], int]:
    """The highest points that behaviour raised of each account and day."""
    since = datetime(first.year, first.month, first.day, tzinfo=zone)
    query = select(Finding.entity_name, Finding.last_at, func.max(Finding.score)).where(
        Finding.org == org, Finding.kind == FindingKind.BEHAVIOUR, Finding.last_at >= since
    )
    found: dict[tuple[str, date], int] = {}
    for account, at, score in session.execute(query.group_by(Finding.entity_name, Finding.last_at)):
        place = (account, at.astimezone(zone).date())
        found[place] = max(score, found.get(place, 0))
    return found
