"""How likely an entity's own habit, against everybody else's, makes what a window holds.

Each word (an operation, a table, a shape, an hour) weighs ``ln P(word | others) - ln P(word | entity)``:
above 0 it is more like the others, and a word the entity never used weighs most. Windows are scored
twice: by how often words occur, and by which occur at all, because a rare use drowns in the first and a
flood in the second. What a window itself adds to the habit is always left out of its own score.

Source: Maxion & Townsend (2002), masquerade detection with naive Bayes and updating; the second score and
the leave-one-out update are ours.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.behaviour.signals import WordField
from detectors.behaviour.windows import Window

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: prior weight of the others' habit, in events and in windows
_EVENT_PRIOR = 20.0
_WINDOW_PRIOR = 2.0


@dataclass(frozen=True)
class WordCounts:
    """Non-zero counts of one field: ``counts[i]`` times the word ``words[i]`` in the window ``windows[i]``."""

    field: WordField
    windows: Ints
    words: Ints
    counts: Floats


@dataclass(frozen=True)
class Evidence:
    """What each non-zero count of a field contributes to its window's two scores."""

    counts: WordCounts
    by_event: Floats
    by_presence: Floats


def count_words(field: WordField, windows: list[Window], events: int) -> WordCounts:
    """Count the field's words in each window; ``events`` is the length of the table."""
    code_of = np.full(events, -1, dtype=np.int64)
    code_of[field.rows] = field.codes
    sizes = [len(one.rows) for one in windows]
    owners = np.repeat(np.arange(len(windows), dtype=np.int64), sizes)
    rows = np.concatenate([one.rows for one in windows]) if windows else np.empty(0, dtype=np.int64)
    codes = code_of[rows]
    keys, counts = np.unique(owners[codes >= 0] * field.size + codes[codes >= 0], return_counts=True)
    return WordCounts(field, keys // field.size, keys % field.size, counts.astype(np.float64))


def weigh(counted: WordCounts, entities: Ints, habitual: Flags) -> Evidence:
    """Weigh every word of every window.

    Args:
        counted: the field's counts.
        entities: (windows,) the entity of each window.
        habitual: (windows,) whether a window counts as its entity's habit.
    """
    present = np.ones_like(counted.counts)
    by_event = counted.counts * _weights(counted, counted.counts, entities, habitual, _EVENT_PRIOR)
    by_presence = _weights(counted, present, entities, habitual, _WINDOW_PRIOR, per_window=True)
    return Evidence(counted, by_event, by_presence)


def _weights(
    counted: WordCounts,
    amounts: Floats,
    entities: Ints,
    habitual: Flags,
    prior: float,
    *,
    per_window: bool = False,
) -> Floats:
    """``ln P(word | others) - ln P(word | entity)`` of each non-zero count, its own window left out."""
    totals = np.ones(len(entities)) if per_window else _per_window(counted, amounts, len(entities))
    mine, mine_total = _own(counted, amounts, totals, entities, habitual)
    own_share = habitual[counted.windows] * amounts
    others = _others(counted, amounts, totals, entities, habitual)
    own_total = mine_total - (habitual * totals)[counted.windows]
    own = (mine - own_share + prior * others) / (own_total + prior)
    return np.asarray(np.log(others) - np.log(own), dtype=np.float64)


def _per_window(counted: WordCounts, amounts: Floats, windows: int) -> Floats:
    return np.bincount(counted.windows, weights=amounts, minlength=windows).astype(np.float64)


def _own(
    counted: WordCounts, amounts: Floats, totals: Floats, entities: Ints, habitual: Flags
) -> tuple[Floats, Floats]:
    """The entity's habitual amount of the word, and of all words, for each non-zero count."""
    owner = entities[counted.windows]
    _, place = np.unique((owner + 1) * counted.field.size + counted.words, return_inverse=True)
    amount = np.bincount(place, weights=amounts * habitual[counted.windows]).astype(np.float64)[place]
    total = np.bincount(entities + 1, weights=totals * habitual).astype(np.float64)[owner + 1]
    return amount, total


def _others(counted: WordCounts, amounts: Floats, totals: Floats, entities: Ints, habitual: Flags) -> Floats:
    """Smoothed share of the word among all other entities' habits, for each non-zero count."""
    mine, mine_total = _own(counted, amounts, totals, entities, habitual)
    everywhere = np.bincount(counted.words, weights=amounts * habitual[counted.windows], minlength=counted.field.size)[
        counted.words
    ]
    all_totals = float((totals * habitual).sum())
    share = (everywhere - mine + 0.1) / (all_totals - mine_total + 0.1 * counted.field.size)
    return np.asarray(np.clip(share, 1e-9, 0.999), dtype=np.float64)


def event_score(evidence: Evidence, windows: int) -> Floats:
    """Mean weight an event of each window; 0 for a window without this field."""
    summed = np.bincount(evidence.counts.windows, weights=evidence.by_event, minlength=windows)
    return np.asarray(summed / np.maximum(_per_window(evidence.counts, evidence.counts.counts, windows), 1.0))


def presence_score(evidence: Evidence, windows: int) -> Floats:
    """Weight of the words present, over the root of their number."""
    summed = np.bincount(evidence.counts.windows, weights=evidence.by_presence, minlength=windows)
    distinct = np.bincount(evidence.counts.windows, minlength=windows)
    return np.asarray(summed / np.sqrt(np.maximum(distinct, 1)))
