"""Thirty ordinary days in the server log: nobody steals anything, and no two days are alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from soc.demo.accounts import DemoAccount, demo_accounts
from soc.demo.chance import Rng
from soc.demo.serverlog import LoggedSession, audit_text, error_text, stamp
from soc.demo.statements import Author, Kind, kinds_of
from soc.demo.table import rng_for
from soc.demo.worktime import is_month_end, load_factor, seconds_of_day
from soc.demo.world import World

#: a pause longer than this ends a session, in seconds
_PAUSE = 45 * 60.0
_ERROR_SHARE = 0.004
_NEW_ADDRESS_SHARE = 0.01
_CHINA = 8 * 3600

#: (seconds since midnight, the line)
Timed = tuple[float, str]


@dataclass(frozen=True)
class Worker:
    """An account with what is its own: which statements it prefers."""

    account: DemoAccount
    kinds: tuple[Kind, ...]
    taste: tuple[float, ...]


def history_lines(world: World, last: date, days: int) -> Iterator[str]:
    """Lines of ``days`` days up to and with ``last``, in order, each ending in a newline."""
    workers = make_workers(world)
    author = Author(world, rng_for(world.seed, "literals"))
    first = last - timedelta(days=days - 1)
    for number in range(days):
        day = first + timedelta(days=number)
        rng = rng_for(world.seed, f"day {day.isoformat()}")
        lines = [
            line for worker in workers if worker.account.starts_on <= number for line in _day(worker, day, author, rng)
        ]
        lines.sort(key=lambda timed: timed[0])
        yield from (line for _, line in lines)


def make_workers(world: World) -> list[Worker]:
    """Every account, with a taste drawn once: some look up plates all day, some hardly ever."""
    rng = rng_for(world.seed, "tastes")
    return [_worker(account, rng) for account in demo_accounts(world)]


def _worker(account: DemoAccount, rng: Rng) -> Worker:
    kinds = kinds_of(account.post, account.name)
    weights = np.asarray([kind.weight for kind in kinds]) * rng.lognormal(0, 0.4, len(kinds))
    return Worker(account, kinds, tuple((weights / weights.sum()).tolist()))


def _day(worker: Worker, day: date, author: Author, rng: Rng) -> list[Timed]:
    factor = load_factor(worker.account, day, rng)
    count = int(rng.poisson(worker.account.daily * factor)) if factor else 0
    if not count:
        return []
    lines: list[Timed] = []
    session, number, before = None, 0, -_PAUSE * 2
    chosen = _choose(worker, count, day, rng)
    for second, kind in zip(seconds_of_day(worker.account, count, rng), chosen, strict=True):
        if session is None or second - before > _PAUSE:
            session, number = open_session(worker.account, day, second, rng), 0
        number += 1
        before = second
        lines.append((second, _line(session, number, kind, day, second, author, rng)))
    return lines


def _choose(worker: Worker, count: int, day: date, rng: Rng) -> list[Kind]:
    taste = np.asarray(worker.taste)
    if not is_month_end(day):
        taste = taste * [not kind.month_end for kind in worker.kinds]
    return [worker.kinds[index] for index in rng.choice(len(worker.kinds), count, p=taste / taste.sum())]


def open_session(account: DemoAccount, day: date, second: float, rng: Rng) -> LoggedSession:
    """A connection from one of the account's addresses, now and then from a new one."""
    host = account.addresses[int(rng.integers(0, len(account.addresses)))]
    if account.person is not None and rng.random() < _NEW_ADDRESS_SHARE:
        host = host.rsplit(".", 1)[0] + f".{int(rng.integers(10, 250))}"
    midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) - _CHINA
    return LoggedSession(account.name, account.app, host, int(rng.integers(2_000, 60_000)), midnight + int(second))


def _line(session: LoggedSession, number: int, kind: Kind, day: date, second: float, author: Author, rng: Rng) -> str:
    written = author.write(kind, day)
    head = stamp(day, second) + session.prefix
    if rng.random() < _ERROR_SHARE and kind.audit_class == "READ":
        return f"{head}{error_text(head, written.sql, 'canceling statement due to statement timeout')}\n"
    return f"{head}{audit_text(number, kind.audit_class, kind.command, written.sql, written.rows)}\n"
