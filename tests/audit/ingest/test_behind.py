"""Detection that falls behind is a figure, and told once until it has caught up."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.ingest.behind import Waiting, seconds_taken, tell_behind, waiting
from audit.ingest.figures import collect
from audit.ingest.models import BatchState, IngestBatch
from detectors.findings import Finding
from incidents.alerts.models import Alert
from soc.db import Database
from soc.events import dispatch
from soc.identity.actors import job_actor
from soc.trail.models import TrailEntry
from tests.conftest import NOON

MINUTE = timedelta(minutes=1)
ROOT = "440000"


def batch(session: Session, key: str, state: BatchState, came: datetime, done: datetime | None = None) -> IngestBatch:
    row = IngestBatch(
        org=ROOT, format="nginx", key=key, body_digest=key, segment="s", position=0, size=10, accepted=5, quarantined=0,
        options={}, origin="test", state=state, received_at=came, analysed_at=done,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def told(session: Session, at: datetime) -> bool:
    return tell_behind(session, job_actor(session, "ingest.behind"), ROOT, MINUTE, at=at)


def test_what_is_stored_and_not_looked_at_still_waits(session: Session) -> None:
    assert waiting(session) == Waiting(0, 0, None)
    batch(session, "a", BatchState.RECEIVED, NOON + MINUTE)
    batch(session, "b", BatchState.STORED, NOON)
    batch(session, "c", BatchState.ANALYSED, NOON - MINUTE, NOON)
    batch(session, "d", BatchState.LOST, NOON - MINUTE)
    found = waiting(session)
    assert found == Waiting(2, 10, NOON)
    assert found.age(NOON + 3 * MINUTE) == 3 * MINUTE


def test_it_is_told_once_until_it_has_caught_up(session: Session) -> None:
    late = batch(session, "a", BatchState.RECEIVED, NOON)
    assert [told(session, NOON + MINUTE), told(session, NOON + 2 * MINUTE), told(session, NOON + 9 * MINUTE)] == [
        False, True, False,
    ]  # fmt: skip
    late.received_at = NOON + 9 * MINUTE
    assert not told(session, NOON + 9 * MINUTE + MINUTE * 0.75)  # better, but not yet well: no new word either
    assert not told(session, NOON + 12 * MINUTE)
    late.state = BatchState.ANALYSED
    assert not told(session, NOON + 13 * MINUTE)
    batch(session, "b", BatchState.RECEIVED, NOON + 13 * MINUTE)
    assert told(session, NOON + 15 * MINUTE)
    acts = session.scalars(
        select(TrailEntry.act).where(TrailEntry.act.startswith("detection.")).order_by(TrailEntry.id)
    )
    assert list(acts) == ["detection.behind", "detection.caught_up", "detection.behind"]


def test_falling_behind_is_an_alert_of_the_centre(database: Database) -> None:
    with database.write() as session:
        batch(session, "a", BatchState.RECEIVED, NOON)
        assert told(session, NOON + 2 * MINUTE)
    for _ in range(3):
        dispatch(database)
    with database.read() as session:
        (finding,) = session.scalars(select(Finding)).all()
        (alert,) = session.scalars(select(Alert)).all()
    assert (finding.org, finding.title) == (ROOT, {"key": "ingest.behind.title", "params": {"seconds": 120}})
    assert finding.reasons[0]["params"] == {"batches": 1, "records": 5}
    assert alert.org == ROOT


def test_metrics_tell_the_lag_and_how_long_the_latest_took(session: Session) -> None:
    for place in range(20):
        batch(session, f"k{place}", BatchState.ANALYSED, NOON, NOON + timedelta(seconds=place))
    assert seconds_taken(session) == [float(place) for place in range(20)]
    figures = {
        (name, labels.get("quantile", "")): value
        for name, _, labels, value in collect(session, session.info["settings"])
    }
    assert figures["guanlan_detection_lag_seconds", ""] == 0.0
    quantiles = {"0.5": 10.0, "0.95": 19.0, "1": 19.0}
    assert {one: figures["guanlan_detection_seconds", one] for one in quantiles} == quantiles
