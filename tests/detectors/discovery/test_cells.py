"""Cells with more in them than their value."""

from collections.abc import Callable, Mapping

import polars as pl
import pytest

from detectors.discovery.cells import parts_of
from detectors.discovery.columns import Column, profile, profile_column
from detectors.discovery.measure import measure
from tests.detectors.made import Maker

AROUND = {
    "a note behind it": "{}(女儿)",
    "a name before it": "罗丽华 {}",
    "a name behind it": "{}/罗丽华",
    "JSON": '{{"no":"{}","kind":2}}',
    "a list of one": "['{}']",
    "a formula": '="{}"',
    "a question mark": "{}?",
}
MADE: Mapping[str, Callable[[Maker], str]] = {
    "imsi": lambda maker: "46001" + maker.digits(10),
    "foreign_pr": lambda maker: "FRA31" + maker.digits(10),
    "mac": lambda maker: ":".join(f"{byte:02X}" for byte in maker.random.randbytes(6)),
}


@pytest.mark.parametrize("kind", sorted(MADE))
@pytest.mark.parametrize("what", sorted(AROUND))
def test_what_stands_around_a_value_does_not_hide_it(what: str, kind: str) -> None:
    maker = Maker(8)
    values = pl.Series([AROUND[what].format(MADE[kind](maker)) for _ in range(30)])
    assert profile([Column("c1", measure(values))], named=False)[0].type == kind


def test_a_weak_form_in_a_cell_needs_its_name() -> None:
    maker = Maker(3)
    values = pl.Series([f"E{maker.digits(8)}(旧)" for _ in range(30)])
    assert (profile_column("备注", "", values).type, profile_column("护照号", "", values).type) == (None, "passport")


def test_wrong_check_digits_in_cells_say_nothing() -> None:
    maker = Maker(4)
    values = [f"{maker.digits(15)} 台" for _ in range(30)]
    assert profile_column("", "", pl.Series(values)).type is None


@pytest.mark.parametrize(
    "values",
    [
        [f"检查第{number}号机组，更换滤芯{number % 4}只" for number in range(40)],
        [f"2026-03-{1 + number % 28:02} 0{number % 9}:15:00 启动" for number in range(40)],
        [f"沿G15线K{number}+300处清理边沟" for number in range(40)],
    ],
)
def test_remarks_with_numbers_in_them_are_of_no_type(values: list[str]) -> None:
    assert profile_column("备注", "", pl.Series(values)).type is None


def test_cells_of_a_large_column_are_counted_for_all_of_it() -> None:
    maker = Maker(2)
    values = [f"46000{maker.digits(10)}({'主' if number % 2 else '副'}卡)" for number in range(2000)]
    assert profile_column("", "", pl.Series(values)).type == "imsi"


def test_a_whole_value_is_no_cell_with_parts() -> None:
    assert parts_of(["460011234567890", "罗丽华", "2026"]) == (0, {})


def test_groups_of_a_number_belong_together() -> None:
    maker = Maker(6)
    values = pl.Series(
        [f"8986 00{maker.digits(2)} {maker.digits(4)} {maker.digits(4)} {maker.digits(4)}" for _ in range(30)]
    )
    assert profile_column("", "", values).type == "iccid"


def test_a_note_behind_a_name_is_no_part_of_it() -> None:
    maker = Maker(6)
    values = pl.Series([f"{maker.person()}{maker.random.choice(['(组长)', '（临聘）', '(替班)'])}" for _ in range(40)])
    assert profile_column("", "", values).type == "person_name"
