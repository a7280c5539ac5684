"""Values made comparable."""

import polars as pl
import pytest

from detectors.recognizers.values import label_length, tidy, unlabelled, whole_number


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
