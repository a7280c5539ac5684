"""One automaton says what all the patterns would say one by one."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.discovery.measure import EMBEDDED
from detectors.recognizers.definition import Proof, recognizers, sentence_pattern
from detectors.recognizers.scanner import LETTERS, hidden, matches, sieve
from tests.detectors.made import Maker

KINDS = ["resident_id", "uscc", "mobile", "bank_card", "plate", "plate_nev", "vin", "email"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_is_found_by_its_type(kind: str) -> None:
    value = getattr(Maker(5), kind)()
    assert value in matches([value])[kind]


def test_separators_and_small_letters_are_put_into_form() -> None:
    assert matches(["粤b·12345"])["plate"] == ["粤B12345"]
    assert matches(["6222 0212 3456 7890 128"])["bank_card"] == ["6222021234567890128"]


def test_a_vin_has_letters() -> None:
    assert "vin" not in matches(["12345678901234567"])
    assert "vin" not in matches(["G0098440001897013"])


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("0123456789ABXx粤京@.-:张三省市 "), max_size=20))
def test_the_automaton_agrees_with_the_patterns_one_by_one(value: str) -> None:
    import re2

    found = set(matches([value]))
    for one in recognizers().values():
        if one.pattern is None or one.proof is Proof.OWN:
            continue
        plain = re.sub(f"[{re.escape(one.strip)}]", "", value) if one.strip else value
        plain = plain.upper() if one.upper else plain
        expected = re2.fullmatch(one.pattern, plain) is not None and (
            not one.letters or re.search(LETTERS, plain) is not None
        )
        assert (one.id in found) == expected, (one.id, value)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("138****8000", "mobile"),
        ("440106********1234", "resident_id"),
        ("4****************X", "resident_id"),
        ("6222***********0128", "bank_card"),
        ("粤A***45", "plate"),
        ("张**", "person_name"),
        ("020-8****12", "landline"),
        ("1990-**-**", "birth_date"),
    ],
)
def test_a_masked_value_is_known_by_what_is_left(value: str, kind: str) -> None:
    assert kind in hidden([value])


PARTS = st.sampled_from(
    ["13800138000", "+86 138 0013 8000", "11010519491231002X", "6222021234567890128", "a.b@c.cn", "粤A12345", "粤B·D12345",
     "password = abcd1", "口令：abcd", "Authorization:\u3000Bearer abcdefgh", "jdbc:mysql://u:p@h/d", "AKIAABCDEFGHIJKLMNOP",
     "LSVDEU2FX7WTY0612", "91440309MAK2A2CRA7", "-----BEGIN RSA PRIVATE KEY-----", "eyJabcdefghi.eyJabcdefghi.abcdefgh",
     "电话", " ", "，", "１３８００１３８０００", "x", "9", "٣", "\u3000"]
)  # fmt: skip


@given(st.lists(PARTS, max_size=6).map("".join) | st.text(max_size=30))
def test_the_sieve_lets_every_text_through_that_holds_a_value(text: str) -> None:
    held = [name for name in EMBEDDED if sentence_pattern(name).search(text)]
    assert not held or sieve(EMBEDDED).Match(text)
