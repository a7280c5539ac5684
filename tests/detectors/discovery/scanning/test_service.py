"""Scans as people order and watch them, through the real queue and the real register."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from detectors.discovery.scanning import conduct
from detectors.discovery.scanning.models import DiscoveryReading, DiscoveryScan, Mode, ScanStatus
from detectors.discovery.scanning.progress import Meter
from detectors.discovery.scanning.service import (
    JOB,
    Sight,
    Standing,
    cancel_scan,
    pause_scan,
    sight_of,
    sights,
    start,
    take_up,
)
from soc.clock import now
from soc.db import Database
from soc.errors import ConflictError
from soc.identity.actors import operator_actor
from soc.jobs import JobRun, RunStatus, run_one
from soc.ledger.models import LedgerItem, Source
from soc.ledger.sources import NewSource, add_source
from tests.conftest import NOON
from tests.detectors.discovery.scanning.making import make_source


@pytest.fixture
def source(database: Database, tmp_path: Path) -> UUID:
    """Six tables of Guangzhou's."""
    path = make_source(tmp_path / "s.db", 6)
    with database.write() as session:
        order = NewSource("运政库", f"sqlite:///{path}", "440100")
        return add_source(session, operator_actor(session), database.settings, order).id


def order(database: Database, source: UUID, mode: Mode = Mode.CHANGED) -> UUID:
    with database.write() as session:
        return start(session, operator_actor(session), session.get_one(Source, source), mode).id


def sight(database: Database, source: UUID) -> Sight | None:
    with database.read() as session:
        return sights(session, [source], at=now()).get(source)


def standing(database: Database, source: UUID) -> Standing | None:
    found = sight(database, source)
    return found.standing if found else None


def pause_after_first(database: Database, source: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the order until its first table is kept, as if somebody pressed pause then."""
    monkeypatch.setattr(conduct, "GROUP", 1)
    real = Meter.add

    def add(meter: Meter, **given: object) -> None:
        real(meter, **given)  # type: ignore[arg-type]
        if meter.settled == 2:
            with database.write() as session:
                pause_scan(session, operator_actor(session), session.get_one(Source, source))

    with monkeypatch.context() as patched:
        patched.setattr(Meter, "add", add)
        assert run_one(database, "w1")


def test_a_source_that_was_never_scanned_has_no_standing(database: Database, source: UUID) -> None:
    assert standing(database, source) is None


def test_an_ordered_scan_waits_then_is_done(database: Database, source: UUID) -> None:
    order(database, source)
    assert standing(database, source) is Standing.WAITING
    assert run_one(database, "w1")
    found = sight(database, source)
    assert found is not None
    assert (found.standing, found.left, found.may_pause, found.may_cancel) == (Standing.DONE, None, False, False)


def test_a_second_order_is_refused_while_one_is_under_way(database: Database, source: UUID) -> None:
    order(database, source)
    with pytest.raises(ConflictError):
        order(database, source)
    run_one(database, "w1")
    order(database, source)


def test_a_scan_is_paused_and_taken_up_where_it_was(
    database: Database, source: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    order(database, source)
    pause_after_first(database, source, monkeypatch)
    found = sight(database, source)
    assert found is not None
    assert found.standing is Standing.PAUSED
    assert found.scan is not None
    assert 0 < found.scan.settled < 6
    with database.write() as session:
        take_up(session, operator_actor(session), session.get_one(Source, source))
    assert run_one(database, "w1")
    assert standing(database, source) is Standing.DONE
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(DiscoveryScan)) == 1
        assert session.scalar(select(func.count()).select_from(LedgerItem)) == 24


def test_a_paused_scan_that_is_cancelled_leaves_nothing(
    database: Database, source: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    order(database, source)
    pause_after_first(database, source, monkeypatch)
    with database.write() as session:
        cancel_scan(session, operator_actor(session), session.get_one(Source, source), at=NOON)
    assert standing(database, source) is Standing.CANCELLED
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(DiscoveryReading)) == 0
        assert session.scalar(select(JobRun.status)) is RunStatus.CANCELLED


def test_what_was_interrupted_is_taken_up_by_a_new_run(database: Database, source: UUID, tmp_path: Path) -> None:
    (tmp_path / "s.db").rename(tmp_path / "away.db")
    order(database, source)
    run_one(database, "w1")
    found = sight(database, source)
    assert found is not None
    assert (found.standing, found.may_go_on) == (Standing.INTERRUPTED, True)
    assert found.scan is not None
    assert found.scan.message == {"key": "errors.source.no_file", "params": {"path": "s.db"}}
    (tmp_path / "away.db").rename(tmp_path / "s.db")
    with database.write() as session:
        take_up(session, operator_actor(session), session.get_one(Source, source))
    run_one(database, "w1")
    assert standing(database, source) is Standing.DONE


def test_there_is_nothing_to_take_up_or_cancel_where_nothing_is_open(database: Database, source: UUID) -> None:
    with database.write() as session:
        found, actor = session.get_one(Source, source), operator_actor(session)
        for act in (take_up, pause_scan, lambda *given: cancel_scan(*given, at=NOON)):
            with pytest.raises(ConflictError):
                act(session, actor, found)


def test_a_scan_is_told_with_who_asked_for_it(database: Database, source: UUID) -> None:
    run = order(database, source)
    run_one(database, "w1")
    with database.read() as session:
        scan = session.scalars(select(DiscoveryScan)).one()
        assert scan.ordered_by == session.get_one(JobRun, run).ordered_by
        assert scan.job_run_id == run


def scan_row(**given: object) -> DiscoveryScan:
    values = {
        "status": ScanStatus.RUNNING,
        "beaten_at": NOON,
        "share": 0.25,
        "spent": timedelta(minutes=2),
        "rows": 6_000,
    }
    return DiscoveryScan(**(values | given))


def run_row(status: RunStatus, **given: object) -> JobRun:
    return JobRun(job=JOB, status=status, **({"cancel_asked": False, "pause_asked": False} | given))


def test_a_scan_of_a_command_line_that_died_is_interrupted_after_a_minute() -> None:
    assert sight_of(scan_row(), None, at=NOON + timedelta(seconds=59)).standing is Standing.RUNNING
    assert sight_of(scan_row(), None, at=NOON + timedelta(seconds=61)).standing is Standing.INTERRUPTED


def test_the_rate_and_the_time_left_follow_what_was_done() -> None:
    run = run_row(RunStatus.RUNNING)
    scan = scan_row()
    scan.job_run_id = run.id
    found = sight_of(scan, run, at=NOON)
    assert (found.rate, found.left) == (50.0, timedelta(minutes=6))


@pytest.mark.parametrize(
    ("run", "wanted"),
    [
        (run_row(RunStatus.QUEUED), Standing.WAITING),
        (run_row(RunStatus.RUNNING, pause_asked=True), Standing.PAUSING),
        (run_row(RunStatus.RUNNING, cancel_asked=True), Standing.CANCELLING),
        (run_row(RunStatus.PAUSED), Standing.PAUSED),
    ],
)
def test_what_a_run_is_asked_shows(run: JobRun, wanted: Standing) -> None:
    scan = scan_row()
    scan.job_run_id = run.id
    assert sight_of(scan, run, at=NOON).standing is wanted
