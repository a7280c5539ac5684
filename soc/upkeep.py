"""The kernel's own jobs and its lines of ``soc check``."""

import stat
from datetime import timedelta

from sqlalchemy import delete

from config.settings import LOOPBACK, Settings
from soc.approle import ROLE, Standing, standing
from soc.clock import now
from soc.db import Database
from soc.events import dispatch, forget_delivered
from soc.identity.login import forget_counters
from soc.identity.refusals import forget_refusals
from soc.jobs import JobContext, JobRun, RunStatus
from soc.migrate import current, newest
from soc.room import CheckFinding
from soc.tiers.rowlevel import in_force

_KEEP_NEWS = timedelta(days=7)
_KEEP_RUNS = timedelta(days=30)


def deliver_news(context: JobContext) -> None:
    """Give waiting events to their subscribers."""
    dispatch(context.database)


def tidy(context: JobContext) -> None:
    """Forget delivered news, old runs of rhythms, and refusals at the door that no longer count."""
    with context.database.write() as session:
        forget_delivered(session, now() - _KEEP_NEWS)
        old = JobRun.due_at.is_not(None) & (JobRun.ended_at < now() - _KEEP_RUNS) & (JobRun.status == RunStatus.DONE)
        session.execute(delete(JobRun).where(old))
        forget_refusals(session, at=now())
        forget_counters(session, now() - context.settings.lockout_for)


def check_installation(database: Database, settings: Settings) -> list[CheckFinding]:
    """Look at the schema, the database's own guard, the home's rights, the bind address, the cookies."""
    return [*_schema(database), *_role(database), *_home(settings), *_exposure(settings)]


def _schema(database: Database) -> list[CheckFinding]:
    with database.engine.connect() as connection:
        found = current(connection)
    level = "ok" if found == newest() else "bad"
    return [CheckFinding(level, f"check.schema_{level}", {"found": found or "-", "newest": newest() or "-"})]


def _role(database: Database) -> list[CheckFinding]:
    """Tell how far PostgreSQL itself holds us to our scope; SQLite is a file of ours alone."""
    if database.is_sqlite:
        return []
    with database.engine.connect() as connection:
        found = standing(connection)
        held = in_force(connection)
    level = {Standing.APART: "ok", Standing.BORROWED: "note", Standing.OWNER: "weak"}[found]
    rule = [] if held else [CheckFinding("bad", "check.rowlevel_bad")]
    return [CheckFinding(level, f"check.role_{found}", {"role": ROLE}), *rule]


def _home(settings: Settings) -> list[CheckFinding]:
    mode = stat.S_IMODE(settings.home.stat().st_mode)
    level = "weak" if mode & 0o077 else "ok"
    return [CheckFinding(level, f"check.home_{level}", {"mode": f"{mode:04o}"})]


def _exposure(settings: Settings) -> list[CheckFinding]:
    if settings.host in LOOPBACK or settings.secure_cookies:
        return [CheckFinding("ok", "check.bind_ok", {"host": settings.host})]
    return [CheckFinding("weak", "check.bind_weak", {"host": settings.host})]
