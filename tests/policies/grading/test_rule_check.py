"""Faults of rules: each named with its row."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.grading.policy import check_body
from policies.grading.rule_check import check_rules

GOOD: dict[str, Any] = {"id": "r1", "when": {"any": ["mobile"]}, "then": {"level": "G3"}}


def told(*rows: Any) -> list[tuple[str, str]]:
    return [(one.path, one.code.removeprefix("grading.problem.")) for one in check_rules(list(rows))]


def test_a_good_rule_has_no_fault() -> None:
    assert told(GOOD) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"id": "Nr 1"}, ("rules/0/id", "rule_id")),
        ({"mark": "X"}, ("rules/0/mark", "mark")),
        ({"title": {"fr": "un"}}, ("rules/0/title", "title")),
        ({"colour": "red"}, ("rules/0/colour", "unknown_key")),
        ({"when": {}}, ("rules/0/when", "no_condition")),
        ({"when": {"any": ["moblie"]}}, ("rules/0/when/any", "condition")),
        ({"when": {"name": "("}}, ("rules/0/when/name", "condition")),
        ({"when": {"name": ".*"}}, ("rules/0/when/name", "condition")),
        ({"when": {"rows": -1}}, ("rules/0/when/rows", "condition")),
        ({"when": {"tiers": ["town"]}}, ("rules/0/when/tiers", "condition")),
        ({"when": {"weather": True}}, ("rules/0/when/weather", "unknown_key")),
        ({"then": {}}, ("rules/0/then", "one_outcome")),
        ({"then": {"level": "G3", "review": "I"}}, ("rules/0/then", "one_outcome")),
        ({"then": {"level": "I"}}, ("rules/0/then/level", "then_level")),
        ({"then": {"review": "G4"}}, ("rules/0/then/review", "then_review")),
        ({"then": {"impact": {"object": "person"}}}, ("rules/0/then/impact", "then_impact")),
    ],
)
def test_a_fault_is_named_with_its_row(change: dict[str, Any], fault: tuple[str, str]) -> None:
    assert told(GOOD | change) == [fault]


def test_every_fault_of_a_document_is_named_at_once() -> None:
    assert [path for path, _ in told(GOOD | {"id": "!"}, GOOD, GOOD | {"then": {}})] == ["rules/0/id", "rules/2/then"]


def test_a_name_used_twice_is_refused_at_the_second() -> None:
    assert told(GOOD, GOOD) == [("rules/1/id", "repeated")]


def test_rules_that_need_each_other_in_a_circle_are_refused_with_the_way_round() -> None:
    rows = [GOOD | {"id": one, "when": {"needs": [other]}} for one, other in (("a", "b"), ("b", "c"), ("c", "a"))]
    found = check_rules(rows)
    assert found[0].params == {"way": "a → b → c → a"}
    assert len(found) == 3


def test_a_rule_may_not_need_itself_nor_one_that_is_absent() -> None:
    assert told(GOOD | {"when": {"needs": ["r1"]}}) == [("rules/0/when/needs", "cycle")]
    assert told(GOOD | {"when": {"needs": ["r9"]}}) == [("rules/0/when/needs", "no_rule")]


def test_derived_data_may_be_lowered_by_two_steps_and_no_more() -> None:
    assert check_body({"derived": {"masked": 2}}) == []
    assert [one.path for one in check_body({"derived": {"masked": 3, "guessed": 1}})] == [
        "derived/masked",
        "derived/guessed",
    ]


def test_the_matrix_takes_known_objects_degrees_and_levels() -> None:
    good = {"impact": {"social_order": {"grave": "C"}}}
    bad = {"impact": {"weather": {"grave": "C"}, "social_order": {"huge": "C", "grave": "G9"}}}
    assert check_body(good) == []
    assert [one.path for one in check_body(bad)] == [
        "impact/weather",
        "impact/social_order/huge",
        "impact/social_order/grave",
    ]


KEYS = st.sampled_from(["id", "when", "then", "any", "needs", "level", "impact"])
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


@given(TREES)
def test_whatever_stands_where_rules_belong_is_judged_and_never_breaks(value: Any) -> None:
    assert isinstance(check_rules(value), list)
