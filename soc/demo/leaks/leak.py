"""The kinds of leak, and what is written down of each one: who, how, from when to when."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from soc.demo.chance import Rng
from soc.demo.leaks.honest import PORTAL, PORTAL_APP, PORTAL_HOST, Workforce, stays
from soc.demo.leaks.log import Act
from soc.demo.leaks.posts import BY_POST, Post
from soc.demo.leaks.staff import Worker
from soc.demo.leaks.statements import Pattern


class Kind(StrEnum):
    """How data leaves."""

    COPY_DUMP = "copy_dump"
    PG_DUMP = "pg_dump"
    PAGING = "paging"
    NIGHT_EXPORT = "night_export"
    SERVICE_PASSWORD = "service_password"
    DORMANT_ACCOUNT = "dormant_account"
    WIDENED_GRANT = "widened_grant"
    VIEW_BYPASS = "view_bypass"
    TABLE_SAMPLING = "table_sampling"
    ACCOMPLICES = "accomplices"
    UNDER_THRESHOLD = "under_threshold"
    DRIP_40 = "drip_40"
    LOOKUP_3 = "lookup_3"
    LEAVER = "leaver"
    JOINER = "joiner"
    MOVER = "mover"

    @property
    def slow(self) -> bool:
        """Whether it goes on over many days, each of which is little."""
        return self in _SLOW


_SLOW = {
    Kind.ACCOMPLICES, Kind.UNDER_THRESHOLD, Kind.DRIP_40, Kind.LOOKUP_3, Kind.LEAVER, Kind.JOINER, Kind.MOVER,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Leak:
    """One leak as the truth has it.

    ``entities`` are persons' numbers, or the name of a service's account; ``first`` and ``last`` the instants (UTC) of
    the first and last statement, ``statements`` how many, ``rows`` how many records really left.
    """

    kind: Kind
    number: int
    entities: tuple[str, ...]
    first: datetime
    last: datetime
    statements: int
    rows: int

    @property
    def slow(self) -> bool:
        """Whether it is of a slow kind."""
        return self.kind.slow


@dataclass(slots=True)
class Plot:
    """A leak in the making: what is done, by whom, and how many records leave."""

    acts: list[Act] = field(default_factory=list)
    entities: list[str] = field(default_factory=list)
    taken: int = 0
    #: statements that prepare it and are somebody else's
    before: list[Act] = field(default_factory=list)


@dataclass(slots=True)
class Scene:
    """Where leaks are plotted: the people, who is taken already, and between which days.

    ``workdays`` are the days on which offices are open, from ``begins`` (the first day on which anything may leak) on.
    """

    workforce: Workforce
    rng: Rng
    begins: int
    workdays: list[int]
    used: set[int] = field(default_factory=set)

    def day(self, least_left: int = 3) -> int:
        """Choose a working day with so many working days after it, or as many as there are."""
        fit = self.workdays[: max(1, len(self.workdays) - least_left)]
        return int(self.rng.choice(fit))

    def after(self, first: int, count: int) -> list[int]:
        """Return ``count`` working days from ``first`` on, or as many as are left."""
        return [day for day in self.workdays if day >= first][:count]

    def thief(self, first: int, until: int, posts: set[Post] | None = None, *, portal: bool = False) -> Worker:
        """Choose somebody who is there all the time and steals nothing else."""
        staff = self.workforce.staff
        free = [w for w in staff if w.number not in self.used and stays(w, first, until) and (portal or not w.portal)]
        fit = [w for w in free if posts is None or w.post_on(first) in posts] or free
        chosen = fit[int(self.rng.integers(0, len(fit)))]
        self.used.add(chosen.number)
        return chosen

    def between(self, least: float, most: float) -> int:
        """Draw a whole number, small ones as likely as great ones of the same ratio."""
        return round(float(least * (most / least) ** self.rng.random()))

    def hour(self) -> float:
        """Draw a moment of the working day."""
        return float(self.rng.choice([self.rng.uniform(8.7, 12.0), self.rng.uniform(14.0, 17.9)]))

    def act(
        self, worker: Worker, day: int, hour: float, pattern: Pattern, rows: int, app: str = "", ip: str = ""
    ) -> Act:
        """Make a statement of somebody's; by the usual program from the usual place, unless said."""
        number = self.workforce.book.number(pattern)
        second = min(hour * 3600, 86_390.0)
        if worker.portal and not app:
            return Act(day, second, PORTAL, PORTAL_APP, PORTAL_HOST, number, rows, asked=worker.account)
        program = app or BY_POST[worker.post_on(day)].app
        return Act(day, second, worker.account, program, ip or self.workforce.address(worker, day), number, rows)
