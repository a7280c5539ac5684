"""When sources are scanned by themselves: a rhythm, the hours in which they may be read, and who set it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.discovery.scanning.models import Mode, ScanSchedule
from detectors.discovery.scanning.service import JOB, live_runs, start
from soc.errors import InputError
from soc.identity.actor import Actor
from soc.identity.actors import job_actor
from soc.jobs import JobContext, JobRun, RunStatus, next_due, resume
from soc.ledger.models import Source
from soc.room import JobSpec
from soc.trail import Act, record

#: the rhythms that are offered; others are written as cron
RHYTHMS = {"daily": "0 2 * * *", "weekly": "0 2 * * 6", "monthly": "0 2 1 * *", "six_hours": "0 */6 * * *"}
_LONGEST_CRON = 60


@dataclass(frozen=True, slots=True)
class ScheduleOrder:
    """What a schedule shall say; no ``cron`` is only when somebody asks."""

    cron: str | None
    mode: Mode = Mode.CHANGED
    window_from: int | None = None
    window_to: int | None = None
    oldest_days: int = 30


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of the day in which a source may be read; over midnight where it begins later than it ends."""

    begins: int
    ends: int

    def holds(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Whether ``moment`` lies in it."""
        hour = moment.astimezone(zone).hour
        if self.begins <= self.ends:
            return self.begins <= hour < self.ends
        return hour >= self.begins or hour < self.ends


def window_of(schedule: ScanSchedule | None) -> Window | None:
    """The window of a schedule, if it has one."""
    if schedule is None or schedule.window_from is None or schedule.window_to is None:
        return None
    return Window(schedule.window_from, schedule.window_to)


def schedule_of(session: Session, source: Source) -> ScanSchedule | None:
    """A source's schedule."""
    return session.scalar(select(ScanSchedule).where(ScanSchedule.source_id == source.id))


def next_of(cron: str, after: datetime) -> datetime:
    """The first instant of a cron line after ``after``.

    Raises:
        InputError: it is no cron line.
    """
    try:
        if len(cron) > _LONGEST_CRON:
            raise ValueError(cron)
        return next_due(JobSpec("schedule", "", cron=cron), after)
    except (ValueError, AttributeError) as error:
        raise InputError("errors.scan.cron", cron=cron[:_LONGEST_CRON]) from error


def set_schedule(session: Session, actor: Actor, source: Source, order: ScheduleOrder, *, at: datetime) -> ScanSchedule:
    """Set when a source is scanned by itself.

    Raises:
        InputError: the rhythm is no cron line; a window without its other end, or of no hours.
    """
    if (order.window_from is None) != (order.window_to is None):
        raise InputError("errors.scan.half_window")
    if order.window_from is not None and order.window_from == order.window_to:
        raise InputError("errors.scan.empty_window")
    found = schedule_of(session, source)
    before = _told(found) if found else None
    schedule = found or ScanSchedule(org=source.org, source_id=source.id, changed_by="", changed_at=at)
    schedule.cron, schedule.mode, schedule.oldest_days = order.cron, order.mode, order.oldest_days
    schedule.window_from, schedule.window_to = order.window_from, order.window_to
    schedule.next_at = next_of(order.cron, at) if order.cron else None
    schedule.changed_by, schedule.changed_at = actor.name, at
    session.add(schedule)
    record(session, actor, Act.SOURCE_CHANGED, source, before=before, after=_told(schedule))
    return schedule


def _told(schedule: ScanSchedule) -> dict[str, object]:
    window = f"{schedule.window_from}-{schedule.window_to}" if schedule.window_from is not None else None
    return {"cron": schedule.cron, "mode": schedule.mode.value, "window": window, "oldest_days": schedule.oldest_days}


def start_due(session: Session, *, at: datetime, zone: ZoneInfo) -> list[JobRun]:
    """Order the scans that are due, and let go on what waited for its hours; return their runs.

    A source whose scan is still under way is not scanned twice: its turn is over.
    """
    actor = job_actor(session, JOB)
    ordered: list[JobRun] = []
    for schedule in session.scalars(select(ScanSchedule).where(ScanSchedule.next_at <= at)):
        window = window_of(schedule)
        if window is not None and not window.holds(at, zone):
            continue  # it stays due until its hours begin
        assert schedule.cron is not None
        schedule.next_at = next_of(schedule.cron, at)
        source = session.get_one(Source, schedule.source_id)
        if source.removed_at is None and source.id not in live_runs(session, [source.id]):
            run = start(session, actor, source, schedule.mode)
            run.params = {**run.params, "scheduled": True}
            ordered.append(run)
    return ordered + _let_go_on(session, actor, at, zone)


def _let_go_on(session: Session, actor: Actor, at: datetime, zone: ZoneInfo) -> list[JobRun]:
    """Resume scans that were paused at the end of their hours."""
    paused = session.scalars(select(JobRun).where(JobRun.job == JOB, JobRun.status == RunStatus.PAUSED)).all()
    schedules = {str(one.source_id): one for one in session.scalars(select(ScanSchedule))}
    ready = []
    for run in paused:
        window = window_of(schedules.get(str(run.params.get("source"))))
        if run.params.get("scheduled") and not run.pause_asked and (window is None or window.holds(at, zone)):
            ready.append(resume(session, actor, run.id))
    return ready


def turn(context: JobContext) -> None:
    """The rhythm of the schedules."""
    from soc.clock import now

    with context.database.write() as session:
        start_due(session, at=now(), zone=context.settings.timezone)


def oldest_of(schedule: ScanSchedule | None) -> timedelta | None:
    """How old a reading may be that cannot tell for sure."""
    return timedelta(days=schedule.oldest_days) if schedule else None
