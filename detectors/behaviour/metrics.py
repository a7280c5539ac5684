"""How good a ranking is: the figures `soc detect evaluate` prints.

All functions take ``labels`` (0 or 1) and ``scores`` (higher is more suspicious) of equal length;
equal scores share a rank, so the order of the input never matters.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Quality:
    """What a ranking is worth; a figure is None where one of the two classes is missing."""

    roc_auc: float | None
    average_precision: float | None
    recall_at_fpr: dict[str, float | None]
    recall_at_budget: float | None


def roc_auc(labels: Labels, scores: Floats) -> float | None:
    """Probability that a positive outranks a negative, ties counted half (Mann-Whitney)."""
    positives = int(labels.sum())
    negatives = len(labels) - positives
    if not positives or not negatives:
        return None
    ranks = average_ranks(scores)
    return float((ranks[labels == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def average_ranks(scores: Floats) -> Floats:
    """Ranks from 1, ties sharing their mean rank."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    means = ends - (counts - 1) / 2
    return np.asarray(means[inverse], dtype=np.float64)


def _curve(labels: Labels, scores: Floats) -> tuple[Floats, Floats]:
    """True and false positives at each distinct threshold, from the highest down."""
    order = np.argsort(-scores, kind="stable")
    last_of_tie = np.r_[np.flatnonzero(np.diff(scores[order])), len(scores) - 1]
    hits = np.cumsum(labels[order])[last_of_tie].astype(np.float64)
    return hits, (last_of_tie + 1) - hits


def average_precision(labels: Labels, scores: Floats) -> float | None:
    """Area under precision-recall as a step function (no interpolation)."""
    positives = int(labels.sum())
    if not positives:
        return None
    hits, misses = _curve(labels, scores)
    gains = np.diff(np.r_[0.0, hits]) / positives
    return float((gains * hits / (hits + misses)).sum())


def recall_at_fpr(labels: Labels, scores: Floats, rate: float) -> float | None:
    """Best recall of a threshold whose false-positive rate is at most ``rate`` (0 to 1)."""
    positives = int(labels.sum())
    negatives = len(labels) - positives
    if not positives or not negatives:
        return None
    hits, misses = _curve(labels, scores)
    allowed = misses / negatives <= rate
    return float(hits[allowed].max() / positives) if allowed.any() else 0.0


def recall_at_budget(labels: Labels, scores: Floats, days: Sequence[object], budget: int) -> float | None:
    """Share of the positives among the ``budget`` highest scores of each day."""
    positives = int(labels.sum())
    if not positives:
        return None
    keys = np.asarray([str(day) for day in days])
    found = 0
    for day in np.unique(keys):
        rows = np.flatnonzero(keys == day)
        found += int(labels[rows[np.argsort(-scores[rows], kind="stable")[:budget]]].sum())
    return found / positives


def quality(labels: Labels, scores: Floats, days: Sequence[object], budget: int) -> Quality:
    """All figures of one ranking."""
    return Quality(
        roc_auc=roc_auc(labels, scores),
        average_precision=average_precision(labels, scores),
        recall_at_fpr={str(rate): recall_at_fpr(labels, scores, rate) for rate in (0.01, 0.05)},
        recall_at_budget=recall_at_budget(labels, scores, days, budget),
    )
