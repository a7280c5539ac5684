"""The shipped definitions: complete, with patterns that compile and find the published values."""

import polars as pl
import pytest

from detectors.recognizers.checksums import CHECKS
from detectors.recognizers.definition import Proof, recognizers, sentence_pattern
from detectors.recognizers.values import without

PUBLISHED = [
    ("resident_id", "11010519491231002X", "11010519491331002X"),
    ("hkmotw_residence", "810000199408230021", "840000199408230021"),
    ("foreign_pr", "CHN310101180102", "CHN31010118010"),
    ("passport", "E12345678", "E1234567"),
    ("passport", "EF1260892", "EI1260892"),
    ("hkmo_permit_in", "H1234567801", "X12345678"),
    ("permit_out", "CA1234567", "CI1234567"),
    ("military_id", "军字12345678", "军字12"),
    ("practitioner_cert", "4401000201023123456", "44010002010231234"),
    ("licence_text", "粤交运管许可穗字440100300123号", "交运管字号"),
    ("penalty_no", "粤穗交罚〔2024〕123456号", "罚2024"),
    ("uscc", "91350100M000100Y43", "91350100I000100Y43"),
    ("mobile", "13800138000", "12800138000"),
    ("landline", "020-83730000", "0000-83730000"),
    ("email", "zhang.san@gd.gov.cn", "a@b"),
    ("bank_card", "6222021234567890128", "7222021234567890128"),
    ("payment_id", "2024010122001412345678901234", "20241301"),
    ("plate", "粤B·A1B23", "粤I12345"),
    ("plate_nev", "粤B12345F", "粤AD1234"),
    ("plate_embassy", "粤A0023领", "使12"),
    ("vin", "1M8GDM9AXKP042788", "1M8GDM9AIKP042788"),
    ("etc_card", "44011234567890123456", "4401123456789012345"),
    ("toll_pass_id", "4401123456789012345620240101120000", "20240101"),
    ("imsi", "460001234567890", "461001234567890"),
    ("iccid", "89860012345678901234", "8886001234567890123"),
    ("ip", "10.1.2.3", "300.1.2.3"),
    ("ip", "2001:db8::1", "2001:zz8::1"),
    ("mac", "00:1A:2B:3C:4D:5E", "00:1A:2B:3C:4D"),
    ("stake_no", "G15K3012+500", "G15"),
    ("bridge_code", "G15440113L0010", "G15"),
    ("mmsi", "413123456", "313123456"),
    ("container", "CSQU3054383", "CSQX3054383"),
    ("jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefgh12", "eyJ"),
    ("jdbc", "postgresql://app:Secret1@10.1.1.1:5432/gd", "http://a"),
    ("cloud_ak", "LTAI5tAbCdEfGh123456", "LTAI"),
]


def matches(name: str, value: str) -> bool:
    one = recognizers()[name]
    assert one.pattern
    return bool(without(pl.Series([value]), one.strip, upper=one.upper).str.contains(one.pattern)[0])


@pytest.mark.parametrize(("name", "right", "wrong"), PUBLISHED)
def test_the_published_value_matches_and_the_faulty_one_does_not(name: str, right: str, wrong: str) -> None:
    assert matches(name, right)
    assert not matches(name, wrong)


@pytest.mark.parametrize("name", sorted(recognizers()))
def test_every_pattern_compiles_for_columns_and_for_sentences(name: str) -> None:
    one = recognizers()[name]
    for pattern in (one.pattern, one.masked, one.also):
        assert pattern is None or pl.Series(["x"]).str.contains(pattern).dtype == pl.Boolean
    if one.text:
        assert sentence_pattern(name).search("") is None


@pytest.mark.parametrize("name", sorted(recognizers()))
def test_what_needs_a_check_digit_names_one_that_exists(name: str) -> None:
    one = recognizers()[name]
    assert (one.check in CHECKS) == (one.proof is Proof.CHECK)


def test_han_characters_beside_digits_do_not_hide_a_number_and_digits_do() -> None:
    mobile = sentence_pattern("mobile")
    assert mobile.search("电话13800138000登记")
    assert not mobile.search("订单9138001380001")


def test_case_is_not_ignored_for_plates() -> None:
    assert not sentence_pattern("plate").search("粤b12345")
