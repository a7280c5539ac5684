"""`soc detect evaluate`: score labelled windows, or single events, and say how good the ranking is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from detectors.behaviour.metrics import Quality, quality
from detectors.behaviour.reading import EventTable, read_events
from detectors.behaviour.reasons_text import WindowReasons, event_reasons
from detectors.behaviour.score_events import score_events
from detectors.behaviour.score_windows import score_windows
from detectors.behaviour.signals import signals_of
from detectors.behaviour.windows import EntityTimeline, LabelledWindow, Window, read_labels

Floats = NDArray[np.float64]

#: alerts a day that somebody looks at
DAILY_BUDGET = 20
_SMALLEST_CHUNK, _LARGEST_CHUNK = 10, 2_000


@dataclass(frozen=True)
class ScoredRow:
    """One row of the scores file."""

    entity: str
    start: str
    end: str
    score: float
    reasons: str


@dataclass(frozen=True)
class Evaluation:
    """The figures, and the score of every labelled window."""

    quality: Quality
    rows: tuple[ScoredRow, ...]


def evaluate(
    events: Iterable[bytes | str],
    labels: Iterable[str],
    *,
    zone: ZoneInfo,
    until: int | None = None,
    per_event: bool = False,
    budget: int = DAILY_BUDGET,
) -> Evaluation:
    """Score the labelled windows of ``events``; those before ``until`` (microseconds) only train."""
    table, wanted = read_events(events), read_labels(labels)
    scores, reasons = _by_event(table, wanted, zone, until) if per_event else _by_window(table, wanted, zone, until)
    marks = np.asarray([one.label for one in wanted], dtype=np.int64)
    days = [datetime.fromtimestamp(one.start / 1e6, UTC).astimezone(zone).date() for one in wanted]
    rows = zip(wanted, scores, reasons, strict=True)
    return Evaluation(
        quality(marks, scores, days, budget),
        tuple(ScoredRow(one.entity, one.start_text, one.end_text, float(score), why) for one, score, why in rows),
    )


def _by_window(
    table: EventTable, wanted: list[LabelledWindow], zone: ZoneInfo, until: int | None
) -> tuple[Floats, list[str]]:
    if not len(table) or not wanted:
        return np.zeros(len(wanted)), [""] * len(wanted)
    timeline = EntityTimeline(table)
    labelled = [timeline.labelled(one) for one in wanted]
    windows = labelled + _background(timeline, labelled, until)
    scored = score_windows(windows, signals_of(table, zone), len(table))
    empty = np.asarray([not len(one.rows) for one in labelled])
    scores = scored.scores[: len(labelled)]
    low = float(scores.min()) if len(scores) else 0.0
    explain = WindowReasons(scored, len(labelled))
    return np.where(empty, low, scores), [explain(index) for index in range(len(labelled))]


def _background(timeline: EntityTimeline, labelled: list[Window], until: int | None) -> list[Window]:
    """Windows the habit is learnt from, as long as the labelled ones usually are."""
    lengths = [len(one.rows) for one in labelled if len(one.rows)]
    size = int(np.clip(np.median(lengths) if lengths else _SMALLEST_CHUNK, _SMALLEST_CHUNK, _LARGEST_CHUNK))
    cut = [one for entity in range(len(timeline.names)) for one in timeline.chunks(entity, size, until)]
    taken = np.concatenate([one.rows for one in labelled]) if labelled else np.empty(0, dtype=np.int64)
    free = [Window(one.entity, one.rows[~np.isin(one.rows, taken)], one.training) for one in cut]
    return [one for one in free if len(one.rows) >= min(_SMALLEST_CHUNK, size)]


def _by_event(
    table: EventTable, wanted: list[LabelledWindow], zone: ZoneInfo, until: int | None
) -> tuple[Floats, list[str]]:
    if not len(table):
        return np.zeros(len(wanted)), [""] * len(wanted)
    training = None if until is None else table.times < until
    scored = score_events(table, signals_of(table, zone), training)
    places = [_line_number(one.entity, len(table)) for one in wanted]
    low = float(scored.scores.min())
    scores = np.asarray([low if place is None else scored.scores[place] for place in places])
    return scores, ["" if place is None else event_reasons(scored, place) for place in places]


def _line_number(text: str, events: int) -> int | None:
    return int(text) if text.isdecimal() and int(text) < events else None
