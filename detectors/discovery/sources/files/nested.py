"""Reading records that are nested: which columns there are is known only when they have been seen."""

import random
from collections.abc import Callable, Iterator

import polars as pl

from detectors.discovery.sources.base import Reading, Sampling, UnreadableError, text_frame
from detectors.discovery.sources.coverage import Method
from detectors.discovery.sources.files.flatten import Cells, cells_of, rows_of
from soc.text import t

MOST_COLUMNS = 5000

Records = Callable[[], Iterator[object]]


def read(name: str, records: Records, sampling: Sampling, notes: list[str]) -> Reading:
    """Read records: a seeded sample in one go, everything in two (first the columns, then the values).

    Args:
        name: what to call the source where nothing is in it.
        records: gives the records anew at each call.
        sampling: how much is read.
        notes: what ``records`` notes while it runs.

    Raises:
        UnreadableError: there are none.
    """
    return _whole(name, records, sampling, notes) if sampling.full else _sampled(name, records, sampling, notes)


def _sampled(name: str, records: Records, sampling: Sampling, notes: list[str]) -> Reading:
    chooser = random.Random(sampling.seed)  # noqa: S311 - a sample has to be repeatable, not secret
    kept: list[Cells] = []
    count = 0
    for record in records():
        count += 1
        if len(kept) < sampling.rows:
            kept.append(cells_of(record))
        elif (place := chooser.randrange(count)) < sampling.rows:
            kept[place] = cells_of(record)
    columns = _columns(kept, name, notes)
    reading = Reading(columns=columns, batches=iter([_frame(columns, kept)]), rows=count, notes=notes)
    reading.coverage.method = Method.WHOLE if count <= sampling.rows else Method.SPREAD
    return reading


def _whole(name: str, records: Records, sampling: Sampling, notes: list[str]) -> Reading:
    names: dict[str, None] = {}
    for record in records():
        names.update(dict.fromkeys(cells_of(record)))
    columns = _columns([{column: [] for column in names}], name, notes)
    notes.clear()  # the second run notes it all again
    reading = Reading(columns=columns, batches=iter(()), notes=notes)
    reading.batches = _batches(reading, records, sampling)
    return reading


def _batches(reading: Reading, records: Records, sampling: Sampling) -> Iterator[pl.DataFrame]:
    batch: list[Cells] = []
    width = 0
    for record in records():
        reading.rows += 1
        batch.append(cells_of(record))
        width += max(map(len, batch[-1].values()), default=0)
        if width >= sampling.batch:
            yield _frame(reading.columns, batch)
            batch, width = [], 0
    if batch:
        yield _frame(reading.columns, batch)


def _columns(kept: list[Cells], name: str, notes: list[str]) -> tuple[str, ...]:
    names = dict.fromkeys(column for cells in kept for column in cells)
    if not names:
        raise UnreadableError("errors.discovery.empty_file", path=name)
    if len(names) > MOST_COLUMNS:
        notes.append(t("discovery.note.columns", count=len(names) - MOST_COLUMNS, read=MOST_COLUMNS))
    return tuple(names)[:MOST_COLUMNS]


def _frame(columns: tuple[str, ...], kept: list[Cells]) -> pl.DataFrame:
    rows = [[row.get(column) for column in columns] for cells in kept for row in rows_of(cells)]
    return text_frame(columns, rows)
