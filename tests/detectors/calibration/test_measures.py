"""What said chances were worth."""

import math

import pytest

from detectors.calibration.measures import Quality, bands, quality


def test_the_two_measures_by_hand() -> None:
    found = quality([0.8, 0.4], [True, False])
    assert found.brier == pytest.approx((0.04 + 0.16) / 2)
    assert found.log_loss == pytest.approx((-math.log(0.8) - math.log(0.6)) / 2)


def test_one_that_is_worse_by_either_measure_is_worse() -> None:
    used = Quality(0.2, 0.6)
    assert used.not_worse_than(used)
    assert Quality(0.19, 0.59).not_worse_than(used)
    assert not Quality(0.19, 0.61).not_worse_than(used)
    assert not Quality(0.21, 0.5).not_worse_than(used)


def test_nothing_to_measure_by_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one"):
        quality([], [])


def test_bands_set_what_was_said_beside_what_came_true() -> None:
    found = bands([0.1, 0.2, 0.25, 0.999], [False, True, False, True])
    assert [(one.judged, one.real) for one in found] == [(1, 0), (2, 1), (0, 0), (0, 0), (1, 1)]
    assert found[1].said == pytest.approx(0.225)
