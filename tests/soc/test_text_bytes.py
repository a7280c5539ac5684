"""Blocks of a column are its bytes, all of them, cut between texts."""

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from soc.text_bytes import blocks

_texts = st.lists(st.none() | st.text(st.characters(codec="utf-8"), max_size=12), max_size=20)


@given(_texts, st.integers(1, 40), st.integers(0, 3))
def test_blocks_are_the_texts_of_the_column_in_order(texts: list[str | None], size: int, skipped: int) -> None:
    column = pl.Series(texts, dtype=pl.String).slice(skipped)
    read = [
        bytes(block.text[first:last]).decode()
        for block in blocks(column, size)
        for first, last in zip(block.starts[:-1], block.starts[1:], strict=True)
    ]
    assert read == [text or "" for text in texts[skipped:]]


@given(_texts, st.integers(1, 40))
def test_a_place_is_told_the_row_it_lies_in(texts: list[str | None], size: int) -> None:
    for block in blocks(pl.Series(texts, dtype=pl.String), size):
        for row, first in enumerate(block.starts[:-1], start=block.row):
            length = len((texts[row] or "").encode())
            places = np.arange(first, first + length)
            assert set(block.rows_at(places).tolist()) <= {row}


def test_a_block_is_about_as_long_as_asked() -> None:
    lengths = [len(block.text) for block in blocks(pl.Series(["abcd"] * 10), 10)]
    assert lengths == [12, 8, 12, 8]
