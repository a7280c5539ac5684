"""Own recognizers in log lines: the quick way over a whole column hides exactly what going through each text hides."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.workshop.check import check
from soc.ledger.own_types import OwnDefinition, definition_of
from soc.masking.own import own_mask_text, own_masked
from tests.detectors.workshop.making import CITY, document, ferry_pass

_PATTERNS = [
    r"FD-\d{4}-[A-Z]{2}", r"Q[0-9]{3}", "K(?:7|8)z?9", r"渡\d{3}轮", r"^AA[0-9]{4}$", r"\bZZ\d{3}\b", r"(?i)xy[0-9]{3}", r"(?P<n>LL\d{4})",
]  # fmt: skip
_PARTS = [
    "FD-1234-AB", "fd-1234-ab", "Q123", "K7z9", "k8Z9", "渡123轮", "AA1234", "ZZ123", "XY123", "LL1234",
    "甲板", "deck", "DECK", " ", "x", "9", "/", "-", "\n",
]  # fmt: skip
_TEXTS = st.lists(st.sampled_from(_PARTS) | st.text(max_size=3), max_size=6).map("".join)


def defined(at: int, **changed: Any) -> OwnDefinition:
    table = ferry_pass(id=f"own_{at}", zh=f"类型{at}", en=f"type {at}", **changed)
    return definition_of(CITY, table)


@st.composite
def recognizers(draw: st.DrawFn) -> list[OwnDefinition]:
    found = []
    for at in range(draw(st.integers(1, 5))):
        words = draw(st.lists(st.sampled_from(["甲板", "deck", "Q123x"]), max_size=2, unique=True))
        pattern = draw(st.sampled_from(_PATTERNS)) if not words or draw(st.booleans()) else ""
        found.append(defined(at, pattern=pattern, words=words, upper=draw(st.booleans()), log=draw(st.booleans())))
    return found


@given(st.lists(st.none() | _TEXTS, max_size=8), recognizers())
def test_a_column_is_hidden_as_each_of_its_texts_is(texts: list[str | None], definitions: list[OwnDefinition]) -> None:
    wanted = [one for one in definitions if one.log]
    expected = [None if text is None else own_mask_text(text, wanted) for text in texts]
    assert own_masked(pl.Series("x", texts, pl.String), definitions).to_list() == expected


def test_a_hundred_large_patterns_hide_what_each_hides_alone() -> None:
    tables = [defined(at, pattern=rf"N{at:02}(?:[A-Z][0-9]{{1,40}}){{1,12}}") for at in range(100)]
    assert not check(document(ferry_pass(pattern=tables[0].pattern)))
    texts = pl.Series("x", [f"a N{at:02}A1B22 b" for at in range(100)] + ["nothing here"])
    assert own_masked(texts, tables).to_list() == ["a *** b"] * 100 + ["nothing here"]


@pytest.mark.parametrize("texts", [[], [None], [None, None]])
def test_a_column_without_texts_stays(texts: list[str | None]) -> None:
    assert own_masked(pl.Series("x", texts, pl.String), [defined(0)]).to_list() == texts


def test_a_recognizer_that_is_not_for_logs_hides_nothing() -> None:
    assert own_masked(pl.Series("x", ["FD-1234-AB"]), [defined(0, log=False)]).to_list() == ["FD-1234-AB"]
