"""Files and folders: what lies there, and which of it is left alone with a reason."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from detectors.discovery.finding import Skipped
from detectors.discovery.sources.base import Table, UnreadableError
from detectors.discovery.sources.files import delta
from detectors.discovery.sources.files.handle import Handle, of_path, shown
from detectors.discovery.sources.files.kinds import Kind, kind_of
from detectors.discovery.sources.files.limits import Limits
from detectors.discovery.sources.files.opening import contents
from detectors.discovery.sources.files.selection import Selection
from soc.errors import SocError
from soc.text import t


def walk(root: Path, select: Selection | None = None) -> Iterator[Handle | Table | Skipped]:
    """Every regular file at or below ``root``; links that lead outside, pipes and what cannot be read are named.

    A folder that is one table (Delta) is given as that. ``select`` leaves files of a folder out unsaid, and ends the
    walk with a reason when its budget is spent.
    """
    counted = (select or Selection()).counting()
    for found in _walked(root):
        if isinstance(found, Handle) and root.is_dir():
            if not counted.wanted(str(Path(found.path).relative_to(shown(str(root))))):
                continue
            if counted.spent(found.size):
                yield _skipped(root, counted.reason())
                return
        yield found


def _walked(root: Path) -> Iterator[Handle | Table | Skipped]:
    inside = root.resolve()
    if not os.path.isdir(root):  # noqa: PTH112 - Path.is_dir raises where a folder above may not be entered
        yield _regular(root, inside.parent, given=True)
        return
    unread: list[OSError] = []
    for folder, folders, files in os.walk(root, onerror=unread.append, followlinks=False):
        yield from _unlisted(root, unread)
        yield from _in_folder(Path(folder), folders, files, inside)
    yield from _unlisted(root, unread)


def _unlisted(root: Path, unread: list[OSError]) -> Iterator[Skipped]:
    """Name the folders that could not be listed since the last call: what lies in them is not gone."""
    while unread:
        error = unread.pop()
        yield _skipped(Path(error.filename or root), t("discovery.skipped.unreadable"))


def _in_folder(folder: Path, folders: list[str], files: list[str], inside: Path) -> Iterator[Handle | Table | Skipped]:
    """What one folder holds; of ``folders`` those remain that are walked further."""
    links = [folder / name for name in folders if os.path.islink(folder / name)]  # noqa: PTH114 - never raises
    yield from (_linked(path, inside) for path in links)
    if delta.LOG in folders and (table := _delta(folder)) is not None:
        yield table
        folders.clear()
        return
    folders[:] = sorted(name for name in folders if not name.startswith("."))
    yield from (_regular(folder / name, inside, given=False) for name in sorted(files) if not name.startswith("."))


def _delta(folder: Path) -> Table | Skipped | None:
    """The table a folder is by its log, if it has one; a log that cannot be read leaves the whole of it alone."""
    try:
        logged = tuple(sorted(one.name for one in (folder / delta.LOG).iterdir() if one.is_file()))
    except OSError:
        return _skipped(folder, t("discovery.skipped.unreadable"))
    inside = folder.resolve()

    def opened(name: str) -> Handle:
        path = folder / name
        if not path.resolve().is_relative_to(inside):  # a log may name any file of the machine
            raise UnreadableError("errors.discovery.cannot_open", path=shown(path.name))
        return of_path(path)

    return delta.table_of(delta.Folder(shown(str(folder)), logged, opened)) if delta.is_log(logged) else None


def _linked(path: Path, inside: Path) -> Skipped:
    outside = not path.resolve().is_relative_to(inside)
    return _skipped(path, t("discovery.skipped.link_outside") if outside else t("discovery.skipped.link_folder"))


def _skipped(path: Path, reason: str) -> Skipped:
    return Skipped(shown(str(path)), reason)


def _regular(path: Path, inside: Path, *, given: bool) -> Handle | Skipped:
    try:
        if not given and path.is_symlink() and not path.resolve(strict=True).is_relative_to(inside):
            return _skipped(path, t("discovery.skipped.link_outside"))
        mode = path.stat().st_mode
    except (OSError, RuntimeError):
        return _skipped(path, t("discovery.skipped.unreadable"))
    if not stat.S_ISREG(mode):
        return _skipped(path, t("discovery.skipped.not_regular"))
    return of_path(path) if os.access(path, os.R_OK) else _skipped(path, t("discovery.skipped.unreadable"))


def is_database(path: Path) -> bool:
    """Whether a file is an SQLite database, by its first bytes."""
    try:
        return kind_of(of_path(path)) is Kind.SQLITE
    except SocError:
        return False


def tables_of(file: Handle | Path) -> list[Table]:
    """The tables of one file, by its content; what lies in archives and running text is left out.

    Raises:
        UnreadableError: not a kind of file that is read.
    """
    handle = of_path(file) if isinstance(file, Path) else file
    return [one for one in contents(handle, Limits(depth=0)) if isinstance(one, Table)]
