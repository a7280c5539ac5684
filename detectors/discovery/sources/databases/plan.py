"""How one table is going to be read: pieces, each a short statement of its own."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from detectors.discovery.sources.coverage import Method


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement: ``tail`` is what stands behind its list of columns, ``part`` the partition it reads.

    ``more`` are further tails whose rows are added, ``limit`` how many rows are taken where an engine writes
    that elsewhere than at the end. Where the next piece begins behind the last row of this one,
    ``keys`` are the columns that say where that was, and ``last`` is filled with their values.
    """

    tail: str
    part: str = ""
    more: tuple[str, ...] = ()
    limit: int | None = None
    keys: tuple[str, ...] = ()
    last: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Plan:
    """The reading of a table.

    ``stages`` are the growing batches of a sample, each of some pieces, or the one stream of a full reading.
    ``rows`` is how many the table has, None where only reading tells; ``limit`` is how many a reading of the
    first rows stops at: with fewer it was the whole table. ``unread`` are partitions left out, with the reason.
    """

    stages: tuple[Iterable[Piece], ...]
    method: Method = Method.WHOLE
    rows: int | None = None
    estimated: bool = False
    limit: int | None = None
    fallback: Piece | None = None
    unread: tuple[tuple[str, str], ...] = ()


def shares(total: int, sizes: list[int]) -> list[int]:
    """Split a sample among parts: half of it evenly, so that a small new part is seen, half by their size."""
    everything = sum(sizes) or 1
    even = total / (2 * len(sizes))
    return [max(1, round(even + total / 2 * size / everything)) for size in sizes]


def spread(count: int, most: int, seed: int) -> list[int]:
    """Places of at most ``most`` of ``count`` things: the first, the last, and one of each stretch between."""
    if count <= most:
        return list(range(count))
    inner = most - 2
    width = (count - 2) / inner
    places = [
        1 + int(number * width + (seed * 2654435761 + number * 40503) % 1000 / 1000 * width) for number in range(inner)
    ]
    return sorted({0, count - 1, *(min(place, count - 2) for place in places)})


def between(low: int, high: int, count: int, seed: int) -> list[int]:
    """Whole numbers from ``low`` to ``high``: the lowest, and one drawn from each of equal stretches above it."""
    chooser = random.Random(seed)  # noqa: S311 - a sample has to be repeatable, not secret
    width = max(1, (high - low + 1) // max(count, 1))
    starts = range(low, high + 1, width)
    drawn = [start + chooser.randrange(width) for start in starts[1:count]]
    return sorted({low, *drawn})
