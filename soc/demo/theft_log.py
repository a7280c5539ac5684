"""The theft rendered into the server log, for a demo without a PostgreSQL of its own."""

from collections.abc import Iterator
from datetime import date, timedelta

from soc.demo.chance import Rng
from soc.demo.history import open_session
from soc.demo.serverlog import LoggedSession, audit_text, stamp
from soc.demo.table import rng_for
from soc.demo.theft import Stolen, Theft, TheftKind, plan_theft
from soc.demo.world import World


def theft_lines(world: World, day: date, kind: TheftKind | None = None) -> Iterator[str]:
    """Lines of the theft in the late evening of ``day``; a drip covers the twenty days before it as well."""
    theft = plan_theft(world, kind)
    rng = rng_for(world.seed, "theft evening")
    if theft.kind is TheftKind.DRIP:
        for back in range(19, -1, -1):
            mine = theft.statements[19 - back :: 20]
            yield from _evening(theft, mine, day - timedelta(days=back), 17.2 * 3600, rng)
    else:
        yield from _evening(theft, theft.statements, day, float(rng.uniform(22.2, 22.8)) * 3600, rng)


def _evening(theft: Theft, statements: tuple[Stolen, ...], day: date, second: float, rng: Rng) -> Iterator[str]:
    session = open_session(theft.thief, day, second, rng)
    for number, stolen in enumerate(statements, start=1):
        second += float(rng.uniform(4, 30))
        yield from _lines(session, number, stolen, day, second)


def _lines(session: LoggedSession, number: int, stolen: Stolen, day: date, second: float) -> Iterator[str]:
    head = stamp(day, min(second, 86_399.0)) + session.prefix
    for part, (audit_class, command) in enumerate(stolen.parts, start=1):
        rows = stolen.rows if audit_class == "READ" else 0
        yield f"{head}{audit_text(number, audit_class, command, stolen.sql, rows, part)}\n"
