"""When the trial's people work: rest days, leave, shifts, the month's end, the great travel of spring."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from soc.demo.chance import Rng
from soc.demo.leaks.posts import BY_POST, Post
from soc.demo.leaks.staff import Worker
from soc.demo.worktime import is_month_end, is_workday

Floats = npt.NDArray[np.float64]
#: 春运 of the years that the trial can lie in: first and last day
_SPRING_TRAVEL = ((date(2025, 1, 14), date(2025, 2, 22)), (date(2026, 2, 2), date(2026, 3, 13)))
_TRAVEL_POSTS = {Post.DISPATCH, Post.HOTLINE, Post.TOLL_AUDIT, Post.ENFORCEMENT}
#: first days a trial may have, by seed: each season has other holidays
SEASONS = (date(2026, 1, 5), date(2025, 8, 18), date(2026, 3, 2), date(2025, 11, 3), date(2026, 4, 20))
_EVENING_SHARE = 0.04


@dataclass(frozen=True, slots=True)
class Leave:
    """Days away: from the first up to and without ``until``."""

    first: int
    until: int


def make_leave(rng: Rng, people: int, days: int) -> list[Leave]:
    """One leave each; a third of the people have one within the trial, the others none."""
    begins, lengths = rng.integers(0, max(days, 1), people), rng.integers(3, 15, people)
    taken = rng.random(people) < 0.35 * days / 90
    return [
        Leave(int(begin), int(begin + length)) if has else Leave(0, 0)
        for begin, length, has in zip(begins, lengths, taken, strict=True)
    ]


def loads(rng: Rng, staff: list[Worker], leave: list[Leave], number: int, day: date) -> Floats:
    """How much of an ordinary day's work each does on a day.

    Returns:
        (people,), 0 where somebody is not at work.
    """
    working = is_workday(day)
    plans = [BY_POST[worker.post_on(number)] for worker in staff]
    there = np.array(
        [w.at_work(number) and not off.first <= number < off.until for w, off in zip(staff, leave, strict=True)]
    )
    chance = np.array([0.95 if working else plan.weekend for plan in plans])
    load = np.where(rng.random(len(staff)) < chance, rng.lognormal(0, 0.3, len(staff)), 0.0) * there
    if not working:
        load *= np.array([0.8 if plan.shifts else 0.35 for plan in plans])
    if is_month_end(day):
        load *= np.array([plan.month_end_load for plan in plans])
    if any(first <= day <= last for first, last in _SPRING_TRAVEL):
        load *= np.array([1.35 if plan.post in _TRAVEL_POSTS else 1.0 for plan in plans])
    if working and not is_workday(day - timedelta(days=1)):
        load *= 1.15  # what was left over
    return np.asarray(load, dtype=np.float64)


def moments(rng: Rng, workers: npt.NDArray[np.int64], staff_posts: list[Post], number: int) -> Floats:
    """Seconds since midnight of statements, each of the worker named; evenings and shifts are whole persons'."""
    count = len(workers)
    morning = np.clip(rng.normal(10.1, 0.9, count), 8.2, 12.2)
    hours = np.where(rng.random(count) < 0.52, morning, np.clip(rng.normal(15.6, 1.1, count), 13.8, 18.2))
    people = len(staff_posts)
    late = (rng.random(people) < _EVENING_SHARE)[workers] & (rng.random(count) < 0.3)
    hours = np.where(late, rng.uniform(18.2, 21.5, count), hours)
    starts = _shift_starts(rng, staff_posts, number)[workers]
    hours = np.where(starts >= 0, starts + rng.uniform(0, 7.9, count), hours)
    return np.asarray(np.minimum(hours * 3600 + rng.uniform(0, 60, count), 86_398.0), dtype=np.float64)


def _shift_starts(rng: Rng, posts: list[Post], number: int) -> Floats:
    """The hour at which each one's shift begins that day; -1 for office hours."""
    starts = np.full(len(posts), -1.0)
    night_patrol = rng.random(len(posts)) < 0.08
    for index, post in enumerate(posts):
        if post is Post.DISPATCH:
            starts[index] = 8.0 * ((index + number // 2) % 3)
        elif post is Post.HOTLINE:
            starts[index] = 8.0 + 6.0 * ((index + number // 3) % 2)
        elif post is Post.ENFORCEMENT and night_patrol[index]:
            starts[index] = 15.5
    return starts
