"""A kill behind each step, from the append to the finding, loses no correlation and tells none twice."""

from pathlib import Path

from tests.detectors.sigma.streaming import COUNTED, FAILED, a_folder
from tests.faults.kill_correlations import ACCOUNTS, AIMS, run


def test_kills_lose_no_correlation_and_tell_none_twice(tmp_path: Path) -> None:
    outcome = run(tmp_path / "home", a_folder(tmp_path, FAILED, COUNTED))
    assert outcome.killed == len(AIMS)
    assert (outcome.told, outcome.twice, outcome.marks) == (ACCOUNTS * (len(AIMS) + 1), 0, 0)
