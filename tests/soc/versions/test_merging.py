"""Two people changed one document."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from soc.versions.merging import ORDER, Side, changes, merged

BASE: dict[str, Any] = {"types": {"a": "G1", "b": "G2"}, "rules": [{"id": "r1", "n": 1}, {"id": "r2", "n": 2}]}

KEYS = st.sampled_from(["a", "b", "c"])
VALUES = st.sampled_from(["G1", "G2", "G3"])
RULES = st.lists(
    st.fixed_dictionaries({"id": st.sampled_from(["r1", "r2", "r3"]), "n": st.integers(0, 2)}),
    max_size=3,
    unique_by=lambda one: str(one["id"]),
)
DOCUMENTS = st.fixed_dictionaries({}, optional={"types": st.dictionaries(KEYS, VALUES), "rules": RULES})


def with_types(**levels: str) -> dict[str, Any]:
    return BASE | {"types": BASE["types"] | levels}


def leaves(document: dict[str, Any]) -> dict[str, Any]:
    """What a document says; a branch that became empty says nothing."""
    return {one.name: one.mine for one in changes({}, document, {}) if one.mine not in ({}, [])}


def test_what_only_one_changed_is_taken_from_each() -> None:
    mine, theirs = with_types(a="G3"), with_types(b="G4")
    assert merged(BASE, mine, theirs, {})["types"] == {"a": "G3", "b": "G4"}
    assert not [one for one in changes(BASE, mine, theirs) if one.conflict]


def test_where_both_changed_one_place_somebody_chooses_and_else_what_is_in_force_stays() -> None:
    mine, theirs = with_types(a="G3"), with_types(a="G4")
    (conflict,) = changes(BASE, mine, theirs)
    assert (conflict.name, conflict.conflict) == ("types/a", True)
    assert merged(BASE, mine, theirs, {})["types"]["a"] == "G4"
    assert merged(BASE, mine, theirs, {"types/a": Side.MINE})["types"]["a"] == "G3"


def test_the_same_change_by_both_is_no_conflict() -> None:
    (same,) = changes(BASE, with_types(a="G3"), with_types(a="G3"))
    assert not same.conflict


def test_rules_are_told_apart_by_their_ids_not_by_their_places() -> None:
    mine = BASE | {"rules": [*BASE["rules"], {"id": "mine", "n": 3}]}
    theirs = BASE | {"rules": [{"id": "theirs", "n": 4}, BASE["rules"][1]]}
    assert [one["id"] for one in merged(BASE, mine, theirs, {})["rules"]] == ["theirs", "r2", "mine"]


def in_order(*names: str) -> dict[str, Any]:
    return {"rules": [{"id": name} for name in names]}


def names_of(document: dict[str, Any]) -> list[str]:
    return [one["id"] for one in document["rules"]]


def test_a_rule_that_was_moved_is_a_change_and_stays_moved_beside_what_others_added() -> None:
    base, mine, theirs = in_order("a", "b", "c"), in_order("c", "a", "b"), in_order("a", "new", "b", "c")
    (moved,) = changes(base, mine, base)
    assert (moved.name, moved.mine, moved.side) == (f"rules/{ORDER}", ["c", "a", "b"], Side.MINE)
    assert names_of(merged(base, mine, theirs, {})) == ["c", "a", "new", "b"]


def test_an_added_rule_stands_behind_the_one_it_was_put_behind() -> None:
    base = in_order("a", "b", "c")
    mine, theirs = in_order("first", "a", "x", "y", "b", "c"), in_order("c", "b", "a", "z")
    assert names_of(merged(base, mine, theirs, {})) == ["first", "c", "b", "a", "x", "y", "z"]


def test_where_both_moved_somebody_chooses_the_order() -> None:
    base, mine, theirs = in_order("a", "b", "c"), in_order("b", "a", "c"), in_order("c", "a", "b")
    (conflict,) = changes(base, mine, theirs)
    assert conflict.conflict
    assert names_of(merged(base, mine, theirs, {})) == ["c", "a", "b"]
    assert names_of(merged(base, mine, theirs, {conflict.name: Side.MINE})) == ["b", "a", "c"]


def test_one_who_takes_everything_away_takes_nothing_of_what_the_other_added() -> None:
    mine, theirs = BASE | {"rules": []}, BASE | {"rules": [*BASE["rules"], {"id": "new", "n": 9}]}
    assert merged(BASE, mine, theirs, {})["rules"] == [{"id": "new", "n": 9}]


def test_neither_side_is_changed_by_merging() -> None:
    mine, theirs = with_types(a="G3"), with_types(b="G4")
    merged(BASE, mine, theirs, {})
    assert (mine, theirs) == (with_types(a="G3"), with_types(b="G4"))


@given(DOCUMENTS, DOCUMENTS)
def test_one_side_alone_is_taken_whole(base: dict[str, Any], other: dict[str, Any]) -> None:
    for outcome in (merged(base, other, base, {}), merged(base, base, other, {})):
        assert leaves(outcome) == leaves(other)
        assert [one["id"] for one in outcome.get("rules", [])] == [one["id"] for one in other.get("rules", [])]


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
def test_every_leaf_of_the_outcome_is_what_the_rule_says(
    base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    document = merged(base, mine, theirs, {})
    outcome = leaves(document)
    for one in changes(base, mine, theirs):
        wanted = one.mine if not one.conflict and one.side is Side.MINE else one.theirs
        if one.path[-1] == ORDER:
            assert [name for name in names_of(document) if name in wanted] == [
                name for name in wanted if name in names_of(document)
            ]
        elif wanted not in ({}, [], None):
            assert outcome.get(one.name) == wanted


def test_of_a_member_that_both_changed_only_what_differs_is_shown() -> None:
    member = {"id": "r1", "same": [1], "level": "G1"}
    mine, theirs = {**member, "level": "G2", "new": 1}, {**member, "level": "G3"}
    (one,) = changes({"rules": [member]}, {"rules": [mine]}, {"rules": [theirs]})
    assert one.shown == ({"level": "G1"}, {"level": "G2", "new": 1}, {"level": "G3"})


def test_a_member_that_only_one_side_has_is_shown_whole() -> None:
    (one,) = changes({}, {"rules": [{"id": "r1", "n": 1}]}, {})
    assert one.shown == (None, {"id": "r1", "n": 1}, None)
