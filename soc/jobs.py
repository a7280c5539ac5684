"""Jobs: work in the background, one run a due time however many processes there are.

One process at a time holds the leader's lease and writes the runs that fall due; any
worker takes a queued run by an UPDATE that only one can win, and beats its heart while
it works. A run whose heart stopped goes back to the queue. Jobs are declared in code and
named by rooms; nothing is pickled.

APScheduler reads the rhythms; its own job stores ran one due time 17 times for 8 when
three processes shared one, so the truth is UNIQUE(job, due_at) here.
"""

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import UniqueConstraint, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from config.settings import Settings
from soc.acting import SystemPath
from soc.clock import now
from soc.db import Database, Identified, Model
from soc.errors import ConflictError, NotFoundError, SocError
from soc.identity.actor import Actor
from soc.identity.actors import job_actor
from soc.ledger.own_types import source_of
from soc.ledger.types import knowing
from soc.registry import rooms
from soc.room import JobSpec, resolve
from soc.tiers.models import Scoped
from soc.tiers.scope import find_within
from soc.trail import Act, record

if TYPE_CHECKING:
    from soc.logstore.port import LogStore

_log = logging.getLogger(__name__)
HEARTBEAT = timedelta(seconds=5)
#: a run that has not beaten for this long has lost its worker
LOST_AFTER = timedelta(seconds=30)
LEASE = timedelta(seconds=15)
#: times a run may lose its worker before it counts as failed
MOST_ATTEMPTS = 5


class RunStatus(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    #: what it did so far is kept; it goes on when somebody (or its window of hours) says so
    PAUSED = "paused"


class Lane(StrEnum):
    """Which runs a worker's thread takes: hours of one job must not hold up minutes of the others."""

    SHORT = "short"
    LONG = "long"  # of jobs that can be paused or take minutes


class JobRun(Scoped, Identified, Model):
    """One run of a job; who asked, how far it is, how it ended."""

    __tablename__ = "job_runs"
    __table_args__ = (UniqueConstraint("job", "due_at"),)
    job: Mapped[str]
    #: of a rhythm: the instant it was due; of an order: None
    due_at: Mapped[datetime | None]
    ordered_by: Mapped[str]
    params: Mapped[dict[str, Any]]
    status: Mapped[RunStatus] = mapped_column(default=RunStatus.QUEUED, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    beaten_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    #: {"key", "params"} of the catalogue, or plain text of an error
    message: Mapped[dict[str, Any] | None]
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    pause_asked: Mapped[bool] = mapped_column(default=False)


class Lease(Model):
    """Who does what only one may do, until when."""

    __tablename__ = "leases"
    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    until: Mapped[datetime]


class RhythmMark(Model):
    """When a job with a rhythm is due next."""

    __tablename__ = "job_rhythms"
    job: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[datetime]


class CancelledError(Exception):
    """The run was cancelled by a person; raised by ``progress``."""


class PausedError(Exception):
    """The run stops here for now and goes on later; raised by ``progress``, or by a job that has to wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobContext:
    """What a running job may use."""

    database: Database
    settings: Settings
    run_id: UUID | None
    params: dict[str, Any]
    open_store: "Callable[[], LogStore]"

    def store(self) -> "LogStore":
        """Return the log store."""
        return self.open_store()

    def actor(self, session: Session) -> Actor:
        """Return the installation as the actor of this run."""
        return job_actor(session, f"run {self.run_id}")

    def progress(self, done: int, total: int, message: dict[str, Any] | None = None) -> None:
        """Say how far it is.

        Raises:
            CancelledError: a person asked to stop.
            PausedError: a person asked to pause.
        """
        if self.run_id is None:
            return
        with self.database.write() as session:
            run = session.get_one(JobRun, self.run_id)
            run.done, run.total, run.beaten_at = done, total, now()
            run.message = message or run.message
            cancelled, paused = run.cancel_asked, run.pause_asked
        if cancelled:
            raise CancelledError
        if paused:
            raise PausedError

    def cancelled(self) -> bool:
        """Tell whether a person asked to stop."""
        if self.run_id is None:
            return False
        with self.database.read() as session:
            return bool(session.scalar(select(JobRun.cancel_asked).where(JobRun.id == self.run_id)))


def job_specs() -> dict[str, JobSpec]:
    """Return every room's jobs by name."""
    return {job.name: job for room in rooms() for job in room.jobs}


def enqueue(session: Session, actor: Actor, name: str, params: dict[str, Any], *, org: str | None = None) -> JobRun:
    """Order a run; a worker takes it within a second.

    Raises:
        NotFoundError: no room offers such a job.
    """
    if name not in job_specs():
        raise NotFoundError
    run = JobRun(job=name, params=params, ordered_by=actor.name, org=org or actor.org, created_at=now())
    session.add(run)
    session.flush()
    record(session, actor, Act.JOB_ENQUEUED, run, note=name)
    return run


def cancel(session: Session, actor: Actor, run_id: UUID | str) -> JobRun:
    """Ask a run to stop; one that waits is cancelled at once.

    Raises:
        ConflictError: it has already ended.
    """
    run = find_within(session, actor, JobRun, run_id)
    if run.status not in {RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.PAUSED}:
        raise ConflictError("errors.job_ended")
    run.cancel_asked = True
    if run.status is not RunStatus.RUNNING:
        run.status, run.ended_at = RunStatus.CANCELLED, now()
    record(session, actor, Act.JOB_CANCELLED, run, note=run.job)
    return run


def pause(session: Session, actor: Actor, run_id: UUID | str) -> JobRun:
    """Ask a run to stop where it is and to keep what it has; one that waits is paused at once.

    Raises:
        ConflictError: it has ended, or its job cannot be paused.
    """
    run = find_within(session, actor, JobRun, run_id)
    if run.status not in {RunStatus.QUEUED, RunStatus.RUNNING}:
        raise ConflictError("errors.job_ended")
    if not is_pausable(run):
        raise ConflictError("errors.job_not_pausable")
    run.pause_asked = True
    if run.status is RunStatus.QUEUED:
        run.status = RunStatus.PAUSED
    record(session, actor, Act.JOB_PAUSED, run, note=run.job)
    return run


def resume(session: Session, actor: Actor, run_id: UUID | str) -> JobRun:
    """Let a paused run go on; a worker takes it within a second.

    Raises:
        ConflictError: it is not paused.
    """
    run = find_within(session, actor, JobRun, run_id)
    if run.status is not RunStatus.PAUSED:
        raise ConflictError("errors.job_not_paused")
    run.status, run.pause_asked = RunStatus.QUEUED, False
    record(session, actor, Act.JOB_RESUMED, run, note=run.job)
    return run


def is_pausable(run: JobRun) -> bool:
    """Whether a run's job can go on where it was."""
    spec = job_specs().get(run.job)
    return spec is not None and spec.pausable


def hold(session: Session, name: str, holder: str, *, at: datetime, span: timedelta = LEASE) -> bool:
    """Take or renew a lease; tell whether ``holder`` has it now."""
    taken = session.execute(
        update(Lease)
        .where(Lease.name == name, (Lease.holder == holder) | (Lease.until < at))
        .values(holder=holder, until=at + span)
    )
    if taken.rowcount:  # type: ignore[attr-defined]
        return True
    if session.get(Lease, name) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(Lease(name=name, holder=holder, until=at + span))
    except IntegrityError:
        return False
    return True


def write_due_runs(session: Session, *, at: datetime) -> list[str]:
    """Write a run for every rhythm that is due; return the jobs. A missed rhythm is caught up once."""
    return [name for name, spec in job_specs().items() if _has_rhythm(spec) and _write_due(session, spec, at)]


def _has_rhythm(spec: JobSpec) -> bool:
    return not spec.quiet and (spec.every is not None or spec.cron is not None)


def _write_due(session: Session, spec: JobSpec, at: datetime) -> bool:
    mark = session.get(RhythmMark, spec.name)
    if mark is None:
        # another process may write the same first mark at this moment: its mark is as good
        with suppress(IntegrityError), session.begin_nested():
            session.add(RhythmMark(job=spec.name, next_at=next_due(spec, at)))
        return False
    if mark.next_at > at:
        return False
    due, mark.next_at = mark.next_at, next_due(spec, at)
    org = job_actor(session, "scheduler").org
    try:
        with session.begin_nested():
            session.add(JobRun(job=spec.name, due_at=due, params={}, ordered_by="scheduler", org=org, created_at=at))
    except IntegrityError:
        return False
    return True


def next_due(spec: JobSpec, after: datetime) -> datetime:
    """Return the first instant of the job's rhythm after ``after``; rhythms start at the epoch, so all agree."""
    if spec.every is not None:
        return datetime.fromtimestamp(
            (after.timestamp() // spec.every.total_seconds() + 1) * spec.every.total_seconds(), UTC
        )
    assert spec.cron is not None
    trigger = CronTrigger.from_crontab(spec.cron, timezone="Asia/Shanghai")
    found: datetime = trigger.get_next_fire_time(None, after + timedelta(microseconds=1))
    return found.astimezone(UTC)


def recover_lost(session: Session, *, at: datetime) -> int:
    """Put runs whose worker died back into the queue; return how many."""
    lost = session.scalars(
        select(JobRun).where(JobRun.status == RunStatus.RUNNING, JobRun.beaten_at < at - LOST_AFTER).with_for_update()
    ).all()
    for run in lost:
        run.status = RunStatus.FAILED if run.attempts >= MOST_ATTEMPTS else RunStatus.QUEUED
        run.worker = None
    return len(lost)


def take(session: Session, worker: str, *, at: datetime, lane: Lane | None = None) -> JobRun | None:
    """Take the oldest queued run (of a lane), or None; two workers never get the same."""
    queued = select(JobRun.id).where(JobRun.status == RunStatus.QUEUED)
    if lane is not None:
        long = [name for name, spec in job_specs().items() if spec.long or spec.pausable]
        queued = queued.where(JobRun.job.in_(long) if lane is Lane.LONG else JobRun.job.not_in(long))
    oldest = session.scalar(queued.order_by(JobRun.id).limit(1))
    if oldest is None:
        return None
    won = session.execute(
        update(JobRun)
        .where(JobRun.id == oldest, JobRun.status == RunStatus.QUEUED)
        .values(status=RunStatus.RUNNING, worker=worker, started_at=at, beaten_at=at, attempts=JobRun.attempts + 1)
    )
    if not won.rowcount:  # type: ignore[attr-defined]
        return None
    return session.get_one(JobRun, oldest, populate_existing=True)


def release(session: Session, worker: str) -> int:
    """Give a worker's pausable runs back to the queue as it ends; what they did so far is kept by their jobs."""
    pausable = [name for name, spec in job_specs().items() if spec.pausable]
    given = session.execute(
        update(JobRun)
        .where(JobRun.worker == worker, JobRun.status == RunStatus.RUNNING, JobRun.job.in_(pausable))
        .values(status=RunStatus.QUEUED, worker=None, attempts=JobRun.attempts - 1)
    )
    return int(given.rowcount)  # type: ignore[attr-defined]


def run_one(database: Database, worker: str, lane: Lane | None = None) -> bool:
    """Take a queued run (of a lane) and carry it out; tell whether there was one."""
    database = database.acting_for(SystemPath.JOBS)
    with database.write() as session:
        run = take(session, worker, at=now(), lane=lane)
    if run is None:
        return False
    with _beating(database, run.id):
        status, message = _carry_out(database, run)
    with database.write() as session:
        ended = session.get_one(JobRun, run.id)
        ended.status, ended.ended_at = status, None if status is RunStatus.PAUSED else now()
        ended.message = message or ended.message
        if run.due_at is None or status is RunStatus.FAILED:
            record(session, job_actor(session, run.job), Act.JOB_FINISHED, ended, after={"status": status.value})
    return True


def _carry_out(database: Database, run: JobRun) -> tuple[RunStatus, dict[str, Any] | None]:
    spec = job_specs().get(run.job)
    if spec is None:
        return RunStatus.FAILED, {"key": "errors.job_unknown", "params": {}}
    try:
        carry_out(spec, context_of(database, run.id, run.params))
    except CancelledError:
        return RunStatus.CANCELLED, None
    except PausedError:
        return RunStatus.PAUSED, None
    except SocError as error:
        return RunStatus.FAILED, {"key": error.key, "params": dict(error.params)}
    except Exception as error:  # a job may fail in any way; the worker lives on
        _log.exception("job failed", extra={"job": run.job})
        return RunStatus.FAILED, {"key": "errors.job_failed", "params": {"reason": type(error).__name__}}
    return RunStatus.DONE, None


def carry_out(spec: JobSpec, context: JobContext) -> None:
    """Run a job; the types that organisations made themselves are known to it."""
    with knowing(source_of(context.database)):
        resolve(spec.run)(context)


def context_of(database: Database, run_id: UUID | None, params: dict[str, Any]) -> JobContext:
    """Return the context a job runs in: it acts for the installation."""

    def open_store() -> "LogStore":
        from soc.logstore import open_store

        return open_store(database.settings)

    return JobContext(
        database=database.acting_for(SystemPath.JOBS),
        settings=database.settings,
        run_id=run_id,
        params=params,
        open_store=open_store,
    )


class _beating:  # noqa: N801
    """While the block runs, a thread tells every few seconds that the worker lives."""

    def __init__(self, database: Database, run_id: UUID) -> None:
        self._database, self._run_id = database, run_id
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._ended.wait(HEARTBEAT.total_seconds()):
            with self._database.write() as session:
                session.execute(update(JobRun).where(JobRun.id == self._run_id).values(beaten_at=now()))


def worker_name() -> str:
    """Return a name for this process that no other has."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
