"""What the tests of originals ask for: an installation that took logs in, and an event of it."""

from collections.abc import Callable, Iterator

import pytest

import soc.accounts.models
import soc.ledger.models  # noqa: F401 - the schema is made from every model that is imported
from audit.ingest.pipeline import spool_of
from soc.db import Database
from soc.logstore.delta import DeltaLogStore
from soc.logstore.port import Event, SearchRequest
from tests.audit.ingest.at_work import AT, Installation

#: a resident ID and a mobile that no stored line shows
ID, PHONE = "11010519491231002X", "13800138000"
CITY, OTHER = "440100", "440300"
TakeIn = Callable[..., list[Event]]


def line(path: str) -> str:
    """One line of an access log."""
    return f'10.0.0.1 - - {AT} "GET {path} HTTP/1.1" 200 5 "-" "x"'


@pytest.fixture
def at_work(database: Database) -> Iterator[Installation]:
    """A fresh installation, with its spool and an embedded log store."""
    spool = spool_of(database.settings)
    yield Installation(database, spool, DeltaLogStore(database.settings.home))
    spool.close()


@pytest.fixture
def take_in(at_work: Installation) -> TakeIn:
    """Take access log lines in, work them off and archive them; returns their events in order."""

    def taken(*paths: str, org: str = CITY) -> list[Event]:
        at_work.send("".join(f"{line(path)}\n" for path in paths).encode(), org=org)
        at_work.spool.close()
        at_work.work()
        found = at_work.store.search(SearchRequest(limit=1000)).events
        return sorted((one for one in found if one["guanlan.org"] == org), key=lambda one: str(one["guanlan.position"]))

    return taken
