"""Grading as a pure decision."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.grading.decision import GradedColumn, grade_table
from policies.grading.policy import default_body, policy_of
from soc.ledger.levels import Level
from soc.ledger.types import types

POLICY = policy_of(default_body())


def columns(*kinds: str | None) -> list[GradedColumn]:
    return [GradedColumn(f"c{place}", kind) for place, kind in enumerate(kinds)]


def test_a_column_has_the_level_of_its_type_and_the_table_the_highest() -> None:
    grade = grade_table("t1", columns("uscc", "mobile", None), POLICY)
    assert [one.level for one in grade.columns] == [Level.G1, Level.G3, Level.G1]
    assert grade.level is Level.G3


def test_a_table_is_at_least_as_grave_as_its_category() -> None:
    grade = grade_table("practitioner", columns("mobile"), POLICY)
    assert (grade.category, grade.level, grade.columns[0].level) == ("ZY03", Level.G4, Level.G3)


def test_a_policy_may_raise_columns_to_their_category_and_says_so() -> None:
    grade = grade_table("practitioner", columns("mobile", None), replace(POLICY, raise_to_category=True))
    assert (grade.columns[0].level, grade.columns[0].rule) == (Level.G4, "category")
    assert grade.columns[1].level is Level.G1


def test_a_policy_may_name_the_category_of_a_table() -> None:
    grade = grade_table("public.x9", columns("mobile"), replace(POLICY, tables={"x9": "ZY08"}))
    assert grade.category == "ZY08"


def test_who_where_and_when_make_a_track_only_together() -> None:
    timed = GradedColumn("t", None, is_time=True)
    assert grade_table("t1", [*columns("plate", "lonlat"), timed], POLICY).flags == ("trajectory",)
    assert grade_table("t1", columns("plate", "lonlat"), POLICY).flags == ()
    assert grade_table("t1", [*columns("lonlat"), timed], POLICY).flags == ()


@pytest.mark.parametrize(
    ("kinds", "rows", "flags"),
    [
        (("mobile",), 999_999, ()),
        (("mobile",), 1_000_000, ("important.persons",)),
        (("bank_card",), 100_000, ("important.sensitive_persons",)),
        (("uscc",), 5_000_000, ()),
    ],
)
def test_volume_opens_a_review_and_raises_no_level(kinds: tuple[str, ...], rows: int, flags: tuple[str, ...]) -> None:
    grade = grade_table("t1", columns(*kinds), POLICY, rows=rows)
    assert grade.flags == flags
    assert grade.level is grade_table("t1", columns(*kinds), POLICY).level


@given(st.lists(st.sampled_from([None, *types()]), max_size=8), st.integers(0, 10**9))
def test_no_rule_ever_makes_important_or_core_data(kinds: list[str | None], rows: int) -> None:
    grade = grade_table("t1", columns(*kinds), POLICY, rows=rows)
    assert grade.level.rank <= Level.G4.rank
    assert all(one.level.rank <= grade.level.rank for one in grade.columns)
