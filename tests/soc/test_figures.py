"""The kernel's figures: how late jobs are."""

from datetime import timedelta

from sqlalchemy.orm import Session

from soc.clock import now
from soc.figures import collect
from soc.jobs import JobRun, RhythmMark, RunStatus, job_specs

MINUTE = timedelta(minutes=1)


def told(session: Session) -> dict[tuple[str, str], float]:
    figures = collect(session, session.info["settings"])
    return {(name, labels.get("job") or labels.get("status", "")): value for name, _, labels, value in figures}


def run(session: Session, status: RunStatus, age: timedelta) -> None:
    at = now() - age
    ended = at if status is RunStatus.FAILED else None
    session.add(
        JobRun(
            job="upkeep", params={}, ordered_by="test", org="440000", status=status, created_at=at, started_at=at,
            ended_at=ended,
        )
    )  # fmt: skip
    session.flush()


def test_a_job_that_nothing_waits_of_is_not_late(session: Session) -> None:
    figures = told(session)
    noted = {name for name, spec in job_specs().items() if not spec.quiet}
    assert {job for name, job in figures if name == "guanlan_job_lag_seconds"} == noted
    assert figures["guanlan_job_lag_seconds", "upkeep"] == 0.0
    assert figures["guanlan_job_runs", "queued"] == 0


def test_the_oldest_run_that_waits_and_one_that_was_never_written_are_lag(session: Session) -> None:
    run(session, RunStatus.QUEUED, MINUTE)
    run(session, RunStatus.QUEUED, 5 * MINUTE)
    assert 300 <= told(session)["guanlan_job_lag_seconds", "upkeep"] < 310
    session.add(RhythmMark(job="upkeep", next_at=now() - 20 * MINUTE))
    assert 1200 <= told(session)["guanlan_job_lag_seconds", "upkeep"] < 1210


def test_runs_at_work_and_failed_ones_are_counted(session: Session) -> None:
    run(session, RunStatus.RUNNING, 2 * MINUTE)
    run(session, RunStatus.FAILED, MINUTE)
    run(session, RunStatus.FAILED, timedelta(days=3))
    figures = told(session)
    assert 120 <= figures["guanlan_job_running_seconds", "upkeep"] < 130
    assert (figures["guanlan_job_runs", "running"], figures["guanlan_job_failed_lately", ""]) == (1, 1.0)
