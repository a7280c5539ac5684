"""What every operator promises, for any value."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.protection.operators import OPERATORS, Use
from policies.protection.operators.encrypt import aes_gcm, decrypt, is_encrypted, sm4_gcm
from policies.protection.operators.partial import partial
from policies.protection.operators.token import token
from policies.protection.shapes import Shape, Style
from soc.crypto import KeyRing, SealError

VALUES = st.text(min_size=1, max_size=40)
VISIBLE = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x9FA5, exclude_categories=["Cs", "Z", "C"]), min_size=1
)
SHAPES = st.builds(Shape, keep_first=st.integers(0, 20), keep_last=st.integers(0, 20)) | st.builds(
    Shape, hide_last=st.integers(1, 9)
)


@pytest.fixture(scope="module")
def use(tmp_path_factory: pytest.TempPathFactory) -> Use:
    return Use(KeyRing(tmp_path_factory.mktemp("keys")), "analysis")


def shaped(use: Use, shape: Shape) -> Use:
    return Use(use.ring, use.purpose, shape)


@given(one=VALUES, other=VALUES)
def test_tokens_join_as_the_values_did(use: Use, one: str, other: str) -> None:
    assert (token(one, use) == token(other, use)) == (one == other)


@given(value=st.text(min_size=4, max_size=40))
def test_a_token_holds_nothing_of_its_value(use: Use, value: str) -> None:
    made = token(value, use)
    assert len(made) == 28
    assert value not in made


@given(value=VALUES)
def test_tokens_of_two_purposes_do_not_join(use: Use, value: str) -> None:
    assert token(value, use) != token(value, Use(use.ring, "sharing"))


def test_a_token_is_the_same_in_the_next_process(use: Use) -> None:
    assert token("13800138000", use) == token("13800138000", Use(KeyRing(use.ring.folder), "analysis"))


def test_tokens_of_another_installation_are_others(use: Use, tmp_path: Path) -> None:
    assert token("13800138000", use) != token("13800138000", Use(KeyRing(tmp_path), "analysis"))


@settings(deadline=None)
@given(value=VALUES, encrypt=st.sampled_from([aes_gcm, sm4_gcm]))
def test_what_was_encrypted_can_be_decrypted(use: Use, value: str, encrypt: object) -> None:
    made = encrypt(value, use)  # type: ignore[operator]
    assert is_encrypted(made)
    assert decrypt(made, use) == value


@pytest.mark.parametrize("text", ["enc:", "enc:AAAA", "enc:汉", "enc:!!!!", "13800138000"])
def test_what_is_no_cipher_text_is_refused(use: Use, text: str) -> None:
    with pytest.raises(SealError):
        decrypt(text, use)


def test_a_value_encrypted_for_one_purpose_does_not_open_for_another(use: Use) -> None:
    with pytest.raises(SealError):
        decrypt(aes_gcm("x", use), Use(use.ring, "testing"))


def test_equal_values_are_encrypted_unequally(use: Use) -> None:
    assert sm4_gcm("x", use) != sm4_gcm("x", use)


@given(value=VISIBLE, shape=SHAPES)
def test_a_partial_mask_keeps_the_length_and_hides_two_characters_and_a_quarter(
    use: Use, value: str, shape: Shape
) -> None:
    made = partial(value, shaped(use, shape))
    assert len(made) == len(value)
    hidden = sum(1 for a, b in zip(value, made, strict=True) if b == "*" or a != b)
    assert hidden >= min(len(value), max(2, len(value) // 4))


@pytest.mark.parametrize(
    ("value", "shape", "masked"),
    [
        ("11010519491231002X", Shape(1, 1), "1****************X"),
        ("13800138000", Shape(3, 4), "138****8000"),
        ("138", Shape(3, 4), "***"),
        ("粤A12345", Shape(3, 2), "粤A1**45"),
        ("020-83730000", Shape(hide_last=4), "020-8373****"),
        ("zhang.san@gd.gov.cn", Shape(style=Style.EMAIL), "z***@gd.gov.cn"),
        ("z@gd.gov.cn", Shape(style=Style.EMAIL), "***@gd.gov.cn"),
        ("no mail", Shape(style=Style.EMAIL), "*******"),
        ("张三", Shape(style=Style.NAME), "张*"),
        ("欧阳修", Shape(style=Style.NAME), "欧阳*"),
        ("John Smith", Shape(style=Style.NAME), "J*** S****"),
        ("广东省广州市越秀区白云路27号", Shape(style=Style.PLACE), "广东省广州市越秀区****"),
        ("白云路27号", Shape(style=Style.PLACE), "****"),
        ("越秀区", Shape(style=Style.PLACE), "越****"),
        ("1980-01-02", Shape(style=Style.YEAR), "1980-**-**"),
        ("19800102", Shape(style=Style.YEAR), "1980****"),
        ("113.26435,23.12908", Shape(style=Style.ROUND), "113.26,23.13"),
        ("10.1.2.3", Shape(style=Style.NETWORK), "10.1.2.*"),
        ("", Shape(1, 1), ""),
    ],
)
def test_masks_look_as_the_reference_says(use: Use, value: str, shape: Shape, masked: str) -> None:
    assert partial(value, shaped(use, shape)) == masked


@given(value=VALUES, name=st.sampled_from(sorted(OPERATORS)))
@settings(deadline=None)
def test_no_operator_fails_on_any_text(use: Use, value: str, name: str) -> None:
    made = OPERATORS[name].apply(value, use)
    assert made is None or isinstance(made, str)


@given(value=VALUES)
def test_suppressed_is_nothing_at_all(use: Use, value: str) -> None:
    assert OPERATORS["suppress"].apply(value, use) is None
