"""The worker's part: whatever is due is pulled, some at a time, so that a slow source does not hold up the others."""

import logging
import threading
import time
from collections import deque
from uuid import UUID

from sqlalchemy import select

from audit.ingest.pull.models import LogPull, PullProgress
from audit.ingest.pull.turn import take_turn
from config.settings import Settings
from soc.clock import now
from soc.db import Database
from soc.errors import UnavailableError
from soc.jobs import JobContext

_log = logging.getLogger(__name__)
_AT_ONCE = 4
#: seconds: longer than a turn
_PATIENCE = 12.0


def pull_job(context: JobContext) -> None:
    """Give every pull that is due a turn; the worker calls it every two seconds."""
    with context.database.read() as session:
        query = select(LogPull.id).join(PullProgress, PullProgress.pull_id == LogPull.id)
        due_ones = query.where(LogPull.paused_at.is_(None), PullProgress.next_at <= now())
        due = deque(session.scalars(due_ones.order_by(PullProgress.next_at)))
    # daemons: a process that ends does not wait for a slow source, and loses nothing by that
    threads = [
        threading.Thread(target=_turns, args=(context.database, context.settings, due), daemon=True)
        for _ in range(min(_AT_ONCE, len(due)))
    ]
    for thread in threads:
        thread.start()
    # a turn that takes long goes on by itself, held by its lease; the others' next turns do not wait for it
    until = time.monotonic() + _PATIENCE
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))


def _turns(database: Database, settings: Settings, due: "deque[UUID]") -> None:
    while True:
        try:
            pull = due.popleft()
        except IndexError:
            return
        try:
            take_turn(database, settings, pull)
        except UnavailableError as error:
            _log.warning("pull waits", extra={"pull": str(pull), "reason": str(error)})
        except Exception:  # one pull's mistake must not end the others' turns
            _log.exception("pull", extra={"pull": str(pull)})
