"""What a reading counts, where a budget ends it, and how it is told."""

import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from detectors.discovery.sources.base import BudgetSpentError, Reading, Sampling
from detectors.discovery.sources.budget import Budget, shared
from detectors.discovery.sources.coverage import Coverage, Stop


def frames(*heights: int) -> Reading:
    return Reading(("a",), iter([pl.DataFrame({"a": ["x"] * height}) for height in heights]))


def test_what_passes_is_counted() -> None:
    reading = frames(3, 4)
    assert sum(frame.height for frame in reading.within(None)) == 7
    assert reading.coverage.rows_read == 7
    assert reading.coverage.bytes_read > 0


def test_a_budget_of_rows_ends_a_reading_in_the_middle_of_a_batch_and_says_so() -> None:
    budget, reading = Budget(rows=5), frames(3, 4, 9)
    assert [frame.height for frame in reading.within(budget)] == [3, 2]
    assert (reading.coverage.stop, budget.spent) == (Stop.ROWS, Stop.ROWS)


def test_a_budget_is_shared_by_the_tables_that_are_read_one_after_another() -> None:
    budget = Budget(rows=5)
    assert len(list(frames(3).within(budget))) == 1
    second = frames(3)
    assert [frame.height for frame in second.within(budget)] == [2]
    assert second.coverage.stop is Stop.ROWS


def test_a_budget_of_bytes_ends_a_reading_after_the_batch_that_used_it_up() -> None:
    reading = frames(100, 100)
    assert len(list(reading.within(Budget(bytes=10)))) == 1
    assert reading.coverage.stop is Stop.BYTES


def test_a_table_that_nothing_is_left_for_is_not_taken_for_an_empty_one() -> None:
    with pytest.raises(BudgetSpentError, match="budget_rows"):
        next(frames(3).within(Budget(rows=0)))


def test_a_budget_is_shared_by_processes(tmp_path: Path) -> None:
    program = "import pickle, sys; pickle.loads(bytes.fromhex(sys.argv[1])).take(30, 7)"
    with shared(tmp_path, 100, None) as budget:
        assert budget is not None
        told = pickle.dumps(budget).hex()
        for one in [subprocess.Popen([sys.executable, "-c", program, told]) for _ in range(3)]:
            assert one.wait(60) == 0
        assert (budget.left(), budget.spent) == ((10, None), None)
        budget.take(10, 0)
        assert budget.spent is Stop.ROWS
    assert list(tmp_path.iterdir()) == []


def test_no_limit_is_no_budget(tmp_path: Path) -> None:
    with shared(tmp_path, None, None) as budget:
        assert budget is None


def test_a_closed_reading_gives_nothing_more_and_frees_what_it_held() -> None:
    freed = []

    def batches() -> Iterator[pl.DataFrame]:
        try:
            yield pl.DataFrame({"a": ["x"]})
            yield pl.DataFrame({"a": ["y"]})
        finally:
            freed.append(True)

    reading = Reading(("a",), batches())
    next(reading.within(None))
    reading.close()
    assert freed == [True]
    assert list(reading.batches) == []


def test_only_what_says_something_is_told() -> None:
    assert Coverage(rows_read=7).as_dict() == {"rows_read": 7, "method": "whole"}
    full = Coverage(
        rows_read=7, stop=Stop.LOST, cut={"b", "a"}, binary={"photo": 9}, unread={"p1": "locked"}, resumed=1
    ).as_dict()
    assert (full["stop"], full["cut"], full["binary"], full["resumed"]) == ("lost", ["a", "b"], ["photo"], 1)
    assert full["unread"] == [{"name": "p1", "reason": "locked"}]


def test_a_thousand_unread_partitions_are_counted_and_some_of_them_named() -> None:
    told = Coverage(unread={f"p{number:04}": "locked" for number in range(1000)}).as_dict()
    assert told["unread_count"] == 1000
    assert len(told["unread"]) == 20


def test_the_stages_of_a_sample_add_up_to_what_may_be_read_in_doubt() -> None:
    assert Sampling().stages == (1000, 4000, 15_000)
    assert Sampling(rows=100).stages == (100, 19_900)
    assert Sampling(rows=100, most=0).stages == (100,)
