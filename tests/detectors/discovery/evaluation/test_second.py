"""The second stranger's tables: what they hold is what they say, and they say only what the reference names."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache

import pytest
from stdnum import ean, imei, imo, luhn
from stdnum.cn import ric, uscc

from detectors.discovery.evaluation.second import checks
from detectors.discovery.evaluation.second.headings import STYLES, UNNAMED
from detectors.discovery.evaluation.second.kinds import families, kinds
from detectors.discovery.evaluation.second.tables import tables
from detectors.discovery.evaluation.tables import Known, KnownTable
from tests.detectors.discovery.evaluation.reference import REFERENCE

_SEED = 20261122


@cache
def _made(seed: int) -> tuple[KnownTable, ...]:
    return tuple(tables(seed))


def _both() -> tuple[KnownTable, ...]:
    """Two draws, where one alone may have no clean column of a rarer kind."""
    return _made(_SEED) + _made(_SEED + 1)


def _columns() -> list[Known]:
    return [column for table in _made(_SEED) for column in table.columns]


def _style(table: KnownTable) -> str:
    return table.name.rpartition("(")[2].rstrip(")")


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


def test_there_are_many_families_and_a_third_of_the_columns_is_sensitive() -> None:
    assert len(families()) >= 60
    assert 2500 <= len(_columns()) <= 3000
    assert 0.30 <= sum(column.truth is not None for column in _columns()) / len(_columns()) <= 0.38
    assert {column.kind.name for family in families() for column in family.columns} == set(kinds())


def test_tables_are_short_and_long_named_in_every_style_and_half_of_the_columns_clean() -> None:
    rows = [len(table.columns[0].values) for table in _made(_SEED)]
    assert sum(length <= 15 for length in rows) > len(rows) * 0.12
    assert sum(length == 300 for length in rows) > len(rows) * 0.06
    assert {_style(table) for table in _made(_SEED)} == set(STYLES)
    how = Counter(column.how for column in _columns())
    assert 0.45 <= how["plain"] / len(_columns()) <= 0.65
    assert len(how) >= 13


def test_each_table_is_a_frame_without_two_columns_of_one_name() -> None:
    for table in _made(_SEED):
        assert table.frame().height == len(table.columns[0].values)
        assert len({column.header for column in table.columns}) == len(table.columns)


def test_under_headers_that_say_nothing_stands_only_what_its_values_tell() -> None:
    unnamed = [table for table in _made(_SEED) if _style(table) in UNNAMED]
    assert len(unnamed) >= 10
    assert all(kinds()[column.kind].alone for table in unnamed for column in table.columns)


def test_a_mostly_empty_column_keeps_three_values() -> None:
    for column in _columns():
        if column.how == "sparse" and len(column.values) > 15:
            counted = Counter(column.values).most_common(1)[0][1]
            assert 3 <= len(column.values) - counted <= len(column.values) / 3


def _resident(value: str) -> bool:
    return bool(ric.calc_check_digit(value) == value[17])


def _taiwan(value: str) -> bool:
    return checks.twid(value[:9]) == value[9]


def _vin(value: str) -> bool:
    return checks.vin(value) == value[8]


def _registration(value: str) -> bool:
    return checks.registration(value[:-1]) == value[-1]


def _org(value: str) -> bool:
    return checks.org(value[:8]) == value[-1]


def _container(value: str) -> bool:
    return checks.container(value[:-1]) == value[-1]


def _hong_kong(value: str) -> bool:
    return checks.hkid(value[:7]) == value[8]


#: python-stdnum where it knows the standard
_HOLDS: Mapping[str, Callable[[str], bool]] = {
    "resident_id": _resident, "driver_licence": _resident, "practitioner_18": _resident, "uscc": uscc.is_valid,
    "bank_card": luhn.is_valid, "bank_card_account": luhn.is_valid, "imei": imei.is_valid, "imo": imo.is_valid,
    "ean": ean.is_valid, "vin": _vin, "container": _container, "org_code": _org, "business_licence": _registration,
    "hkid": _hong_kong, "hkmotw": _resident,
    "twid": _taiwan,
}  # fmt: skip


def test_check_digits_hold_where_a_column_is_clean_and_some_fail_where_it_is_mistyped() -> None:
    clean: Counter[str] = Counter()
    mistyped = broken = 0
    for column in (column for table in _both() for column in table.columns):
        holds = _HOLDS.get(column.kind)
        if holds and column.how == "plain":
            clean[column.kind] += 1
            assert all(value and holds(value) for value in column.values), (column.kind, column.values[:3])
        if holds and column.how == "wrong":
            failing = sum(not holds(value or "") for value in column.values)
            mistyped, broken = mistyped + len(column.values), broken + failing
    assert set(clean) == set(_HOLDS)
    assert 0 < broken < mistyped * 0.25


@pytest.mark.parametrize(
    ("check", "number"),
    [
        (checks.rid, "11010519491231002X"),
        (checks.uscc, "91350100M000100Y43"),
        (checks.org, "D2143569X"),
        (checks.luhn, "6222021234567890128"),
        (checks.imo, "9074729"),
        (checks.container, "CSQU3054383"),
        (checks.hkid, "A1234563"),
        (checks.twid, "A123456789"),
    ],
)
def test_the_reference_s_worked_numbers_come_out(check: Callable[[str], str], number: str) -> None:
    assert check(number[:-1]) == number[-1]


@pytest.mark.parametrize("number", ["1M8GDM9AXKP042788", "WBAXW1104J0X16755"])
def test_the_reference_s_vehicle_numbers_come_out(number: str) -> None:
    assert checks.vin(number) == number[8]


def test_an_identity_number_and_the_birth_date_beside_it_agree() -> None:
    met = 0
    for table in _both():
        plain = {column.kind: column.values for column in table.columns if column.how == "plain"}
        if {"resident_id", "birth"} <= set(plain):
            met += 1
            for number, born in zip(plain["resident_id"], plain["birth"], strict=True):
                assert number
                assert born
                assert number[6:14] == born.replace("-", "")
    assert met
