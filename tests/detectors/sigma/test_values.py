"""One of several words is looked for as each of them would be."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sigma.types import SigmaCasedString, SigmaNumber, SigmaString

from detectors.sigma import values
from detectors.sigma.values import Place, one_of, word_within

_WRITTEN = {Place.WHOLE: "{}", Place.START: "{}*", Place.END: "*{}", Place.WITHIN: "*{}*"}
_words = st.lists(st.text(".aAbZ-1[", min_size=1, max_size=4), min_size=1, max_size=4)
_texts = st.lists(st.none() | st.text(".aAbBzZ-1[\n中", max_size=8), max_size=8)


@given(st.sampled_from(Place), _words, _texts)
def test_one_of_several_words_is_each_of_them_joined(place: Place, words: list[str], texts: list[str | None]) -> None:
    column = pl.DataFrame({"t": pl.Series(texts, dtype=pl.String)})
    tests = [values.test_of(SigmaString(_WRITTEN[place].format(word))) for word in words]
    each = pl.any_horizontal(test(pl.col("t")).fill_null(value=False) for test in tests)
    at_once = one_of(place, words)(pl.col("t")).fill_null(value=False)
    assert (
        column.select(at_once.alias("x")).to_series().to_list() == column.select(each.alias("x")).to_series().to_list()
    )


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (SigmaString("a"), (Place.WHOLE, "a")),
        (SigmaString("a*"), (Place.START, "a")),
        (SigmaString("*a"), (Place.END, "a")),
        (SigmaString("*a*"), (Place.WITHIN, "a")),
        (SigmaString("a*b"), None),
        (SigmaString("a?"), None),
        (SigmaString("*"), None),
        (SigmaString(""), None),
        (SigmaString("中*"), None),
        (SigmaCasedString("a"), None),
        (SigmaNumber(1), None),
    ],
)
def test_a_plain_word_is_known_by_where_it_stands(value: object, found: tuple[Place, str] | None) -> None:
    assert word_within(value) == found  # type: ignore[arg-type]
