"""Jobs: judge the latest days of everybody again, and build all habits anew from the log store."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from config.settings import Settings
from detectors.behaviour.stage import raise_unusual, take_in
from detectors.behaviour.store import HABIT, BehaviourDay, forget_batches, forget_days, forget_old, newest_day
from soc.clock import now
from soc.db import Database
from soc.jobs import JobContext
from soc.logstore.port import SearchRequest
from soc.logstore.query import Scope
from soc.text import Message

if TYPE_CHECKING:
    from soc.logstore.port import LogStore

Progress = Callable[[int, int], None]


def judge_again(context: JobContext) -> None:
    """Judge the latest two days of every organisation's logs: what came late changes what is usual."""
    with context.database.write() as session:
        forget_old(session)
    for org in organisations(context.database):
        judge_latest(context.database, context.settings, org)


def judge_latest(database: Database, settings: Settings, org: str) -> int:
    """Judge everybody's latest two days; returns how many findings were raised."""
    with database.read() as session:
        newest = newest_day(session, org)
        if newest is None:
            return 0
        query = select(BehaviourDay.reference, BehaviourDay.day)
        rows = session.execute(query.where(BehaviourDay.org == org, BehaviourDay.day >= newest - timedelta(days=1)))
        touched = {(reference, day) for reference, day in rows}
    return raise_unusual(database, settings, org, touched)


def rebuild(context: JobContext) -> None:
    """Build the habits of the last thirty days anew; ``params["org"]`` names one organisation's logs."""
    orgs = [context.params["org"]] if context.params.get("org") else organisations(context.database)

    def told(done: int, total: int) -> None:
        context.progress(done, total, Message("behaviour.rebuilding", {"day": done, "days": total}).as_json())

    for org in orgs:
        rebuild_days(context.database, context.settings, context.store(), org, told)


def rebuild_days(database: Database, settings: Settings, store: "LogStore", org: str, progress: Progress) -> None:
    """Read each day's events from the store and add them up again."""
    today = now().astimezone(settings.timezone).date()
    span = HABIT.days + 1
    with database.write() as session:
        forget_days(session, org, today - HABIT)
    for number in range(span):
        day = today - HABIT + timedelta(days=number)
        rebuild_day(database, settings, store, org, day)
        progress(number + 1, span)


def rebuild_day(database: Database, settings: Settings, store: "LogStore", org: str, day: date) -> None:
    """One local day from the store."""
    start = datetime(day.year, day.month, day.day, tzinfo=settings.timezone)
    request = SearchRequest(since=start, until=start + timedelta(days=1), scope=Scope(frozenset({org})))
    frame = store.frame(request)
    if frame.is_empty():
        return
    with database.write() as session:
        forget_batches(session, frame["guanlan.batch"].unique().to_list())
    take_in(database, settings, org, frame)


def organisations(database: Database) -> list[str]:
    """Whose logs anything is known from."""
    with database.read() as session:
        return list(session.scalars(select(BehaviourDay.org).distinct()))
