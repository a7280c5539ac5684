"""The grading policy as a document: what is refused, and that the shipped one is good."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.grading.policy import check_body, default_body, policy_of
from policies.grading.taxonomy import category_of, taxonomy
from soc.ledger.levels import Level, highest
from soc.ledger.types import types
from soc.yaml_text import read_mapping_file


def test_the_shipped_policy_is_good_and_names_every_type_and_category() -> None:
    assert check_body(default_body()) == []
    assert set(default_body()["types"]) == set(types())
    assert set(default_body()["taxonomy"]) == {one.code for one in taxonomy()}


def test_the_taxonomy_has_its_74_rows() -> None:
    assert len(taxonomy()) == 74
    assert {one.domain for one in taxonomy()} == {
        "交通规划",
        "建设管养",
        "综合运输",
        "行政执法",
        "安全应急",
        "公共支撑",
    }


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"types": {"nothing": "G1"}}, "types/nothing"),
        ({"types": {"mobile": "G9"}}, "types/mobile"),
        ({"types": {"mobile": "I"}}, "types/mobile"),
        ({"types": ["mobile"]}, "types"),
        ({"taxonomy": {"ZZ99": "G1"}}, "taxonomy/ZZ99"),
        ({"tables": {"people": "ZZ99"}}, "tables/people"),
        ({"important": {"persons": 0}}, "important/persons"),
        ({"important": {"persons": True}}, "important/persons"),
        ({"raise_to_category": "yes"}, "raise_to_category"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_each_problem_is_named_with_the_way_to_it(body: dict[str, Any], path: str) -> None:
    assert [one.path for one in check_body(body)] == [path]


def test_what_a_policy_leaves_out_is_as_shipped() -> None:
    policy = policy_of({"types": {"uscc": "G3"}})
    assert (policy.types["uscc"], policy.types["mobile"]) == (Level.G3, Level.G3)
    assert policy.categories["ZY03"] is Level.G4


def test_a_policy_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("title: 试行\ntypes:\n  mobile: G4\n", encoding="utf-8")
    assert policy_of(read_mapping_file(path).body).types["mobile"] is Level.G4


@pytest.mark.parametrize(
    ("table", "columns", "found", "code"),
    [
        ("practitioner", ["xm"], ["resident_id"], "ZY03"),
        ("从业人员档案", [], [], "ZY03"),
        ("ods_toll_gantry", ["plate"], ["plate"], "ZY14"),
        ("t1", ["a", "b"], ["plate"], None),
        ("drivers", ["姓名", "手机"], ["person_name", "mobile"], None),
    ],
)
def test_a_category_is_given_where_name_columns_and_types_agree(
    table: str, columns: list[str], found: list[str], code: str | None
) -> None:
    category = category_of(table, columns, found)
    assert (category.code if category else None) == code


def test_the_highest_level_is_the_gravest() -> None:
    assert highest([Level.G2, Level.CORE, Level.G4]) is Level.CORE
    assert highest([]) is Level.G1


_KEYS = [
    "title", "types", "taxonomy", "tables", "raise_to_category", "important", "rules", "impact", "volume", "derived",
    "id", "mark", "when", "then", "all", "any", "needs", "name", "tiers", "level", "review", "to", "persons", "mobile",
]  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from(_KEYS),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.sampled_from(_KEYS),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=5),
            max_leaves=20,
        ),
        max_size=5,
    )
)
def test_whatever_is_sent_the_check_answers(body: dict[str, Any]) -> None:
    assert all(one.code.startswith("grading.problem.") for one in check_body(body))


@pytest.mark.parametrize("value", [[], {}, [[]], {"a": []}, None, 1.5])
@pytest.mark.parametrize(
    "path",
    [
        ("types", "mobile"), ("taxonomy", "ZY03"), ("tables", "t"), ("important", "persons"), ("derived", "x"),
        ("impact", "x"), ("rules", 0, "mark"), ("rules", 0, "then", "level"), ("rules", 0, "then", "review"),
        ("rules", 0, "then", "to"), ("rules", 0, "then", "derived"), ("rules", 0, "then", "impact"),
        ("rules", 0, "when", "all"), ("rules", 0, "when", "tiers"), ("rules", 0, "when", "needs"),
    ],
)  # fmt: skip
def test_a_value_of_a_wrong_kind_is_named_and_breaks_nothing(path: tuple[str | int, ...], value: Any) -> None:
    body: Any = value
    for key in reversed(path):
        body = [body] if isinstance(key, int) else {key: body}
    assert all(one.code.startswith("grading.problem.") for one in check_body(body))
