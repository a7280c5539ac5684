"""Scans by themselves: due once, within their hours, and never two of one source."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from detectors.discovery import jobs
from detectors.discovery.scanning import conduct
from detectors.discovery.scanning.models import Mode
from detectors.discovery.scanning.schedules import (
    ScheduleOrder,
    Window,
    next_of,
    schedule_of,
    set_schedule,
    start_due,
)
from detectors.discovery.scanning.service import start
from soc.db import Database
from soc.errors import InputError
from soc.identity.actors import operator_actor
from soc.jobs import JobRun, RunStatus, run_one
from soc.ledger.models import LedgerItem, Source
from soc.ledger.sources import NewSource, add_source
from soc.trail import Act
from soc.trail.models import TrailEntry
from tests.conftest import NOON
from tests.detectors.discovery.scanning.making import make_source

ZONE = ZoneInfo("Asia/Shanghai")
#: noon in Greenwich minus four: midday in Guangdong
NIGHT = NOON + timedelta(hours=11)  # 23:00 there


@pytest.fixture
def source(database: Database, tmp_path: Path) -> UUID:
    path = make_source(tmp_path / "s.db", 4)
    with database.write() as session:
        order = NewSource("港航库", f"sqlite:///{path}", "440100")
        return add_source(session, operator_actor(session), database.settings, order).id


def schedule(database: Database, source: UUID, order: ScheduleOrder, at: datetime = NOON) -> None:
    with database.write() as session:
        set_schedule(session, operator_actor(session), session.get_one(Source, source), order, at=at)


def due(database: Database, at: datetime) -> list[dict[str, object]]:
    with database.write() as session:
        return [dict(run.params) for run in start_due(session, at=at, zone=ZONE)]


@given(st.integers(0, 23), st.integers(0, 23), st.integers(0, 23))
def test_a_window_holds_the_hours_from_its_begin_to_its_end(begins: int, ends: int, hour: int) -> None:
    moment = datetime(2026, 11, 22, hour, 30, tzinfo=ZONE)
    hours = [(begins + step) % 24 for step in range((ends - begins) % 24)]
    assert Window(begins, ends).holds(moment, ZONE) == (hour in hours)


def test_a_schedule_is_due_at_its_next_instant_and_once(database: Database, source: UUID) -> None:
    schedule(database, source, ScheduleOrder("0 2 * * *", Mode.AGAIN))
    assert due(database, NOON) == []
    at = next_of("0 2 * * *", NOON)
    assert at.astimezone(ZONE).hour == 2
    assert due(database, at) == [{"source": str(source), "mode": "again", "scheduled": True}]
    assert due(database, at) == []


def test_one_that_is_under_way_is_not_started_again(database: Database, source: UUID) -> None:
    schedule(database, source, ScheduleOrder("0 2 * * *"))
    with database.write() as session:
        start(session, operator_actor(session), session.get_one(Source, source), Mode.CHANGED)
    assert due(database, next_of("0 2 * * *", NOON)) == []
    with database.read() as session:
        assert len(session.scalars(select(JobRun)).all()) == 1


def test_what_is_due_outside_its_hours_begins_with_them(database: Database, source: UUID) -> None:
    schedule(database, source, ScheduleOrder("0 13 * * *", window_from=22, window_to=6))
    assert due(database, NOON + timedelta(hours=2)) == []
    assert len(due(database, NIGHT)) == 1


def test_a_scheduled_scan_pauses_when_its_hours_end_and_goes_on_with_the_next(
    database: Database, source: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule(database, source, ScheduleOrder("0 22 * * *", window_from=22, window_to=23))
    assert len(due(database, NIGHT - timedelta(minutes=30))) == 1
    monkeypatch.setattr(conduct, "GROUP", 1)
    monkeypatch.setattr(jobs, "now", lambda: NIGHT + timedelta(minutes=5))
    run_one(database, "w1")
    with database.read() as session:
        assert session.scalars(select(JobRun.status)).one() is RunStatus.PAUSED
    assert due(database, NIGHT + timedelta(hours=3)) == []
    assert len(due(database, NIGHT + timedelta(hours=23, minutes=10))) == 1
    monkeypatch.setattr(jobs, "now", lambda: NIGHT + timedelta(hours=23, minutes=10))
    run_one(database, "w1")
    with database.read() as session:
        assert session.scalars(select(JobRun.status)).one() is RunStatus.DONE
        assert len(session.scalars(select(LedgerItem)).all()) == 16


def test_what_a_person_asks_for_heeds_no_hours(
    database: Database, source: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule(database, source, ScheduleOrder("0 22 * * *", window_from=22, window_to=23))
    with database.write() as session:
        start(session, operator_actor(session), session.get_one(Source, source), Mode.CHANGED)
    monkeypatch.setattr(jobs, "now", lambda: NOON)
    run_one(database, "w1")
    with database.read() as session:
        assert session.scalars(select(JobRun.status)).one() is RunStatus.DONE


def test_a_pause_that_a_person_asked_for_is_not_ended_by_the_clock(database: Database, source: UUID) -> None:
    schedule(database, source, ScheduleOrder("0 2 * * *"))
    at = next_of("0 2 * * *", NOON)
    due(database, at)
    with database.write() as session:
        from soc.jobs import pause

        pause(session, operator_actor(session), session.scalars(select(JobRun.id)).one())
    assert due(database, at + timedelta(minutes=1)) == []


@pytest.mark.parametrize("cron", ["", "often", "61 * * * *", "* * * *", "0 2 * * * *", "0 2 * * * ; rm", "x" * 500])
def test_what_is_no_cron_line_is_refused(cron: str) -> None:
    with pytest.raises(InputError):
        next_of(cron, NOON)


@pytest.mark.parametrize(("begins", "ends"), [(3, None), (None, 3), (3, 3)])
def test_half_a_window_and_an_empty_one_are_refused(
    database: Database, source: UUID, begins: int | None, ends: int | None
) -> None:
    with pytest.raises(InputError):
        schedule(database, source, ScheduleOrder("0 2 * * *", window_from=begins, window_to=ends))


def test_a_schedule_can_be_taken_back_and_both_are_in_the_trail(database: Database, source: UUID) -> None:
    schedule(database, source, ScheduleOrder("0 2 * * *"))
    schedule(database, source, ScheduleOrder(None))
    with database.read() as session:
        found = schedule_of(session, session.get_one(Source, source))
        acts = session.scalars(select(TrailEntry.act).where(TrailEntry.act == Act.SOURCE_CHANGED)).all()
    assert found is not None
    assert found.next_at is None
    assert len(acts) == 2
