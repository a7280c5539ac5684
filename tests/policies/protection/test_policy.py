import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.protection.decision import decide
from policies.protection.policy import ProtectionPolicy, check, default_body, policy_of
from soc.identity.actor import Role
from soc.ledger.levels import Level
from soc.ledger.types import types

POLICY = policy_of(default_body())
COPIES = ("analysis", "testing", "sharing")


def operator(
    type_id: str | None, level: Level, role: Role | None, purpose: str, policy: ProtectionPolicy = POLICY
) -> str:
    return decide(policy, type_id, level, role=role, purpose=purpose).operator.name


def body(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(default_body()) | changes


def a_rule(**changes: Any) -> dict[str, Any]:
    return {"id": "r", "why": {"zh": "因", "en": "why"}, "levels": ["G2"], "operator": "partial"} | changes


def test_the_default_policy_passes_its_own_check() -> None:
    assert check(default_body()) == []


@pytest.mark.parametrize("purpose", COPIES)
def test_identifiers_in_copies_become_tokens(purpose: str) -> None:
    for type_id in ("resident_id", "mobile", "bank_card", "plate", "person_name", "email", "vin"):
        assert operator(type_id, types()[type_id].level, None, purpose) == "token"


def test_an_analyst_and_a_data_owner_see_a_number_differently() -> None:
    assert operator("mobile", Level.G3, Role.ANALYST, "operations") == "partial"
    assert operator("mobile", Level.G3, Role.OWNER, "operations") == "clear"


def test_secrets_are_shown_to_nobody() -> None:
    assert {operator("password", Level.G4, role, "operations") for role in (None, *Role)} == {"suppress"}


def test_a_role_no_rule_names_sees_nothing() -> None:
    assert operator("mobile", Level.G3, Role.SYSADMIN, "operations") == "suppress"


def test_what_was_not_recognised_stays_unless_it_is_important() -> None:
    assert operator(None, Level.G4, None, "sharing") == "clear"
    assert operator(None, Level.IMPORTANT, None, "sharing") == "suppress"


@given(
    type_id=st.sampled_from(sorted(types())),
    level=st.sampled_from([Level.G4, Level.IMPORTANT, Level.CORE]),
    role=st.none() | st.sampled_from(Role),
    purpose=st.sampled_from(["operations", "investigation", *COPIES, "something else"]),
)
def test_the_default_policy_never_shows_grave_data_in_clear(
    type_id: str, level: Level, role: Role | None, purpose: str
) -> None:
    assert operator(type_id, level, role, purpose) != "clear"


def test_every_decision_names_its_rule_and_says_why() -> None:
    made = decide(POLICY, "mobile", Level.G3, role=Role.ANALYST, purpose="operations")
    assert made.rule == "level-three"
    assert made.why["zh"] == "3 级数据默认部分遮盖"


def test_the_first_rule_that_fits_decides() -> None:
    rules = [a_rule(id="one", levels=[]), a_rule(id="two", operator="suppress")]
    made = decide(policy_of(body(rules=rules)), "mobile", Level.G2, role=None, purpose="sharing")
    assert made.rule == "one"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"title": ""}, "title"),
        ({"extra": 1}, "extra"),
        ({"purposes": {}}, "purposes"),
        ({"purposes": {"a": "b"}}, "purposes"),
        ({"rules": []}, "rules"),
        ({"rules": "all"}, "rules"),
        ({"rules": ["x"]}, "rules/0"),
        ({"rules": [a_rule(operator="blur")]}, "rules/0/operator"),
        ({"rules": [a_rule(operator=["clear"])]}, "rules/0/operator"),
        ({"rules": [a_rule(levels=["G9"])]}, "rules/0/levels"),
        ({"rules": [a_rule(levels="G2")]}, "rules/0/levels"),
        ({"rules": [a_rule(types=["shoe_size"])]}, "rules/0/types"),
        ({"rules": [a_rule(roles=["king"])]}, "rules/0/roles"),
        ({"rules": [a_rule(purposes=["fun"])]}, "rules/0/purposes"),
        ({"rules": [a_rule(color="red")]}, "rules/0/color"),
        ({"rules": [a_rule(why="because")]}, "rules/0/why"),
        ({"rules": [a_rule(), a_rule()]}, "rules/1/id"),
        ({"rules": [a_rule(levels=["G4"], operator="clear")]}, "rules/0"),
        ({"rules": [a_rule(levels=[], operator="clear", roles=["owner"])]}, "rules/0"),
        ({"shapes": {"mobile": {"keep": [3]}}}, "shapes/mobile"),
        ({"shapes": {"mobile": {"keep": [3, -1]}}}, "shapes/mobile"),
        ({"shapes": {"mobile": {"style": "pretty"}}}, "shapes/mobile"),
        ({"shapes": {"shoe_size": {"keep": [1, 1]}}}, "shapes/shoe_size"),
        ({"shapes": []}, "shapes"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(changes: dict[str, Any], path: str) -> None:
    assert path in [problem.path for problem in check(body(**changes))]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(key=st.sampled_from(["title", "purposes", "rules", "shapes", "x"]), value=JSON)
def test_no_document_breaks_the_check(key: str, value: Any) -> None:
    if not check(body(**{key: value})):
        policy_of(body(**{key: value}))
