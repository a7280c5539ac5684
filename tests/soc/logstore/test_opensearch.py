"""What only a cluster has: indices that are full and followed by others."""

import os
from collections.abc import Iterator

import pytest

from soc.logstore.cluster import connected
from soc.logstore.opensearch import OpenSearchLogStore
from soc.logstore.port import SearchRequest
from tests.contract import corpus as made
from tests.contract.conftest import cluster

pytestmark = pytest.mark.opensearch


@pytest.fixture
def store() -> Iterator[OpenSearchLogStore]:
    for one in cluster():
        assert isinstance(one, OpenSearchLogStore)
        yield one


def full(store: OpenSearchLogStore) -> None:
    """Begin a new index, as upkeep does when the newest is large or old."""
    client = connected(os.environ["SOC_TEST_OPENSEARCH_URL"])
    told = client.indices.rollover(alias=store._stream, body={"conditions": {"max_docs": 1}})
    assert told["rolled_over"], told


@pytest.mark.parametrize("kept", [3, 1], ids=["a whole batch", "a batch that was cut off"])
def test_a_batch_sent_again_after_its_index_was_full_is_stored_once(store: OpenSearchLogStore, kept: int) -> None:
    rows = [{"time": made.START, "guanlan.org": "z", "raw_data": f"line {place}"} for place in range(3)]
    table = made.table(made.numbered(rows, "again"))
    assert store.append(table.slice(0, kept), batch="again").stored == kept
    store.refresh()
    full(store)
    store.maintain()
    told = store.append(table, batch="again")
    store.refresh()
    assert (told.stored, told.duplicates) == (3 - kept, kept)
    assert store.search(SearchRequest()).total == 3
