"""The grading policy as a document: what is refused, and that the shipped one is good."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.grading.policy import PolicyFileError, check_body, default_body, parse_policy, policy_of, read_policy
from policies.grading.taxonomy import category_of, taxonomy
from soc.ledger.levels import Level, highest
from soc.ledger.types import types


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


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    bomb = b"a: &a [x]\n" + b"".join(f"b{n}: &b{n} [{', '.join(['*a'] * 9)}]\n".encode() for n in range(9))
    with pytest.raises(PolicyFileError, match="aliases"):
        parse_policy(bomb)


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        (b"x" * (1 << 20) + b"x", "too_large"),
        (b"[1, 2]", "no_mapping"),
        (b"a: [1", "no_yaml"),
        (b"\xff\xfe\x00", "no_yaml"),
        (b"!!python/object/apply:os.system ['true']", "no_yaml"),
        (b"[" * 5000, "no_yaml"),
    ],
)
def test_what_is_no_policy_is_refused_with_its_reason(raw: bytes, key: str) -> None:
    with pytest.raises(PolicyFileError, match=key):
        parse_policy(raw)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_mapping_or_refused(raw: bytes) -> None:
    try:
        body = parse_policy(raw)
    except PolicyFileError:
        return
    assert isinstance(body, dict)


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
    assert policy_of(read_policy(path)).types["mobile"] is Level.G4


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
