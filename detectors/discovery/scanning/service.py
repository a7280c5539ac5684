"""Scans as people order and watch them: started once a source, paused, taken up, cancelled; and how each stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.discovery.scanning import register
from detectors.discovery.scanning.models import OPEN, DiscoveryScan, Mode, ScanStatus
from detectors.discovery.scanning.register import HELD
from soc.errors import ConflictError
from soc.identity.actor import Actor
from soc.jobs import JobRun, RunStatus, cancel, enqueue, pause, resume
from soc.ledger.models import Source
from soc.tiers.scope import find_within

JOB = "discovery.scan"
_LIVE_RUNS = (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.PAUSED)


class Standing(StrEnum):
    """How a scan stands, as people are told."""

    WAITING = "waiting"  # ordered, no worker has taken it yet
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    CANCELLING = "cancelling"
    INTERRUPTED = "interrupted"
    CANCELLED = "cancelled"
    DONE = "done"

    @property
    def live(self) -> bool:
        """Whether it moves by itself."""
        return self in {Standing.WAITING, Standing.RUNNING, Standing.PAUSING, Standing.CANCELLING}


@dataclass(frozen=True, slots=True)
class Sight:
    """A source's scan of now: its row in the register, its run, or both."""

    standing: Standing
    scan: DiscoveryScan | None = None
    run: JobRun | None = None

    @property
    def left(self) -> timedelta | None:
        """How long it will still take at its present pace; None while nobody can tell."""
        scan = self.scan
        if scan is None or self.standing is not Standing.RUNNING or not 0.02 < scan.share < 1:
            return None
        return scan.spent * ((1 - scan.share) / scan.share)

    @property
    def rate(self) -> float:
        """Rows a second, since it began."""
        seconds = self.scan.spent.total_seconds() if self.scan else 0.0
        return self.scan.rows / seconds if self.scan and seconds > 1 else 0.0

    @property
    def may_pause(self) -> bool:
        """Whether it can be paused from here: a scan of a command line belongs to its terminal."""
        return self.run is not None and self.standing in {Standing.WAITING, Standing.RUNNING}

    @property
    def may_go_on(self) -> bool:
        """Whether it waits to be taken up."""
        return self.standing in {Standing.PAUSED, Standing.INTERRUPTED}

    @property
    def may_cancel(self) -> bool:
        """Whether it can still be cancelled from here."""
        own = self.run is not None or not self.standing.live
        return own and self.standing not in {Standing.DONE, Standing.CANCELLED, Standing.CANCELLING}


def start(session: Session, actor: Actor, source: Source, mode: Mode) -> JobRun:
    """Order a scan of a source; one at a time.

    Raises:
        ConflictError: one is waiting, running or paused.
    """
    if _live_run(session, source.id) is not None:
        raise ConflictError("errors.scan.ordered_already", name=source.name)
    return enqueue(session, actor, JOB, {"source": str(source.id), "mode": mode.value}, org=source.org)


def pause_scan(session: Session, actor: Actor, source: Source) -> None:
    """Stop a source's scan where it is.

    Raises:
        ConflictError: none is under way here.
    """
    pause(session, actor, _needed(session, source).id)


def take_up(session: Session, actor: Actor, source: Source) -> None:
    """Let a source's scan go on: its paused run, or a new run of what was interrupted.

    Raises:
        ConflictError: none waits for it.
    """
    run = _live_run(session, source.id)
    if run is not None and run.status is RunStatus.PAUSED:
        resume(session, actor, run.id)
        return
    scan = _newest(session, source.id)
    if run is not None or scan is None or scan.status not in OPEN:
        raise ConflictError("errors.scan.not_open")
    start(session, actor, source, scan.mode)


def cancel_scan(session: Session, actor: Actor, source: Source, *, at: datetime) -> None:
    """End a source's scan for good; what it read is dropped.

    Raises:
        ConflictError: none is under way.
    """
    run, scan = _live_run(session, source.id), _newest(session, source.id)
    running = run is not None and run.status is RunStatus.RUNNING
    if run is None and (scan is None or scan.status not in OPEN):
        raise ConflictError("errors.scan.not_open")
    if run is not None:
        cancel(session, actor, run.id)
    if scan is not None and scan.status in OPEN and not running:
        register.give_up(session, scan, at=at)


def _needed(session: Session, source: Source) -> JobRun:
    run = _live_run(session, source.id)
    if run is None:
        raise ConflictError("errors.scan.not_open")
    return run


def _live_run(session: Session, source_id: UUID) -> JobRun | None:
    runs = live_runs(session, [source_id])
    return runs.get(source_id)


def live_runs(session: Session, source_ids: Sequence[UUID]) -> dict[UUID, JobRun]:
    """The run that waits, runs or is paused of each source that has one."""
    query = select(JobRun).where(JobRun.job == JOB, JobRun.status.in_(_LIVE_RUNS)).order_by(JobRun.id.desc())
    wanted = {str(one): one for one in source_ids}
    found: dict[UUID, JobRun] = {}
    for run in session.scalars(query):
        source = wanted.get(str(run.params.get("source")))
        if source is not None:
            found[source] = run
    return found


def _newest(session: Session, source_id: UUID) -> DiscoveryScan | None:
    query = select(DiscoveryScan).where(DiscoveryScan.source_id == source_id)
    return session.scalars(query.order_by(DiscoveryScan.id.desc()).limit(1)).first()


def sights(session: Session, source_ids: Sequence[UUID], *, at: datetime) -> dict[UUID, Sight]:
    """How the newest scan of each source stands; sources that were never scanned are left out."""
    runs = live_runs(session, source_ids)
    newest: dict[UUID, DiscoveryScan] = {}
    query = select(DiscoveryScan).where(DiscoveryScan.source_id.in_(source_ids)).order_by(DiscoveryScan.id)
    for scan in session.scalars(query):
        if scan.source_id is not None:
            newest[scan.source_id] = scan
    return {
        source: sight_of(newest.get(source), runs.get(source), at=at)
        for source in source_ids
        if source in newest or source in runs
    }


def sight_of(scan: DiscoveryScan | None, run: JobRun | None, *, at: datetime) -> Sight:
    """Read a register's row and a run together."""
    if run is not None and run.status is not RunStatus.PAUSED:
        mine = scan if scan is not None and scan.job_run_id == run.id else None
        return Sight(_of_run(run, mine), mine, run)
    if scan is None:
        return Sight(Standing.PAUSED, None, run)
    if scan.status is ScanStatus.RUNNING and (run is not None or at - scan.beaten_at > HELD):
        return Sight(Standing.PAUSED if run else Standing.INTERRUPTED, scan, run)
    return Sight(Standing(scan.status.value), scan, run)


def _of_run(run: JobRun, scan: DiscoveryScan | None) -> Standing:
    if run.cancel_asked:
        return Standing.CANCELLING
    if run.pause_asked:
        return Standing.PAUSING
    return Standing.RUNNING if run.status is RunStatus.RUNNING and scan is not None else Standing.WAITING


def find_scan(session: Session, actor: Actor, scan_id: UUID) -> DiscoveryScan:
    """Return one scan of the actor's scope.

    Raises:
        NotFoundError: there is none.
    """
    return find_within(session, actor, DiscoveryScan, scan_id)


def what_to_do(message: dict[str, Any] | None) -> str:
    """The message that says what mends an interruption: what the error's own words say is enough for most."""
    key = str((message or {}).get("key", ""))
    return "scan.next_disk" if key == "errors.disk_full" else "scan.next_again"
