"""Reference vectors of each check digit, collisions, and what a changed digit does."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from detectors.recognizers.checksums import CHECKS, division, resident_id, uscc
from tests.detectors.made import Maker

VECTORS = [
    ("resident_id", "11010519491231002X", "110105194912310021"),
    ("uscc", "91350100M000100Y43", "91350100M000100Y4Z"),
    ("org_code", "D2143569-X", "D2143569-1"),
    ("luhn", "6222021234567890128", "6222021234567890123"),
    ("luhn", "490154203237518", "490154203237517"),
    ("vin", "1M8GDM9AXKP042788", "1M8GDM9A1KP042788"),
    ("vin", "WBAXW1104J0X16755", "WBAXW1114J0X16755"),
    ("imo", "9074729", "9074728"),
    ("imo", "IMO 9074729", "IMO 9074728"),
    ("container", "CSQU3054383", "CSQU3054384"),
    ("hkid", "A123456(3)", "A123456(4)"),
    ("twid", "A123456789", "A123456788"),
    ("division", "440106", "990106"),
]


@pytest.mark.parametrize(("name", "right", "wrong"), VECTORS)
def test_the_published_value_passes_and_its_neighbour_does_not(name: str, right: str, wrong: str) -> None:
    assert CHECKS[name]([right, wrong]).tolist() == [True, False]


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_no_values_give_no_answers(name: str) -> None:
    assert CHECKS[name]([]).tolist() == []


@pytest.mark.parametrize("name", sorted(CHECKS))
@example(["0000000000"])
@given(st.lists(st.text(max_size=25), max_size=8))
def test_what_cannot_be_read_is_false_and_never_an_error(name: str, values: list[str]) -> None:
    answers = CHECKS[name](values)
    assert answers.dtype == np.bool_
    assert len(answers) == len(values)


def test_a_day_that_does_not_exist_is_refused_even_with_the_right_check_digit() -> None:
    body = "11010519490230002"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]
    assert not resident_id([body + check])[0]


def test_the_29th_of_february_exists_in_leap_years_only() -> None:
    assert [bool(one) for one in (_born("20000229"), _born("19000229"), _born("20230229"), _born("20240229"))] == [
        True, False, False, True,
    ]  # fmt: skip


def _born(day: str) -> bool:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    body = f"440106{day}123"
    check = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]
    return bool(resident_id([body + check])[0])


@given(st.integers(0, 2**32), st.integers(0, 17), st.integers(1, 9))
def test_one_changed_digit_of_a_resident_id_is_always_noticed(seed: int, place: int, step: int) -> None:
    value = Maker(seed).resident_id()
    if value[place] == "X":
        return
    changed = value[:place] + str((int(value[place]) + step) % 10) + value[place + 1 :]
    assert resident_id([value])[0]
    assert not resident_id([changed])[0]


@given(st.integers(0, 2**32), st.integers(0, 16))
def test_two_swapped_symbols_of_a_credit_code_are_noticed(seed: int, place: int) -> None:
    value = Maker(seed).uscc()
    swapped = value[:place] + value[place + 1] + value[place] + value[place + 2 :]
    assert uscc([value])[0]
    assert swapped == value or not uscc([swapped])[0]


def test_small_letters_of_a_credit_code_count_like_capitals() -> None:
    assert uscc(["91350100m000100y43"])[0]


def test_a_number_of_one_repeated_digit_is_no_card() -> None:
    assert not CHECKS["luhn"](["0000000000000000"])[0]


def test_postcodes_are_seldom_divisions() -> None:
    assert division(["510620", "528400", "510030"]).sum() <= 1
