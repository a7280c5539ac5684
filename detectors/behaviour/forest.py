"""A second opinion on whole days: an isolation forest over everybody's, fitted once and asked in batches."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.behaviour.facts import DayFacts

Floats = NDArray[np.float64]

_SEED = 20260101
#: fewer days than this teach a forest nothing
LEAST_DAYS = 150
_MOST_DAYS = 20_000


def day_vector(facts: DayFacts) -> list[float]:
    """A day as figures: volume, variety, peak, hours, exports."""
    off = sum(1 for hour in facts.hours if hour < 7 or hour >= 20)
    return [
        float(np.log1p(facts.weight)),
        float(np.log1p(facts.reads)),
        float(np.log1p(facts.peak)),
        float(len(facts.tables)),
        float(np.log1p(len(facts.shapes))),
        float(off),
        float(np.log1p(facts.exports)),
        float(facts.rank),
    ]


class DayForest:
    """Says how rare a day is among those it was fitted on."""

    def __init__(self, days: Sequence[DayFacts]) -> None:
        self._forest = None
        if len(days) < LEAST_DAYS:
            return
        from sklearn.ensemble import IsolationForest

        step = max(1, len(days) // _MOST_DAYS)
        vectors = np.asarray([day_vector(one) for one in days[::step]])
        self._forest = IsolationForest(n_estimators=100, random_state=_SEED).fit(vectors)
        self._known = np.sort(-self._forest.score_samples(vectors))

    def surprises(self, days: Sequence[DayFacts]) -> Floats:
        """-ln of the share of known days that are at least as strange; 0 from an unfitted forest."""
        if self._forest is None or not days:
            return np.zeros(len(days))
        scores = -self._forest.score_samples(np.asarray([day_vector(one) for one in days]))
        above = len(self._known) - np.searchsorted(self._known, scores, side="left")
        return np.asarray(-np.log((above + 0.5) / (len(self._known) + 1)), dtype=np.float64)
