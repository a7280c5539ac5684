"""The people of the trial: where they sit, what they are there for, when they come, move and go."""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from soc.demo.accounts import PROVINCE
from soc.demo.chance import Rng
from soc.demo.leaks.posts import BY_POST, POSTS, Post, Seat
from soc.demo.leaks.tables import CITIES
from soc.demo.places import Place

#: a day after every trial
NEVER = 100_000
#: shares of the people: who come, go and change posts in a season of 90 days; accounts that nobody closed
_JOIN, _LEAVE, _MOVE, _DORMANT = 0.016, 0.014, 0.012, 0.012
_SEASON = 90


@dataclass(frozen=True, slots=True)
class Worker:
    """A person with an account; days count from 0, the first of the trial.

    ``joins`` is the first day at work, ``leaves`` the day after the last, ``moves`` the first at ``moves_to``.
    ``pace`` is relative to the post's others. ``portal``: works through the portal, which has one account for all.
    """

    number: int
    person: str
    account: str
    org: str
    city: int
    post: Post
    portal: bool
    pace: float
    joins: int = 0
    leaves: int = NEVER
    moves: int = NEVER
    moves_to: Post | None = None

    def post_on(self, day: int) -> Post:
        """Return the post held on a day."""
        return self.moves_to if self.moves_to is not None and day >= self.moves else self.post

    def at_work(self, day: int) -> bool:
        """Whether the person is employed on a day."""
        return self.joins <= day < self.leaves


def make_staff(rng: Rng, places: list[Place], people: int, days: int) -> list[Worker]:
    """Make up ``people`` persons for ``days`` days: who join, leave and move is part of the honest noise."""
    cities = sorted({place.city_code for place in places})[:CITIES]
    posts = _posts(people)
    rng.shuffle(posts)
    counts: Counter[str] = Counter()
    made = []
    for number, post in enumerate(posts):
        city = int(rng.integers(0, len(cities)))
        made.append(_worker(rng, number, post, city, cities[city], places, counts))
    return _reorganised(rng, _changed(rng, made, days), days)


def _posts(people: int) -> list[Post]:
    posts = [plan.post for plan in POSTS for _ in range(max(2, round(plan.share * people)))]
    return (posts + [Post.WINDOW] * people)[:people]


def _worker(
    rng: Rng, number: int, post: Post, city: int, code: str, places: list[Place], counts: Counter[str]
) -> Worker:
    plan = BY_POST[post]
    seats, weights = zip(*plan.seats, strict=True)
    seat = seats[int(rng.choice(len(seats), p=weights))]
    org = _org(rng, seat, code, places)
    head = f"{plan.prefix}_{org if seat is not Seat.PROVINCE else 'gd'}"
    counts[head] += 1
    return Worker(
        number=number,
        person=f"GD{number + 1:05d}",
        account=f"{head}_{counts[head]:02d}",
        org=org,
        city=city,
        post=post,
        portal=bool(rng.random() < plan.portal),
        pace=float(np.clip(rng.lognormal(0, 0.45), 0.15, 4.0)),
    )


def _org(rng: Rng, seat: Seat, city: str, places: list[Place]) -> str:
    if seat is Seat.PROVINCE:
        return PROVINCE
    counties = [place.code for place in places if place.city_code == city and place.code != city]
    return city if seat is Seat.CITY or not counties else counties[int(rng.integers(0, len(counties)))]


def _changed(rng: Rng, staff: list[Worker], days: int) -> list[Worker]:
    """Let some join, leave and move; and leave some accounts of people who went before the trial began."""
    season = days / _SEASON
    join, leave, move = _JOIN * season, _LEAVE * season, _MOVE * season
    made = []
    for worker, chance in zip(staff, rng.random(len(staff)), strict=True):
        when = int(rng.integers(2, max(days, 3)))
        if chance < join:
            made.append(replace(worker, joins=when))
        elif chance < join + leave:
            made.append(replace(worker, leaves=when))
        elif chance < join + leave + move:
            others = [plan.post for plan in POSTS if plan.post is not worker.post]
            made.append(replace(worker, moves=when, moves_to=others[int(rng.integers(0, len(others)))]))
        elif chance < join + leave + move + _DORMANT:
            made.append(replace(worker, leaves=int(rng.choice([0, 0, 3, 9]))))
        else:
            made.append(worker)
    return made


def _reorganised(rng: Rng, staff: list[Worker], days: int) -> list[Worker]:
    """Give the licensing people of some cities to the new enforcement brigades, on one day (综合执法改革)."""
    day = int(days * rng.uniform(0.4, 0.75))
    cities = set(rng.choice(CITIES, int(rng.integers(3, 7)), replace=False).tolist())
    return [
        replace(worker, moves=day, moves_to=Post.ENFORCEMENT)
        if worker.post is Post.LICENSING and worker.city in cities and worker.moves_to is None and rng.random() < 0.6
        else worker
        for worker in staff
    ]
