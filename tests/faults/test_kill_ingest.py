"""Eight kills, one behind each step and two at a random moment, lose and double nothing; the script beside does as many as one likes."""

from pathlib import Path

from tests.faults.kill_ingest import run


def test_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    outcome = run(tmp_path / "home", kills=8, seed=7)
    assert (outcome.lost, outcome.doubled, outcome.unsealed) == (0, 0, 0)
    assert outcome.acked > 0
