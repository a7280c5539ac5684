"""Who reads: a small database needs no workers, a large one has them for what is left, files have them from the start."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from detectors.discovery.scanning import conduct
from detectors.discovery.scanning.conduct import Order, Scan, Unkept
from detectors.discovery.scanning.crew import Crew, alone
from detectors.discovery.scanning.messages import Outcome, Task
from detectors.discovery.scanning.opening import Unit
from detectors.discovery.sources.base import Sampling
from policies.grading.policy import default_body, policy_of
from tests.detectors.discovery.scanning.making import go, make_source

MANY = 14


@dataclass
class Readers:
    """Which units this process read, and which workers did."""

    here: list[str] = field(default_factory=list)
    workers: list[str] = field(default_factory=list)


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> Readers:
    """Notes who reads; what a crew reads is really read by its workers."""
    noted = Readers()
    real_crew = Crew.carry_out

    def here(task: Task, units: Iterable[Unit]) -> Iterator[Outcome | None]:
        for outcome in alone(task, units):
            noted.here.extend([outcome.unit.key] if outcome else [])
            yield outcome

    def crew(self: Crew, units: Iterable[Unit]) -> Iterator[Outcome | None]:
        for outcome in real_crew(self, units):
            noted.workers.extend([outcome.unit.key] if outcome else [])
            yield outcome

    monkeypatch.setattr(conduct, "alone", here)
    monkeypatch.setattr(Crew, "carry_out", crew)
    return noted


def scanned(address: str, workers: int | None = None) -> int:
    """Scan it; returns how many tables were found."""
    order = Order("s", address, Sampling(), policy_of(default_body()), workers)
    return len(Scan(order, Unkept(), go).run().tables)


def test_a_small_database_of_many_tables_is_read_without_workers(tmp_path: Path, readers: Readers) -> None:
    assert scanned(f"sqlite:///{make_source(tmp_path / 's.db', MANY)}") == MANY
    assert (len(readers.here), readers.workers) == (MANY, [])


def test_what_is_left_of_a_database_when_the_time_is_over_goes_to_workers_and_each_table_is_read_once(
    tmp_path: Path, readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_source(tmp_path / "s.db", MANY)
    ticks = iter(range(10_000))
    monkeypatch.setattr("time.monotonic", lambda: float(next(ticks)))
    monkeypatch.setattr(conduct, "ALONE", 60.0)
    assert scanned(f"sqlite:///{source}") == MANY
    assert readers.here
    assert readers.workers
    assert set(Counter(readers.here + readers.workers).values()) == {1}


def test_a_large_database_is_left_to_workers_from_the_start(
    tmp_path: Path, readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conduct, "LARGE", 100)
    assert scanned(f"sqlite:///{make_source(tmp_path / 's.db', MANY)}") == MANY
    assert (readers.here, len(readers.workers)) == ([], MANY)


def test_workers_that_were_asked_for_read_from_the_start(tmp_path: Path, readers: Readers) -> None:
    assert scanned(f"sqlite:///{make_source(tmp_path / 's.db', MANY)}", workers=1) == MANY
    assert (readers.here, len(readers.workers)) == ([], MANY)


def test_many_files_are_read_by_workers_alone_since_one_may_end_its_reader(tmp_path: Path, readers: Readers) -> None:
    for number in range(MANY):
        (tmp_path / f"f{number}.csv").write_text("xm,je\n王伟,1\n李娜,2\n", encoding="utf-8")
    assert scanned(str(tmp_path)) == MANY
    assert (readers.here, len(readers.workers)) == ([], MANY)
