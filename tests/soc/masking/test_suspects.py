"""Long numbers are found by sixty-four bytes at a step wherever they stand, and nothing else is."""

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc.masking import suspects
from soc.masking.suspects import LONG_NUMBER

_LIKE_NUMBERS = st.text("0123456789 -a", max_size=90)
_WRITTEN = (
    "13800138000",
    "138 0013 8000",
    "138-0013-8000",
    "138 00138000",
    "1380013-8000",
    "1380013 8000",
    "110101199001011237",
)


@given(st.lists(st.none() | _LIKE_NUMBERS, max_size=8))
def test_texts_are_suspected_exactly_where_the_pattern_finds_a_number(texts: list[str | None]) -> None:
    said = suspects(pl.Series(texts, dtype=pl.String)).to_list()
    assert said == [text is not None and re.search(LONG_NUMBER, text) is not None for text in texts]


@pytest.mark.parametrize("written", _WRITTEN)
def test_a_number_is_found_at_every_place_of_a_step(written: str) -> None:
    texts = [f"{'x' * before}{written}{'y' * (before % 7)}" for before in range(140)]
    assert suspects(pl.Series(texts)).all()
    assert [suspects(pl.Series([text])).item() for text in texts] == [True] * len(texts)


@pytest.mark.parametrize("written", _WRITTEN)
def test_a_number_is_found_behind_whatever_was_worked_on_before(written: str) -> None:
    filling = ["GET /a/200 1234 -" * 4_000] * 40
    texts = [*filling, written, *filling, None, "", written]
    assert suspects(pl.Series(texts)).arg_true().to_list() == [40, len(texts) - 1]


@pytest.mark.parametrize("cut", range(1, 11))
def test_half_a_number_at_the_very_end_is_none(cut: int) -> None:
    assert suspects(pl.Series(["z" * 117 + "13800138000"[:cut]])).to_list() == [False]
