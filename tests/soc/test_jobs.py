import multiprocessing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from config.settings import Settings
from soc import jobs
from soc.acting import SystemPath
from soc.clock import now
from soc.db import Database
from soc.errors import ConflictError, NotFoundError, UnavailableError
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.jobs import (
    JobContext,
    JobRun,
    Lane,
    RunStatus,
    cancel,
    enqueue,
    hold,
    pause,
    recover_lost,
    resume,
    run_one,
    take,
    write_due_runs,
)
from soc.room import JobSpec
from tests.conftest import NOON

RAN: list[dict[str, Any]] = []


def work(context: JobContext) -> None:
    context.progress(1, 2, {"key": "common.loading", "params": {}})
    RAN.append(context.params)


def stumble(context: JobContext) -> None:
    raise UnavailableError("errors.database_away", reason="x")


def go_on_until_cancelled(context: JobContext) -> None:
    with context.database.write() as session:
        session.get_one(JobRun, context.run_id).cancel_asked = True
    context.progress(1, 100)
    RAN.append({"never": True})


def go_on_until_paused(context: JobContext) -> None:
    if context.params.get("paused"):
        RAN.append(context.params)
        return
    with context.database.write() as session:
        run = session.get_one(JobRun, context.run_id)
        run.pause_asked, run.params = True, {"paused": 1}
    context.progress(1, 100)
    RAN.append({"never": True})


HERE = "tests.soc.test_jobs"
SPECS = {
    "work": JobSpec("work", f"{HERE}:work", every=timedelta(minutes=5)),
    "stumble": JobSpec("stumble", f"{HERE}:stumble"),
    "endless": JobSpec("endless", f"{HERE}:go_on_until_cancelled"),
    "long": JobSpec("long", f"{HERE}:go_on_until_paused", pausable=True),
    "nightly": JobSpec("nightly", f"{HERE}:work", cron="30 2 * * *"),
}


@pytest.fixture(autouse=True)
def _specs(monkeypatch: pytest.MonkeyPatch) -> None:
    RAN.clear()
    monkeypatch.setattr(jobs, "job_specs", lambda: SPECS)


def order(database: Database, name: str, params: dict[str, Any] | None = None) -> JobRun:
    with database.write() as session:
        return enqueue(session, operator_actor(session), name, params or {})


def status_of(database: Database, run: JobRun) -> RunStatus:
    with database.read() as session:
        return session.get_one(JobRun, run.id).status


def test_an_ordered_run_is_carried_out_once_with_its_params(database: Database) -> None:
    run = order(database, "work", {"table": "从业人员"})
    assert run_one(database, "w1")
    assert not run_one(database, "w1")
    assert RAN == [{"table": "从业人员"}]
    assert status_of(database, run) is RunStatus.DONE


def test_a_failed_run_says_why_in_words_people_can_read(database: Database) -> None:
    run = order(database, "stumble")
    run_one(database, "w1")
    with database.read() as session:
        stored = session.get_one(JobRun, run.id)
    assert stored.status is RunStatus.FAILED
    assert stored.message == {"key": "errors.database_away", "params": {"reason": "x"}}


def test_a_cancelled_run_stops_at_its_next_sign_of_progress(database: Database) -> None:
    run = order(database, "endless")
    run_one(database, "w1")
    assert status_of(database, run) is RunStatus.CANCELLED
    assert RAN == []


def test_a_waiting_run_is_cancelled_at_once_and_an_ended_one_cannot_be(database: Database) -> None:
    run = order(database, "work")
    with database.write() as session:
        cancel(session, operator_actor(session), run.id)
    assert not run_one(database, "w1")
    with pytest.raises(ConflictError), database.write() as session:
        cancel(session, operator_actor(session), run.id)


def test_two_workers_never_take_the_same_run(database: Database) -> None:
    order(database, "work")
    with database.write() as session:
        first = take(session, "w1", at=NOON)
    with database.write() as session:
        second = take(session, "w2", at=NOON)
    assert first is not None
    assert second is None


def test_a_run_whose_worker_died_is_taken_up_again(database: Database) -> None:
    run = order(database, "work")
    with database.write() as session:
        take(session, "dead", at=NOON)
    with database.write() as session:
        assert recover_lost(session, at=NOON + timedelta(seconds=10)) == 0
        assert recover_lost(session, at=NOON + timedelta(minutes=2)) == 1
    assert run_one(database, "w2")
    assert status_of(database, run) is RunStatus.DONE


def test_a_run_that_keeps_killing_its_worker_ends_as_failed(database: Database) -> None:
    run = order(database, "work")
    for turn in range(jobs.MOST_ATTEMPTS):
        at = NOON + timedelta(hours=turn)
        with database.write() as session:
            assert take(session, f"w{turn}", at=at) is not None
            recover_lost(session, at=at + timedelta(minutes=2))
    assert status_of(database, run) is RunStatus.FAILED


def test_a_due_time_makes_one_run_and_a_missed_rhythm_is_caught_up_once(database: Database) -> None:
    with database.write() as session:
        assert write_due_runs(session, at=NOON) == []
        later = NOON + timedelta(hours=3)
        assert write_due_runs(session, at=later) == ["work"]
        assert write_due_runs(session, at=later) == []


def test_a_nightly_job_is_due_at_its_hour_in_shanghai() -> None:
    assert jobs.next_due(SPECS["nightly"], NOON).isoformat() == "2026-11-22T18:30:00+00:00"


def test_a_lease_has_one_holder_until_it_ends(database: Database) -> None:
    with database.write() as session:
        assert hold(session, "leader", "a", at=NOON)
        assert hold(session, "leader", "a", at=NOON)
        assert not hold(session, "leader", "b", at=NOON)
        assert hold(session, "leader", "b", at=NOON + timedelta(minutes=1))
        assert not hold(session, "leader", "a", at=NOON + timedelta(minutes=1))


def test_a_stranger_cannot_cancel_a_run(database: Database) -> None:
    from soc.identity.actors import actor_of
    from tests.conftest import add_test_person

    run = order(database, "work")
    with pytest.raises(NotFoundError), database.write() as session:
        stranger = actor_of(session, add_test_person(session, Role.SYSADMIN, "440300"))
        cancel(session, stranger, run.id)


def _lead(settings: Settings, marks: Path) -> None:
    """One process of four: writes due runs and carries them out for a while, with rhythms of 1 s."""
    specs = {"tick": JobSpec("tick", f"{HERE}:touch", every=timedelta(seconds=1))}
    jobs.job_specs = lambda: specs
    database = Database.open(settings).acting_for(SystemPath.JOBS)
    until = now() + timedelta(seconds=5)
    name = jobs.worker_name()
    while now() < until:
        with database.write() as session:
            write_due_runs(session, at=now())
        run_one(database, name)
    database.close()


def touch(context: JobContext) -> None:
    with context.database.read() as session:
        run = session.get_one(JobRun, context.run_id)
    assert run.due_at is not None
    with (context.settings.home / "ran").open("a") as log:
        log.write(run.due_at.isoformat() + "\n")


def test_four_processes_never_run_one_due_time_twice(database: Database) -> None:
    settings = database.settings
    settings.home.mkdir(parents=True, exist_ok=True)
    context = multiprocessing.get_context("spawn")
    leaders = [context.Process(target=_lead, args=(settings, settings.home)) for _ in range(4)]
    for leader in leaders:
        leader.start()
    for leader in leaders:
        leader.join()
        assert leader.exitcode == 0
    ran = (settings.home / "ran").read_text().split()
    assert len(ran) >= 2
    assert len(ran) == len(set(ran))
    with database.read() as session:
        assert session.scalars(select(func.count()).select_from(JobRun)).one() >= len(ran)


def test_a_paused_run_waits_until_somebody_lets_it_go_on(database: Database) -> None:
    run = order(database, "long")
    run_one(database, "w1")
    assert status_of(database, run) is RunStatus.PAUSED
    assert not run_one(database, "w1")
    with database.write() as session:
        resume(session, operator_actor(session), run.id)
    assert run_one(database, "w1")
    assert status_of(database, run) is RunStatus.DONE
    assert RAN == [{"paused": 1}]


def test_a_waiting_run_is_paused_at_once_and_a_paused_one_can_be_cancelled(database: Database) -> None:
    run = order(database, "long")
    with database.write() as session:
        pause(session, operator_actor(session), run.id)
    assert status_of(database, run) is RunStatus.PAUSED
    with database.write() as session:
        cancel(session, operator_actor(session), run.id)
    assert status_of(database, run) is RunStatus.CANCELLED


def test_a_job_that_cannot_go_on_where_it_was_cannot_be_paused(database: Database) -> None:
    run = order(database, "work")
    with database.write() as session, pytest.raises(ConflictError):
        pause(session, operator_actor(session), run.id)


def test_a_run_that_is_not_paused_cannot_be_resumed(database: Database) -> None:
    run = order(database, "long")
    with database.write() as session, pytest.raises(ConflictError):
        resume(session, operator_actor(session), run.id)


def test_what_may_take_minutes_keeps_what_takes_seconds_waiting_no_more_than_what_can_be_paused(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    specs = [JobSpec("minutes", "x:y", long=True), JobSpec("pausable", "x:y", pausable=True), JobSpec("quick", "x:y")]
    monkeypatch.setattr(jobs, "job_specs", lambda: {spec.name: spec for spec in specs})
    with database.write() as session:
        for spec in specs:
            enqueue(session, operator_actor(session), spec.name, {})
        taken = {lane: [take(session, "w", at=now(), lane=lane) for _ in range(3)] for lane in Lane}
    names = {lane: [run.job for run in runs if run is not None] for lane, runs in taken.items()}
    assert names == {Lane.SHORT: ["quick"], Lane.LONG: ["minutes", "pausable"]}
