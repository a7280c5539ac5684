"""What names of columns say, and what they do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.recognizers import vocabulary
from detectors.recognizers.hints import SURE, read_name, words


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


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("user_passwrod", "password"),
        ("id_crad_no", ""),
        ("bank_acocunt_no", "bank_account"),
        ("drivng_licence", "driver_licence"),
        ("wecaht_id", "wechat"),
        ("nationallity", "nationality"),
    ],
)
def test_a_slip_of_the_pen_in_a_long_word_is_seen_through(name: str, kind: str) -> None:
    assert read_name(name).sure == (frozenset({kind}) if kind else frozenset())


@pytest.mark.parametrize("name", ["contrast", "stations", "plane_no", "rational", "tolls", "country", "signer_date"])
def test_another_word_is_no_slip(name: str) -> None:
    assert not read_name(name).sure


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("fing_temp", "biometric"),
        ("weix_acco", "wechat"),
        ("qq_numb", "qq"),
        ("iden_card_numb", "resident_id"),
        ("driv_lice_no", "driver_licence"),
        ("engi_seri", "engine_no"),
    ],
)
def test_words_that_were_cut_off_say_what_the_whole_ones_say(name: str, kind: str) -> None:
    assert read_name(name).sure == {kind}


@pytest.mark.parametrize(
    "name",
    ["sign_date", "inspection_date", "qi_dian_di_ming", "FERRY_NAME", "port_code", "vehi_type", "temp_valu", "road"],
)
def test_whole_words_are_not_taken_for_beginnings(name: str) -> None:
    assert not read_name(name).sure


@given(st.sampled_from(vocabulary.english()), st.data())
def test_a_slip_leads_back_to_the_word_or_stays_as_it_was_written(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(word) - 2))
    slipped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    assert vocabulary.meant(word) == word
    assert vocabulary.meant(slipped) in {word, slipped} or vocabulary.meant(slipped) in vocabulary.english()


@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=12))
def test_any_letters_are_read_without_an_error(word: str) -> None:
    assert vocabulary.meant(word)[:1] == word[:1]
    assert all(one.startswith(word) for one in vocabulary.cut_off(word))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("passport_nos", "passport"),
        ("mobiles", "mobile"),
        ("vessel_mmsis", "mmsi"),
        ("iris_image_path", "biometric"),
        ("声纹文件", "biometric"),
        ("虹膜图像地址", "biometric"),
        ("引擎编号", "engine_no"),
        ("nvc_driver_name", "person_name"),
    ],
)
def test_plurals_carriers_and_the_tails_of_a_number_say_the_type(name: str, kind: str) -> None:
    assert kind in read_name(name).sure


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("lessorAccount", "bank_account"),
        ("LESSEE_ACCT", "bank_account"),
        ("sailor_nation", "nationality"),
        ("bus_plate", "plate_temp_emerg"),
        ("tkt_no", "bus_ticket"),
    ],
)
def test_an_ambiguous_last_word_and_a_familys_name_are_hints(name: str, kind: str) -> None:
    assert read_name(name).of(kind) > 0


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("iris_status", "biometric"),  # what a state is of is not in it
        ("export_country", "nationality"),  # goods have a country too
        ("镜像指纹", "biometric"),
        ("ssh_fingerprint", "biometric"),
        ("passport_url", "passport"),  # a link is no number
        ("tj", "health"),
    ],
)
def test_what_only_sounds_like_a_type_is_not_surely_it(name: str, kind: str) -> None:
    assert kind not in read_name(name).sure


@pytest.mark.parametrize("word", ["gps", "bus", "status", "address", "sms", "txbs"])
def test_a_word_that_ends_in_s_is_not_always_a_plural(word: str) -> None:
    assert vocabulary.singular(word) == word


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("plain_pwd_bak", "password"),
        ("mobile_old", "mobile"),
        ("wx_acct", "wechat"),
        ("shebao_kh", "social_card"),
        ("YB_CARDNO", "medical_insurance"),
        ("motor_sn", "engine_no"),
        ("pnr_ticket", "eticket"),
        ("diastolic", "health"),
        ("监管专户", "bank_account"),
    ],
)
def test_second_copies_and_words_put_together_say_a_type(name: str, kind: str) -> None:
    assert read_name(name).of(kind) == SURE


def test_three_initials_at_the_end_of_others_do_not_speak_for_a_form_that_no_source_confirms() -> None:
    assert read_name("XYBH").of("medical_insurance") == 0.0
    assert read_name("ybh").of("medical_insurance") > 0.0
