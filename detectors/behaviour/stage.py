"""The ingest stage: add a batch to the days it touches, judge the latest of them, raise what is unusual.

A batch is added once, whatever is repeated after a crash; judging again raises nothing twice.
"""

import time
from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl
from sqlalchemy.orm import Session

from config.settings import Settings
from detectors.behaviour.assess import Judge
from detectors.behaviour.extract import COLUMNS, entity_days
from detectors.behaviour.facts import EntityDay
from detectors.behaviour.own_scans import without_own_scans
from detectors.behaviour.reasons import finding_of
from detectors.behaviour.season import like_days
from detectors.behaviour.store import (
    HABIT,
    account_keys,
    add_days,
    days_between,
    days_known,
    days_on,
    new_batches,
    newest_day,
)
from detectors.findings import NewFinding, raise_findings
from detectors.leakage.drip import drip_findings
from soc.db import Database
from soc.identity.actors import job_actor
from soc.room import BatchContext

#: scores from here on are raised
LEAST_SCORE = 40
#: what everybody did before a day changes slowly: a judge is kept this long, in seconds
_JUDGE_KEPT = 300.0
_MOST_JUDGES = 8
_ACTOR = "behaviour"

#: seconds between two looks at the weeks of one organisation's logs, and the share of the time that they may take
_LOOK_EVERY, _SHARE_OF_TIME = 60.0, 0.02

_next_looks: dict[tuple[str, str, date], float] = {}
_judges: dict[tuple[str, str, date, int], tuple[float, Judge]] = {}


def run(context: BatchContext, frame: pl.DataFrame) -> pl.DataFrame:
    """Take a stored batch into account; gives the events back as they came."""
    touched = take_in(context.database, context.settings, context.org, frame)
    if touched:
        raise_unusual(context.database, context.settings, context.org, touched)
    return frame


def take_in(database: Database, settings: Settings, org: str, frame: pl.DataFrame) -> set[tuple[str, date]]:
    """Add events to the kept days; returns the entities and days that changed."""
    batches = frame["guanlan.batch"].unique().to_list()
    with database.read() as session:
        accounts = account_keys(session, org)
        frame = without_own_scans(session, frame.select(COLUMNS))
    zone, sure = settings.timezone, settings.attribution_threshold
    parts = {batch: entity_days(rows, zone, accounts, org, sure) for (batch,), rows in _by_batch(frame)}
    with database.write() as session:
        fresh = new_batches(session, batches)
        days = [one for batch, found in parts.items() if batch in fresh for one in found]
        add_days(session, org, days)
    return {(one.key.reference, one.day) for found in parts.values() for one in found}


def _by_batch(frame: pl.DataFrame) -> Sequence[tuple[tuple[str], pl.DataFrame]]:
    return [((str(key[0]),), rows) for key, rows in frame.group_by(["guanlan.batch"], maintain_order=True)]


def raise_unusual(database: Database, settings: Settings, org: str, touched: set[tuple[str, date]]) -> int:
    """Judge what changed on the latest two days; returns how many findings were raised."""
    with database.read() as session:
        newest = newest_day(session, org)
    if newest is None:
        return 0
    found = [one for day in (newest - timedelta(days=1), newest) for one in judged(database, org, day, touched)]
    if not found:
        return 0
    with database.write() as session:
        actor = job_actor(session, _ACTOR)
        return sum(one is not None for one in raise_findings(session, actor, found))


def judged(database: Database, org: str, day: date, touched: set[tuple[str, date]]) -> list[NewFinding]:
    """What is unusual in one day of the touched entities."""
    wanted = {reference for reference, on in touched if on == day}
    if not wanted:
        return []
    with database.read() as session:
        today = days_between(session, org, day, day + timedelta(days=1))
        judge = _judge(database, session, org, day)
        drips = _slow_leaks(database, session, org, day)
    if not judge.ready:
        return []
    mine, beside = _split(today, wanted)
    unusual = [one for one in judge.assess(mine, beside) if one.unusual.score >= LEAST_SCORE]
    return [finding_of(one, org) for one in unusual] + drips


def _slow_leaks(database: Database, session: Session, org: str, day: date) -> list[NewFinding]:
    """Weeks change slowly: they are summed up once a minute at most, and for no more than a fiftieth of the time.

    Whoever dripped and was there that day is told of, in this batch or not: the next look may be long after the next one.
    """
    place, began = (str(database.engine.url), org, day), time.monotonic()
    if began < _next_looks.get(place, began):
        return []
    found = drip_findings(session, org, day)
    for past in [other for other, due in _next_looks.items() if due <= began]:
        del _next_looks[past]
    _next_looks[place] = began + max(_LOOK_EVERY, (time.monotonic() - began) / _SHARE_OF_TIME)
    return found


def _split(days: list[EntityDay], wanted: set[str]) -> tuple[list[EntityDay], list[EntityDay]]:
    return [one for one in days if one.key.reference in wanted], [
        one for one in days if one.key.reference not in wanted
    ]


def _judge(database: Database, session: Session, org: str, day: date) -> Judge:
    """Everybody's days before ``day``; read again when there are more of them, or after a while."""
    known = days_known(session, org, day - HABIT, day)
    place = (str(database.engine.url), org, day, known)
    made, judge = _judges.get(place, (0.0, None))
    if judge is None or time.monotonic() - made > _JUDGE_KEPT:
        like = days_on(session, org, like_days(day, before=day - HABIT))
        judge = Judge(days_between(session, org, day - HABIT, day), like)
        while len(_judges) >= _MOST_JUDGES:
            _judges.pop(next(iter(_judges)))
        _judges[place] = (time.monotonic(), judge)
    return judge
