"""YAML within bounds: texts made to explode, lie or run in circles, each refused by name before anything is built."""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc.yaml_text import (
    BY_HAND,
    Bounds,
    YamlError,
    read_documents,
    read_mapping,
    read_mapping_file,
    read_written,
    read_yaml,
    refuse_strange,
    write_yaml,
)

WITH_ALIASES = Bounds(aliases=True)
_LISTS = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 20)}]\n" for n in range(1, 10))
_MERGES = "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 10))


def refused(raw: bytes | str, bounds: Bounds = BY_HAND) -> str:
    with pytest.raises(YamlError) as caught:
        read_yaml(raw, bounds)
    return caught.value.key.removeprefix("errors.yaml.")


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        (b"x" * ((1 << 20) + 1), "too_large"),
        ("字" * (1 << 19), "too_large"),
        (b"[" * 5_000, "deep"),
        (b"[" * 1_000_000, "deep"),
        (b"{" * 1_000_000, "deep"),
        (b"- " * 500_000, "deep"),
        (b"? " * 500_000, "deep"),
        (b"x: [" + b"a," * 300_000 + b"]", "many"),
        (_LISTS, "aliases"),
        ("a: &a [*a]", "aliases"),
        ("!!python/object/apply:os.system ['true']", "tag"),
        ("!!python/name:os.system ''", "tag"),
        ("x: !!binary aGk=", "tag"),
        ("x: !own y", "tag"),
        ("a: 1\na: 2", "key_twice"),
        ("a: 1\n'a': 2", "key_twice"),
        ("1: a\n'1': b", "key_twice"),
        ("[a, b]: 1", "key"),
        ("x: .nan", "number"),
        ("x: -.inf", "number"),
        ("x: 99999999999999999999", "number"),
        ("x: " + "9" * 5_000, "no_yaml"),
        ('x: "a\\0b"', "sign"),
        ('"a\\0b": x', "sign"),
        ("a: [1", "no_yaml"),
        ("a: *b", "aliases"),
        ("a\0b", "no_yaml"),
        (b"\xff\xfe\x00", "no_utf8"),
        ("%TAG ! tag:x\n" * 1_000, "no_yaml"),
        ("", "one_document"),
        ("# nothing\n", "one_document"),
        ("a: 1\n---\nb: 2", "documents"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(raw: bytes | str, key: str) -> None:
    assert refused(raw) == key


@pytest.mark.parametrize(
    ("raw", "key"),
    [(_LISTS, "many"), (_MERGES, "many"), ("a: &a [*a]", "cycle"), ("a: &a {b: {c: *a}}", "cycle"), ("*b", "no_yaml")],
)
def test_where_aliases_are_allowed_they_neither_explode_nor_run_in_circles(raw: str, key: str) -> None:
    assert refused(raw, WITH_ALIASES) == key


def test_a_bomb_takes_no_more_memory_than_a_text_of_its_bounds() -> None:
    tracemalloc.start()
    try:
        refused(_LISTS, WITH_ALIASES)
        refused("[" * 1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()


def test_an_error_says_its_line() -> None:
    with pytest.raises(YamlError) as caught:
        read_yaml("a: 1\nb:\n  c: 1\n  c: 2\n")
    assert caught.value.params == {"line": 4, "name": "c"}


def test_an_alias_within_bounds_is_what_it_stands_for() -> None:
    assert read_yaml("a: &a {x: 1}\nb: {<<: *a, y: 2}", WITH_ALIASES) == {"a": {"x": 1}, "b": {"y": 2, "x": 1}}


def test_keys_are_texts_as_they_were_written_and_dates_stay_texts() -> None:
    assert read_yaml("on: 1\n007: 2\n~: 3\nd: 2026-11-22\n") == {"on": 1, "007": 2, "~": 3, "d": "2026-11-22"}


def test_each_value_knows_its_line_and_what_is_missing_that_of_what_is_around_it() -> None:
    found = read_written("title: x\nrules:\n  - id: a\n    then: {level: G1}\n\n  - id: b\n")
    assert [found.row(path) for path in ("title", "rules/0/then/level", "rules/1/id", "rules/1/then", "nothing")] == [
        1, 4, 6, 6, None,
    ]  # fmt: skip


def test_a_file_is_read_no_further_than_its_bounds(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(1 << 33)
    with pytest.raises(YamlError, match="too_large"):
        read_mapping_file(path)


def test_a_list_is_no_mapping() -> None:
    with pytest.raises(YamlError, match="no_mapping"):
        read_mapping("[1]")


def test_several_documents_are_read_where_they_are_expected() -> None:
    assert [one.body for one in read_documents("a\n---\n---\nb", Bounds(documents=3))] == ["a", None, "b"]


@given(st.binary(max_size=300) | st.text(max_size=200))
def test_whatever_comes_is_read_as_json_could_say_it_or_refused(raw: bytes | str) -> None:
    try:
        found = read_yaml(raw, WITH_ALIASES)
    except YamlError:
        return
    json.dumps(found, allow_nan=False).encode()


_TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x85\u2028\u2029"), max_size=20)
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 62), 1 << 62)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS.filter(bool), inner, max_size=4),
    max_leaves=20,
)


@given(_VALUES)
def test_what_is_written_is_read_as_it_was(value: Any) -> None:
    assert read_yaml(write_yaml(value)) == value


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ({"a": float("nan")}, "number"),
        ({"a": [float("inf")]}, "number"),
        ({"a": 1 << 64}, "number"),
        ({"a": "\ud800"}, "sign"),
        ({"\x00": 1}, "sign"),
        ([0] * (BY_HAND.values + 1), "many"),
    ],
)
def test_json_that_no_store_keeps_is_refused_too(value: Any, key: str) -> None:
    with pytest.raises(YamlError, match=key):
        refuse_strange(value)


def test_json_is_no_deeper_than_yaml_may_be() -> None:
    value: Any = "x"
    for _ in range(BY_HAND.depth + 1):
        value = [value]
    with pytest.raises(YamlError, match="deep"):
        refuse_strange(value)
