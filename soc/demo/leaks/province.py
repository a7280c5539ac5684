"""The whole trial by its seed: people, an ordinary season, and some leaks of each kind hidden in it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

import polars as pl

from soc.demo.leaks import fast, slow
from soc.demo.leaks.heavy import heavy_acts
from soc.demo.leaks.honest import Workforce
from soc.demo.leaks.leak import Kind, Leak, Plot, Scene
from soc.demo.leaks.log import Act, Scribe, acts_frame, ordered
from soc.demo.leaks.schedule import SEASONS, make_leave
from soc.demo.leaks.services import enter_services, service_day
from soc.demo.leaks.staff import Worker, make_staff
from soc.demo.leaks.statements import Book
from soc.demo.places import load_places
from soc.demo.table import rng_for
from soc.demo.worktime import is_workday

PEOPLE, DAYS, QUIET, EACH = 5_000, 90, 30, 4
_PLOTS: Mapping[Kind, Callable[[Scene], Plot]] = {
    Kind.COPY_DUMP: fast.copy_dump,
    Kind.PG_DUMP: fast.pg_dump,
    Kind.PAGING: fast.paging,
    Kind.NIGHT_EXPORT: fast.night_export,
    Kind.SERVICE_PASSWORD: fast.service_password,
    Kind.DORMANT_ACCOUNT: fast.dormant_account,
    Kind.WIDENED_GRANT: fast.widened_grant,
    Kind.VIEW_BYPASS: fast.view_bypass,
    Kind.TABLE_SAMPLING: fast.table_sampling,
    Kind.ACCOMPLICES: slow.accomplices,
    Kind.UNDER_THRESHOLD: slow.under_threshold,
    Kind.DRIP_40: slow.drip_40,
    Kind.LOOKUP_3: slow.lookup_3,
    Kind.LEAVER: slow.leaver,
    Kind.JOINER: slow.joiner,
    Kind.MOVER: slow.mover,
}
_CHINA = timedelta(hours=8)


@dataclass(frozen=True)
class Trial:
    """One province and season.

    ``quiet`` days pass before the first leak; ``each`` is how many leaks of each kind there are.
    """

    seed: int
    people: int = PEOPLE
    days: int = DAYS
    quiet: int = QUIET
    each: int = EACH

    @property
    def first(self) -> date:
        """The first day; the seed chooses the season."""
        return SEASONS[self.seed % len(SEASONS)]

    def date_of(self, number: int) -> date:
        """Return the date of the day with a number, from 0."""
        return self.first + timedelta(days=number)

    @property
    def book(self) -> Book:
        """Every pattern that any statement has, once the day is drawn."""
        return self._workforce.book

    @property
    def staff(self) -> list[Worker]:
        """Everybody with an account of their own."""
        _ = self._plots  # whoever steals by joining, going or moving does so
        return self._workforce.staff

    @property
    def leaks(self) -> list[Leak]:
        """The truth: every leak."""
        return [leak for leak, _ in self._plots]

    @cached_property
    def _workforce(self) -> Workforce:
        rng = rng_for(self.seed, "leaks: staff")
        staff = make_staff(rng, load_places(), self.people, self.days)
        leave = make_leave(rng, len(staff), self.days)
        new_system = int(self.days * rng.uniform(0.45, 0.7))
        return Workforce(staff, Book(), self.days, rng, leave, new_system)

    @cached_property
    def _plots(self) -> list[tuple[Leak, Plot]]:
        open_days = [day for day in range(self.quiet, self.days) if is_workday(self.date_of(day))]
        scene = Scene(self._workforce, rng_for(self.seed, "leaks: plots"), self.quiet, open_days)
        made = []
        for kind, plan in _PLOTS.items():
            for number in range(self.each):
                plot = plan(scene)
                made.append((self._leak(kind, number, plot), plot))
        return made

    def _leak(self, kind: Kind, number: int, plot: Plot) -> Leak:
        moments = sorted(self._instant(act) for act in plot.acts)
        return Leak(kind, number, tuple(plot.entities), moments[0], moments[-1], len(plot.acts), plot.taken)

    def _instant(self, act: Act) -> datetime:
        day = self.date_of(act.day)
        return datetime(day.year, day.month, day.day, tzinfo=UTC) - _CHINA + timedelta(seconds=act.second)

    @cached_property
    def _acts(self) -> dict[int, list[Act]]:
        """Honest heavy work and leaks, by day."""
        plotted = [act for _, plot in self._plots for act in (*plot.before, *plot.acts)]
        found: dict[int, list[Act]] = {}
        for act in [*plotted, *heavy_acts(self._workforce, rng_for(self.seed, "leaks: heavy work"))]:
            found.setdefault(act.day, []).append(act)
        enter_services(self.book)
        return found

    def day(self, number: int) -> pl.DataFrame:
        """Return everything done on a day, in order; nothing in it tells what is a leak."""
        acts, day = self._acts.get(number, []), self.date_of(number)
        rng = rng_for(self.seed, f"leaks: day {number}")
        honest = self._workforce.day(number, day, rng)
        services = service_day(rng, self.book, number, is_workday(day), int(rng.integers(0, 1 << 40)))
        return ordered([honest, services, acts_frame(acts, int(rng.integers(0, 1 << 40)))], day)

    def lines(self) -> Iterator[str]:
        """Yield the server's log of all days, in order."""
        scribe = Scribe(self.book, self.seed)
        for number in range(self.days):
            yield from scribe.lines(self.day(number), self.date_of(number))
