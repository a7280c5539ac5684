"""A store with two days of an organisation's work, and a rule of one's own run over it as a job."""

from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
from sqlalchemy.orm import Session

from detectors.sigma.backtests.service import Draft, draft_of_text, order
from detectors.sigma.own.book import KEY
from soc.clock import now
from soc.db import Database
from soc.identity.actor import Actor
from soc.jobs import JobRun, run_one
from soc.logstore import open_store
from soc.logstore.port import LogStore
from soc.ocsf.schema import EVENT_SCHEMA
from tests.detectors.sigma.own.writing import CITY, COUNTY, STRANGER, TEXT
from tests.detectors.sigma.test_stage import an_event

#: the middle of an hour, so that a few minutes before and after are the same hour
RECENT = now().replace(minute=30, second=0, microsecond=0) - timedelta(days=1)


def nightly(number: int, org: str, at: datetime, **more: Any) -> dict[str, Any]:
    """An event that the rule hits."""
    told = {"guanlan.org": org, "actor.app_name": "nightshift", "time": at, "metadata.uid": f"u{number:02d}"}
    return an_event("dump_tool", told | {"guanlan.position": number} | more)


def work() -> list[dict[str, Any]]:
    """At the county three hits within an hour and one of the day before, one at the city, one of a stranger, and one no hit."""
    hits = [(COUNTY, RECENT - timedelta(minutes=number)) for number in range(3)]
    hits += [(COUNTY, RECENT - timedelta(days=1)), (CITY, RECENT), (STRANGER, RECENT)]
    events = [nightly(number, org, at) for number, (org, at) in enumerate(hits)]
    return [*events, nightly(6, COUNTY, RECENT, **{"actor.app_name": "office"})]


def stored(store: LogStore) -> LogStore:
    """The store with that work in it."""
    rows = [{name: event.get(name) for name in EVENT_SCHEMA.names} for event in work()]
    store.append(pa.Table.from_pylist(rows, schema=EVENT_SCHEMA), batch="b")
    store.refresh()
    return store


def filled(database: Database) -> LogStore:
    """The installation's own store with that work in it."""
    return stored(open_store(database.settings))


def drafted(session: Session, text: str = TEXT, org: str = CITY) -> Draft:
    """A rule that stands in nobody's document yet."""
    return draft_of_text(session, org, {KEY: []}, text)


def ran(database: Database, actor: Actor, org: str = CITY, text: str = TEXT, days: int = 7) -> JobRun:
    """A backtest of such a rule, ordered and carried out by a worker."""
    with database.write() as session:
        run = order(session, actor, drafted(session, text, org), org, days)
    assert run_one(database, "worker")
    with database.read() as session:
        return session.get_one(JobRun, run.id)
