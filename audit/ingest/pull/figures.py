"""Pulls in figures: for ``/metrics`` and for ``soc check``."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.ingest.pull.models import LogPull, PullProgress
from config.settings import Settings
from soc.clock import now
from soc.db import Database
from soc.room import CheckFinding

Figure = tuple[str, str, Mapping[str, str], float]


def collect(session: Session, settings: Settings) -> list[Figure]:
    """Return how far each pull is behind its source, and whether something is wrong with it."""
    figures: list[Figure] = []
    rows = session.execute(select(LogPull, PullProgress).join(PullProgress, PullProgress.pull_id == LogPull.id))
    for pull, progress in rows:
        named = {"pull": pull.name, "org": pull.org}
        wrong = pull.paused_at is None and progress.trouble is not None
        whole = progress.whole_at or pull.added_at
        said = {
            "trouble": ("Whether the source cannot be read now", float(wrong)),
            "paused": ("Whether a person paused it", float(pull.paused_at is not None)),
            "records": ("Records taken in", float(progress.records)),
            "skipped": ("Documents and objects passed over", float(progress.skipped)),
            "whole_age_seconds": ("Since the source was last read to its end", (now() - whole).total_seconds()),
        }
        figures += [(f"guanlan_pull_{name}", told, named, value) for name, (told, value) in said.items()]
        if progress.newest_at is not None:
            lag = (now() - progress.newest_at).total_seconds()
            figures.append(("guanlan_pull_lag_seconds", "Age of the newest event that was pulled", named, lag))
    return figures


def check_pulls(database: Database, settings: Settings) -> list[CheckFinding]:
    """Name the pulls whose source cannot be read."""
    query = select(LogPull.name, LogPull.verify, PullProgress.trouble).where(LogPull.paused_at.is_(None))
    with database.read() as session:
        rows = session.execute(query.join(PullProgress, PullProgress.pull_id == LogPull.id)).all()
    found = [CheckFinding("bad", "pulls.check.trouble", {"name": row.name}) for row in rows if row.trouble is not None]
    found += [CheckFinding("weak", "pulls.check.unverified", {"name": row.name}) for row in rows if not row.verify]
    return found
