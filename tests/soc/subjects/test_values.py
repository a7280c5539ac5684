"""A subject is the same in every writing, and what is a number of nobody is no subject."""

import string
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc.demo.checkdigits import luhn_digit, uscc_mark, vin_mark
from soc.subjects import SubjectValue, subject_of

_REGIONS = ("110105", "440106", "650102")
_MARKS = "10X98765432"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _resident(region: str, days: int, order: int) -> str:
    body = f"{region}{date(1930, 1, 1) + timedelta(days):%Y%m%d}{order:03}"
    return body + _MARKS[sum(int(one) * weight for one, weight in zip(body, _WEIGHTS, strict=True)) % 11]


residents = st.builds(_resident, st.sampled_from(_REGIONS), st.integers(0, 30_000), st.integers(0, 999))
mobiles = st.builds("1{}{:09}".format, st.integers(3, 9), st.integers(0, 999_999_999))
plates = st.builds("{}{}{:05}".format, st.sampled_from("粤京沪"), st.sampled_from("ABCDEFGH"), st.integers(0, 99_999))
cards = st.builds("6222{:014}".format, st.integers(0, 10**14 - 1)).map(lambda body: body + luhn_digit(body))
firms = st.builds("91440106{}".format, st.text("ABCDEFGHJKLM", min_size=9, max_size=9)).map(lambda b: b + uscc_mark(b))


def _vin(body: str) -> str:
    return body[:8] + vin_mark(f"{body}0001") + body[9:] + "0001"


vins = st.text("ABCDEFGHJKLMNPRSTUVWXYZ", min_size=13, max_size=13).map(_vin)
emails = st.from_regex(r"[a-z][a-z0-9]{1,9}@[a-z]{2,8}\.com", fullmatch=True)
KINDS = {
    "resident_id": residents, "mobile": mobiles, "plate": plates, "bank_card": cards, "uscc": firms, "vin": vins,
    "email": emails,
}  # fmt: skip
VALUES = st.one_of(*(st.builds(SubjectValue, st.just(name), values) for name, values in KINDS.items()))


@given(VALUES, st.data())
def test_every_writing_of_a_value_is_the_same_subject(found: SubjectValue, data: st.DataObject) -> None:
    text = found.value.lower() if data.draw(st.booleans()) else found.value.upper()
    if found.type != "email":
        gaps = data.draw(st.lists(st.sampled_from(["", "", " ", "-"]), min_size=len(text), max_size=len(text)))
        text = "".join(sign + gap for sign, gap in zip(text, gaps, strict=True))
    if data.draw(st.booleans()):
        wide = {ord(sign): ord(sign) + 0xFEE0 for sign in string.digits + string.ascii_letters}
        text = text.translate(wide)
    assert subject_of(f" {text}\n") == found


@given(mobiles, st.sampled_from(["+86", "86", "0086", "+86 ", "+86-"]))
def test_a_mobile_with_its_countrys_prefix_is_the_same_subject(number: str, prefix: str) -> None:
    assert subject_of(prefix + number) == SubjectValue("mobile", number)


@given(residents, st.integers(1, 9))
def test_a_resident_id_with_another_digit_is_nobodys(value: str, more: int) -> None:
    changed = value[:16] + str((int(value[16]) + more) % 10) + value[17]
    assert subject_of(changed) is None or subject_of(changed).type != "resident_id"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    ["", " ", "张三", "12345", "1795399200123", "2026-11-23 10:00:00", "a@b", "8a1b13800138000c", "粤B", "9" * 65],
)
def test_what_is_nobodys_number_is_no_subject(text: str) -> None:
    assert subject_of(text) is None


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error_and_the_same_again(text: str) -> None:
    found = subject_of(text)
    assert found is None or subject_of(found.value) == found


@given(VALUES)
def test_a_value_is_not_printed(found: SubjectValue) -> None:
    assert found.value not in repr(found)
