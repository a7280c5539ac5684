"""A name that says another thing against values that look like a type: which of them is believed."""

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.discovery.columns import profile_column
from detectors.discovery.finding import Tier
from tests.detectors.made import Maker


def column(make: Callable[[Maker], str], rows: int = 80, seed: int = 5) -> pl.Series:
    maker = Maker(seed)
    return pl.Series([make(maker) for _ in range(rows)], dtype=pl.String)


LOOKING = {
    "passport": ("资产编号", lambda maker: "E" + maker.digits(8)),
    "mmsi": ("设备出厂编号", lambda maker: "413" + maker.digits(6)),
    "landline": ("案卷号", lambda maker: "0755-2" + maker.digits(7)),
    "m2m_number": ("bytes_total", lambda maker: "10648" + maker.digits(8)),
    "etc_card": ("invoice_no", lambda maker: "4401" + maker.digits(16)),
}


@pytest.mark.parametrize("kind", sorted(LOOKING))
def test_a_name_of_another_thing_takes_away_what_only_a_shape_says(kind: str) -> None:
    name, make = LOOKING[kind]
    values = column(make)
    assert profile_column("", "", values).type == kind
    found = profile_column(name, "", values)
    assert found.type is None
    assert found.evidence.thing
    assert found.evidence.withdrawn == kind


@pytest.mark.parametrize("kind", ["resident_id", "uscc", "vin", "plate", "email", "mobile"])
@pytest.mark.parametrize("name", ["订单编号", "asset_no", "合同号", "SBXLH"])
def test_what_chance_cannot_explain_stands_against_the_name(kind: str, name: str) -> None:
    assert profile_column(name, "", column(getattr(Maker, kind))).type == kind


def test_check_digits_that_are_right_by_chance_do_not_stand() -> None:
    orders = column(lambda maker: "440106" + "19850312" + maker.digits(4))
    assert profile_column("工单编号", "", orders).type is None


def test_no_neighbour_raises_what_the_name_speaks_against() -> None:
    people = {"姓名": column(Maker.person), "身份证号": column(Maker.resident_id)}
    assets = column(lambda maker: "E" + maker.digits(8))
    assert profile_column("资产编号", "", assets, people).type is None


def test_the_name_of_the_type_is_believed_even_where_its_numbers_are_oddly_built() -> None:
    assert profile_column("护照号", "", column(lambda maker: "G2021" + maker.digits(4))).type == "passport"


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["工单号", "资产编号", "lot_no", "保单号"]), st.integers(3, 60))
def test_serial_numbers_are_nobodys_whatever_their_length(first: int, name: str, rows: int) -> None:
    values = pl.Series([f"1{first + row:010}" for row in range(rows)], dtype=pl.String)
    assert profile_column(name, "", values).type is None


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("health", ("高血压病史", "体检合格", "轻度听力下降", "心电图未见异常")),
        ("criminal", ("无犯罪记录", "刑事处罚:危险驾驶罪", "有吸毒史")),
    ],
)
def test_health_and_crime_are_told_by_what_the_values_say(kind: str, values: tuple[str, ...]) -> None:
    assert profile_column("f3", "", pl.Series(values * 8)).type == kind


def test_a_work_is_no_address_and_a_ship_no_person() -> None:
    works = pl.Series([f"{city}市国道改扩建工程" for city in ("广州", "深圳", "韶关", "梅州", "湛江")])
    ships = pl.Series(["EVER GRACE", "PEARL STAR", "COSCO GLORY", "OCEAN HOPE", "GOLDEN RIVER"])
    assert (profile_column("", "", works).type, profile_column("", "", ships).type) == (None, None)


def test_nobody_masks_what_is_no_secret() -> None:
    masked = column(lambda maker: (number := maker.resident_id())[:4] + "**********" + number[14:])
    found = profile_column("方案编号", "", masked)
    assert (found.type, found.masked) == ("resident_id", True)


def test_a_few_stars_take_nothing_from_a_name_of_another_thing() -> None:
    values = column(lambda maker: "E" + maker.digits(8), rows=40).to_list()
    values[:4] = ["E41*****3", "E20*****8", "E77*****1", "E30*****9"]
    assert profile_column("资产编号", "", pl.Series(values)).type is None


def test_right_check_digits_of_a_few_rows_keep_a_low_finding_under_a_name_of_another_thing() -> None:
    values = column(lambda maker: maker.bank_card(), rows=6)
    found = profile_column("附件编号", "", values)
    assert (found.type, found.tier) == ("bank_card", Tier.LOW)


def test_few_rows_of_which_some_check_digits_are_wrong_keep_nothing() -> None:
    values = column(lambda maker: maker.bank_card(), rows=6).to_list()
    wrong = [value[:-1] + str((int(value[-1]) + 1) % 10) for value in values[:3]]
    assert profile_column("附件编号", "", pl.Series(wrong + values[3:])).type is None
