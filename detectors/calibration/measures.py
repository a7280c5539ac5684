"""How good chances were, once it is known what came true."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: bounds of the bands by which what was said is set against what came true
BANDS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
#: a difference as small as this is none
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over verdicts; of both, less is better. ``brier`` 0 to 1, ``log_loss`` in nats."""

    brier: float
    log_loss: float

    def not_worse_than(self, other: "Quality") -> bool:
        """Whether neither measure is worse."""
        return self.brier <= other.brier + _SAME and self.log_loss <= other.log_loss + _SAME


@dataclass(frozen=True, slots=True)
class Band:
    """Verdicts whose chance lay between two bounds: how many, how many proved true, and the mean that was said."""

    judged: int
    real: int
    said: float


def quality(chances: Sequence[float], real: Sequence[bool]) -> Quality:
    """Measure chances (each above 0 and below 1) against what came true.

    Raises:
        ValueError: there is none, or not one outcome for each.
    """
    said, true = np.asarray(chances, dtype=np.float64), np.asarray(real, dtype=np.float64)
    if not len(said) or said.shape != true.shape:
        raise ValueError("one outcome for each chance, and at least one")
    losses = np.where(true > 0, -np.log(said), -np.log1p(-said))
    return Quality(float(((said - true) ** 2).mean()), float(losses.mean()))


def bands(chances: Sequence[float], real: Sequence[bool]) -> list[Band]:
    """Put chances into bands beside what came true; a band without any has none."""
    said, true = np.asarray(chances, dtype=np.float64), np.asarray(real, dtype=bool)
    place = np.clip(np.searchsorted(BANDS, said, side="right") - 1, 0, len(BANDS) - 2)
    found = []
    for one in range(len(BANDS) - 1):
        here = place == one
        mean = float(said[here].mean()) if here.any() else 0.0
        found.append(Band(int(here.sum()), int(true[here].sum()), mean))
    return found
