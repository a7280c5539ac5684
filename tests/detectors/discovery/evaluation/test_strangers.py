"""What holds of every stranger whose tables are outlined in TOML; the recognizer is run on them by ``soc bench accuracy``."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import pytest
from stdnum import imei, imo, iso6346, luhn
from stdnum.cn import ric, uscc

from detectors.discovery.evaluation.fifth.tables import FIFTH
from detectors.discovery.evaluation.fourth import tables as fourth
from detectors.discovery.evaluation.fourth.rows import row as row_of_the_fourth
from detectors.discovery.evaluation.fourth.writing import written
from detectors.discovery.evaluation.sixth.tables import SIXTH
from detectors.discovery.evaluation.strangers import checks
from detectors.discovery.evaluation.strangers.dirt import WAYS
from detectors.discovery.evaluation.strangers.families import Family, Kind
from detectors.discovery.evaluation.strangers.shapes import shaped
from detectors.discovery.evaluation.strangers.soil import IN_TWOS, SEVERAL
from detectors.discovery.evaluation.strangers.soil import WAYS as MORE_WAYS
from detectors.discovery.evaluation.strangers.stranger import Stranger
from detectors.discovery.evaluation.tables import Known, KnownTable
from tests.detectors.discovery.evaluation.reference import REFERENCE

_SEED = 20261122


@dataclass(frozen=True)
class _Set:
    """A stranger's tables and what they are to hold at least: tables, columns, kinds that are not sensitive."""

    tables: Callable[[int], list[KnownTable]]
    some_tables: Callable[[int], list[KnownTable]]  # the first of them, quicker to make
    kinds: Mapping[str, Kind]
    families: tuple[Family, ...]
    cell: Callable[[str, str, int], str]  # of a writing, a key and a row's index
    ways: frozenset[str]
    clean: tuple[float, float]
    at_least: tuple[int, int, int]


def _set(stranger: Stranger, clean: tuple[float, float], at_least: tuple[int, int, int]) -> _Set:
    return _Set(
        tables=stranger.tables,
        some_tables=replace(stranger, files=stranger.files[:1]).tables,
        kinds=stranger.kinds(),
        families=stranger.families(),
        cell=lambda shape, key, index: shaped(shape, stranger.row(key, index)),
        ways=frozenset({"plain", SEVERAL, IN_TWOS, *MORE_WAYS}),
        clean=clean,
        at_least=at_least,
    )


_SETS = {
    "fourth": _Set(
        tables=fourth.tables,
        some_tables=fourth.tables,
        kinds=fourth.all_kinds(),
        families=fourth.all_families(),
        cell=lambda writing, key, index: written(writing, row_of_the_fourth(key, index)),
        ways=frozenset({"plain", *WAYS}),
        clean=(0.55, 0.7),
        at_least=(80, 1200, 250),
    ),
    "fifth": _set(FIFTH, clean=(0.45, 0.6), at_least=(99, 1400, 200)),
    "sixth": _set(SIXTH, clean=(0.45, 0.65), at_least=(50, 800, 230)),
}
_SOILED = tuple(name for name, one in _SETS.items() if IN_TWOS in one.ways)  # by more than the fourth's dirt


@cache
def _made(name: str) -> tuple[KnownTable, ...]:
    return tuple(_SETS[name].tables(_SEED))


def _columns(name: str) -> list[Known]:
    return [column for table in _made(name) for column in table.columns]


@pytest.fixture(params=_SETS)
def name(request: pytest.FixtureRequest) -> str:
    """The stranger's name."""
    return str(request.param)


def test_a_seed_makes_the_same_tables_and_another_seed_others(name: str) -> None:
    again, other = _SETS[name].some_tables(_SEED), _SETS[name].some_tables(5)
    assert tuple(again) == _made(name)[: len(again)]
    assert all(one != another for one, another in zip(again, other, strict=True))


def test_every_answer_is_a_type_of_the_reference_and_all_of_them_are_met(name: str) -> None:
    answers = {answer for column in _columns(name) for answer in ({column.truth} | column.also)}
    assert answers - {None} == {column.truth for column in _columns(name)} - {None} == REFERENCE


def test_no_other_answer_repeats_the_truth(name: str) -> None:
    assert [column.header for column in _columns(name) if column.truth in column.also] == []


def test_there_are_many_tables_of_many_kinds_and_six_columns_in_ten_are_not_sensitive(name: str) -> None:
    plain = [column for column in _columns(name) if column.truth is None]
    figures = (len(_made(name)), len(_columns(name)), len({column.kind for column in plain}))
    assert all(figure >= least for figure, least in zip(figures, _SETS[name].at_least, strict=True)), figures
    assert 0.55 < len(plain) / len(_columns(name)) < 0.65


def test_every_kind_of_column_is_met(name: str) -> None:
    assert {place.kind.name for family in _SETS[name].families for place in family.places} == set(_SETS[name].kinds)


def test_each_table_has_ten_to_eighteen_columns_of_different_names(name: str) -> None:
    for table in _made(name):
        assert 10 <= len({column.header for column in table.columns}) == len(table.columns) <= 18, table.name
        assert table.frame().width == len(table.columns)


def test_half_of_the_columns_or_more_are_clean_and_every_kind_of_dirt_is_met(name: str) -> None:
    ways = Counter(column.how for column in _columns(name))
    low, high = _SETS[name].clean
    assert set(ways) == _SETS[name].ways
    assert low < ways["plain"] / ways.total() < high


def test_a_masked_column_shows_no_whole_value_and_an_almost_empty_one_few(name: str) -> None:
    for column in _columns(name):
        cells = [cell for cell in column.values if cell]
        if column.how == "masked":
            assert all("*" in cell for cell in cells)
        if column.how == "sparse":
            assert len(cells) <= len(column.values) / 2


def test_no_writing_leaves_a_token_or_a_choice_unwritten(name: str) -> None:
    for kind in _SETS[name].kinds.values():
        for place, writing in enumerate(kind.writings):
            cell = _SETS[name].cell(writing, kind.name, place)
            assert not re.search(r"\[\.|\.\.|\||<[\w:-]+>", cell), kind.name


@pytest.mark.parametrize("name", _SOILED)
def test_a_labelled_column_has_words_before_most_of_its_values(name: str) -> None:
    labelled = [column for column in _columns(name) if column.how == "labelled"]
    assert labelled
    for column in labelled:
        starts = Counter(str(cell)[:2] for cell in column.values if cell)
        assert starts.most_common(1)[0][1] >= 0.5 * starts.total()


@pytest.mark.parametrize("name", _SOILED)
def test_cells_with_two_values_stand_among_cells_with_one(name: str) -> None:
    for column in _columns(name):
        if column.how == IN_TWOS:
            twos = sum(bool(re.search("[、/;，]", cell)) for cell in column.values if cell)
            assert 0 < twos < len(column.values)


@pytest.mark.parametrize("name", _SOILED)
def test_a_parted_column_has_spaces_or_dashes_in_each_value(name: str) -> None:
    for column in _columns(name):
        if column.how == "parted":
            assert all(re.search(r"\d[ -]\d", cell) for cell in column.values if cell)


def test_an_unknown_name_in_a_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="no writer"):
        shaped("[nobody]", FIFTH.row("a", 0))


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


def test_each_kind_said_to_have_a_check_digit_is_checked_here(name: str) -> None:
    assert {kind.name for kind in _SETS[name].kinds.values() if kind.check} == set(_HOLDS)


@pytest.mark.parametrize("kind", sorted(_HOLDS))
def test_check_digits_of_clean_cells_hold(name: str, kind: str) -> None:
    for writing in _SETS[name].kinds[kind].writings:
        cells = [_SETS[name].cell(writing, kind, index) for index in range(200)]
        assert [cell for cell in cells if not _HOLDS[kind](cell)] == []


def test_a_few_check_digits_of_mistyped_columns_fail(name: str) -> None:
    mistyped = [column for column in _columns(name) if column.how == "mistyped"]
    shares = [
        sum(not _HOLDS[column.kind](cell) for cell in column.values if cell) / len(column.values) for column in mistyped
    ]
    assert len(mistyped) >= 5
    assert 0.02 < sum(shares) / len(shares) < 0.12
