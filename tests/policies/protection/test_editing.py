"""The protection policy changed piece by piece: what is not meant stays as it was."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from policies.protection.editing import moved, with_rule, with_shape, without_rule
from policies.protection.policy import check, default_body

NAMES = [rule["id"] for rule in default_body()["rules"]]
RULE: dict[str, Any] = {"id": "mine", "why": {"zh": "新", "en": "new"}, "levels": ["G3"], "operator": "partial"}


def names(body: dict[str, Any]) -> list[str]:
    return [rule["id"] for rule in body["rules"]]


def test_a_new_rule_comes_first_and_one_behind_another_behind_it() -> None:
    assert names(with_rule(default_body(), RULE)) == ["mine", *NAMES]
    assert names(with_rule(default_body(), RULE, behind=NAMES[1])) == [*NAMES[:2], "mine", *NAMES[2:]]
    assert names(with_rule(default_body(), RULE, behind="")) == ["mine", *NAMES]


def test_a_changed_rule_stays_where_it_is_also_under_another_name() -> None:
    body = with_rule(default_body(), RULE, was=NAMES[2])
    assert names(body) == [*NAMES[:2], "mine", *NAMES[3:]]
    assert names(with_rule(default_body(), RULE, was=NAMES[2], behind=NAMES[-1])) == [
        *[name for name in NAMES if name != NAMES[2]],
        "mine",
    ]


@given(st.sampled_from(NAMES), st.integers(-20, 20))
def test_moving_changes_the_order_of_one_rule_and_loses_none(name: str, by: int) -> None:
    body = moved(default_body(), name, by)
    assert [one for one in names(body) if one != name] == [one for one in NAMES if one != name]
    assert names(body).index(name) == max(0, min(len(NAMES) - 1, NAMES.index(name) + by))
    assert not check(body)


def test_a_removed_rule_is_gone_and_an_unknown_one_changes_nothing() -> None:
    assert names(without_rule(default_body(), NAMES[0])) == NAMES[1:]
    assert without_rule(default_body(), "unknown") == default_body()
    assert moved(default_body(), "unknown", 1) == default_body()


def test_a_shape_is_said_and_taken_back() -> None:
    assert with_shape(default_body(), "mobile", {"keep": [0, 2]})["shapes"]["mobile"] == {"keep": [0, 2]}
    assert "mobile" not in with_shape(default_body(), "mobile", None)["shapes"]


def test_what_was_given_is_left_as_it_was() -> None:
    before = names(default_body())
    with_rule(default_body(), RULE)
    moved(default_body(), NAMES[0], 3)
    assert names(default_body()) == before
