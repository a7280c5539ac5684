"""Files and folders: which of them are tables, and which are left alone with a reason."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from detectors.discovery.finding import Skipped
from detectors.discovery.sources import csv, records, sheets
from detectors.discovery.sources.base import Table, UnreadableError
from soc.text import t

_SQLITE_MAGIC = b"SQLite format 3\x00"
_TEXT = frozenset({".csv", ".tsv", ".txt", ".tab", ".psv"})
_JSON = frozenset({".json", ".jsonl", ".ndjson"})
_BOOKS = frozenset({".xlsx", ".xlsm"})
_DATABASES = frozenset({".db", ".sqlite", ".sqlite3", ".db3"})


def walk(root: Path) -> Iterator[Path | Skipped]:
    """Every regular file at or below ``root``; links that lead outside, pipes and what cannot be read are named."""
    inside = root.resolve()
    if not root.is_dir():
        yield _regular(root, inside.parent, given=True)
        return
    for folder, folders, files in os.walk(root, followlinks=False):
        yield from (_linked(Path(folder) / name, inside) for name in folders if (Path(folder) / name).is_symlink())
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (
            _regular(Path(folder) / name, inside, given=False) for name in sorted(files) if not name.startswith(".")
        )


def _linked(path: Path, inside: Path) -> Skipped:
    outside = not path.resolve().is_relative_to(inside)
    return Skipped(str(path), t("discovery.skipped.link_outside") if outside else t("discovery.skipped.link_folder"))


def _regular(path: Path, inside: Path, *, given: bool) -> Path | Skipped:
    try:
        if not given and path.is_symlink() and not path.resolve(strict=True).is_relative_to(inside):
            return Skipped(str(path), t("discovery.skipped.link_outside"))
        mode = path.stat().st_mode
    except (OSError, RuntimeError):
        return Skipped(str(path), t("discovery.skipped.unreadable"))
    if not stat.S_ISREG(mode):
        return Skipped(str(path), t("discovery.skipped.not_regular"))
    return path if os.access(path, os.R_OK) else Skipped(str(path), t("discovery.skipped.unreadable"))


def is_database(path: Path) -> bool:
    """Whether a file is an SQLite database, by its first bytes."""
    try:
        with path.open("rb") as file:
            return file.read(16) == _SQLITE_MAGIC
    except OSError:
        return False


def tables_of(path: Path) -> list[Table]:
    """The tables of one file, by its kind.

    Raises:
        UnreadableError: not a kind of file that holds tables.
    """
    suffix = path.suffix.lower()
    if suffix in _TEXT:
        return [csv.table_of(path)]
    if suffix in _JSON:
        return [records.json_table(path)]
    if suffix == ".parquet":
        return [records.parquet_table(path)]
    if suffix in _BOOKS:
        return sheets.tables_of(path)
    raise UnreadableError("errors.discovery.unknown_kind", path=path.name)
