"""Columns as they really are: clean, dirty, masked, misnamed, nameless, empty."""

import re
from base64 import b64encode
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.discovery.columns import Column, profile, profile_column
from detectors.discovery.finding import ColumnFinding, Lost, Tier
from detectors.discovery.measure import measure
from tests.detectors.made import Maker

ROWS = 120
TYPES = ["resident_id", "uscc", "mobile", "bank_card", "plate", "plate_nev", "vin", "email", "person", "address", "position"]  # fmt: skip
IDS = {"person": "person_name", "position": "lonlat"}


def column(make: Callable[[], str | None], rows: int = ROWS) -> pl.Series:
    return pl.Series([make() for _ in range(rows)], dtype=pl.String)


def nameless(values: pl.Series) -> ColumnFinding:
    return profile([Column("c1", measure(values))], named=False)[0]


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_values_alone_are_enough_without_any_name(kind: str, seed: int) -> None:
    found = nameless(column(getattr(Maker(seed), kind)))
    assert found.type == IDS.get(kind, kind)
    assert found.confidence >= 0.8


@pytest.mark.parametrize("kind", ["resident_id", "bank_card", "mobile", "uscc"])
def test_full_width_digits_blanks_and_dashes_do_not_hide_a_type(kind: str) -> None:
    maker = Maker()

    def dirty() -> str | None:
        value: str = getattr(maker, kind)()
        wide = "".join(chr(ord(symbol) + 0xFEE0) if symbol.isdigit() else symbol for symbol in value)
        return maker.random.choice([value, wide, f" {value} ", f"{value[:3]}-{value[3:]}", "", None, "无"])

    assert nameless(column(dirty)).type == kind


def ids(wrong: float) -> pl.Series:
    """Resident IDs, a share of them with a wrong check digit."""
    maker = Maker()

    def one() -> str:
        value = maker.resident_id()
        return value if maker.random.random() >= wrong else value[:-1] + ("0" if value[-1] != "0" else "1")

    return column(one)


@pytest.mark.parametrize(
    ("wrong", "name", "tier"),
    [
        (0.0, "sfzh", Tier.HIGH),
        (0.3, "sfzh", Tier.HIGH),
        (1.0, "sfzh", Tier.MEDIUM),
        (0.0, "", Tier.MEDIUM),
        (0.3, "", Tier.MEDIUM),
        (1.0, "", Tier.LOW),
    ],
)
def test_check_digits_and_the_name_make_the_tier(wrong: float, name: str, tier: Tier) -> None:
    found = profile_column(name, "", ids(wrong))
    assert (found.type, found.tier) == ("resident_id", tier)


def test_a_confidence_never_contradicts_its_tier() -> None:
    for wrong in (0.0, 0.5, 1.0):
        for name in ("sfzh", ""):
            found = profile_column(name, "", ids(wrong))
            low, high = {Tier.HIGH: (0.85, 1), Tier.MEDIUM: (0.6, 0.85), Tier.LOW: (0.3, 0.6)}[found.tier]
            assert low <= found.confidence <= high


def test_evidence_says_what_chance_would_have_done_and_who_came_second() -> None:
    evidence = profile_column("sfzh", "", ids(0.1)).evidence
    assert evidence.chance == pytest.approx(1 / 11)
    assert evidence.checked is not None
    assert evidence.checked > 0.8
    assert "resident_id" in evidence.said
    assert evidence.rival is not None
    assert evidence.rival.lost is Lost.NAME


def test_a_form_that_no_source_confirms_needs_its_name_and_says_so() -> None:
    values = column(lambda: "A" + Maker(3).random.choice("123") + Maker().digits(7))
    assert profile_column("", "", values).type is None
    found = profile_column("海员证号", "", values)
    assert (found.type, found.evidence.unverified) == ("seafarer_book", True)


MASKED = {
    "mobile": lambda maker: (value := maker.mobile())[:3] + "****" + value[7:],
    "resident_id": lambda maker: (value := maker.resident_id())[:6] + "********" + value[14:],
    "bank_card": lambda maker: (value := maker.bank_card())[:4] + "***********" + value[-4:],
    "person_name": lambda maker: maker.person()[0] + "**",
    "email": lambda maker: "z***" + maker.digits(1) + "@qq.com",
}


@pytest.mark.parametrize("kind", sorted(MASKED))
def test_masked_values_are_known_and_said_to_be_masked(kind: str) -> None:
    maker = Maker()
    found = nameless(column(lambda: MASKED[kind](maker)))
    assert (found.type, found.masked) == (kind, True)


def test_clear_values_are_not_said_to_be_masked() -> None:
    assert not nameless(column(Maker().mobile)).masked


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("phone", [f"{value * 3.7:.2f}" for value in range(100)]),
        ("id_card", [str(value) for value in range(1, 101)]),
        ("bank_card", [f"2024-01-{value % 28 + 1:02}" for value in range(100)]),
        ("vin", ["小型轿车", "重型货车", "挂车"] * 30),
        ("person_name", ["正常", "维修", "报废"] * 30),
        ("plate_no", [f"{value:07}" for value in range(100)]),
    ],
)
def test_a_misleading_name_does_not_make_a_type(name: str, values: list[str]) -> None:
    assert profile_column(name, "", pl.Series(values)).type is None


def test_phones_in_a_column_called_remark_are_found() -> None:
    assert profile_column("remark", "", column(Maker().mobile)).type == "mobile"


@pytest.mark.parametrize(
    ("how", "spoil"),
    [
        ("an exponent", lambda value: f"{value[0]}.{value[1:]}E10"),
        ("a point and a nought", lambda value: value + ".0"),
        ("a label", lambda value: f"Tel:{value}"),
        ("a label in Chinese", lambda value: f"手机：{value}"),
        ("the country", lambda value: f"+86 {value}"),
        ("a quotation mark", lambda value: f"'{value}"),
        ("an object around it", lambda value: f'{{"phone": "{value}", "n": 1}}'),
    ],
)
def test_what_tools_do_to_telephones_does_not_hide_them(how: str, spoil: Callable[[str], str]) -> None:
    maker = Maker()
    assert nameless(column(lambda: spoil(maker.mobile()))).type == "mobile", how


def test_identity_numbers_of_which_a_spreadsheet_kept_fifteen_digits_are_found() -> None:
    maker = Maker()
    assert nameless(column(lambda: maker.resident_id()[:15] + "000")).type == "resident_id"


def test_phones_within_remarks_are_found_with_less_confidence() -> None:
    maker = Maker()
    found = profile_column(
        "remark",
        "",
        column(lambda: f"已联系{maker.mobile()},车主同意" if maker.random.random() < 0.4 else "无异常情况"),
    )
    assert found.type == "mobile"
    assert found.tier is not Tier.HIGH
    assert found.evidence.embedded > 0


NEGATIVES: dict[str, Callable[[Maker], str]] = {
    "amounts": lambda maker: f"{maker.random.uniform(1, 99999):.2f}",
    "milliseconds": lambda maker: str(1_700_000_000_000 + maker.random.randint(0, 10**10)),
    "seconds": lambda maker: str(1_700_000_000 + maker.random.randint(0, 10**7)),
    "order numbers of 16 digits": lambda maker: maker.digits(16),
    "order numbers that begin like cards": lambda maker: "62" + maker.digits(17),
    "order numbers with a date": lambda maker: f"202401{maker.random.randint(10, 28)}{maker.digits(10)}",
    "18 digits": lambda maker: maker.digits(18),
    "years": lambda maker: str(maker.random.randint(1990, 2026)),
    "days": lambda maker: f"20{maker.random.randint(10, 25)}-0{maker.random.randint(1, 9)}-1{maker.random.randint(0, 9)}",
    "cities": lambda maker: maker.random.choice(["广州市", "深圳市", "江门市", "黄埔区", "白云区"]),
    "colours": lambda maker: maker.random.choice(["白色", "黄色", "蓝色", "黑色"]),
    "goods": lambda maker: maker.random.choice(["水泥", "钢材", "煤炭", "黄沙", "石油", "粮食"]),
    "posts": lambda maker: maker.random.choice(["高级工程师", "助理工程师", "科员", "主任"]),
    "companies": lambda maker: maker.random.choice(["广州", "深圳"]) + maker.random.choice(["顺达", "安通"]) + "物流有限公司",
    "hashes": lambda maker: f"{maker.random.getrandbits(128):032x}",
    "versions of four parts": lambda maker: ".".join(str(maker.random.randint(0, 9)) for _ in range(4)),
    "fractions": lambda maker: f"{maker.random.random():.4f}",
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(NEGATIVES))
@pytest.mark.parametrize("seed", [11, 12])
def test_what_only_looks_like_a_number_of_somebody_is_left_alone(what: str, seed: int) -> None:
    maker = Maker(seed)
    assert nameless(column(lambda: NEGATIVES[what](maker))).type is None


def test_a_run_of_numbers_is_no_telephone_column() -> None:
    assert nameless(pl.Series([str(13_800_000_000 + place) for place in range(ROWS)])).type is None


def test_an_empty_column_with_a_clear_name_is_a_low_finding() -> None:
    found = profile_column("id_card", "", pl.Series([None, "", "无"], dtype=pl.String))
    assert (found.type, found.tier) == ("resident_id", Tier.LOW)


def test_an_empty_column_without_a_clear_name_is_none() -> None:
    assert profile_column("remark", "", pl.Series([], dtype=pl.String)).type is None


def test_two_columns_side_by_side_are_a_position_also_without_names() -> None:
    maker = Maker()
    lon = column(lambda: f"{maker.random.uniform(110, 117):.6f}")
    lat = column(lambda: f"{maker.random.uniform(21, 25):.6f}")
    found = profile([Column("a", measure(lon)), Column("b", measure(lat))], named=False)
    assert [one.type for one in found] == ["lonlat", "lonlat"]
    assert [one.evidence.neighbour for one in found] == ["b", "a"]


def test_a_lone_column_of_fine_numbers_is_no_position() -> None:
    maker = Maker()
    assert nameless(column(lambda: f"{maker.random.uniform(21, 25):.6f}")).type is None


def test_the_same_number_is_a_driving_licence_where_the_name_says_so() -> None:
    values = column(Maker().resident_id)
    assert profile_column("驾驶证号", "", values).type == "driver_licence"
    assert profile_column("身份证号", "", values).type == "resident_id"


def test_mobiles_and_landlines_share_a_column_of_telephones() -> None:
    maker = Maker()
    found = profile_column(
        "lxdh", "", column(lambda: maker.random.choice([maker.mobile(), maker.mobile(), f"020-8{maker.digits(7)}"]))
    )
    assert (found.type, found.tier) == ("mobile", Tier.HIGH)


def test_counts_of_chunks_add_up_to_the_counts_of_the_whole() -> None:
    values = column(Maker().bank_card)
    whole, parts = measure(values), measure(values[:50]) + measure(values[50:])
    assert (parts.rows, parts.filled, parts.hits["bank_card"], parts.passed["bank_card"]) == (
        whole.rows, whole.filled, whole.hits["bank_card"], whole.passed["bank_card"],
    )  # fmt: skip


def test_evidence_holds_no_value_of_the_column() -> None:
    values = column(Maker().mobile)
    shown = str(profile_column("phone", "", values).as_dict())
    assert not any(value in shown for value in values)


@settings(max_examples=40)
@given(st.lists(st.one_of(st.none(), st.text(max_size=40)), max_size=30), st.text(max_size=20))
def test_no_column_is_an_error(values: list[str | None], name: str) -> None:
    found = profile_column(name, "", pl.Series(values, dtype=pl.String))
    assert 0 <= found.confidence <= 1


ABROAD = {
    "Name": ["John Smith", "Mary Johnson", "James O'Neil", "Linda Brown", "WANG WEI", "Li Na", "Robert Taylor"],
    "Phone": ["(555) 123-4567", "+1-202-555-0143", "555.123.9876", "+44 20 7946 0958", "212-555-0199", "+86 13800138000", "415-555-2671"],
    "DOB": ["01/02/1990", "12/31/1985", "07/04/1976", "02/28/2001", "11/11/1999", "05/06/1988", "03/09/1970"],
    "Address": ["123 Main St, Boston", "9 Elm Road", "Hauptstr. 12, Berlin", "45 Rue de Lyon, Paris", "1 Infinite Loop", "10 Downing Street", "5 Park Ave"],
    "Amount": ["12.50", "99.00", "3.75", "18.20", "44.00", "5.10", "7.77"],
    "City": ["Boston", "Paris", "Berlin", "London", "Austin", "Rome", "Oslo"],
}  # fmt: skip


def test_a_table_of_another_country_is_understood_by_its_headers() -> None:
    found = profile([Column(name, measure(pl.Series(values))) for name, values in ABROAD.items()])
    assert [one.type for one in found] == ["person_name", "mobile", "birth_date", "address", None, None]


def test_names_in_latin_letters_are_known_without_a_header_by_their_words() -> None:
    assert nameless(pl.Series(ABROAD["Name"])).type == "person_name"
    assert nameless(pl.Series(["Road Works", "Heavy Rain", "New Order", "Toll Plaza", "Cold Chain"])).type is None


def test_a_name_beside_a_number_of_somebody_is_surer() -> None:
    maker = Maker(2)
    table = [Column("a", measure(column(maker.person))), Column("b", measure(column(maker.resident_id)))]
    alone, beside = profile(table[:1], named=False)[0], profile(table, named=False)[0]
    assert (alone.tier, beside.tier, beside.evidence.neighbour) == (Tier.MEDIUM, Tier.HIGH, "b")


def test_a_form_with_writing_in_it_is_a_low_finding_though_no_source_confirms_it() -> None:
    maker = Maker(4)
    values = column(lambda: maker.digits(6) + "使")
    found = nameless(values)
    assert (found.type, found.tier, found.evidence.unverified) == ("plate_embassy", Tier.LOW, True)
    assert profile_column("车牌", "", values).tier is not Tier.LOW


def test_the_standards_numbers_are_ethnic_groups_where_the_name_says_so() -> None:
    values = pl.Series(["01", "11", "01", "08", "03", "01", "30"] * 5)
    assert (profile_column("民族", "", values).type, profile_column("楼层", "", values).type) == ("ethnic", None)
    assert profile_column("", "", pl.Series(["01-汉族", "11-满族", "08-壮族"] * 5)).type == "ethnic"


def test_small_numbers_without_that_of_the_han_are_no_ethnic_groups() -> None:
    assert profile_column("mz", "", pl.Series(["20", "35", "42", "38", "44"] * 5)).type is None


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("MMSI", "970" + "{:06}", "mmsi"),  # a search and rescue transmitter, not a ship of China
        ("微信交易号", "420000{:04}20250611{:010}", "payment_id"),
        ("trade_no", "4200{:06}20250611{:010}", "payment_id"),
        ("国籍代码", "{:03}", "nationality"),
    ],
)
def test_a_name_is_believed_with_the_other_forms_of_its_type(name: str, value: str, kind: str) -> None:
    maker = Maker(9)
    values = [value.format(*(int(maker.digits(size)) for size in _sizes(value))) for _ in range(30)]
    assert profile_column(name, "", pl.Series(values)).type == kind


def _sizes(form: str) -> list[int]:
    return [int(one) for one in re.findall(r":0(\d+)", form)]


def test_millimetres_are_no_password() -> None:
    maker = Maker(5)
    measured = pl.Series([f"{maker.digits(3)}.{maker.digits(2)}" for _ in range(30)])
    secret = pl.Series([f"{maker.digits(3)}.{maker.digits(2)}kR!" for _ in range(30)])
    assert (profile_column("crack_mm", "", measured).type, profile_column("crack_mm", "", secret).type) == (
        None,
        "password",
    )


def test_records_of_offences_are_told_by_their_words() -> None:
    values = pl.Series(["2011年因饮酒驾驶被暂扣", "强制戒毒两年", "行政拘留十日", "判处缓刑"])
    assert profile_column("", "", values).type == "criminal"


def test_one_longitude_has_one_latitude() -> None:
    maker = Maker(7)
    made = {
        "a": [f"11{maker.digits(1)}.{maker.digits(5)}" for _ in range(40)],
        "b": [f"2{maker.digits(1)}.{maker.digits(5)}" for _ in range(40)],
        "c": [f"3{maker.digits(1)}.{maker.digits(3)}" for _ in range(40)],
    }
    columns = [Column(name, measure(pl.Series(values))) for name, values in made.items()]
    assert [found.type for found in profile(columns, named=False)] == ["lonlat", "lonlat", None]


def test_templates_in_base64_are_biometric_where_initials_hint_at_it() -> None:
    maker = Maker(7)
    values = pl.Series([b64encode(maker.random.randbytes(192)).decode() for _ in range(30)])
    assert (profile_column("zwmb", "", values).type, profile_column("sign", "", values).type) == ("biometric", None)


@pytest.mark.parametrize("kind", ["passport", "hkid", "twid"])
def test_small_letters_do_not_hide_a_document(kind: str) -> None:
    values = {"passport": "e{}", "hkid": "a{}(5)", "twid": "a1{}"}[kind]
    sizes, names = (
        {"passport": 8, "hkid": 6, "twid": 8},
        {"passport": "护照号", "hkid": "香港身份证", "twid": "台湾身份证"},
    )
    maker = Maker(2)
    assert profile_column(names[kind], "", column(lambda: values.format(maker.digits(sizes[kind])))).type == kind


@pytest.mark.parametrize("how", ["{}女士", "{}先生", "{}站长", "{}总经理"])
def test_names_with_how_their_bearers_are_addressed_are_names(how: str) -> None:
    maker = Maker(4)
    assert nameless(column(lambda: how.format(maker.person()))).type == "person_name"


def test_posts_that_end_as_people_are_addressed_are_nobody() -> None:
    posts = ("客运站长", "养护队长", "收费班长", "安全主任", "票务主任", "调度组长", "值班经理", "运营经理", "大堂经理")
    assert profile_column("岗位", "", pl.Series(posts * 3)).type is None
    assert nameless(pl.Series(posts * 3)).type is None


def test_extensions_that_begin_alike_make_no_serial_of_telephones() -> None:
    maker = Maker(6)
    extended = column(lambda: f"020-8{maker.digits(7)}-80{maker.digits(2)}")
    assert nameless(extended).type == "landline"


@pytest.mark.parametrize(("name", "kind"), [("sim", "m2m_number"), ("card_batch", None)])
def test_a_block_of_numbers_is_believed_where_the_name_hints_at_it(name: str, kind: str | None) -> None:
    maker = Maker(6)
    assert profile_column(name, "", column(lambda: "14400" + maker.digits(6))).type == kind


def test_short_names_of_peoples_are_known_by_the_han_among_them() -> None:
    peoples = pl.Series(["汉", "壮", "瑶", "回", "汉", "满", "汉"] * 6)
    assert nameless(peoples).type == "ethnic"
    assert nameless(pl.Series(["土", "水", "京", "白"] * 6)).type is None
    assert nameless(pl.Series(["汉", "水", "京", "木", "汉", "火"] * 6)).type is None


@pytest.mark.parametrize("name", ["view_cnt", "talk_ms", "上行字节"])
def test_counters_of_which_some_are_as_long_as_telephones_are_none(name: str) -> None:
    maker = Maker(8)
    counted = column(lambda: maker.mobile() if maker.random.random() < 0.6 else maker.digits(8))
    assert profile_column(name, "", counted).type is None
    assert profile_column("lxdh", "", counted).type == "mobile"


@pytest.mark.parametrize("name", ["goods_name", "sku_name", "物料名称", "品牌"])
def test_goods_that_are_called_after_people_are_no_people(name: str) -> None:
    maker = Maker(3)
    brands = column(maker.person)
    assert profile_column(name, "", brands).type is None
    assert profile_column("owner", "", brands).type == "person_name"


def test_numbers_of_documents_are_no_addresses() -> None:
    maker = Maker(3)
    assert nameless(column(lambda: f"穗路桥〔20{maker.digits(2)}〕{maker.digits(3)}号")).type is None


def test_a_label_that_says_the_nationality_is_taken_off() -> None:
    labelled = pl.Series([f"国籍：{one}" for one in ("俄罗斯", "韩国", "日本", "美国", "越南", "泰国") * 4])
    assert profile_column("国籍", "", labelled).type == "nationality"
