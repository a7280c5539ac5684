"""Picking, joining and dating: the small steps every made-up column is built of."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np

Rng = np.random.Generator


def pick(rng: Rng, options: Sequence[str], count: int, weights: Sequence[float] | None = None) -> list[str]:
    """Draw ``count`` of ``options``, by ``weights`` (any scale)."""
    shares = None if weights is None else np.asarray(weights, dtype=float) / float(sum(weights))
    return [options[index] for index in rng.choice(len(options), count, p=shares)]


def digits(rng: Rng, count: int, length: int) -> list[str]:
    """``count`` numbers of ``length`` digits, leading zeros kept."""
    drawn = rng.integers(0, 10, (count, length), dtype=np.uint8) + ord("0")
    return [row.tobytes().decode("ascii") for row in drawn]


def letters(rng: Rng, count: int, length: int, alphabet: str) -> list[str]:
    """``count`` words of ``length`` characters of ``alphabet``."""
    drawn = rng.integers(0, len(alphabet), (count, length))
    return ["".join(alphabet[index] for index in row) for row in drawn]


def days(rng: Rng, count: int, first: date, last: date) -> list[date]:
    """Days from ``first`` up to and with ``last``."""
    span = (last - first).days + 1
    return [first + timedelta(days=int(offset)) for offset in rng.integers(0, span, count)]


def moments(rng: Rng, count: int, first: date, last: date) -> list[datetime]:
    """Wall-clock times, mostly of the day, without a zone: as such databases keep them."""
    hours = np.clip(rng.normal(13.5, 4.5, count), 0, 23.99)
    starts = days(rng, count, first, last)
    return [
        datetime(day.year, day.month, day.day, tzinfo=UTC).replace(tzinfo=None) + timedelta(seconds=int(hour * 3600))
        for day, hour in zip(starts, hours, strict=True)
    ]


def some_none(rng: Rng, values: Sequence[str], share: float) -> list[str | None]:
    """Leave out ``share`` (0 to 1) of the values."""
    gone = rng.random(len(values)) < share
    return [None if missing else value for value, missing in zip(values, gone, strict=True)]
