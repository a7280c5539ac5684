"""Kills behind each step and at random moments, of one process and of three at once, lose and double nothing.

The script beside does as many as one likes.
"""

from pathlib import Path

from tests.faults.kill_ingest import run


def test_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    outcome = run(tmp_path / "home", kills=8, seed=7)
    assert (outcome.lost, outcome.doubled, outcome.unsealed) == (0, 0, 0)
    assert outcome.acked > 0


def test_kills_of_three_processes_that_share_the_work_lose_and_double_nothing(tmp_path: Path) -> None:
    outcome = run(tmp_path / "home", kills=9, seed=3, at_once=3)
    assert (outcome.lost, outcome.doubled, outcome.unsealed) == (0, 0, 0)
    assert outcome.acked > 0
