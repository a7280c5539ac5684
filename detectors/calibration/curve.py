"""From points to a chance: a curve that only rises, learnt from verdicts, with the span that few of them leave open.

The form is Platt's with one bend: the odds' logarithm is a line in the points up to `_BEND` and another from there on,
both rising, so that more points never mean a smaller chance. Before there is a verdict level and slopes lie around those
of points that are the chance in percent, as wide as `_SPREAD` says; what is told is the mean over all curves that the
verdicts leave likely, and the span within which nine in ten of them lie. Each of these curves rises, so their mean and
their quantiles rise as well, whatever the verdicts were. Verdicts on other detectors' alerts count a fifth (a power
prior): a detector nobody judged yet is not unknown, and one's own verdicts soon outweigh the rest.

Source: Platt (1999), probabilities for support vector machines; Ibrahim & Chen (2000), power priors.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: a score is one of 0 to 100
SCORES = 101
#: chances are told in thousandths: they are kept, compared and signed as whole numbers
WHOLE = 1000
#: what a verdict on another detector's alert counts
OTHERS_COUNT = 0.2
#: the span holds nine in ten
_LOW, _HIGH = 0.05, 0.95
#: points at which the line bends: most alerts lie on either side of it
_BEND = 65
#: the level at the bend, and the logarithm of the slopes (per 100 points) below and above it, before any verdict
_CENTRE = np.asarray((0.6, np.log(4.0), np.log(6.0)))
_SPREAD = np.asarray((2.0, 1.0, 1.0))
#: values tried of each of these three, and how often the range is drawn closer around what is likely
_STEPS, _ROUNDS = 15, 3
_REACH = 4.0


@dataclass(frozen=True, slots=True)
class Tally:
    """``judged`` and ``real`` (101,): how many alerts of each score were decided, and how many of them proved true."""

    judged: Floats
    real: Floats

    @classmethod
    def of(cls, verdicts: Iterable[tuple[int, bool]]) -> "Tally":
        """Count (score, proved true)."""
        found = cls(np.zeros(SCORES), np.zeros(SCORES))
        for score, true in verdicts:
            found.judged[score] += 1
            found.real[score] += true
        return found

    def plus(self, other: "Tally", weight: float) -> "Tally":
        """Add another's, each verdict of it counting ``weight``."""
        return Tally(self.judged + weight * other.judged, self.real + weight * other.real)


@dataclass(frozen=True, slots=True)
class Curve:
    """Three rows (101,) of thousandths by score: the chance, and the ends of its span; none of them ever falls."""

    chance: tuple[int, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]


def fit_curve(own: Tally, others: Tally) -> Curve:
    """Learn a detector's curve from verdicts on its own alerts and, for a fifth each, on others'."""
    seen = own.plus(others, OTHERS_COUNT)
    curves, weights = _likely_curves(seen)
    mean = weights @ curves
    low, high = _quantiles(curves, weights)
    bounded = _within_reach(mean, float(seen.judged.sum()))
    return Curve(_thousandths(bounded), _thousandths(np.minimum(low, bounded)), _thousandths(np.maximum(high, bounded)))


def _likely_curves(seen: Tally) -> tuple[Floats, Floats]:
    """Curves (many, 101) on a grid drawn around what is likely, and their weights (many,), which add up to 1."""
    centre, reach = _CENTRE, _REACH * _SPREAD
    for _ in range(_ROUNDS - 1):
        grid, _, weights = _tried(centre, reach, seen)
        centre = weights @ grid
        spread = np.sqrt(weights @ (grid - centre) ** 2)
        # of a range that is still coarse the spread says little: it is drawn closer step by step
        reach = np.maximum(_REACH * spread, 2 * reach / (_STEPS - 1))
    _, odds, weights = _tried(centre, reach, seen)
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -500, 500)))), weights


def _tried(centre: Floats, reach: Floats, seen: Tally) -> tuple[Floats, Floats, Floats]:
    """A grid, the logarithm of the odds of each of its curves, and how likely each is."""
    grid = _grid(centre, reach)
    odds = _odds(grid)
    return grid, odds, _weights(grid, odds, seen)


def _grid(centre: Floats, reach: Floats) -> Floats:
    """(steps³, 3) values of the level and of the slopes' logarithms."""
    axes = [np.linspace(mid - wide, mid + wide, _STEPS) for mid, wide in zip(centre, reach, strict=True)]
    return np.stack([one.ravel() for one in np.meshgrid(*axes, indexing="ij")], axis=1)


def _odds(grid: Floats) -> Floats:
    """(grid, 101), the logarithm of the odds at each score."""
    away = (np.arange(SCORES) - _BEND) / 100
    rising = np.outer(np.exp(grid[:, 1]), np.minimum(away, 0)) + np.outer(np.exp(grid[:, 2]), np.maximum(away, 0))
    return np.asarray(grid[:, :1] + rising)


def _weights(grid: Floats, odds: Floats, seen: Tally) -> Floats:
    prior = -0.5 * (((grid - _CENTRE) / _SPREAD) ** 2).sum(axis=1)
    likelihood = -(np.logaddexp(0, -odds) @ seen.real + np.logaddexp(0, odds) @ (seen.judged - seen.real))
    told = prior + likelihood
    weights = np.exp(told - told.max())
    return np.asarray(weights / weights.sum())


def _quantiles(curves: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """The smallest chance at each score that at least so much of the weight does not exceed."""
    order = np.argsort(curves, axis=0, kind="stable")
    ordered = np.take_along_axis(curves, order, axis=0)
    reached = np.cumsum(weights[order], axis=0)
    last = len(weights) - 1
    places = [np.minimum((reached < share).sum(axis=0), last) for share in (_LOW, _HIGH)]
    low, high = (ordered[place, np.arange(SCORES)] for place in places)
    return low, high


def _within_reach(chance: Floats, verdicts: float) -> Floats:
    """Never surer than that many verdicts allow, had all of them been alike (the rule of succession)."""
    return np.asarray(np.clip(chance, 1 / (verdicts + 2), (verdicts + 1) / (verdicts + 2)))


def _thousandths(shares: Floats) -> tuple[int, ...]:
    """Whole thousandths, and never 0 or all of them: nothing is certain."""
    return tuple(int(one) for one in np.clip(np.round(WHOLE * shares), 1, WHOLE - 1))


def fit_curves(tallies: Mapping[str, Tally]) -> dict[str, Curve]:
    """Learn the curve of each detector, with the others' verdicts beside its own."""
    curves = {}
    for name, own in tallies.items():
        others = Tally.of(())
        for other, tally in tallies.items():
            others = others if other == name else others.plus(tally, 1.0)
        curves[name] = fit_curve(own, others)
    return curves
