"""A lower tier may be stricter than the one above, never laxer."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from policies.grading.chain import laxer, strictest
from policies.grading.decision import TableFacts, grade
from policies.grading.facts import GradedColumn
from policies.grading.policy import check_body, default_body, policy_of
from soc.ledger.levels import GENERAL, Level
from soc.ledger.types import types

RULE: dict[str, Any] = {"id": "r1", "when": {"any": ["mobile"]}, "then": {"level": "G3"}}
LEVELS = st.sampled_from([one.value for one in GENERAL])


def bodies() -> st.SearchStrategy[dict[str, Any]]:
    names = st.sampled_from(["mobile", "uscc", "resident_id", "plate"])
    return st.fixed_dictionaries(
        {
            "types": st.dictionaries(names, LEVELS),
            "raise_to_category": st.booleans(),
            "important": st.fixed_dictionaries({"persons": st.integers(1, 10**7)}),
            "derived": st.dictionaries(st.sampled_from(["masked", "label"]), st.integers(0, 2)),
            "rules": st.lists(LEVELS, max_size=2).map(
                lambda levels: [RULE | {"id": f"r{at}", "then": {"level": one}} for at, one in enumerate(levels)]
            ),
        },
        optional={"volume": st.integers(1, 10**6)},
    )


@given(bodies(), bodies(), st.lists(st.sampled_from([*types(), None]), max_size=6), st.integers(0, 10**7))
def test_whatever_two_documents_say_the_table_is_as_grave_as_the_one_above_has_it(
    above: dict[str, Any], own: dict[str, Any], kinds: list[str | None], rows: int
) -> None:
    columns = [GradedColumn(f"c{at}", kind, masked=at % 2 == 0) for at, kind in enumerate(kinds)]
    facts = TableFacts("t1", columns, rows=rows)
    under, alone = grade(facts, strictest([above, own])), grade(facts, policy_of(above))
    assert all(one.level.rank >= other.level.rank for one, other in zip(under.columns, alone.columns, strict=True))
    assert set(alone.flags) <= set(under.flags) | {"important.sensitive_persons"}


@given(bodies(), bodies())
def test_a_document_without_complaint_holds_as_it_is_written(above: dict[str, Any], own: dict[str, Any]) -> None:
    assert check_body(own) == []
    if not laxer(policy_of(above), own):
        assert strictest([above, own]).types == policy_of(own).types


def test_every_place_where_a_document_is_laxer_is_named() -> None:
    above = policy_of({"types": {"mobile": "G4"}, "raise_to_category": True, "volume": 100, "rules": [RULE]})
    own = {
        "types": {"mobile": "G3"},
        "important": {"persons": 2_000_000},
        "derived": {"masked": 1},
        "rules": [RULE | {"then": {"level": "G2"}}, RULE | {"id": "r2", "then": {"derived": "label"}}],
    }
    assert [one.path for one in laxer(above, own)] == [
        "types/mobile",
        "important/persons",
        "volume",
        "derived/masked",
        "rules/0",
        "rules/1/then",
        "raise_to_category",
    ]


def test_the_shipped_document_may_stand_below_itself() -> None:
    assert laxer(policy_of(default_body()), default_body()) == []


def test_what_becomes_stricter_above_holds_below_at_once() -> None:
    policy = strictest([{"types": {"uscc": "G4"}}, {"types": {"uscc": "G2", "mobile": "G4"}}])
    assert (policy.types["uscc"], policy.types["mobile"]) == (Level.G4, Level.G4)
