"""What is not asked of a value could not have been: each kind needs what it is said to need."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.discovery import measure as measuring
from tests.detectors.made import Maker

PIECES = st.sampled_from(
    ["张", "伟", "王小明", "阿依古丽", "·", "买买提", "汉", "汉族", "广东省", "体育西路", "12号", "3栋",
     "Mary", "Smith", "JONES", "Hauptstr. ", ", ", " Road", "113.2644", "23.1291",
     "113264400", "1.2.3.4", "10.0.19045.3", "POINT(", ")", "SRID=4326;", "°", "东经", "E", "-", ".", ";", " ", "0", "9", "x"]
)  # fmt: skip
VALUES = st.lists(PIECES, max_size=8).map("".join) | st.text(max_size=40)


@pytest.mark.parametrize("kind", measuring._OWN)
@given(value=VALUES)
def test_a_kind_is_only_found_in_values_that_have_what_it_needs(kind: str, value: str) -> None:
    need, predicate = measuring._OWN[kind]
    assert not predicate(value) or measuring._HAVING[need](value), value


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("version", "1.2.3.4"), ("person_name", "王小明"), ("person_loose", "阿依古丽·买买提"), ("person_latin", "Mary Smith"),
        ("person_english", "Mary Smith"), ("address", "广州市天河区体育西路12号"), ("address_loose", "Hauptstr. 12, Berlin"),
        ("ethnic", "汉族"), ("ethnic_short", "汉"), ("lonlat", "113.2644,23.1291"),
        ("trajectory", "113.2644,23.1291;113.2645,23.1292;113.2646,23.1293"), ("axis_lon", "113264400"), ("axis_lat", "23.1291"),
    ],
)  # fmt: skip
def test_a_kind_is_counted_in_a_column(kind: str, value: str) -> None:
    counts, _ = measuring._own([value], model=False)
    assert counts[kind] == 1


def test_masked_values_are_counted_and_named() -> None:
    maker = Maker(3)
    values = [f"{maker.mobile()[:3]}****{maker.mobile()[-4:]}" for _ in range(40)]
    counted = measuring.measure(pl.Series(values), model=False)
    assert counted.masked == counted.distinct
    assert counted.hidden["mobile"] == counted.distinct


@pytest.mark.parametrize(
    ("values", "distinct"),
    [
        (["王小明/李华", "王小明；张伟", "张伟"], 3),
        (["13800138000/13800138001", "13800138002"], 3),
        (["2024/01/05", "2024/01/06"], 2),
        (["113.26,23.13", "113.27,23.14"], 2),
        (["广州市/天河区 12号", "深圳"], 2),
    ],
)
def test_cells_that_hold_several_are_counted_by_their_parts(values: list[str], distinct: int) -> None:
    assert measuring.measure(pl.Series(values), model=False).distinct == distinct


def test_parts_of_values_are_no_labels() -> None:
    counted = measuring.measure(
        pl.Series(
            [f"{word}#4{number}8" for number, word in enumerate(("Osdjbf", "Qognlq", "Wmzwcs", "Nwujpc", "Kaeiwq"))]
        ),
        model=False,
    )
    assert counted.hits["password+also"] == 5
    labelled = measuring.measure(pl.Series([f"手机：1380013800{number}" for number in range(9)]), model=False)
    assert labelled.hits["mobile"] == 9
