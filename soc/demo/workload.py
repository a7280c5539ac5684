"""The same work done for real: every account logs in to PostgreSQL and runs its statements.

What comes of it is the server's own log. The accounts are made with passwords that are forgotten at the
end; the administrator's own session keeps itself out of the audit log.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from soc.demo.accounts import DemoAccount
from soc.demo.history import make_workers
from soc.demo.statements import Author
from soc.demo.table import rng_for
from soc.demo.theft import Theft, TheftKind, plan_theft
from soc.demo.world import World
from soc.errors import InputError, UnavailableError

if TYPE_CHECKING:
    import psycopg

Progress = Callable[[int, int], None]
_LOCK = 0x64656D6F


class WorkloadError(InputError):
    """The province is not there, or the login may not make accounts."""


@dataclass(frozen=True)
class Done:
    """What was run: sessions, statements and failures of ordinary work; the theft and its rows, if any."""

    sessions: int
    statements: int
    failed: int
    theft: Theft | None
    rows_taken: int


def run_workload(
    world: World, url: str, *, day: date, scale: float = 0.3, theft: TheftKind | None, steal: bool, progress: Progress
) -> Done:
    """Run a day's work, ``scale`` of its statements, and the theft in its middle.

    Raises:
        WorkloadError: the tables are missing, or the login is no superuser.
        UnavailableError: the server does not answer.
    """
    with _alone(url):
        return _run_sessions(world, url, day, scale, plan_theft(world, theft) if steal else None, progress)


def _run_sessions(world: World, url: str, day: date, scale: float, plan: Theft | None, progress: Progress) -> Done:
    jobs = _sessions(world, day, scale)
    if plan is not None:
        jobs.insert(len(jobs) // 2, (plan.thief, [one.sql for one in plan.statements]))
    passwords = _make_accounts(url, [account for account, _ in jobs])
    ran = failed = taken = 0
    for number, (account, statements) in enumerate(jobs, start=1):
        stealing = plan is not None and statements == [one.sql for one in plan.statements]
        done, wrong, rows = _work(url, account, passwords[account.name], statements)
        ran, failed = ran + done, failed + wrong
        taken += rows if stealing else 0
        progress(number, len(jobs))
    return Done(len(jobs), ran, failed, plan, min(taken, _wanted(plan)))


def _wanted(plan: Theft | None) -> int:
    return 0 if plan is None else sum(one.taken for one in plan.statements)


def _sessions(world: World, day: date, scale: float) -> list[tuple[DemoAccount, list[str]]]:
    """Each account's statements of the day, in a random order of accounts."""
    rng, author = rng_for(world.seed, f"workload {day}"), Author(world, rng_for(world.seed, f"workload values {day}"))
    made = []
    for worker in make_workers(world):
        count = max(3, int(rng.poisson(worker.account.daily * scale)))
        kinds = [worker.kinds[index] for index in rng.choice(len(worker.kinds), count, p=worker.taste)]
        made.append((worker.account, [author.write(kind, day).sql for kind in kinds if not kind.month_end]))
    return [made[index] for index in rng.permutation(len(made))]


def _connect(url: str, **options: Any) -> "psycopg.Connection[Any]":
    import psycopg

    try:
        return psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:"), autocommit=True, **options)
    except psycopg.OperationalError as error:
        raise UnavailableError("demo.unreachable", reason=(str(error).splitlines() or [""])[0]) from error
    except psycopg.ProgrammingError as error:
        raise WorkloadError("demo.bad_destination", destination="(URL)") from error


@contextmanager
def _alone(url: str) -> Iterator[None]:
    """Accounts belong to the whole server: a second workload, of any database of it, waits for the first."""
    with _connect(url, dbname="postgres") as guard:
        guard.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        yield


def _make_accounts(url: str, accounts: list[DemoAccount]) -> dict[str, str]:
    """Logins that may read and write the province's tables; returns their passwords."""
    import psycopg
    from psycopg import sql

    passwords = {account.name: secrets.token_urlsafe(18) for account in accounts}
    with _connect(url) as admin:
        try:
            admin.execute("SET pgaudit.log = 'none'")
            admin.execute("SET log_statement = 'none'")
            known = {row[0] for row in admin.execute("SELECT rolname FROM pg_roles").fetchall()}
            for name, password in passwords.items():
                verb = sql.SQL("ALTER" if name in known else "CREATE")
                admin.execute(sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, sql.Identifier(name), password))
                admin.execute(
                    sql.SQL("GRANT pg_read_all_data, pg_write_all_data, pg_read_all_stats TO {}").format(
                        sql.Identifier(name)
                    )
                )
                admin.execute(sql.SQL("GRANT CREATE ON SCHEMA legacy TO {}").format(sql.Identifier(name)))
        except psycopg.Error as error:
            raise WorkloadError("demo.not_ready", reason=str(error).splitlines()[0]) from error
    return passwords


def _work(url: str, account: DemoAccount, password: str, statements: list[str]) -> tuple[int, int, int]:
    """One login and its statements; returns how many ran, how many failed, and the rows that came back."""
    import psycopg

    failed = rows = 0
    with _connect(url, user=account.name, password=password, application_name=account.app) as connection:
        for statement in statements:
            try:
                rows += _run(connection, statement)
            except psycopg.Error:
                failed += 1
    return len(statements), failed, rows


def _run(connection: "psycopg.Connection[Any]", statement: str) -> int:
    with connection.cursor() as cursor:
        if statement.startswith("COPY "):
            with cursor.copy(statement.encode()) as copy:
                return sum(bytes(block).count(b"\n") for block in copy)
        cursor.execute(statement.encode())
        return len(cursor.fetchall()) if cursor.description else 0
