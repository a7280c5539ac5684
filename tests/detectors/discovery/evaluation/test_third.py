"""The third stranger's tables: as many and as mixed as is claimed, the same for a seed, and holding what they say."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from random import Random

import pytest
from stdnum import ean, imei, imo, luhn
from stdnum.cn import ric, uscc

from detectors.discovery.evaluation.second import checks
from detectors.discovery.evaluation.second.tables import tables as tables_of_the_second
from detectors.discovery.evaluation.tables import Known, KnownTable
from detectors.discovery.evaluation.third.headings import NAMELESS, STYLES
from detectors.discovery.evaluation.third.kinds import everywhere, families, kinds
from detectors.discovery.evaluation.third.rows import Row
from detectors.discovery.evaluation.third.shapes import written
from detectors.discovery.evaluation.third.tables import tables
from tests.detectors.discovery.evaluation.reference import REFERENCE

_SEED = 20261122


@cache
def _made(seed: int) -> tuple[KnownTable, ...]:
    return tuple(tables(seed))


def _columns(*seeds: int) -> list[Known]:
    return [column for seed in seeds or (_SEED,) for table in _made(seed) for column in table.columns]


def _style(table: KnownTable) -> str:
    return table.name.rpartition("(")[2].rstrip(")")


def _cells(kind: str, seed: int = 0, count: int = 200) -> Iterator[str]:
    """Clean cells of one kind, in each way it is written."""
    for index in range(count):
        row = Row(Random(f"{seed}/{index}"), index, pupils=False)
        yield from (written(shape, row) for shape in kinds()[kind].make)


def test_a_seed_makes_the_same_tables_and_another_seed_others() -> None:
    assert tables(_SEED) == list(_made(_SEED))
    assert _made(_SEED + 1) != _made(_SEED)


def test_every_answer_is_a_type_of_the_reference_and_all_of_them_are_met() -> None:
    assert len(REFERENCE) == 86
    answers = {answer for column in _columns() for answer in ({column.truth} | column.also)}
    assert answers - {None} <= REFERENCE
    assert {column.truth for column in _columns()} - {None} == REFERENCE - {"trajectory"}


def test_no_other_answer_repeats_the_truth_and_few_columns_have_one() -> None:
    assert all(column.truth not in column.also for column in _columns())
    assert sum(bool(column.also) for column in _columns()) < len(_columns()) * 0.08


def test_there_are_many_tables_and_four_in_ten_columns_are_sensitive() -> None:
    assert len(families()) >= 100
    assert len(_made(_SEED)) >= 200
    assert 2400 <= len(_columns()) <= 2700
    assert 0.36 <= sum(column.truth is not None for column in _columns()) / len(_columns()) <= 0.44
    assert len({column.kind for column in _columns() if column.truth is None}) >= 180
    used = {place.kind.name for family in families() for place in family.places}
    assert used | {place.kind.name for place in everywhere()} == set(kinds())


def test_tables_are_short_and_long_named_in_every_style_and_half_of_the_columns_clean() -> None:
    rows = [len(table.columns[0].values) for table in _made(_SEED)]
    assert sum(length < 15 for length in rows) > len(rows) * 0.12
    assert sum(length == 260 for length in rows) > len(rows) * 0.06
    assert {_style(table) for table in _made(_SEED)} == set(STYLES)
    how = Counter(column.how for column in _columns())
    assert 0.45 <= how["plain"] / len(_columns()) <= 0.55
    assert len(how) >= 18


def test_few_headers_are_those_of_the_second_stranger() -> None:
    second = {column.header for table in tables_of_the_second(_SEED) for column in table.columns}
    assert sum(column.header in second for column in _columns()) < len(_columns()) * 0.15


def test_each_table_is_a_frame_without_two_columns_of_one_name() -> None:
    for table in _made(_SEED):
        assert table.frame().height == len(table.columns[0].values)
        assert len({column.header for column in table.columns}) == len(table.columns)


def test_under_headers_that_say_nothing_stands_only_what_its_values_tell() -> None:
    nameless = [table for table in _made(_SEED) if _style(table) in NAMELESS]
    assert len(nameless) >= 8
    assert all(kinds()[column.kind].alone for table in nameless for column in table.columns)


def test_initials_of_two_letters_stand_only_over_what_its_values_tell() -> None:
    short = [
        column
        for table in _made(_SEED) + _made(_SEED + 1)
        if _style(table) in {"initials", "upper initials"}
        for column in table.columns
        if re.fullmatch("[A-Za-z]{2}", column.header)
    ]
    assert short
    assert all(kinds()[column.kind].alone for column in short)


def test_an_unknown_token_of_a_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody"):
        written("{nobody}", Row(Random(1), 0, pupils=False))


def test_no_shape_leaves_a_token_unwritten() -> None:
    for kind in kinds():
        assert all(cell.strip() and "{" not in cell for cell in _cells(kind, count=3))


def _resident(value: str) -> bool:
    return bool(ric.calc_check_digit(value) == value[17])


def _vin(value: str) -> bool:
    return checks.vin(value) == value[8]


def _last(check: Callable[[str], str]) -> Callable[[str], bool]:
    return lambda value: check(value[:-1]) == value[-1]


def _org(value: str) -> bool:
    return checks.org(value[:8]) == value[-1] and value[8] == "-"


def _hong_kong(value: str) -> bool:
    return checks.hkid(value[:7]) == value[8]


#: python-stdnum where it knows the standard
_HOLDS: Mapping[str, Callable[[str], bool]] = {
    "resident": _resident, "driver_licence": _resident, "hkmotw": _resident, "credit_code": uscc.is_valid, "org_code": _org,
    "registration": _last(checks.registration), "card": luhn.is_valid, "imei": imei.is_valid, "imo": imo.is_valid, "vin": _vin,
    "container": _last(checks.container), "hkid": _hong_kong, "twid": _last(checks.twid), "barcode": ean.is_valid,
}  # fmt: skip


def test_each_kind_said_to_have_a_check_digit_is_checked_here() -> None:
    assert {name for name, kind in kinds().items() if kind.check} <= set(_HOLDS)


@pytest.mark.parametrize("kind", sorted(_HOLDS))
def test_check_digits_of_clean_cells_hold(kind: str) -> None:
    assert all(_HOLDS[kind](cell) for cell in _cells(kind))


def test_check_digits_hold_in_clean_columns_and_some_fail_in_mistyped_ones() -> None:
    clean: Counter[str] = Counter()
    mistyped = broken = 0
    for column in _columns(_SEED, _SEED + 1):
        holds = _HOLDS.get(column.kind)
        if holds and column.how == "plain":
            clean[column.kind] += 1
            assert all(value and holds(value) for value in column.values), (column.kind, column.values[:3])
        if holds and column.how == "wrong":
            mistyped, broken = (
                mistyped + len(column.values),
                broken + sum(not holds(one or "") for one in column.values),
            )
    assert set(clean) == set(_HOLDS)
    assert 0 < broken < mistyped * 0.25


def test_an_organisation_code_stands_inside_its_credit_code() -> None:
    for code in _cells("credit_code"):
        assert checks.org(code[8:16]) == code[16]


def test_an_identity_number_and_the_birth_date_beside_it_agree() -> None:
    met = 0
    for table in _made(_SEED) + _made(_SEED + 1):
        plain = {column.kind: column.values for column in table.columns if column.how == "plain"}
        if {"resident", "born"} <= set(plain):
            met += 1
            for number, born in zip(plain["resident"], plain["born"], strict=True):
                assert number
                assert born
                assert number[6:14] == born.replace("-", "")
    assert met


def test_a_look_alike_by_its_shape_alone_stands_under_a_header_that_says_what_it_is() -> None:
    """Numbers that could be a person's, a ship's or a card's: never in a table whose headers say nothing."""
    for kind in (
        "asset_no",
        "seal_no",
        "visa_no",
        "order_sixteen",
        "order_eighteen",
        "batch_no",
        "bytes_counter",
        "frame_hex",
        "version",
    ):
        assert kinds()[kind].truth is None
        assert not kinds()[kind].alone
