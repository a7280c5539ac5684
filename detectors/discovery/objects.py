"""Scanning files: each is one object, and a mark of state secrets in any part of it leaves nothing of the whole."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from posixpath import relpath

import polars as pl

from detectors.discovery import secrecy
from detectors.discovery.finding import Secret, Skipped, TableFinding
from detectors.discovery.sources.base import StateSecretError, Table
from detectors.discovery.sources.files.document import Document
from detectors.discovery.sources.files.handle import Handle, shown
from detectors.discovery.sources.files.limits import Limits
from detectors.discovery.sources.files.opening import Database, contents
from soc.errors import SocError
from soc.ledger.sources import is_url
from soc.text import t, told

Found = TableFinding | Skipped | Secret
ScanOne = Callable[[Table | Document], Found]
ScanUrl = Callable[[str], Iterator[Found]]
#: what a file may cause; anything else is our own mistake and ends the scan loudly
FORESEEN = (SocError, OSError, pl.exceptions.PolarsError, UnicodeError, ValueError, EOFError, LookupError)


def reason_of(error: Exception) -> str:
    """Why something was left out, in words; an unforeseen error says no value of the source."""
    return told(error) if isinstance(error, SocError) else t("discovery.skipped.broken", kind=type(error).__name__)


def scan_file(
    file: Handle | Table, scan_one: ScanOne, scan_url: ScanUrl, limits: Limits | None = None
) -> Iterator[Found]:
    """Scan everything in one file.

    Args:
        file: the file; members of an archive and attachments are objects of their own.
        scan_one: how a table or document is scanned.
        scan_url: how a file that is a database is scanned.
        limits: what may still be unpacked; each member is measured against the same.
    """
    if isinstance(file, Table):  # a folder that is one table
        yield scan_one(file)
        return
    if secrecy.in_name(file.name):
        yield Secret(file.path)
        return
    kept: list[Found] = []
    limits = limits or Limits()
    try:
        for found in contents(file, limits):
            if isinstance(found, Handle):
                yield from scan_file(found, scan_one, scan_url, limits.deeper())
            elif isinstance(found, Database):
                yield from (_placed(one, file) for one in scan_url(found.url))
            else:
                kept.append(found if isinstance(found, Skipped) else scan_one(found))
            if any(isinstance(one, Secret) for one in kept[-1:]):
                raise StateSecretError
    except StateSecretError:
        yield Secret(file.path)
        return
    except FORESEEN as error:
        kept.append(Skipped(file.path, reason_of(error)))
    yield from kept


def _placed(found: Found, file: Handle) -> Found:
    """A table of a database that is a file is told with the file's path."""
    if isinstance(found, TableFinding):
        return replace(found, path=f"{file.path}#{found.name}")
    return replace(found, path=f"{file.path}#{found.path}")


def told_apart(location: str, found: Iterator[Found]) -> list[Found]:
    """Tables of one location that share a name are called by their path below it."""
    everything = list(found)
    names: dict[str, int] = {}
    for one in everything:
        if isinstance(one, TableFinding):
            names[one.name] = names.get(one.name, 0) + 1
    return [
        replace(one, name=_below(location, one.path)) if isinstance(one, TableFinding) and _shared(one, names) else one
        for one in everything
    ]


def _shared(table: TableFinding, names: dict[str, int]) -> bool:
    return bool(table.path) and names[table.name] > 1


def _below(location: str, path: str) -> str:
    if is_url(location):
        return path
    root = Path(location)
    return relpath(path, shown(str(root if root.is_dir() else root.parent)))
