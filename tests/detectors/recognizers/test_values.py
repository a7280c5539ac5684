"""Values made comparable."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.recognizers.values import BLANKS, _tidied, label_length, tidy, tidy_and_blank, unlabelled, whole_number


@pytest.mark.parametrize(
    ("value", "tidied"),
    [
        ("１３８００１３８０００", "13800138000"),
        (" 粤A12345 ", "粤A12345"),
        ("'13800138000", "13800138000"),
        ("13800138000.0", "13800138000"),
        ("1.3800138001E10", "13800138001"),
        ("4.40106199001E+17", "440106199001000000"),
        ("1.5E3", "1.5E3"),
        ("a\u200bb", "ab"),
        ("【司徒宇】", "司徒宇"),
        ("“G105”", "G105"),
        ("(440117)", "440117"),
        ("［23.058358］", "23.058358"),
        ("[113.2, 23.1]", "[113.2, 23.1]"),
        ("(1)(2)", "(1)(2)"),
        ("08(B)", "08(B)"),
        ("【】", "【】"),
    ],
)
def test_a_value_is_made_comparable(value: str, tidied: str) -> None:
    assert tidy(pl.Series([value])).to_list() == [tidied]


def test_an_exponent_that_lost_digits_within_the_number_is_left_alone() -> None:
    assert whole_number("1.38E10") == "1.38E10"


@pytest.mark.parametrize(
    "value", ["https://a.example", "Authorization: Bearer abc", "password=abc", "M1: 123", "plain"]
)
def test_what_is_no_label_stays(value: str) -> None:
    assert label_length(value) == 0


def test_labels_go_only_where_most_values_have_one() -> None:
    assert unlabelled(["电话：1", "电话：2", "3"]) == ["1", "2", "3"]
    assert unlabelled(["电话：1", "2", "3"]) == ["电话：1", "2", "3"]


@given(st.lists(st.text(st.sampled_from([*"a1 Ａ１　（）\u200b\x07.-无0\"'"]), max_size=8), min_size=1, max_size=8))
def test_a_value_is_tidied_the_same_whatever_stands_beside_it(values: list[str]) -> None:
    """Steps are left out where no value of a column needs them."""
    together, empty = tidy_and_blank(pl.Series(values))
    beside, _ = tidy_and_blank(pl.Series([*values, "Ａ\u200b"]))
    alone = [tidy_and_blank(pl.Series([value])) for value in values]
    assert together.to_list() == beside.to_list()[:-1] == [one.item() for one, _ in alone]
    assert empty.to_list() == [one.item() for _, one in alone]


_PIECES = st.sampled_from(
    [*"a1E8 Ａ１　（）(【】“\u200b\x07.-无0\"'`\t\n", "1.3800138001E10", "13800138", ".00", *BLANKS]
)


@given(st.lists(st.none() | st.lists(_PIECES, max_size=5).map("".join) | st.text(max_size=6), max_size=12))
def test_values_that_are_left_alone_are_those_that_no_step_changes(values: list[str | None]) -> None:
    """Most values are not put through the steps at all; all of them put through come to the same."""
    given_values = pl.Series(values, dtype=pl.String)
    for found, wanted in zip(tidy_and_blank(given_values), _tidied(given_values), strict=True):
        assert found.to_list() == wanted.to_list()
