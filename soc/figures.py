"""The kernel in figures, for ``/metrics``: how late each job is, how long it has been at work, how many runs there are."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.settings import Settings
from soc.clock import now
from soc.jobs import JobRun, RhythmMark, RunStatus, job_specs
from soc.workdays import is_known

Figure = tuple[str, str, Mapping[str, str], float]
_UNENDED = (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.PAUSED)
_LATELY = timedelta(days=1)


def collect(session: Session, settings: Settings) -> list[Figure]:
    """Return the lag of every job that runs are written of, the time of those at work, and counts of runs."""
    at = now()
    waiting, working = _oldest(session, RunStatus.QUEUED), _oldest(session, RunStatus.RUNNING)
    due = {mark.job: mark.next_at for mark in session.scalars(select(RhythmMark))}
    names = sorted(name for name, spec in job_specs().items() if not spec.quiet)
    lag = "Age of the oldest run that waits, or how long ago one should have been written"
    figures: list[Figure] = [
        ("guanlan_job_lag_seconds", lag, {"job": name}, max(_age(waiting.get(name), at), _age(due.get(name), at)))
        for name in names
    ]
    figures += [
        (
            "guanlan_job_running_seconds",
            "How long the oldest run at work has been at it",
            {"job": name},
            _age(began, at),
        )
        for name, began in sorted(working.items())
    ]
    known = "Whether this year's holidays are known (0: habits and off hours go by weekdays)"
    figures.append(("guanlan_calendar_known", known, {}, float(is_known(at.astimezone(settings.timezone).date()))))
    return figures + _counts(session, at)


def _oldest(session: Session, status: RunStatus) -> dict[str, datetime]:
    since = JobRun.started_at if status is RunStatus.RUNNING else JobRun.created_at
    rows = session.execute(select(JobRun.job, func.min(since)).where(JobRun.status == status).group_by(JobRun.job))
    return {name: began for name, began in rows if began is not None}


def _counts(session: Session, at: datetime) -> list[Figure]:
    rows = session.execute(
        select(JobRun.status, func.count()).where(JobRun.status.in_(_UNENDED)).group_by(JobRun.status)
    )
    counts = {status: int(count) for status, count in rows}
    failed = (JobRun.status == RunStatus.FAILED, JobRun.ended_at > at - _LATELY)
    lost = session.scalar(select(func.count()).select_from(JobRun).where(*failed)) or 0
    runs = [
        ("guanlan_job_runs", "Runs by where they stand", {"status": one.value}, counts.get(one, 0)) for one in _UNENDED
    ]
    return [*runs, ("guanlan_job_failed_lately", "Runs that failed within a day", {}, float(lost))]


def _age(began: datetime | None, at: datetime) -> float:
    return max(0.0, (at - began).total_seconds()) if began else 0.0
