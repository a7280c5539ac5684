"""Score each event by itself: outlying figures, rare words, and words strange to whoever did it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.behaviour.ensemble import outlier_scores
from detectors.behaviour.metrics import average_ranks
from detectors.behaviour.reading import EventTable
from detectors.behaviour.signals import HOUR, FigureField, Signals, WordField

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_OWN_PRIOR = 20.0


@dataclass(frozen=True)
class EventScores:
    """Scores (events,); the parts (events, fields) that the reasons are taken from."""

    scores: Floats
    figure_fields: tuple[FigureField, ...]
    tails: Floats
    figures: Floats
    word_fields: tuple[WordField, ...]
    surprises: Floats


def score_events(table: EventTable, signals: Signals, training: Flags | None) -> EventScores:
    """Score every event against the ``training`` ones (all without it)."""
    base = np.ones(len(table), dtype=np.bool_) if training is None or not training.any() else training
    figures = _matrix(signals.figures, len(table))
    words = [one for one in signals.words if one.name != HOUR or not signals.figures]
    surprises = _surprises(words, table, base)
    parts = []
    tails = np.zeros((len(table), 0))
    if figures.shape[1]:
        found = outlier_scores(figures, None if training is None else base)
        tails = found.tails
        parts.append(_spread(found.scores))
    if surprises.shape[1]:
        parts.append(_spread(surprises.sum(axis=1)))
    scores = np.sum(parts, axis=0) if parts else np.zeros(len(table))
    return EventScores(scores, signals.figures, tails, figures, tuple(words), surprises)


def _matrix(fields: tuple[FigureField, ...], events: int) -> Floats:
    """Figures as columns, an absent one as the median of the present."""
    columns = []
    for one in fields:
        column = np.full(events, np.median(one.values))
        column[one.rows] = one.values
        columns.append(column)
    return np.stack(columns, axis=1) if columns else np.zeros((events, 0))


def _surprises(fields: list[WordField], table: EventTable, base: Flags) -> Floats:
    """-ln of each word's smoothed share, half from everybody's events and half from the entity's own."""
    _, entities = np.unique(np.asarray(table.entities, dtype=object).astype(str), return_inverse=True)
    columns = []
    for one in fields:
        column = np.zeros(len(table))
        column[one.rows] = _rarity(one, entities[one.rows].astype(np.int64), base[one.rows])
        columns.append(column)
    return np.stack(columns, axis=1) if columns else np.zeros((len(table), 0))


def _rarity(one: WordField, owner: NDArray[np.int64], base: Flags) -> Floats:
    counts = np.bincount(one.codes, weights=base, minlength=one.size)
    share = (counts + 0.5) / (counts.sum() + 0.5 * one.size)
    everybody = share[one.codes]
    _, place = np.unique(owner * one.size + one.codes, return_inverse=True)
    mine = np.bincount(place, weights=base)[place]
    total = np.bincount(owner, weights=base)[owner]
    own = (mine + _OWN_PRIOR * everybody) / (total + _OWN_PRIOR)
    return np.asarray(-0.5 * (np.log(everybody) + np.log(own)), dtype=np.float64)


def _spread(view: Floats) -> Floats:
    """-ln(share of events ranked above): comparable between views, long where it matters."""
    if np.ptp(view) < 1e-12:
        return np.zeros_like(view)
    return np.asarray(-np.log1p(-(average_ranks(view) - 0.5) / len(view)), dtype=np.float64)
