"""The common run of work: everybody's tasks of a day, drawn for all people at once."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from soc.demo.chance import Rng
from soc.demo.leaks.log import DONE
from soc.demo.leaks.posts import BY_POST, POSTS, Post, Task
from soc.demo.leaks.schedule import Leave, loads, moments
from soc.demo.leaks.staff import NEVER, Worker
from soc.demo.leaks.statements import Book
from soc.demo.leaks.tables import CITIES
from soc.demo.worktime import is_month_end

PORTAL, PORTAL_APP, PORTAL_HOST = "svc_portal", "portal-api", "10.40.8.11"
_SLOTS = max(len(plan.tasks) for plan in POSTS)
_FAILED_SHARE = 0.003
#: of all statements, those from the menu of some other post: somebody helps out, looks something up once
_STRAY_SHARE = 0.0012
#: who has moved still finishes old cases: share of the statements, and for how many days
_HANDOVER_SHARE, _HANDOVER_DAYS = 0.12, 6
#: a week's chance of another address by DHCP, and a day's of sitting at another desk
_NEW_LEASE, _OTHER_DESK = 0.12, 0.012
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(slots=True)
class Workforce:
    """The people with what is their own: taste, addresses, leave; and the day of the new system."""

    staff: list[Worker]
    book: Book
    days: int
    rng: Rng
    leave: list[Leave]
    new_system: int
    #: (people, weeks) last byte of the address
    hosts: Ints = field(init=False)
    #: (people, slots) how much each likes each task of their post
    taste: Floats = field(init=False)
    #: campaigns (专项整治): city, first day, day after the last
    campaigns: list[tuple[int, int, int]] = field(init=False)
    _menus: dict[tuple[Post, int], Ints] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for plan in POSTS:  # all at once, so that a pattern's number does not depend on which day is drawn first
            for city in range(CITIES):
                self._menu(plan.post, city)
        people = len(self.staff)
        self.hosts = _leases(self.rng, people, self.days // 7 + 2)
        dropped = self.rng.random((people, _SLOTS)) < 0.15
        self.taste = np.where(dropped, 0.02, self.rng.lognormal(0, 0.7, (people, _SLOTS)))
        begins = self.rng.integers(0, max(self.days, 1), 10)
        self.campaigns = [
            (int(self.rng.integers(0, CITIES)), int(one), int(one + self.rng.integers(4, 12))) for one in begins
        ]

    def address(self, worker: Worker, day: int) -> str:
        """Return where somebody sits on a day: their office's network, the host that DHCP gave them."""
        return f"10.{48 + worker.city}.{worker.number % 240}.{int(self.hosts[worker.number, day // 7])}"

    def day(self, number: int, day: date, rng: Rng) -> pl.DataFrame:
        """Return the ordinary statements of a day, as :data:`DONE`."""
        load = loads(rng, self.staff, self.leave, number, day) * self._campaign(number)
        daily = np.array([BY_POST[w.post_on(number)].daily * w.pace for w in self.staff])
        counts = rng.poisson(daily * load)
        who = np.repeat(np.arange(len(self.staff)), counts)
        if not len(who):
            return pl.DataFrame(schema=DONE)
        slots = self._slots(number, day, who, rng)
        patterns = self._patterns(number, who, slots, rng)
        seconds = moments(rng, who, [w.post_on(number) for w in self.staff], number)
        return self._frame(number, who, patterns, seconds, rng)

    def _campaign(self, number: int) -> Floats:
        busy = {city for city, first, until in self.campaigns if first <= number < until}
        return np.array([1.7 if w.city in busy and w.post_on(number) is Post.ENFORCEMENT else 1.0 for w in self.staff])

    def _slots(self, number: int, day: date, who: Ints, rng: Rng) -> Ints:
        """Draw for each statement which of the person's tasks it is."""
        weights = np.array([self._weights(w.post_on(number), number, is_month_end(day)) for w in self.staff])
        up_to = np.cumsum(weights * self.taste, axis=1)
        drawn = rng.random(len(who)) * up_to[who, -1]
        return np.asarray((up_to[who] < drawn[:, None]).sum(axis=1), dtype=np.int64)

    def _weights(self, post: Post, number: int, month_end: bool) -> list[float]:
        tasks = BY_POST[post].tasks
        on = [_due(task, number >= self.new_system, month_end) * task.weight for task in tasks]
        return on + [0.0] * (_SLOTS - len(on))

    def _patterns(self, number: int, who: Ints, slots: Ints, rng: Rng) -> Ints:
        table = np.array([self._menu(w.post_on(number), w.city) for w in self.staff])
        patterns = table[who, slots]
        stray = np.flatnonzero(rng.random(len(who)) < _STRAY_SHARE)
        posts = rng.integers(0, len(POSTS), len(stray))
        for index, other in zip(stray, posts, strict=True):
            patterns[index] = self._any_of(POSTS[other].post, self.staff[who[index]].city, rng)
        moved = np.array([w.moves <= number < w.moves + _HANDOVER_DAYS for w in self.staff])
        for index in np.flatnonzero(moved[who] & (rng.random(len(who)) < _HANDOVER_SHARE)):
            worker = self.staff[who[index]]
            patterns[index] = self._any_of(worker.post, worker.city, rng)
        return np.asarray(patterns)

    def _any_of(self, post: Post, city: int, rng: Rng) -> int:
        tasks = [index for index, task in enumerate(BY_POST[post].tasks) if not task.new_system and not task.month_end]
        return int(self._menu(post, city)[tasks[int(rng.integers(0, len(tasks)))]])

    def _menu(self, post: Post, city: int) -> Ints:
        """Return the numbers of a post's tasks in a city, one a slot."""
        if (post, city) not in self._menus:
            numbers = [self.book.number(task.pattern.of_city(city)) for task in BY_POST[post].tasks]
            self._menus[post, city] = np.array(numbers + [numbers[0]] * (_SLOTS - len(numbers)))
        return self._menus[post, city]

    def _frame(self, number: int, who: Ints, patterns: Ints, seconds: Floats, rng: Rng) -> pl.DataFrame:
        least = np.array([pattern.least for pattern in self.book.patterns])[patterns]
        most = np.array([pattern.most for pattern in self.book.patterns])[patterns]
        rows = least + np.floor(rng.random(len(who)) ** 1.6 * (most - least + 1)).astype(np.int64)
        plans = [BY_POST[worker.post_on(number)] for worker in self.staff]
        portal = np.array([worker.portal for worker in self.staff])[who]
        names = np.array([worker.account for worker in self.staff])[who]
        away = rng.random(len(self.staff)) < _OTHER_DESK
        homes = np.array([self._desk(worker, number, bool(away[worker.number])) for worker in self.staff])[who]
        return pl.DataFrame(
            {
                "second": seconds,
                "account": np.where(portal, PORTAL, names),
                "asked": pl.Series(names).set(pl.Series(~portal), None),
                "app": np.where(portal, PORTAL_APP, np.array([plan.app for plan in plans])[who]),
                "ip": np.where(portal, PORTAL_HOST, homes),
                "pattern": patterns,
                "rows": rows,
                "failed": rng.random(len(who)) < _FAILED_SHARE,
                "seed": rng.integers(0, 1 << 40, len(who)),
            },
            schema=DONE,
        )

    def _desk(self, worker: Worker, number: int, elsewhere: bool) -> str:
        usual = self.address(worker, number)
        if not elsewhere:
            return usual
        return f"{usual.rpartition('.')[0]}.{10 + (worker.number * 7 + number) % 240}"


def _due(task: Task, new_system: bool, month_end: bool) -> bool:
    return (month_end or not task.month_end) and (new_system or not task.new_system)


def _leases(rng: Rng, people: int, weeks: int) -> Ints:
    hosts = rng.integers(10, 250, (people, weeks))
    for week in range(1, weeks):
        kept = rng.random(people) >= _NEW_LEASE
        hosts[kept, week] = hosts[kept, week - 1]
    return hosts


def stays(worker: Worker, first: int, until: int) -> bool:
    """Whether somebody is at one post, there all the time from ``first`` up to and without ``until``."""
    there = worker.joins <= first and worker.leaves >= until
    return there and (worker.moves == NEVER or not first <= worker.moves < until)
