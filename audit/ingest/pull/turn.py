"""One turn of one pull: as much as its budget of time allows, then how it stands is written down."""

import logging
import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from audit.ingest.pull import buckets, indices
from audit.ingest.pull.calling import CallError
from audit.ingest.pull.holding import Grip, StoppedError
from audit.ingest.pull.models import LogPull, PullKind
from audit.ingest.pull.receiving import Receiving, Turned
from audit.ingest.pull.service import RECEIVER
from audit.ingest.receive.heard import Ear
from config.settings import Settings
from soc.clock import now
from soc.db import Database
from soc.errors import SocError

_log = logging.getLogger(__name__)
#: seconds after which a turn lets others have theirs
BUDGET = 8.0
_FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=5)
#: of what the server asked for
_LONGEST_ASKED = timedelta(minutes=30)
_SOURCES: dict[PullKind, Callable[[Receiving], Turned]] = {
    PullKind.OPENSEARCH: indices.read_on,
    PullKind.BUCKET: buckets.read_on,
}
_ear = Ear()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a turn came to; ``trouble`` is None where nothing was wrong."""

    turned: Turned
    trouble: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the printed document."""
        told = self.turned
        return {
            "accepted": told.accepted, "quarantined": told.quarantined, "duplicates": told.seen,
            "skipped": told.skipped, "whole": told.whole, "trouble": self.trouble["key"] if self.trouble else None,
        }  # fmt: skip


def take_turn(
    database: Database,
    settings: Settings,
    pull_id: UUID,
    *,
    budget: float = BUDGET,
    clock: Callable[[], datetime] = now,
) -> Outcome | None:
    """Pull some; None where another process is at it, or the pull is paused or gone."""
    with database.read() as session:
        pull = session.get(LogPull, pull_id)
    if pull is None or pull.paused_at is not None:
        return None
    grip = Grip(database, pull_id, pull.edition, f"turn-{secrets.token_hex(8)}", clock)
    if not grip.taken():
        return None
    try:
        return _turn(grip, settings, pull, budget)
    except StoppedError:
        return None
    finally:
        grip.let_go()


def _turn(grip: Grip, settings: Settings, pull: LogPull, budget: float) -> Outcome:
    with grip.writing() as progress:  # as it is now that the lease is ours: the turn before may just have ended
        pass
    began = time.monotonic()
    receiving = Receiving(grip, settings, pull, progress, began + budget)
    try:
        _SOURCES[pull.kind](receiving)
        outcome = Outcome(receiving.turned)
    except (CallError, SocError) as error:
        outcome = Outcome(receiving.turned, {"key": error.key, "params": dict(error.params)})
        _note_failure(grip, outcome, error)
    except (SQLAlchemyError, OSError):
        # of ours, not of the source: the database or the disk refuses, and what was registered stays so
        _log.warning("pull waits", extra={"pull": pull.name}, exc_info=True)
        raise
    except StoppedError:
        raise
    except Exception as error:
        # a mistake of ours, or an answer that nobody thought of: told, and not tried again at once for ever
        _log.exception("pull", extra={"pull": pull.name})
        reason = {"reason": type(error).__name__}
        outcome = Outcome(receiving.turned, {"key": "pulls.trouble.unexpected", "params": reason})
        _note_failure(grip, outcome, SocError("pulls.trouble.unexpected"))
    else:
        _note_success(grip, pull, outcome, time.monotonic() - began)
    if outcome.turned.accepted or outcome.turned.quarantined:
        _ear.hear(grip.database, pull.org, RECEIVER, [pull.name])
    return outcome


def _note_failure(grip: Grip, outcome: Outcome, error: SocError) -> None:
    with grip.writing() as progress:
        progress.failures += 1
        progress.trouble, progress.worked_at = outcome.trouble, grip.clock()
        progress.next_at = grip.clock() + wait_after(progress.failures, error)
    _log.warning("pull fails", extra={"pull": str(grip.pull_id), "reason": str(error)})


def wait_after(failures: int, error: SocError) -> timedelta:
    """Return how long to leave the source alone: longer each time, or as long as it asks; never all at one moment."""
    wait = min(LONGEST_WAIT, _FIRST_WAIT * (1 << min(failures - 1, 10)))
    if isinstance(error, CallError) and error.wait is not None:
        wait = max(wait, min(_LONGEST_ASKED, timedelta(seconds=error.wait)))
    return wait * random.uniform(1, 1.2)  # noqa: S311 - no secret


def _note_success(grip: Grip, pull: LogPull, outcome: Outcome, seconds: float) -> None:
    at, turned = grip.clock(), outcome.turned
    with grip.writing() as row:
        row.failures, row.trouble, row.worked_at = 0, None, at
        row.next_at = at + pull.every if turned.whole else at
        row.whole_at = at if turned.whole else row.whole_at
        if turned.accepted + turned.quarantined:
            row.rate = (turned.accepted + turned.quarantined) / max(seconds, 0.001)
