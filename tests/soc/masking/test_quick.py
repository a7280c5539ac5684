"""What looks sensitive is masked in running text."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc.ledger.types import definitions
from soc.masking import mask_text, masked, quick, suspects
from soc.masking.rules import rules


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("tel 13800138000.", "tel 138****8000."),
        ("电话13800138000，备用13900139000", "电话138****8000，备用139****9000"),
        ("/p/440106199001011234/x", "/p/440106********1234/x"),
        ("44010619900101123X", "440106********123X"),
        ("card 6222021234567890123", "card 622202******0123"),
        ("粤A12345 passed", "粤A***45 passed"),
        ("/v/%E7%B2%A4A12345?x=1", "/v/%E7%B2%A4A***45?x=1"),
        ("mail zhang.san@example.com", "mail z***@example.com"),
        ("a=1&token=abc.def&b=2", "a=1&token=***&b=2"),
        ("name=%E5%BC%A0&page=2", "name=***&page=2"),
    ],
)
def test_values_are_masked(text: str, shown: str) -> None:
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    "text", ["order 202611220001", "1795312800123", "filename=x.txt", "2026-11-22 10:00:00", "G1380013"]
)
def test_ordinary_numbers_and_words_stay(text: str) -> None:
    assert mask_text(text) == text


@given(st.text(st.sampled_from("0123456789X 粤A@.%=&tokename"), max_size=40))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask_text(text)
    assert mask_text(once) == once


@given(st.lists(st.none() | st.sampled_from(["13800138000", "plain", "粤A12345", ""]), max_size=8))
def test_a_column_is_masked_as_its_texts_are(texts: list[str | None]) -> None:
    column = pl.Series("c", texts, dtype=pl.String)
    assert masked(column).to_list() == [None if text is None else mask_text(text) for text in texts]


_pieces = st.lists(
    st.sampled_from(
        [
            *"name= TOKEN= api_key= & ; a Z 9 13800138000 1380013 138 0013 8000 86 440106199001011234 @ %40 zhang.san "
            "example.com 粤 A12345 %E7%B2%A4 中 / - 6222 62220212 3456 7890 898601 ABCDEF0123456 JSessionId= SESSION "
            "abcdefgh12 AUTHORIZATION: Bearer X-Csrf-Token: AKIAABCDEFGHIJKLMNOP mysql://u:p@h 8986".split(),
            " ",
            "\u3000",
            '"',
        ]
    ),
    max_size=9,
).map("".join)


@given(_pieces)
def test_what_any_rule_would_hide_is_suspected_and_hidden(text: str) -> None:
    hidden = [name for name, rule in rules().items() if rule.applied(text) != text]
    if hidden:
        assert suspects(pl.Series([text])).to_list() == [True], hidden
        assert mask_text(text) != text, hidden


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("tel 138 0013 8000 x", "tel 138****8000 x"),
        ("tel 138-00138000", "tel 138****8000"),
        ("tel 1380013 8000", "tel 138****8000"),
        ("card 6222 0212 3456 7890", "card 622202******7890"),
        ("JSessionID=abcdefgh12", "***"),
    ],
)
def test_numbers_are_masked_in_the_groups_that_people_write(text: str, shown: str) -> None:
    assert mask_text(text) == shown
    assert masked(pl.Series([text])).to_list() == [shown]


@pytest.mark.parametrize(
    "text", ["AUDIT: SESSION,1,1,READ", '304 88715 "', "2026-11-22 10:00:00.123 CST [1234]", "200 1234567 -", "1 2 3 4"]
)
def test_what_every_line_of_a_server_has_is_not_suspected(text: str) -> None:
    assert suspects(pl.Series([text])).to_list() == [False]


@given(st.lists(st.none() | _pieces, max_size=12))
def test_what_is_masked_was_suspected(texts: list[str | None]) -> None:
    said = suspects(pl.Series(texts, dtype=pl.String)).to_list()
    changed = [text is not None and mask_text(text) != text for text in texts]
    assert all(suspected for suspected, masks in zip(said, changed, strict=True) if masks)


@given(st.lists(st.none() | _pieces, max_size=12))
def test_any_column_is_masked_as_its_texts_are(texts: list[str | None]) -> None:
    column = pl.Series("c", texts, dtype=pl.String)
    assert masked(column).to_list() == [None if text is None else mask_text(text) for text in texts]


def test_a_number_that_goes_on_in_the_next_text_is_none() -> None:
    assert suspects(pl.Series(["a 138001", "38000 b", "13800138000"])).to_list() == [False, False, True]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefgh12 end", "jwt eyJ*** end"),
        ("key LTAI5tAbCdEfGh123456", "key LTAI***"),
        ("Authorization: Bearer abcdefgh12345", "***"),
        ("jdbc:mysql://app:Secret1@10.1.1.1/gd", "jdbc:***10.1.1.1/gd"),
        ("JSESSIONID=ABCDEF123456", "***"),
        ("sim 89860012345678901234", "sim 898600******1234"),
    ],
)
def test_secrets_and_numbers_of_the_catalogue_are_masked(text: str, shown: str) -> None:
    assert mask_text(text) == shown


def test_every_definition_that_is_to_be_hidden_has_its_rule_and_the_rules_are_used() -> None:
    hidden = {name for name, table in definitions().items() if "log" in table}
    used = {*quick.NUMBERS, *quick.SECRETS, *quick.OTHERS}
    assert set(rules()) == hidden == used


@pytest.mark.parametrize("name", sorted(rules()))
def test_a_value_that_a_definition_knows_is_hidden_by_the_log_masker(name: str) -> None:
    from detectors.discovery.evaluation.draw import Draw
    from detectors.discovery.evaluation.numbers import VALUES, row

    draw = Draw(6)
    for value in (
        VALUES[name](draw, row(draw)).replace(" ", "").replace("-", "")
        if name == "mobile"
        else VALUES[name](draw, row(draw))
        for _ in range(30)
    ):
        text = f"request by {value} ok"
        assert value not in mask_text(text)
        assert masked(pl.Series([text])).to_list() == [mask_text(text)]
