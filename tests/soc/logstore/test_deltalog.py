"""Commits to the embedded table's log."""

import json
import threading
from pathlib import Path

import deltalake
import pytest

from soc.errors import SocError
from soc.logstore.deltalog import Change, DeltaLog, Snapshot
from soc.logstore.parts import Part


def _part(number: int) -> Part:
    return Part(f"part-{number}.parquet", 10, 5, 1_000_000 + number, 2_000_000 + number)


def _write(log: DeltaLog, number: int) -> None:
    log.commit(lambda _: Change("WRITE", added=(_part(number),), batches=(f"b{number}",)))


def test_before_the_first_commit_there_is_nothing(tmp_path: Path) -> None:
    log = DeltaLog(tmp_path / "logs.delta")
    assert log.snapshot() == Snapshot(-1, ())
    assert not log.knows("batch")
    assert not log.folder.exists()


def test_what_was_committed_is_read_back_by_another(tmp_path: Path) -> None:
    log = DeltaLog(tmp_path / "logs.delta")
    log.commit(lambda _: Change("WRITE", added=(_part(1), _part(2)), batches=("b1",)))
    log.commit(lambda _: Change("DELETE", removed=(_part(1),)))
    other = DeltaLog(log.folder)
    assert other.snapshot() == Snapshot(2, (_part(2),))
    assert other.knows("b1")
    assert not other.knows("b2")


def test_writers_side_by_side_lose_no_commit(tmp_path: Path) -> None:
    logs = [DeltaLog(tmp_path / "logs.delta") for _ in range(4)]

    def write(worker: int) -> None:
        for number in range(5):
            _write(logs[worker], worker * 100 + number)

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    snapshot = logs[0].snapshot()
    assert (snapshot.version, len(snapshot.parts)) == (20, 20)


def test_a_change_is_judged_at_the_version_it_is_made_on(tmp_path: Path) -> None:
    first, second = DeltaLog(tmp_path / "logs.delta"), DeltaLog(tmp_path / "logs.delta")
    first.commit(lambda _: Change("WRITE", added=(_part(1),)))
    seen: list[int] = []

    def judged(snapshot: Snapshot) -> Change:
        seen.append(snapshot.version)
        if len(seen) == 1:
            second.commit(lambda _: Change("WRITE", added=(_part(2),)))
        return Change("WRITE", added=(_part(3),))

    first.commit(judged)
    assert seen == [1, 2]
    assert {part.name for part in first.snapshot().parts} == {f"part-{n}.parquet" for n in (1, 2, 3)}


def test_no_draft_is_left_behind(tmp_path: Path) -> None:
    log = DeltaLog(tmp_path / "logs.delta")
    log.commit(lambda _: Change("WRITE", added=(_part(1),)))
    assert not list((log.folder / "_delta_log").glob(".*.tmp"))


def test_a_checkpoint_keeps_parts_and_batches_also_for_a_reader_that_slept(tmp_path: Path) -> None:
    log = idle = DeltaLog(tmp_path / "logs.delta")
    for number in range(12):
        _write(log, number)
        if number == 3:
            idle = DeltaLog(log.folder)
            assert len(idle.snapshot().parts) == 4
    table = log.table()
    assert table is not None
    table.create_checkpoint()
    for entry in (log.folder / "_delta_log").glob("*.json"):
        entry.unlink()
    for reader in (DeltaLog(log.folder), idle):
        assert len(reader.snapshot().parts) == 12
        assert reader.knows("b3")


def test_commits_are_of_the_open_protocol(tmp_path: Path) -> None:
    log = DeltaLog(tmp_path / "logs.delta")
    log.commit(lambda _: Change("WRITE", added=(_part(1),), batches=("b1",)))
    lines = (log.folder / "_delta_log" / f"{1:020}.json").read_text().splitlines()
    assert [next(iter(json.loads(line))) for line in lines] == ["commitInfo", "txn", "add"]
    assert deltalake.DeltaTable(str(log.folder)).version() == 1


def test_a_store_of_the_parent_process_is_refused_in_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = DeltaLog(tmp_path / "logs.delta")
    log.commit(lambda _: Change("WRITE", added=(_part(1),)))
    monkeypatch.setattr("os.getpid", lambda: -1)
    with pytest.raises(SocError) as caught:
        log.snapshot()
    assert caught.value.key == "errors.logstore.forked"
