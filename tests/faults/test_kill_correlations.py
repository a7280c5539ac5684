"""A kill behind each step, from the append to the finding, loses no correlation and tells none twice."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from soc.db import Database
from tests.detectors.sigma.own.correlating import enact, entry
from tests.detectors.sigma.own.writing import PROVINCE
from tests.detectors.sigma.streaming import COUNTED, FAILED, a_folder
from tests.faults.kill_correlations import ACCOUNTS, AIMS, keep_for_all, run


def everybodys(folder: Path) -> Callable[[Database], None]:
    """The rules as all organisations have them."""
    return partial(keep_for_all, rules=a_folder(folder, FAILED, COUNTED))


def own(folder: Path) -> Callable[[Database], None]:
    """The rules as one organisation has written them."""
    return lambda database: enact(database, PROVINCE, entry(FAILED), entry(COUNTED))


@pytest.mark.parametrize("whose", [everybodys, own])
def test_kills_lose_no_correlation_and_tell_none_twice(
    tmp_path: Path, whose: Callable[[Path], Callable[[Database], None]]
) -> None:
    outcome = run(tmp_path / "home", whose(tmp_path))
    assert outcome.killed == len(AIMS)
    assert (outcome.told, outcome.twice, outcome.marks) == (ACCOUNTS * (len(AIMS) + 1), 0, 0)
