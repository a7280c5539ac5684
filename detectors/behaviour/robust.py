"""Scatter that a few wild values cannot move."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: the modified z-score's factor: 1 / Phi^-1(3/4) turns a MAD into a deviation
_MAD_TO_DEVIATION = 1.4826


def spread_of(base: Floats, *, floor: Floats | float = 0.0) -> tuple[Floats, Floats]:
    """Median and robust deviation of each column of ``base`` (rows, columns), at least ``floor``.

    Where the MAD is 0 (more than half the rows are equal) the mean absolute deviation stands in for it.
    """
    centre = np.median(base, axis=0)
    apart = np.abs(base - centre)
    deviation = _MAD_TO_DEVIATION * np.median(apart, axis=0)
    deviation = np.where(deviation > 0, deviation, 1.2533 * apart.mean(axis=0))
    return centre, np.maximum(deviation, floor)


def robust_z(values: Floats, base: Floats, *, floor: Floats | float = 0.0) -> Floats:
    """Modified z-scores of ``values`` (rows, columns) against the habit ``base`` (rows, columns).

    Returns:
        Same shape as ``values``, unitless; where ``base`` does not scatter at all and no floor is
        given: 0 at the median, ±inf elsewhere.

    Raises:
        ValueError: ``base`` has no row.

    Source: Iglewicz & Hoaglin (1993), modified z-score, cut-off 3.5.
    """
    if not len(base):
        raise ValueError("a habit needs at least one row")
    centre, deviation = spread_of(base, floor=floor)
    apart = values - centre
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = apart / deviation
    return np.asarray(np.where(apart == 0, 0.0, scores), dtype=np.float64)
