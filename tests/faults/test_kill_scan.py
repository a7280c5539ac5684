"""Scans that are killed again and again; thirty kills and more: ``python tests/faults/kill_scan.py``."""

from pathlib import Path

import pytest

from tests.faults.kill_scan import AIMS, TABLES, read_again, run


@pytest.mark.slow
def test_kills_of_scans_and_workers_lose_nothing_and_read_nothing_twice(tmp_path: Path) -> None:
    outcome = run(tmp_path, kills=len(AIMS), seed=3)
    assert outcome.right, outcome.as_json()
    assert outcome.scans >= 1


def test_a_kept_table_that_is_read_again_would_be_counted() -> None:
    told = ["read s1 t1", "kept s1 t1", "read s2 t1", "read s1 t2"]
    assert read_again(told) == 0
    assert read_again([*told, "read s1 t1"]) == 1
    assert len(AIMS) < TABLES
