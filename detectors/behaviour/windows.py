"""The windows that are scored: labelled ones, and those that training events are cut into."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.behaviour.reading import EventTable, Micros, instant_micros
from soc.errors import InputError

Ints = NDArray[np.int64]
_COLUMNS = ("entity", "start", "end", "label")


class LabelsError(InputError):
    """Labels that cannot be read."""


@dataclass(frozen=True)
class LabelledWindow:
    """What somebody said of an entity's time from ``start`` up to and without ``end`` (microseconds)."""

    entity: str
    start: int
    end: int
    label: int
    start_text: str
    end_text: str


@dataclass(frozen=True)
class Window:
    """The events (row numbers, in order of time) of one entity in one window; ``training`` is clean."""

    entity: int
    rows: Ints
    training: bool


def read_labels(lines: Iterable[str]) -> list[LabelledWindow]:
    """Read ``entity,start,end,label`` rows.

    Raises:
        LabelsError: a column is missing, a time is unreadable or a label is neither 0 nor 1.
    """
    reader = csv.DictReader(lines)
    missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise LabelsError("behaviour.evaluate.label_columns", columns=", ".join(missing))
    return [_window(row, number) for number, row in enumerate(reader, start=2)]


def _window(row: dict[str, str], number: int) -> LabelledWindow:
    try:
        start = instant_micros(row["start"])
        end = instant_micros(row["end"]) if row["end"] else start
        label = _label(row["label"])
    except (ValueError, TypeError, AttributeError) as error:
        raise LabelsError("behaviour.evaluate.bad_label", line=number, reason=str(error)) from error
    return LabelledWindow(row["entity"].strip(), start, end, label, row["start"], row["end"])


def _label(text: str) -> int:
    known = {"0": 0, "1": 1, "false": 0, "true": 1, "0.0": 0, "1.0": 1}
    try:
        return known[text.strip().lower()]
    except KeyError as error:
        raise ValueError(f"label {text!r} is neither 0 nor 1") from error


class EntityTimeline:
    """Each entity's events in order of time, for cutting windows out of it."""

    def __init__(self, table: EventTable) -> None:
        names, codes = np.unique(np.asarray(table.entities, dtype=object).astype(str), return_inverse=True)
        self.names = [str(name) for name in names]
        self.codes: Ints = codes.astype(np.int64)
        self._number = {name: index for index, name in enumerate(self.names)}
        order = np.lexsort((table.times, codes))
        bounds = np.searchsorted(codes[order], np.arange(len(names) + 1))
        self._rows = [order[bounds[i] : bounds[i + 1]] for i in range(len(names))]
        self._times = [table.times[rows] for rows in self._rows]

    def labelled(self, one: LabelledWindow) -> Window:
        """The events of a labelled window; none for an entity that has no events (number -1)."""
        entity = self._number.get(one.entity, -1)
        if entity < 0:
            return Window(-1, np.empty(0, dtype=np.int64), training=False)
        first, last = np.searchsorted(self._times[entity], [one.start, max(one.end, one.start + 1)])
        return Window(entity, self._rows[entity][first:last], training=False)

    def chunks(self, entity: int, size: int, until: int | None) -> list[Window]:
        """Cut the entity's events before ``until`` (all without it) into windows of ``size`` events."""
        times: Micros = self._times[entity]
        end = len(times) if until is None else int(np.searchsorted(times, until))
        cuts = [self._rows[entity][i : i + size] for i in range(0, end, size)]
        if len(cuts) > 1 and len(cuts[-1]) < size / 2:
            cuts.pop()
        return [Window(entity, rows, training=until is not None) for rows in cuts]
