"""A repeatable sample of records that stream by: the same seed takes the same rows."""

import random
from collections.abc import Iterable, Iterator

import polars as pl

from detectors.discovery.sources.base import Reading, Sampling, text_frame
from detectors.discovery.sources.coverage import Method

Record = list[str | None]


def reading_of(columns: tuple[str, ...], records: Iterable[Record], sampling: Sampling) -> Reading:
    """Read records whole or as a seeded reservoir sample; either way every record is counted."""
    reading = Reading(columns=columns, batches=iter(()))
    reading.batches = _whole(reading, records, sampling) if sampling.full else _sampled(reading, records, sampling)
    return reading


def _whole(reading: Reading, records: Iterable[Record], sampling: Sampling) -> Iterator[pl.DataFrame]:
    batch: list[Record] = []
    for record in records:
        batch.append(record)
        if len(batch) == sampling.batch:
            reading.rows += len(batch)
            yield text_frame(reading.columns, batch)
            batch = []
    reading.rows += len(batch)
    yield text_frame(reading.columns, batch)


def _sampled(reading: Reading, records: Iterable[Record], sampling: Sampling) -> Iterator[pl.DataFrame]:
    chooser = random.Random(sampling.seed)  # noqa: S311 - a sample has to be repeatable, not secret
    kept: list[Record] = []
    for record in records:
        reading.rows += 1
        if len(kept) < sampling.rows:
            kept.append(record)
        else:
            place = chooser.randrange(reading.rows)
            if place < sampling.rows:
                kept[place] = record
    reading.coverage.method = Method.WHOLE if len(kept) == reading.rows else Method.SPREAD
    yield text_frame(reading.columns, kept)
