"""What names of columns say, and what they do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.recognizers.hints import read_name, words


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sfzh", "resident_id"),
        ("id_card_no", "resident_id"),
        ("ownerIdCard", "resident_id"),
        ("证件号码", "resident_id"),
        ("驾驶证号", "driver_licence"),
        ("driverMobile", "mobile"),
        ("手机号码", "mobile"),
        ("联系电话2", "mobile"),
        ("cphm", "plate"),
        ("车牌号", "plate"),
        ("VIN码", "vin"),
        ("用户QQ", "qq"),
        ("身份证地址", "address"),
        ("法定代表人姓名", "person_name"),
        ("driver_name", "person_name"),
        ("ETC卡号", "etc_card"),
        ("姓名（必填）", "person_name"),
        ("1、联系电话*", "mobile"),
        ("F_SFZH", "resident_id"),
        ("jsysfzh", "resident_id"),
        ("c_driver_name", "person_name"),
        ("legalRepName", "person_name"),
    ],
)
def test_a_clear_name_says_its_type(name: str, kind: str) -> None:
    assert kind in read_name(name).sure


@pytest.mark.parametrize(
    "name", ["手机品牌", "phone_count", "phone_verified", "合同金额", "created_at", "订单编号", "station_name"]
)
def test_the_last_word_decides_what_a_name_means(name: str) -> None:
    opinion = read_name(name)
    assert opinion.other
    assert not opinion.types


@pytest.mark.parametrize("name", ["area", "remark", "c7", "pipeline", "multiplate", "telescope"])
def test_a_type_within_another_word_is_not_heard(name: str) -> None:
    assert not read_name(name).sure


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("从业资格证件号", "practitioner_cert"),
        ("id_card_encrypted", "resident_id"),
        ("审批人", "person_name"),
        ("jsyxm2", "person_name"),
    ],
)
def test_words_in_the_middle_and_roles_are_hints(name: str, kind: str) -> None:
    assert read_name(name).of(kind) > 0


def test_a_comment_speaks_where_the_name_does_not() -> None:
    assert "resident_id" in read_name("f3", "身份证号（脱敏前）").sure


def test_camel_case_and_underscores_are_cut_alike() -> None:
    assert words("driverIDCard2") == words("driver_ID_card_2") == ["driver", "id", "card", "2"]


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_name_is_an_error(name: str, comment: str) -> None:
    read_name(name, comment)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("jingyingxukezhenghao", "operating_licence"),
        ("gangkouqiyejingyingxukezhenghao", "operating_licence"),
        ("tyshxydm", "uscc"),
        ("brth_dt", "birth_date"),
        ("yinhangzhanghao", "bank_account"),
    ],
)
def test_a_name_in_pinyin_or_without_its_vowels_says_what_the_word_says(name: str, kind: str) -> None:
    assert kind in read_name(name).sure


def test_a_comment_that_says_something_else_takes_the_word_from_initials() -> None:
    assert read_name("sbkh").of("social_card") == 1
    assert read_name("sbkh", "设备卡槽").of("social_card") < 0.5


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("psgr_phn", "mobile"),
        ("hlth_cond", "health"),
        ("mdcl_insrnc_no", "medical_insurance"),
        ("flt_no", "flight_no"),
        ("fp_tmpl", "biometric"),
        ("JSZDABH", "driver_file_no"),
        ("外交车牌", "plate_embassy"),
        ("military_vehicle_plate", "plate_military"),
        ("无犯罪证明核验", "criminal"),
        ("jt809_access_code", "jt809_code"),
        ("wfzm(无犯罪证明)", "criminal"),
    ],
)
def test_synonyms_shortened_words_and_initials_with_tails_say_the_type(name: str, kind: str) -> None:
    assert kind in read_name(name).sure


def test_initials_that_two_families_share_are_a_hint_to_both() -> None:
    assert max(read_name("sbbh").types.values()) < 1
