"""Rules of a grading policy: when they fit, and what follows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.grading.decision import GradedColumn, TableFacts, grade
from policies.grading.policy import GradingPolicy, default_body, policy_of
from policies.grading.rules import rules_of
from soc.ledger.levels import GENERAL, Level
from soc.ledger.types import types
from soc.tiers.models import Tier

PLAIN = replace(policy_of(default_body()), rules=(), derived={})


def with_rules(*rows: dict[str, Any], **changes: Any) -> GradingPolicy:
    return replace(PLAIN, rules=rules_of(rows), **changes)


def table(*kinds: str | None, name: str = "t1", **facts: Any) -> TableFacts:
    return TableFacts(name, [GradedColumn(f"c{at}", kind) for at, kind in enumerate(kinds)], **facts)


def rule(then: dict[str, Any], called: str = "r1", **when: Any) -> dict[str, Any]:
    return {"id": called, "when": when, "then": then}


def levels(facts: TableFacts, policy: GradingPolicy) -> Sequence[str]:
    return [one.level.value for one in grade(facts, policy).columns]


def test_a_combination_raises_the_table_only_where_all_of_it_is_there() -> None:
    policy = with_rules(rule({"level": "G4"}, all=["person_name", "mobile"]))
    assert grade(table("person_name", "mobile"), policy).level is Level.G4
    assert grade(table("person_name", "uscc"), policy).level is Level.G3


def test_a_rule_for_columns_raises_those_that_made_it_fit_and_names_itself() -> None:
    policy = with_rules(rule({"level": "G4", "to": "columns"}, any=["mobile"]))
    graded = grade(table("mobile", "uscc", None), policy)
    assert [(one.level.value, one.rule) for one in graded.columns] == [("G4", "r1"), ("G1", "type"), ("G1", "none")]


def test_a_rule_by_name_reaches_columns_without_a_type_through_name_or_comment() -> None:
    policy = with_rules(rule({"level": "G4", "to": "columns"}, name="witness|证人"))
    columns = [GradedColumn("WITNESS_no", None), GradedColumn("x", None, "证人情况"), GradedColumn("y", None)]
    assert levels(TableFacts("t", columns), policy) == ["G4", "G4", "G1"]


def test_no_rule_lowers() -> None:
    policy = with_rules(rule({"level": "G1", "to": "columns"}, any=["resident_id"]))
    assert levels(table("resident_id"), policy) == ["G4"]


@pytest.mark.parametrize(
    ("object_", "degree", "level"),
    [
        ("individual_rights", "general", "G2"),
        ("organisation_rights", "serious", "G3"),
        ("public_interest", "general", "G4"),
    ],
)
def test_harm_becomes_a_level_through_the_matrix(object_: str, degree: str, level: str) -> None:
    policy = with_rules(rule({"impact": {"object": object_, "degree": degree}}, any=["uscc"]))
    assert grade(table("uscc"), policy).level.value == level


def test_harm_to_the_nation_opens_a_review_and_sets_no_level() -> None:
    policy = with_rules(rule({"impact": {"object": "national_security", "degree": "serious"}}, any=["uscc"]))
    graded = grade(table("uscc"), policy)
    assert (graded.level, graded.flags) == (Level.G1, ("core.rule:r1",))


def test_coverage_and_precision_open_a_review_of_the_province_only() -> None:
    policy = with_rules(rule({"review": "I"}, tiers=["province"], metres=100))
    columns = [GradedColumn("lon", "lonlat", shape="999.999999")]
    coarse = [GradedColumn("lon", "lonlat", shape="999.99")]
    assert grade(TableFacts("t", columns, tier=Tier.PROVINCE), policy).flags == ("important.rule:r1",)
    assert grade(TableFacts("t", columns, tier=Tier.CITY), policy).flags == ()
    assert grade(TableFacts("t", coarse, tier=Tier.PROVINCE), policy).flags == ()


def test_volume_is_a_condition_of_rows_and_of_persons() -> None:
    policy = with_rules(rule({"level": "G4"}, rows=100, persons=10))
    assert grade(table("uscc", rows=100, persons=10), policy).rules == ("r1",)
    assert grade(table("uscc", rows=100, persons=9), policy).rules == ()


def test_a_rule_that_needs_another_falls_with_it_however_long_the_chain() -> None:
    chain = [rule({"level": "G4"}, called=f"r{at}", needs=[f"r{at + 1}"], any=["uscc"]) for at in range(3)]
    policy = with_rules(*chain, rule({"level": "G2"}, called="r3", all=["mobile"]))
    assert grade(table("uscc"), policy).rules == ()
    assert grade(table("uscc", "mobile"), policy).rules == ("r0", "r1", "r2", "r3")


def test_derived_data_are_lower_by_the_fewest_steps_that_apply() -> None:
    policy = with_rules(rule({"derived": "aggregated"}, table="汇总"), derived={"aggregated": 2, "masked": 1})
    plain = TableFacts("汇总", [GradedColumn("a", "mobile")])
    masked = TableFacts("汇总", [GradedColumn("a", "mobile", masked=True)])
    assert levels(plain, policy) == ["G1"]
    assert levels(masked, policy) == ["G2"]


def test_volume_raises_personal_information_by_a_step_where_that_is_switched_on() -> None:
    policy = replace(PLAIN, volume=1000)
    assert levels(table("mobile", "uscc", rows=1000), policy) == ["G4", "G1"]
    assert levels(table("mobile", rows=999), policy) == ["G3"]


@given(st.lists(st.sampled_from([*types(), None]), max_size=8), st.integers(0, 10**7), st.sampled_from(list(Tier)))
def test_the_shipped_rules_only_ever_give_general_levels_and_never_lower_a_table(
    kinds: list[str | None], rows: int, tier: Tier
) -> None:
    facts = table(*kinds, rows=rows, tier=tier)
    shipped, plain = grade(facts, policy_of(default_body())), grade(facts, PLAIN)
    assert shipped.level in GENERAL
    assert shipped.level.rank >= plain.level.rank


@given(st.lists(st.sampled_from([*types(), None]), min_size=1, max_size=6), st.randoms())
def test_the_order_of_columns_changes_nothing(kinds: list[str | None], chance: Any) -> None:
    shuffled = list(kinds)
    chance.shuffle(shuffled)
    policy = policy_of(default_body())
    assert grade(table(*kinds), policy).level is grade(table(*shuffled), policy).level
    assert set(grade(table(*kinds), policy).flags) == set(grade(table(*shuffled), policy).flags)
