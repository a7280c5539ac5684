"""The log stores between processes: readers beside writers, writers killed at any moment."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from soc.logstore.delta import DeltaLogStore
from soc.logstore.opensearch import OpenSearchLogStore
from soc.logstore.port import COUNT, LogStore, SearchRequest
from tests.contract import corpus
from tests.contract.appender import ROWS, batch_of, opened
from tests.contract.conftest import cluster


@pytest.fixture(params=["delta", pytest.param("opensearch", marks=pytest.mark.opensearch)])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a store is, so that another process can open it."""
    if request.param == "delta":
        yield str(tmp_path)
        return
    for store in cluster():
        assert isinstance(store, OpenSearchLogStore)
        yield f"{store._url} {store._stream}"


def appending(where: str, worker: str, count: int) -> subprocess.Popen[str]:
    """Start a process that appends."""
    command = [sys.executable, "-m", "tests.contract.appender", where, worker, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def by_batch(store: LogStore) -> dict[object, object]:
    """Return how many events of each batch are stored."""
    store.refresh()
    rows = store.aggregate(SearchRequest(), ["guanlan.batch"], (COUNT,), limit=10_000).rows
    return {row.key[0]: row.figures["count"] for row in rows}


def test_a_reader_sees_whole_batches_while_others_write_and_maintain(tmp_path: Path) -> None:
    store = DeltaLogStore(tmp_path)
    seen = [0]
    with appending(str(tmp_path), "x", 25) as one, appending(str(tmp_path), "y", 25) as other:
        while one.poll() is None or other.poll() is None:
            seen.append(store.count(SearchRequest()))
            store.maintain()
    assert (one.returncode, other.returncode) == (0, 0)
    assert seen == sorted(seen)
    assert all(count % ROWS == 0 for count in seen)
    assert set(by_batch(store).values()) == {ROWS}
    assert store.count(SearchRequest()) == 2 * 25 * ROWS


def test_a_killed_writer_loses_nothing_acknowledged_and_doubles_nothing(where: str) -> None:
    store = opened(where)
    acknowledged: list[str] = []
    for kill in range(5):
        with appending(where, f"k{kill}-", 10_000) as writer:
            assert writer.stdout is not None
            acknowledged += [writer.stdout.readline().strip() for _ in range(random.randint(1, 4))]
            time.sleep(random.random() * 0.05)
            writer.kill()
            acknowledged += writer.stdout.read().split()
        name, events = batch_of(f"k{kill}-", sum(one.startswith(f"k{kill}-") for one in acknowledged))
        store.append(corpus.table(events), batch=name)  # sent again, as the spool does after a crash
        acknowledged.append(name)
    stored = by_batch(store)
    assert {name: stored.get(name) for name in acknowledged} == dict.fromkeys(acknowledged, ROWS)
    assert set(stored) == set(acknowledged)


def test_an_appended_event_is_found_within_five_seconds(where: str) -> None:
    writer, reader = opened(where), opened(where)
    assert reader.count(SearchRequest()) == 0
    name, events = batch_of("seen", 0)
    writer.append(corpus.table(events), batch=name)
    until = time.monotonic() + 5
    while reader.count(SearchRequest()) < ROWS and time.monotonic() < until:
        time.sleep(0.1)
    assert reader.count(SearchRequest()) == ROWS


def test_an_unfinished_file_of_a_killed_writer_is_not_read(tmp_path: Path) -> None:
    store = DeltaLogStore(tmp_path)
    name, events = batch_of("a", 0)
    store.append(corpus.table(events), batch=name)
    (store.folder / "part-torn.parquet").write_bytes(b"PAR1 and then the power went")
    assert store.count(SearchRequest()) == ROWS
    store.maintain()
    assert store.count(SearchRequest()) == ROWS


def test_a_full_disk_is_said_and_nothing_is_stored_by_halves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = DeltaLogStore(tmp_path)
    name, events = batch_of("a", 0)

    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("soc.logstore.parts.sync_file", full)
        with pytest.raises(Exception, match=r"errors\.logstore\.disk"):
            store.append(corpus.table(events), batch=name)
    assert store.count(SearchRequest()) == 0
    assert not list(store.folder.glob("*.parquet"))
    assert store.append(corpus.table(events), batch=name).stored == ROWS
