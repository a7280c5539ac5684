"""The way from an event back to its record, where a real cluster is the log store and keeps instants its own way."""

from collections.abc import Iterator

import pytest

import soc.accounts.models
import soc.ledger.models  # noqa: F401 - the schema is made from every model that is imported
from audit.ingest.pipeline import spool_of, work_off
from audit.ingest.register import Incoming, accept
from audit.originals.finding import batch_of, original_of
from soc.db import Database
from soc.identity.actors import operator_actor
from soc.logstore.port import LogStore, SearchRequest
from tests.audit.originals.conftest import CITY, ID, line
from tests.contract.conftest import cluster

pytestmark = pytest.mark.opensearch


@pytest.fixture
def store() -> Iterator[LogStore]:
    """The cluster, with a stream of its own."""
    yield from cluster()


def test_an_event_of_the_cluster_opens_its_own_line(database: Database, store: LogStore) -> None:
    spool = spool_of(database.settings)
    for number in range(3):
        body = "".join(f"{line(f'/{number}/{place}?id={ID}')}\n" for place in range(3)).encode()
        accept(database, spool, Incoming(CITY, "nginx", body, "test"), operator_actor)
    work_off(database, database.settings, store)
    store.refresh()
    events = store.search(SearchRequest(limit=20)).events
    texts = set()
    with database.read() as session:
        for event in events:
            batch = batch_of(session, event)
            assert batch is not None
            texts.add(original_of(session, spool, batch, event).text)
    assert len(events) == 9
    assert texts == {line(f"/{number}/{place}?id={ID}") for number in range(3) for place in range(3)}
    assert not [event for event in events if ID in str(event["raw_data"])]
    spool.close()
