"""Keeping the embedded table fast and small: merging, retention, checkpoints, clean-up.

Small files of one size are merged when eight have gathered, sorted by time and bounded again,
so an event is rewritten three times at most. Removed files stay for an hour, longer than any
question takes. One process at a time does this, held by a lock file; the others go on.
"""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import polars as pl

from soc.logstore import duck_sql
from soc.logstore.deltalog import Change, DeltaLog, Snapshot, lock_file
from soc.logstore.duck import Duck
from soc.logstore.duck_sql import Condition
from soc.logstore.errors import StoreUnavailableError
from soc.logstore.parts import ROWS_OF_A_PART, Part, write_parts
from soc.logstore.port import Maintained
from soc.logstore.query import Scope

GATHERED = 8
COMMITS_BETWEEN = 100
REMOVED_FILES_STAY_HOURS = 1
_TIERS = (4_096, 32_768, ROWS_OF_A_PART // 2)
_DRAFTS_STAY_SECONDS = 3_600
_WAIT_SECONDS = 60
_SORTED = 'SELECT * FROM {events} WHERE %s ORDER BY time, "metadata.uid"'


def when_due(log: DeltaLog, duck: Duck) -> None:
    """Maintain after every hundredth commit, whoever makes it."""
    version = log.snapshot().version
    if version and version % COMMITS_BETWEEN == 0:
        maintain(log, duck)


def maintain(log: DeltaLog, duck: Duck) -> Maintained:
    """Do one round; nothing while another process does it, or before the first append."""
    nothing = Maintained(merged=0, removed=0, checkpointed=False)
    if log.table() is None:
        return nothing
    with _alone(log.folder, wait=0) as alone:
        if not alone:
            return nothing
        merged = sum(_merged(log, duck, group) for group in due(log.snapshot().parts))
        return Maintained(merged, *_cleaned(log))


def due(parts: tuple[Part, ...]) -> list[tuple[Part, ...]]:
    """Return the groups to merge: of each size, once enough have gathered, in order of time."""
    groups: list[tuple[Part, ...]] = []
    floor = 0
    for ceiling in _TIERS:
        tier = sorted((p for p in parts if floor <= p.rows < ceiling), key=lambda part: (part.first, part.name))
        groups += _bounded(tier) if len(tier) >= GATHERED else []
        floor = ceiling
    return groups


def _bounded(tier: list[Part]) -> list[tuple[Part, ...]]:
    """Cut a tier so that one merge is held in memory."""
    groups: list[list[Part]] = [[]]
    for part in tier:
        if sum(one.rows for one in groups[-1]) + part.rows > ROWS_OF_A_PART and len(groups[-1]) > 1:
            groups.append([])
        groups[-1].append(part)
    return [tuple(group) for group in groups if len(group) > 1]


def _merged(log: DeltaLog, duck: Duck, group: tuple[Part, ...]) -> int:
    frame = duck.frame(Condition(_SORTED % "true"), group)
    made = _written(log.folder, frame)

    def judged(snapshot: Snapshot) -> Change | None:
        present = set(group) <= set(snapshot.parts)
        return Change("OPTIMIZE", added=made, removed=group, data_change=False) if present else None

    return len(group) if log.commit(judged) else 0


def delete_before(log: DeltaLog, duck: Duck, until: int, scope: Scope) -> int:
    """Remove the scope's events before ``until`` (microseconds); return how many.

    Raises:
        StoreUnavailableError: maintenance holds the table for over a minute.
    """
    if log.table() is None:
        return 0
    with _alone(log.folder, wait=_WAIT_SECONDS) as alone:
        if not alone:
            raise StoreUnavailableError("errors.logstore.busy")
        old = tuple(part for part in log.snapshot().parts if part.first < until)
        return sum(_thinned(log, duck, part, until, scope) for part in old)


def _thinned(log: DeltaLog, duck: Duck, part: Part, until: int, scope: Scope) -> int:
    """Rewrite one part without what is too old; only maintenance, which is alone, removes parts."""
    gone = duck_sql.both(duck_sql.between(None, until), duck_sql.scoped(scope))
    kept = Condition(_SORTED % f"NOT coalesce({gone.text}, false)", gone.values)
    frame = duck.frame(kept, (part,)) if scope.orgs is not None or part.last >= until else None
    left = 0 if frame is None else frame.height
    if left == part.rows:
        return 0
    made = () if frame is None or not left else _written(log.folder, frame)
    log.commit(lambda _: Change("DELETE", added=made, removed=(part,)))
    return part.rows - left


def _written(folder: Path, frame: pl.DataFrame) -> tuple[Part, ...]:
    try:
        return write_parts(folder, frame)
    except (OSError, pl.exceptions.ComputeError) as problem:
        raise StoreUnavailableError("errors.logstore.disk", reason=str(problem)[:200]) from problem


def _cleaned(log: DeltaLog) -> tuple[int, bool]:
    """Write a checkpoint and remove files and log entries that no reader needs any more."""
    table = log.table()
    if table is None:
        return 0, False
    checkpoint = f"{table.version():020}.checkpoint.parquet"
    fresh = not (log.folder / "_delta_log" / checkpoint).exists()
    if fresh:
        table.create_checkpoint()
        table.cleanup_metadata()
    gone = table.vacuum(
        retention_hours=REMOVED_FILES_STAY_HOURS, dry_run=False, enforce_retention_duration=False, full=True
    )
    _without_drafts(log.folder / "_delta_log")
    return len(gone), fresh


def _without_drafts(folder: Path) -> None:
    """Remove the drafts of commits whose writer was killed."""
    for draft in folder.glob(".*.tmp"):
        with suppress(FileNotFoundError):  # its writer is alive, and quicker
            if time.time() - draft.stat().st_mtime > _DRAFTS_STAY_SECONDS:
                draft.unlink()


@contextmanager
def _alone(folder: Path, *, wait: float) -> Iterator[bool]:
    """Hold the maintenance lock, or say that another has it; a killed holder lets go of it."""
    with lock_file(folder) as handle:
        yield _locked(handle, time.monotonic() + wait)


def _locked(handle: int, deadline: float) -> bool:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.05)
        else:
            return True
