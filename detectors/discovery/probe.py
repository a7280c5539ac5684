"""Whether a source answers, what its account may do, and how much can be seen; nothing of it is read."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detectors.discovery.finding import Skipped
from detectors.discovery.sources import buckets, database, paths
from detectors.discovery.sources.base import Table, UnreadableError
from detectors.discovery.sources.files.handle import Handle
from detectors.discovery.sources.files.limits import Limits
from detectors.discovery.sources.files.opening import Database, contents
from soc.errors import SocError
from soc.ledger.sources import is_url
from soc.text import Message


@dataclass(frozen=True, slots=True)
class Probe:
    """What a source says of itself. ``excess`` names rights of the account that a scan does not need."""

    tables: int
    readable: int
    version: str = ""
    user: str = ""
    excess: tuple[str, ...] = ()
    tested: bool = True

    def as_dict(self) -> dict[str, Any]:
        """For printing; the warnings in the reader's language."""
        return {
            "tables": self.tables,
            "readable": self.readable,
            "version": self.version,
            "user": self.user,
            "excess": list(self.excess),
            "tested": self.tested,
            "warnings": self.warnings(),
        }

    def messages(self) -> list[Message]:
        """What whoever looks after the source should mend."""
        told = [Message(f"discovery.excess.{one}") for one in self.excess]
        if self.readable < self.tables:
            told.append(Message("discovery.some_unreadable", {"count": self.tables - self.readable}))
        return told if self.tested else [*told, Message("discovery.source.untested")]

    def warnings(self) -> list[str]:
        """The same in the reader's language."""
        return [one.render() for one in self.messages()]


def probe(address: str) -> Probe:
    """Reach a source and ask what can be seen there, and as whom.

    Raises:
        SocError: it does not answer, refuses us, or is not there.
    """
    if buckets.is_bucket(address):
        # objects are counted and not opened: there may be millions
        objects = sum(not isinstance(found, Skipped) for found in buckets.Bucket(address).walk())
        return Probe(tables=objects, readable=objects)
    if is_url(address):
        return _of_database(address)
    if not Path(address).exists():
        raise UnreadableError("errors.source.no_path", name=address)
    count = sum(_tables_in(found) for found in paths.walk(Path(address)) if not isinstance(found, Skipped))
    return Probe(tables=count, readable=count)


def _of_database(url: str) -> Probe:
    with database.open_database(url) as opened:
        account, found = opened.account(), opened.found()
        return Probe(
            tables=len(found),
            readable=sum(1 for one in found if one.is_readable),
            version=account.version,
            user=account.user,
            excess=account.excess,
            tested=opened.family.tested,
        )


def _tables_in(file: Handle | Table) -> int:
    if isinstance(file, Table):
        return 1
    try:
        return sum(_of_database(one.url).tables if isinstance(one, Database) else 1 for one in _tables_of(file))
    except SocError:
        return 0


def _tables_of(file: Handle) -> Iterator[Table | Database]:
    """The tables and databases of one file; what lies in archives and running text is left out."""
    return (one for one in contents(file, Limits(depth=0)) if isinstance(one, Table | Database))
