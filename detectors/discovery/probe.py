"""Whether a source answers, and how many tables can be seen in it; nothing of them is read."""

from pathlib import Path

from detectors.discovery.finding import Skipped
from detectors.discovery.sources import database, paths
from detectors.discovery.sources.base import Table, UnreadableError
from detectors.discovery.sources.files.handle import Handle
from soc.ledger.sources import is_url


def count_tables(address: str) -> int:
    """Reach a source and count its tables.

    Raises:
        SocError: it does not answer, refuses us, or is not there.
    """
    if is_url(address):
        return _tables_of(address)
    if not Path(address).exists():
        raise UnreadableError("errors.source.no_path", name=address)
    return sum(_tables_in(found) for found in paths.walk(Path(address)) if not isinstance(found, Skipped))


def _tables_of(url: str) -> int:
    with database.open_database(url) as opened:
        return len(opened.found())


def _tables_in(file: Handle | Table) -> int:
    if isinstance(file, Table):
        return 1
    if file.local is not None and paths.is_database(file.local):
        return _tables_of(f"sqlite:///{file.local.resolve()}")
    try:
        return len(paths.tables_of(file))
    except UnreadableError:
        return 0
