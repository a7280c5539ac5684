import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache

import pytest
from stdnum import imei, imo, iso6346, luhn
from stdnum.cn import ric, uscc

from detectors.discovery.evaluation.fourth.dirt import WAYS
from detectors.discovery.evaluation.fourth.families import families, kinds
from detectors.discovery.evaluation.fourth.row import row
from detectors.discovery.evaluation.fourth.tables import tables
from detectors.discovery.evaluation.fourth.writing import written
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
    assert tuple(tables(4)) != _made()


def test_every_answer_is_a_type_of_the_reference_and_all_of_them_are_met() -> None:
    answers = {answer for column in _columns() for answer in ({column.truth} | column.also)}
    assert answers - {None} == {column.truth for column in _columns()} - {None} == REFERENCE


def test_no_other_answer_repeats_the_truth() -> None:
    assert all(column.truth not in column.also for column in _columns())


def test_there_are_many_tables_of_many_kinds_and_six_columns_in_ten_are_not_sensitive() -> None:
    assert len(_made()) >= 80
    assert len(_columns()) >= 1200
    assert 0.35 < sum(column.truth is not None for column in _columns()) / len(_columns()) < 0.45
    assert len({column.kind for column in _columns() if column.truth is None}) >= 250
    assert {place.kind.name for family in families() for place in family.places} == set(kinds())


def test_each_table_has_ten_to_eighteen_columns_of_different_names() -> None:
    for table in _made():
        assert 10 <= len({column.header for column in table.columns}) == len(table.columns) <= 18
        assert table.frame().width == len(table.columns)


def test_tables_are_long_and_of_a_dozen_rows() -> None:
    rows = {len(table.columns[0].values) for table in _made()}
    assert min(rows) == 12
    assert max(rows) >= 100


def test_six_columns_in_ten_are_clean_and_every_kind_of_dirt_is_met() -> None:
    ways = Counter(column.how for column in _columns())
    assert set(ways) == {"plain", *WAYS}
    assert 0.55 < ways["plain"] / ways.total() < 0.7


def test_a_masked_column_shows_no_whole_value_and_an_almost_empty_one_few() -> None:
    for column in _columns():
        cells = [cell for cell in column.values if cell]
        if column.how == "masked":
            assert all("*" in cell for cell in cells)
        if column.how == "sparse":
            assert len(cells) <= len(column.values) / 2


def test_no_writing_leaves_a_token_or_a_choice_unwritten() -> None:
    for kind in kinds().values():
        for place, writing in enumerate(kind.writings):
            cell = written(writing, row(kind.name, place))
            assert not re.search(r"[<>{}|]", cell), kind.name


def test_an_unknown_token_is_refused() -> None:
    with pytest.raises(ValueError, match="no token"):
        written("<nobody>", row("a", 0))


def _resident(value: str) -> bool:
    return ric.calc_check_digit(value) == value[-1]


def _vin(value: str) -> bool:
    worth = {
        **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
        **dict(zip("JKLMN", range(1, 6), strict=True)),
        "P": 7,
        "R": 9,
    }
    worth |= dict(zip("STUVWXYZ", range(2, 10), strict=True)) | {str(digit): digit for digit in range(10)}
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    return (
        "0123456789X"[sum(worth[sign] * weight for sign, weight in zip(value, weights, strict=True)) % 11] == value[8]
    )


def _organisation(value: str) -> bool:
    signs = value.replace("-", "")
    check = {"X": 10, "0": 11}.get(signs[8]) or int(signs[8])
    return (
        sum(int(sign, 36) * weight for sign, weight in zip(signs[:8], (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) + check
    ) % 11 == 0


def _business(value: str) -> bool:
    product = 10
    for digit in value[:-1]:
        product = 2 * (((product + int(digit)) % 10) or 10) % 11
    return (product + int(value[-1])) % 10 == 1


def _hong_kong(value: str) -> bool:
    signs = [36, *(int(sign, 36) for sign in value if sign.isalnum())]
    return sum(sign * weight for sign, weight in zip(signs, range(9, 0, -1), strict=True)) % 11 == 0


def _taiwan(value: str) -> bool:
    letters = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))
    signs = f"{letters[value[0]]}{value[1:]}"
    return (
        sum(int(sign) * weight for sign, weight in zip(signs, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True)) % 10 == 0
    )


_HOLDS: Mapping[str, Callable[[str], bool]] = {
    "resident_id": _resident,
    "driver_licence": _resident,
    "hkmotw_residence": _resident,
    "uscc": uscc.is_valid,
    "org_code": _organisation,
    "business_licence": _business,
    "bank_card": luhn.is_valid,
    "imei": imei.is_valid,
    "vin": _vin,
    "imo": imo.is_valid,
    "container": iso6346.is_valid,
    "hkid": _hong_kong,
    "twid": _taiwan,
}


def test_each_kind_said_to_have_a_check_digit_is_checked_here() -> None:
    assert {name for name, kind in kinds().items() if kind.check} == set(_HOLDS)


@pytest.mark.parametrize("name", sorted(_HOLDS))
def test_check_digits_of_clean_cells_hold(name: str) -> None:
    for writing in kinds()[name].writings:
        cells = [written(writing, row(name, index)) for index in range(300)]
        assert [cell for cell in cells if not _HOLDS[name](cell)] == []


def test_a_few_check_digits_of_mistyped_columns_fail() -> None:
    mistyped = [column for column in _columns() if column.how == "mistyped"]
    shares = [
        sum(not _HOLDS[column.kind](cell) for cell in column.values if cell) / len(column.values) for column in mistyped
    ]
    assert len(mistyped) >= 5
    assert 0.02 < sum(shares) / len(shares) < 0.12
