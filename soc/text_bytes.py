"""A column of texts as the bytes it is made of, some at a time.

What is computed of a block stays in the processor's cache; of a whole column it would not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

BLOCK = 1 << 17


@dataclass(frozen=True, slots=True)
class Block:
    """Texts that stand one behind another: ``starts`` has one place more than there are texts, from 0."""

    row: int
    text: memoryview
    starts: NDArray[np.int64]

    def rows_at(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the row of the column that each place lies in."""
        return self.row + np.searchsorted(self.starts, places, side="right") - 1


def blocks(texts: pl.Series, size: int = BLOCK) -> Iterator[Block]:
    """Yield the column's UTF-8 in blocks of whole texts, about ``size`` bytes each; null is an empty text."""
    array = texts.to_arrow(compat_level=pl.CompatLevel.oldest())
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    _, offsets, data = array.buffers()
    whole = memoryview(data or b"")
    starts = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    cuts = np.searchsorted(starts, np.arange(starts[0] + size, starts[-1], size))
    for first, last in pairwise([0, *np.unique(cuts).tolist(), len(array)]):
        if last > first:
            yield Block(first, whole[starts[first] : starts[last]], starts[first : last + 1] - starts[first])
