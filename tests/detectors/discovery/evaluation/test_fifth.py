import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache

import pytest
from stdnum import imei, imo, iso6346, luhn
from stdnum.cn import ric, uscc

from detectors.discovery.evaluation.fifth import checks
from detectors.discovery.evaluation.fifth.shapes import shaped
from detectors.discovery.evaluation.fifth.soil import IN_TWOS, SEVERAL, WAYS
from detectors.discovery.evaluation.fifth.tables import all_families, all_kinds, tables
from detectors.discovery.evaluation.fifth.writers import row_of
from detectors.discovery.evaluation.fourth.families import kinds as kinds_of_the_fourth
from detectors.discovery.evaluation.tables import Known, KnownTable
from tests.detectors.discovery.evaluation.reference import REFERENCE

_SEED = 20261122


@cache
def _made(seed: int = _SEED) -> tuple[KnownTable, ...]:
    return tuple(tables(seed))


def _columns() -> list[Known]:
    return [column for table in _made() for column in table.columns]


def test_a_seed_makes_the_same_tables_and_another_seed_others() -> None:
    assert tuple(tables(_SEED)) == _made()
    assert tuple(tables(5)) != _made()


def test_every_answer_is_a_type_of_the_reference_and_all_of_them_are_met() -> None:
    answers = {answer for column in _columns() for answer in ({column.truth} | column.also)}
    assert answers - {None} == {column.truth for column in _columns()} - {None} == REFERENCE


def test_no_other_answer_repeats_the_truth() -> None:
    assert [column.header for column in _columns() if column.truth in column.also] == []


def test_there_are_a_hundred_tables_and_six_columns_in_ten_are_not_sensitive() -> None:
    assert len(_made()) >= 99
    assert len(_columns()) >= 1400
    assert 0.55 < sum(column.truth is None for column in _columns()) / len(_columns()) < 0.65
    assert len({column.kind for column in _columns() if column.truth is None}) >= 200
    assert {place.kind.name for family in all_families() for place in family.places} == set(all_kinds())


def test_each_table_has_ten_to_eighteen_columns_of_different_names() -> None:
    for table in _made():
        assert 10 <= len({column.header for column in table.columns}) == len(table.columns) <= 18
        assert table.frame().width == len(table.columns)


def test_half_of_the_columns_are_clean_and_every_kind_of_dirt_is_met() -> None:
    ways = Counter(column.how for column in _columns())
    assert set(ways) == {"plain", SEVERAL, IN_TWOS, *WAYS}
    assert 0.45 < ways["plain"] / ways.total() < 0.6


def test_dirt_does_what_its_name_says() -> None:
    for column in _columns():
        cells = [cell for cell in column.values if cell]
        if column.how == "masked":
            assert all("*" in cell for cell in cells)
        if column.how == "sparse":
            assert len(cells) <= len(column.values) / 2
        if column.how == "parted":
            assert all(re.search(r"\d[ -]\d", cell) for cell in cells)


def test_a_labelled_column_has_words_before_most_of_its_values() -> None:
    labelled = [column for column in _columns() if column.how == "labelled"]
    assert labelled
    for column in labelled:
        starts = Counter(str(cell)[:2] for cell in column.values if cell)
        assert starts.most_common(1)[0][1] >= 0.5 * starts.total()


def test_cells_with_two_values_stand_among_cells_with_one() -> None:
    for column in _columns():
        if column.how == IN_TWOS:
            twos = sum(bool(re.search("[、/;，]", cell)) for cell in column.values if cell)
            assert 0 < twos < len(column.values)


def test_no_shape_leaves_a_name_or_a_choice_unwritten() -> None:
    for kind in all_kinds().values():
        for place, shape in enumerate(kind.writings):
            cell = shaped(shape, row_of(kind.name, place))
            assert not re.search(r"\[\.|\.\.|\|", cell), kind.name


def test_an_unknown_name_in_a_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="no writer"):
        shaped("[nobody]", row_of("a", 0))


def test_the_shapes_are_not_the_fourth_strangers() -> None:
    theirs = {writing for kind in kinds_of_the_fourth().values() for writing in kind.writings if "<" in writing}
    assert not theirs & {shape for kind in all_kinds().values() for shape in kind.writings}


@pytest.mark.parametrize(
    ("made", "vector"),
    [
        (checks.resident("11010519491231002"), "11010519491231002X"),
        (checks.resident("81000019940823002"), "810000199408230021"),
        (checks.credit("91350100M000100Y4"), "91350100M000100Y43"),
        (checks.organisation("D2143569"), "D2143569X"),
        (checks.luhn("622202123456789012"), "6222021234567890128"),
        (checks.luhn("49015420323751"), "490154203237518"),
        (checks.vehicle("1M8GDM9A0KP042788"), "1M8GDM9AXKP042788"),
        (checks.vehicle("WBAXW1100J0X16755"), "WBAXW1104J0X16755"),
        (checks.ship("907472"), "9074729"),
        (checks.container("CSQU305438"), "CSQU3054383"),
        (checks.hong_kong("A123456"), "A123456(3)"),
        (checks.taiwan("A12345678"), "A123456789"),
    ],
)
def test_check_digits_are_those_of_the_references_vectors(made: str, vector: str) -> None:
    assert made == vector


def _resident(value: str) -> bool:
    return ric.calc_check_digit(value) == value[-1]


def _vehicle(value: str) -> bool:
    return checks.vehicle(value) == value


def _organisation(value: str) -> bool:
    return checks.organisation(value[:8]) == value.replace("-", "")


def _business(value: str) -> bool:
    """MOD 11,10 by what the standard says of a whole number: it ends on 1."""
    product = 10
    for digit in value[:-1]:
        product = 2 * (((product + int(digit)) % 10) or 10) % 11
    return (product + int(value[-1])) % 10 == 1


_HOLDS: Mapping[str, Callable[[str], bool]] = {
    "resident_id": _resident,
    "driver_licence": _resident,
    "hkmotw_residence": _resident,
    "uscc": uscc.is_valid,
    "org_code": _organisation,
    "business_licence": _business,
    "bank_card": luhn.is_valid,
    "imei": imei.is_valid,
    "vin": _vehicle,
    "imo": imo.is_valid,
    "container": iso6346.is_valid,
    "hkid": lambda value: checks.hong_kong(value[:7]) == value,
    "twid": lambda value: checks.taiwan(value[:9]) == value,
}


def test_each_kind_said_to_have_a_check_digit_is_checked_here() -> None:
    assert {name for name, kind in all_kinds().items() if kind.check} == set(_HOLDS)


@pytest.mark.parametrize("name", sorted(_HOLDS))
def test_check_digits_of_clean_cells_hold(name: str) -> None:
    for shape in all_kinds()[name].writings:
        cells = [shaped(shape, row_of(name, index)) for index in range(300)]
        assert [cell for cell in cells if not _HOLDS[name](cell)] == []


def test_a_few_check_digits_of_mistyped_columns_fail() -> None:
    mistyped = [column for column in _columns() if column.how == "mistyped"]
    shares = [
        sum(not _HOLDS[column.kind](cell) for cell in column.values if cell) / len(column.values) for column in mistyped
    ]
    assert len(mistyped) >= 5
    assert 0.02 < sum(shares) / len(shares) < 0.12
