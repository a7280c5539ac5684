from pathlib import Path

import pytest
from presidio_anonymizer.entities import RecognizerResult

from policies.protection.operators import Use
from policies.protection.operators.token import token
from policies.protection.policy import default_body, policy_of
from policies.protection.presidio import GONE, protect_text
from soc.crypto import KeyRing
from soc.identity.actor import Role
from soc.ledger.types import types

TEXT = "联系人张三，电话13800138000"


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path)


def found(entity: str, part: str) -> RecognizerResult:
    start = TEXT.index(part)
    return RecognizerResult(entity, start, start + len(part), 1.0)


def protected(ring: KeyRing, role: Role | None, purpose: str, *spans: RecognizerResult) -> str:
    return protect_text(TEXT, list(spans), policy_of(default_body()), ring, role=role, purpose=purpose)


def test_a_text_is_masked_for_an_analyst(ring: KeyRing) -> None:
    mobile, name = types()["mobile"].entity, types()["person_name"].entity
    spans = (found(mobile, "13800138000"), found(name, "张三"))
    assert protected(ring, Role.ANALYST, "operations", *spans) == "联系人张*，电话138****8000"


def test_a_text_carries_the_tokens_of_the_tables(ring: KeyRing) -> None:
    span = found(types()["mobile"].entity, "13800138000")
    assert protected(ring, None, "analysis", span) == f"联系人张三，电话{token('13800138000', Use(ring, 'analysis'))}"


def test_an_entity_the_policy_does_not_know_is_not_shown(ring: KeyRing) -> None:
    assert protected(ring, Role.ANALYST, "operations", found("MARTIAN", "张三")) == f"联系人{GONE}，电话13800138000"
