"""What only a cluster has: indices that are full and followed by others."""

import os
from collections.abc import Iterator

import pytest

from soc.logstore import cluster_bulk
from soc.logstore.cluster import connected
from soc.logstore.opensearch import OpenSearchLogStore
from soc.logstore.port import SearchRequest
from soc.logstore.prepare import prepared
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
    told = client.indices.rollover(alias=store._stream)
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


@pytest.mark.parametrize("kept", [3, 1], ids=["a whole batch", "a batch that was cut off"])
@pytest.mark.parametrize("moment", ["_know_older_ones", "_without_stored"])
def test_an_index_that_begins_while_a_batch_is_sent_again_doubles_nothing(
    store: OpenSearchLogStore, monkeypatch: pytest.MonkeyPatch, moment: str, kept: int
) -> None:
    """Nothing is refreshed in between: the part that was stored is in no search yet."""
    rows = [{"time": made.START, "guanlan.org": "z", "raw_data": f"line {place}"} for place in range(3)]
    table = made.table(made.numbered(rows, "again"))
    again = OpenSearchLogStore(store._url, store._stream)
    assert store.append(table.slice(0, kept), batch="again").stored == kept
    before = getattr(again, moment)

    def as_the_index_began(*given: object) -> object:
        answer = before(*given)
        full(store)
        return answer

    monkeypatch.setattr(again, moment, as_the_index_began)
    told = again.append(table, batch="again")
    store.refresh()
    assert (told.stored, told.duplicates) == (3 - kept, kept)
    found = [str(event["metadata.uid"]) for event in store.search(SearchRequest()).events]
    assert sorted(found) == sorted(str(row["metadata.uid"]) for row in made.numbered(rows, "again"))


def test_doubles_that_a_dead_sender_left_go_when_its_batch_comes_again(store: OpenSearchLogStore) -> None:
    rows = [{"time": made.START, "guanlan.org": "z", "raw_data": f"line {place}"} for place in range(3)]
    table = made.table(made.numbered(rows, "again"))
    store.append(table, batch="again")
    full(store)
    store._send(b"".join(cluster_bulk.encoded(prepared(table))), set())  # as if nothing had been known
    store.refresh()
    assert store.search(SearchRequest()).total == 6
    assert OpenSearchLogStore(store._url, store._stream).append(table, batch="again").stored == 0
    store.refresh()
    assert store.search(SearchRequest()).total == 3


def test_the_next_index_has_as_many_primaries_as_asked_for_and_answers_the_same(store: OpenSearchLogStore) -> None:
    rows = [{"time": made.START, "guanlan.org": "z", "raw_data": f"line {place}"} for place in range(9)]
    store.append(made.table(made.numbered(rows[:3], "one")), batch="one")
    wider = OpenSearchLogStore(store._url, store._stream, shards=3)
    wider.append(made.table(made.numbered(rows, "two")), batch="two")
    full(store)
    told = wider.append(made.table(made.numbered(rows, "three")), batch="three")
    again = wider.append_group({name: made.table(made.numbered(rows, name)) for name in ("two", "three")})
    wider.refresh()
    client = connected(os.environ["SOC_TEST_OPENSEARCH_URL"])
    settings = client.indices.get_settings(index=store._stream)
    assert sorted(one["settings"]["index"]["number_of_shards"] for one in settings.values()) == ["1", "3"]
    assert (told.stored, {one.stored for one in again.values()}) == (9, {0})
    assert wider.search(SearchRequest()).total == 21
