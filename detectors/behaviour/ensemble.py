"""Outliers among rows of figures, without labels: three views whose ranks are joined.

An isolation forest carries most of the weight; empirical tails find what is extreme in single
figures, and distances to a sample's neighbours find what lies between clusters.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.behaviour.metrics import average_ranks

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SEED = 20260101
_WEIGHTS = (2.0, 0.5, 0.5)
_TREES = 200
_NEIGHBOURS = 50
_REFERENCE = 4_000


@dataclass(frozen=True)
class OutlierScores:
    """``scores`` (rows,), higher is stranger; ``tails`` (rows, figures): -ln of each value's tail share."""

    scores: Floats
    tails: Floats


def outlier_scores(figures: Floats, training: NDArray[np.bool_] | None = None) -> OutlierScores:
    """Score rows of figures against the rows marked ``training`` (all rows without it).

    Args:
        figures: (rows, figures), no NaN.
        training: (rows,) rows that are known to be ordinary; needs at least 32 of them to be used.
    """
    base = figures if training is None or training.sum() < 32 else figures[training]
    tails = tail_weights(figures, base)
    views = (_forest(figures, base), _tail_score(tails, base), _neighbour_distance(figures, base))
    joined = sum(weight * _surprise(view) for weight, view in zip(_WEIGHTS, views, strict=True))
    return OutlierScores(np.asarray(joined, dtype=np.float64), np.maximum(tails[0], tails[1]))


def tail_weights(figures: Floats, base: Floats) -> tuple[Floats, Floats]:
    """-ln of the share of ``base`` at or below, and at or above, each value."""
    below, above = np.empty_like(figures), np.empty_like(figures)
    size = len(base)
    for column in range(figures.shape[1]):
        ordered = np.sort(base[:, column])
        at_most = np.searchsorted(ordered, figures[:, column], side="right")
        less = np.searchsorted(ordered, figures[:, column], side="left")
        below[:, column] = -np.log((at_most + 0.5) / (size + 1))
        above[:, column] = -np.log((size - less + 0.5) / (size + 1))
    return below, above


def _tail_score(tails: tuple[Floats, Floats], base: Floats) -> Floats:
    """Largest of the sums over lower, upper and skew-side tails (as ECOD does)."""
    below, above = tails
    skewed_left = ((base - base.mean(axis=0)) ** 3).mean(axis=0) < 0
    by_skew = np.where(skewed_left, below, above)
    return np.asarray(np.maximum(np.maximum(below.sum(axis=1), above.sum(axis=1)), by_skew.sum(axis=1)))


def _forest(figures: Floats, base: Floats) -> Floats:
    from sklearn.ensemble import IsolationForest

    forest = IsolationForest(n_estimators=_TREES, random_state=_SEED).fit(base)
    return np.asarray(-forest.score_samples(figures), dtype=np.float64)


def _neighbour_distance(figures: Floats, base: Floats) -> Floats:
    """Mean distance to the nearest rows of a sample, each figure in units of its deviation."""
    from sklearn.neighbors import NearestNeighbors

    centre, spread = base.mean(axis=0), base.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    chosen = np.random.default_rng(_SEED).choice(len(base), min(_REFERENCE, len(base)), replace=False)
    reference = (base[chosen] - centre) / spread
    near = NearestNeighbors(n_neighbors=min(_NEIGHBOURS, len(reference))).fit(reference)
    distances, _ = near.kneighbors((figures - centre) / spread)
    return np.asarray(distances.mean(axis=1), dtype=np.float64)


def _surprise(view: Floats) -> Floats:
    """Bring a view to -ln(share of rows ranked above), so that views can be added."""
    return np.asarray(-np.log1p(-(average_ranks(view) - 0.5) / len(view)), dtype=np.float64)
