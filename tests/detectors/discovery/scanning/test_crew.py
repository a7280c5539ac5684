"""Real workers on a real source: everything is read once, the dead are replaced, a deadly table is left out."""

import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from detectors.discovery.finding import Skipped, TableFinding
from detectors.discovery.scanning.crew import Crew, alone
from detectors.discovery.scanning.messages import Outcome, Task
from detectors.discovery.scanning.opening import Opened, Unit
from detectors.discovery.sources.base import Sampling
from policies.grading.policy import default_body, policy_of
from soc.errors import BrokenError
from tests.detectors.discovery.scanning.making import make_source


def task_of(path: Path) -> Task:
    return Task(f"sqlite:///{path}", Sampling(), policy_of(default_body()), "zh")


def units_of(task: Task) -> list[Unit]:
    return [one for one in Opened(task.address).units() if isinstance(one, Unit)]


def read_all(crew: Crew, units: list[Unit], kills: int = 0) -> list[Outcome]:
    """Let the crew read; as soon as its workers are there, end ``kills`` of them, one at a time."""
    outcomes = []
    ended: set[int] = set()
    for outcome in crew.carry_out(units):
        if outcome is not None:
            outcomes.append(outcome)
        fresh = [pid for pid in crew.busy if pid not in ended]
        if len(ended) < kills and fresh:
            ended.add(fresh[0])
            os.kill(fresh[0], signal.SIGKILL)
    assert len(ended) == kills
    return outcomes


def keys(outcomes: list[Outcome]) -> Counter[str]:
    return Counter(one.unit.key for one in outcomes)


def test_two_workers_read_every_table_once_and_say_what_one_process_says(tmp_path: Path) -> None:
    task = task_of(make_source(tmp_path / "s.db", 8))
    units = units_of(task)
    with Crew(task, 2) as crew:
        outcomes = read_all(crew, units)
    assert keys(outcomes) == Counter(unit.key for unit in units)
    single = {one.unit.key: one.found for one in alone(task, units) if one is not None}
    assert {one.unit.key: one.found for one in outcomes} == single
    assert sum(one.rows for one in outcomes) == 8 * 40


def test_a_worker_that_is_killed_is_replaced_and_its_table_is_read(tmp_path: Path) -> None:
    task = task_of(make_source(tmp_path / "s.db", 6))
    units = units_of(task)
    with Crew(task, 1) as crew:
        outcomes = read_all(crew, units, kills=1)
    assert keys(outcomes) == Counter(unit.key for unit in units)
    assert all(isinstance(found, TableFinding) for one in outcomes for found in one.found)


def test_a_table_that_ends_its_worker_twice_is_left_out_with_the_reason(tmp_path: Path) -> None:
    task = task_of(make_source(tmp_path / "s.db", 1, rows=50_000))
    with Crew(task, 1) as crew:
        (outcome,) = read_all(crew, units_of(task), kills=2)
    (skipped,) = outcome.found
    assert isinstance(skipped, Skipped)
    assert "两次" in skipped.reason


def test_workers_end_with_the_crew(tmp_path: Path) -> None:
    task = task_of(make_source(tmp_path / "s.db", 4))
    with Crew(task, 2) as crew:
        next(one for one in crew.carry_out(units_of(task)) if one is not None)
        pids = crew.pids
    assert pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_drained_crew_reads_to_the_end_what_it_has_and_takes_nothing_more(tmp_path: Path) -> None:
    task = task_of(make_source(tmp_path / "s.db", 6))
    outcomes = []
    with Crew(task, 1) as crew:
        for outcome in crew.carry_out(units_of(task)):
            if outcome is not None:
                outcomes.append(outcome)
                crew.drain()
    assert 1 <= len(outcomes) <= 2


def test_workers_that_never_come_up_are_an_error_and_no_endless_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = task_of(make_source(tmp_path / "s.db", 1))
    units = units_of(task)
    monkeypatch.setattr("sys.executable", "/bin/false")
    with Crew(task, 1) as crew, pytest.raises(BrokenError):
        list(crew.carry_out(units))


def test_a_source_that_is_gone_is_told_apart_from_a_table_that_cannot_be_read(tmp_path: Path) -> None:
    path = make_source(tmp_path / "s.db", 2)
    task = task_of(path)
    units = units_of(task)
    path.unlink()
    outcomes = [one for one in alone(task, units) if one is not None]
    assert all(one.away is not None and not one.found for one in outcomes)
