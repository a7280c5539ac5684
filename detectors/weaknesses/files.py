"""Checks of database files and folders: who on the machine may read them, and dumps that were left."""

import os
import re
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from sqlalchemy.engine import make_url

from detectors.weaknesses.values import Hit, NotCheckedError, Run, Store, StoreCheck

_FILES = frozenset({"files", "sqlite", "duckdb"})
_GUIDE = "CIS Distribution Independent Linux Benchmark"
_DUMP = re.compile(
    r"\.(sql|dump|dmp|bak|backup|pgdump)(\.(gz|bz2|xz|zst|zip))?$|(dump|backup|备份|导出).*\.(gz|zip|tar|tgz|7z|csv|xlsx)$",
    re.IGNORECASE,
)
#: files that are looked at in one folder
_MOST = 20_000


def _root(store: Store) -> Path:
    path = store.address
    if "://" in path:
        path = str(make_url(path).database or "")
    root = Path(path)
    if not path or not root.exists():
        raise NotCheckedError("weak.unseen.path")
    return root


def _walk(root: Path) -> Iterator[Path]:
    """Yield the files of a folder in their order.

    Raises:
        NotCheckedError: after the last one, where a folder within cannot be read or there are more files than are looked at.
    """
    if root.is_file():
        yield root
        return
    refused: list[OSError] = []
    yield from islice(_files(root, refused), _MOST)
    if refused:
        name = _shown(Path(refused[0].filename or root), root)
        raise NotCheckedError("weak.unseen.folders", count=len(refused), name=name)
    if next(islice(_files(root, []), _MOST, None), None) is not None:
        raise NotCheckedError("weak.unseen.many", count=_MOST)


def _files(root: Path, refused: list[OSError]) -> Iterator[Path]:
    for folder, folders, names in os.walk(root, onerror=refused.append):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_file() and not path.is_symlink():
                yield path


def _shown(path: Path, root: Path) -> str:
    return path.name if path == root else str(path.relative_to(root))


def _readable(store: Store) -> Iterator[Hit]:
    root = _root(store)
    yield from _with_mode(root, stat.S_IROTH, lambda path: not _DUMP.search(path.name))


def _writable(store: Store) -> Iterator[Hit]:
    yield from _with_mode(_root(store), stat.S_IWOTH, lambda _path: True)


def _dumps(store: Store) -> Iterator[Hit]:
    root = _root(store)
    for path in _walk(root):
        if _DUMP.search(path.name):
            mode = stat.filemode(path.stat().st_mode)
            yield Hit(_shown(path, root), {"file": _shown(path, root), "mode": mode})


def _readable_dumps(store: Store) -> Iterator[Hit]:
    yield from _with_mode(_root(store), stat.S_IROTH, lambda path: bool(_DUMP.search(path.name)))


def _with_mode(root: Path, bit: int, wanted) -> Iterator[Hit]:  # type: ignore[no-untyped-def]  # a predicate of a path
    for path in _walk(root):
        if path.stat().st_mode & bit and wanted(path):
            name = _shown(path, root)
            yield Hit(name, {"file": name, "mode": stat.filemode(path.stat().st_mode)}, table=path.stem)


def _check(name: str, severity: int, run: Run) -> StoreCheck:
    return StoreCheck(f"file.{name}", _FILES, severity, _GUIDE, run)


CHECKS = (
    _check("readable", 2, _readable),
    _check("writable", 4, _writable),
    _check("dumps", 2, _dumps),
    _check("readable_dumps", 4, _readable_dumps),
)
