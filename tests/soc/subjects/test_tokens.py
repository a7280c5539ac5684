"""Tokens are an installation's own, of one purpose, and say the type and nothing else."""

import re
from pathlib import Path

from hypothesis import given

from soc.crypto import KeyRing, Purpose
from soc.subjects import SubjectValue, Tokens, tokens_of
from soc.subjects.tokens import BITS
from tests.soc.subjects.test_values import VALUES

ID = SubjectValue("resident_id", "11010519491231002X")


@given(VALUES)
def test_a_token_says_the_type_and_no_part_of_the_value(found: SubjectValue) -> None:
    token = Tokens.of(b"1" * 32).of_text(found.value)
    assert token is not None
    assert re.fullmatch(rf"{found.type}:[a-z2-7]{{{BITS // 5}}}", token)
    assert found.value.lower() not in token


@given(VALUES)
def test_another_installations_key_gives_another_token(found: SubjectValue) -> None:
    assert Tokens.of(b"1" * 32).of_text(found.value) != Tokens.of(b"2" * 32).of_text(found.value)


def test_without_a_key_no_log_has_a_token_and_looking_makes_none(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path)
    assert tokens_of(ring, ID) == ()
    assert not ring.has(Purpose.LOG_SUBJECTS)


def test_a_rotated_key_is_looked_under_after_todays(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path)
    old = Tokens.of(ring.current(Purpose.LOG_SUBJECTS).secret).of_text(ID.value)
    new = Tokens.of(ring.rotate(Purpose.LOG_SUBJECTS).secret).of_text(ID.value)
    assert tokens_of(ring, ID) == (new, old)
    assert old != new


def test_the_masked_copies_key_is_another(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path)
    assert ring.current(Purpose.LOG_SUBJECTS).secret != ring.current(Purpose.PROTECTION_TOKENS).secret
