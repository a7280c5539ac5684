"""The worker's quick rhythms: one worker turns most of them, every worker those whose work shares itself out."""

import threading
import time
from collections import defaultdict
from datetime import timedelta

import pytest

from soc import worker as workers
from soc.db import Database
from soc.jobs import JobContext
from soc.room import JobSpec
from soc.worker import Worker

TURNED: dict[str, set[str]] = defaultdict(set)


def one_for_all(_: JobContext) -> None:
    TURNED["one for all"].add(_turning())


def each_its_share(_: JobContext) -> None:
    TURNED["each its share"].add(_turning())


def _turning() -> str:
    return threading.current_thread().name.rpartition("/")[2]


@pytest.fixture(autouse=True)
def _specs(monkeypatch: pytest.MonkeyPatch) -> None:
    TURNED.clear()
    often = timedelta(milliseconds=50)
    specs = [
        JobSpec("one for all", "tests.soc.test_worker:one_for_all", every=often, quiet=True),
        JobSpec("each its share", "tests.soc.test_worker:each_its_share", every=often, quiet=True, everywhere=True),
    ]
    monkeypatch.setattr(workers, "job_specs", lambda: {spec.name: spec for spec in specs})


def test_what_shares_itself_out_is_turned_by_every_worker_and_the_rest_by_one(database: Database) -> None:
    pair = [_named(database, name) for name in ("first", "second")]
    threads = [threading.Thread(target=worker.run) for worker in pair]
    for thread in threads:
        thread.start()
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until and not (len(TURNED["each its share"]) == 2 and TURNED["one for all"]):
            time.sleep(0.05)
    finally:
        for worker in pair:
            worker.stop()
        for thread in threads:
            thread.join(30)
    assert TURNED["each its share"] == {"first", "second"}
    assert len(TURNED["one for all"]) == 1


def _named(database: Database, name: str) -> Worker:
    """A worker as in a process of its own, whose turns bear its name."""
    worker = Worker(database)
    worker._name = name
    real = worker._turn

    def turn(spec: JobSpec) -> None:
        threading.current_thread().name = f"{spec.name}/{name}"
        real(spec)

    worker._turn = turn  # type: ignore[method-assign]
    return worker
