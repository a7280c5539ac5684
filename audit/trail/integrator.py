"""Putting committed entries into the Merkle log: one pen, about once a second.

Entries enter in the order of their keys. PostgreSQL hands keys out before commit, so a younger
key may be seen first: the integrator waits ``PATIENCE`` for the gap to close, then goes on and
remembers the gap; a late entry enters when it comes. An entry whose seal does not hold is not
signed for: it stays outside, and verification names it.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from audit.trail.log import LogBrokenError, MerkleLog
from audit.trail.notes import Checkpoint
from audit.trail.progress import Progress, keep_progress, read_progress
from config.settings import Settings
from soc.clock import now
from soc.db import Database
from soc.jobs import JobContext
from soc.trail.acknowledged import drop_marks
from soc.trail.leaf import leaf_bytes
from soc.trail.rows import Row, stored_rows
from soc.trail.seals import seal_holds

_log = logging.getLogger(__name__)
PATIENCE = timedelta(seconds=3)
BATCH = 5000


def integrate(database: Database, settings: Settings) -> Checkpoint | None:
    """Put every committed entry into the log and sign it; returns the newest checkpoint.

    Raises:
        LogBrokenError: the log's files contradict their checkpoint; nothing was written.
    """
    log = MerkleLog.of(settings)
    if not log.folder.exists() and next(stored_rows(database), None) is None:
        return None
    with log.locked():
        checkpoint = log.checkpoint()
        progress = read_progress(log, checkpoint)
        while ready := _ready(database, log, progress):
            checkpoint = log.append(checkpoint, [leaf_bytes(row) for row in ready])
            progress = progress.after(row["id"] for row in ready)
            keep_progress(log, progress)
            drop_marks(log.folder, progress.knows)
    return checkpoint


def run(context: JobContext) -> None:
    """Integrate what waits: the worker's job of every second, and each command's last act."""
    try:
        integrate(context.database, context.settings)
    except LogBrokenError as error:
        # entries wait, sealed and marked; check, metrics and verification say so. Nothing else must stop for it
        _log.error("the trail's log takes no entries", extra={"reason": error.key})


def _ready(database: Database, log: MerkleLog, progress: Progress) -> list[Row]:
    rows = (row for row in stored_rows(database, progress.clause) if row is not None)
    whole = (row for row in rows if seal_holds(log.ring, row))
    return list(islice(_in_turn(whole, progress), BATCH))


def _in_turn(rows: Iterable[Row], progress: Progress) -> Iterator[Row]:
    high = progress.high
    for row in rows:
        if row["id"] > high + 1 and not _is_old(row):
            return
        high = max(high, row["id"])
        yield row


def _is_old(row: Row) -> bool:
    return now() - datetime.fromisoformat(row["at"]) > PATIENCE
