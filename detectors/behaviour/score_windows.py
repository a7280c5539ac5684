"""Score windows of entities by habit: the words they use, the variety, the volume.

Two passes: the first takes what is known to be clean (or everything) as habit; the second also takes the
calmest of the scored windows, so that a habit that moves is followed and an attack is not learnt.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.behaviour.likelihood import (
    Evidence,
    WordCounts,
    count_words,
    event_score,
    presence_score,
    weigh,
)
from detectors.behaviour.signals import HOUR, Signals
from detectors.behaviour.volume import deviations, volume_score, window_amounts
from detectors.behaviour.windows import Window

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

#: share of an entity's scored windows that may be learnt from: an attacker has less than the rest
_CALM = 0.85
_VOLUME_WEIGHT = 0.2
#: hours wander more than deeds do
_HOUR_WEIGHT = 0.5


@dataclass(frozen=True)
class WindowScores:
    """Scores (windows,) and what they were made of, for the reasons."""

    scores: Floats
    evidence: tuple[Evidence, ...]
    amount_names: tuple[str, ...]
    deviating: Floats


def score_windows(windows: list[Window], signals: Signals, events: int) -> WindowScores:
    """Score every window, trained ones included."""
    counted = [count_words(one, windows, events) for one in signals.words]
    entities = np.asarray([one.entity for one in windows], dtype=np.int64)
    names, amounts = window_amounts(windows, counted, signals.figures, events)
    training = np.asarray([one.training for one in windows], dtype=np.bool_)
    habitual = _first_habit(entities, training)
    made = _score(counted, names, amounts, entities, habitual)
    followed = training | _calm(made.scores, entities, training)
    return _score(counted, names, amounts, entities, followed)


def _first_habit(entities: Ints, training: Flags) -> Flags:
    """Training windows; for an entity without any, all of its windows."""
    trained = np.isin(entities, np.unique(entities[training]))
    return np.asarray(training | ~trained)


def _calm(scores: Floats, entities: Ints, training: Flags) -> Flags:
    calm = np.zeros(len(scores), dtype=np.bool_)
    for entity in np.unique(entities):
        rows = np.flatnonzero((entities == entity) & ~training)
        if len(rows):
            calm[rows] = scores[rows] <= np.quantile(scores[rows], _CALM)
    return calm


def _score(
    counted: list[WordCounts], names: list[str], amounts: Floats, entities: Ints, habitual: Flags
) -> WindowScores:
    evidence = tuple(weigh(one, entities, habitual) for one in counted)
    by_event, by_presence = np.zeros(len(entities)), np.zeros(len(entities))
    for one in evidence:
        weight = _HOUR_WEIGHT if one.counts.field.name == HOUR else 1.0
        by_event += weight * event_score(one, len(entities))
        by_presence += weight * presence_score(one, len(entities))
    deviating = deviations(amounts, entities, habitual)
    volume = volume_score(deviating)
    joined = _standard(by_event) + _standard(by_presence) + _VOLUME_WEIGHT * _standard(volume)
    return WindowScores(joined, evidence, tuple(names), deviating)


def _standard(view: Floats) -> Floats:
    spread = float(view.std())
    return np.zeros_like(view) if spread < 1e-9 else np.asarray((view - view.mean()) / spread)
