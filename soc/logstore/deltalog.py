"""The log of the embedded Delta Lake table: what is in it, and commits to it.

Files are on disk before the commit that names them, and the commit is on disk before it is
reported: ``deltalake`` itself syncs nothing, so the commits are written here, by the open
protocol (https://github.com/delta-io/delta/blob/master/PROTOCOL.md, writer version 2). The
next version's file is linked into place, which fails when another process was first; then
the state is read again and the change is judged anew. Reading the log, checkpoints and
clean-up are ``deltalake``'s.
"""

import fcntl
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import deltalake

from soc.clock import now
from soc.logstore.checks import instant, micros
from soc.logstore.errors import StoreUnavailableError
from soc.logstore.parts import Part, sync_file, sync_folder
from soc.ocsf.schema import EVENT_SCHEMA

_CONFIGURATION = {
    "delta.logRetentionDuration": "interval 1 hours",
    "delta.deletedFileRetentionDuration": "interval 1 hours",
    "delta.setTransactionRetentionDuration": "interval 7 days",
}
_TRIES = 200


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The table at one version."""

    version: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What a commit does; ``batches`` are remembered, so that a replay is known."""

    operation: str
    added: tuple[Part, ...] = ()
    removed: tuple[Part, ...] = ()
    batches: tuple[str, ...] = ()
    data_change: bool = True


EMPTY = Snapshot(-1, ())
Action = dict[str, object]


class DeltaLog:
    """One table's log; threads share it, processes have their own."""

    def __init__(self, folder: Path) -> None:
        """Name the table's folder; nothing is opened yet, so that a process may still fork."""
        self.folder = folder
        self._table: deltalake.DeltaTable | None = None
        self._snapshot = EMPTY
        self._lock = threading.RLock()
        self._process: int | None = None

    def snapshot(self) -> Snapshot:
        """Return the newest version; empty before the first append."""
        with self._lock:
            table = self._current()
            if table is None:
                return EMPTY
            if self._snapshot.version != table.version():
                self._snapshot = Snapshot(table.version(), _parts(table))
            return self._snapshot

    def knows(self, batch: str) -> bool:
        """Say whether the version of the last ``snapshot`` has the batch."""
        with self._lock:
            return self._table is not None and self._table.transaction_version(batch) is not None

    def commit(self, judged: Callable[[Snapshot], Change | None]) -> Change | None:
        """Ask ``judged`` what to do at the newest version, and do it; None changes nothing.

        Raises:
            StoreUnavailableError: others were first again and again, or the disk refuses.
        """
        for _ in range(_TRIES):
            snapshot = self._created()
            change = judged(snapshot)
            if change is None or self._written(snapshot.version + 1, change):
                return change
        raise StoreUnavailableError("errors.logstore.busy")

    def table(self) -> deltalake.DeltaTable | None:
        """Return the table for upkeep, None before the first append."""
        with self._lock:
            return self._current()

    def _current(self) -> deltalake.DeltaTable | None:
        if self._process not in (None, os.getpid()):
            # deltalake's threads do not survive a fork: it would hang or panic, later and elsewhere
            raise StoreUnavailableError("errors.logstore.forked")
        if self._table is not None:
            self._table.update_incremental()
        elif (self.folder / "_delta_log").is_dir() and deltalake.DeltaTable.is_deltatable(str(self.folder)):
            self._process = os.getpid()
            self._table = deltalake.DeltaTable(str(self.folder))
        return self._table

    def _created(self) -> Snapshot:
        with self._lock:
            if self._current() is None:
                self._create()
            return self.snapshot()

    def _create(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with lock_file(self.folder) as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if deltalake.DeltaTable.is_deltatable(str(self.folder)):
                return  # another process made it at the same moment
            self._make()

    def _make(self) -> None:
        deltalake.DeltaTable.create(str(self.folder), schema=EVENT_SCHEMA, configuration=_CONFIGURATION)
        log = self.folder / "_delta_log"
        sync_file(log / f"{0:020}.json")
        for folder in (log, self.folder, self.folder.parent):
            sync_folder(folder)

    def _written(self, version: int, change: Change) -> bool:
        """Link the commit into place; False when another process took the version."""
        log = self.folder / "_delta_log"
        draft = log / f".{uuid4().hex}.tmp"
        try:
            draft.write_text("\n".join(map(json.dumps, _actions(change))) + "\n")
            sync_file(draft)
            os.link(draft, log / f"{version:020}.json")
        except FileExistsError:
            return False
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(log)
        return True


@contextmanager
def lock_file(folder: Path) -> Iterator[int]:
    """Open the table's lock, beside its folder; who is killed lets go of it."""
    handle = os.open(folder.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def _parts(table: deltalake.DeltaTable) -> tuple[Part, ...]:
    actions = table.get_add_actions(flatten=True)
    columns = ("path", "size_bytes", "num_records", "min.time", "max.time")
    if actions.num_rows == 0:
        return ()
    rows = zip(*(actions.column(name).to_pylist() for name in columns), strict=True)
    return tuple(Part(path, size, count, micros(first), micros(last)) for path, size, count, first, last in rows)


def _actions(change: Change) -> list[Action]:
    at = int(now().timestamp() * 1000)
    info: dict[str, object] = {"timestamp": at, "operation": change.operation, "engineInfo": "guanlan"}
    known: list[Action] = [{"txn": {"appId": batch, "version": 1, "lastUpdated": at}} for batch in change.batches]
    removed: list[Action] = [{"remove": _removed(part, at, change.data_change)} for part in change.removed]
    added: list[Action] = [{"add": _added(part, at, change.data_change)} for part in change.added]
    return [{"commitInfo": info}, *known, *removed, *added]


def _added(part: Part, at: int, data_change: bool) -> dict[str, object]:
    stats = {
        "numRecords": part.rows,
        "minValues": {"time": _written_time(part.first)},
        "maxValues": {"time": _written_time(part.last)},
        "nullCount": {"time": 0},
    }
    told = {"path": part.name, "partitionValues": {}, "size": part.size, "modificationTime": at}
    return told | {"dataChange": data_change, "stats": json.dumps(stats)}


def _removed(part: Part, at: int, data_change: bool) -> dict[str, object]:
    told = {"path": part.name, "deletionTimestamp": at, "dataChange": data_change}
    return told | {"extendedFileMetadata": True, "partitionValues": {}, "size": part.size}


def _written_time(value: int) -> str:
    return instant(value).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
