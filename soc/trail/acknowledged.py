"""The high-water mark of the trail: which entries were committed and are not yet in the log.

After a commit its entries' numbers and seals are appended to a file outside the database. Who
then deletes the newest rows leaves their marks behind: truncation shows before the log knows
them. The integrator drops the marks of what it has put into the log. A process that dies between
commit and mark loses a mark, never an entry.
"""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

FILE = "acknowledged"
_WAITING = "trail.waiting"


@dataclass(frozen=True, slots=True)
class Mark:
    """A committed entry: its key and its seal."""

    id: int
    seal: str


@dataclass(frozen=True, slots=True)
class _Waiting:
    mark: Mark
    folder: Path
    within: SessionTransaction | None


def wait_for_commit(session: Session, mark: Mark, folder: Path) -> None:
    """Mark an entry in ``folder`` once the session's transaction is committed."""
    within = session.get_nested_transaction() or session.get_transaction()
    session.info.setdefault(_WAITING, []).append(_Waiting(mark, folder, within))


def read_marks(folder: Path) -> tuple[Mark, ...]:
    """Return the marks, in the order of their commits; a torn last line is none."""
    try:
        lines = (folder / FILE).read_text(encoding="ascii", errors="replace").split("\n")[:-1]
    except FileNotFoundError:
        return ()
    parts = (line.split(" ") for line in lines)
    return tuple(Mark(int(part[0]), part[1]) for part in parts if len(part) == 2 and part[0].isdecimal())


def drop_marks(folder: Path, known: Callable[[int], bool]) -> None:
    """Drop the marks of entries that are in the log."""
    if not (folder / FILE).exists():
        return
    with _opened(folder) as descriptor:
        kept = [mark for mark in read_marks(folder) if not known(mark.id)]
        os.ftruncate(descriptor, 0)
        os.write(descriptor, _lines(kept))


def _append(folder: Path, marks: Iterable[Mark]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with _opened(folder) as descriptor:
        os.write(descriptor, _lines(marks))


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _lines(marks: Iterable[Mark]) -> bytes:
    return "".join(f"{mark.id} {mark.seal}\n" for mark in marks).encode()


@event.listens_for(Session, "after_commit")
def _committed(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint was released: nothing is committed yet
    waiting: list[_Waiting] = session.info.pop(_WAITING, [])
    for folder in {one.folder for one in waiting}:
        _append(folder, (one.mark for one in waiting if one.folder == folder))


@event.listens_for(Session, "after_soft_rollback")
def _rolled_back(session: Session, previous: SessionTransaction) -> None:
    waiting: list[_Waiting] = session.info.get(_WAITING, [])
    session.info[_WAITING] = [one for one in waiting if not _belongs(one.within, previous)]


def _belongs(transaction: Any, to: SessionTransaction) -> bool:
    while transaction is not None:
        if transaction is to:
            return True
        transaction = transaction.parent
    return False
