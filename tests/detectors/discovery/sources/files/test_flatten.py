"""Nested records as rows."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from detectors.discovery.sources.files.flatten import cells_of, rows_of


def rows(record: object) -> list[dict[str, str | None]]:
    return list(rows_of(cells_of(record)))


def test_objects_are_dotted_and_arrays_are_further_rows() -> None:
    record = {"id": 1, "who": {"tel": "a"}, "kids": [{"name": "x"}, {"name": "y"}], "tags": ["p", "q", "r"]}
    assert rows(record) == [
        {"id": "1", "who.tel": "a", "kids[].name": "x", "tags[]": "p"},
        {"id": None, "who.tel": None, "kids[].name": "y", "tags[]": "q"},
        {"id": None, "who.tel": None, "kids[].name": None, "tags[]": "r"},
    ]


def test_keys_that_are_values_become_values() -> None:
    record = {"drivers": {"440106199001011234": {"name": "张伟"}, "44010619900101568X": {"name": "李娜"}}}
    assert rows(record) == [
        {"drivers{}.key": "440106199001011234", "drivers{}.name": "张伟"},
        {"drivers{}.key": "44010619900101568X", "drivers{}.name": "李娜"},
    ]


def test_what_lies_too_deep_is_one_text() -> None:
    record: Any = {"phone": "13800138000"}
    for _ in range(60):
        record = {"in": record}
    ((name, values),) = cells_of(record).items()
    assert "13800138000" in (values[0] or "")
    assert name.count("in") < 40


def test_a_record_without_fields_has_no_rows() -> None:
    assert rows({}) == []
    assert rows({"a": []}) == []


_NAME = st.text("abc", min_size=1, max_size=3)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text("xyz", max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAME, inner, max_size=4),
    max_leaves=20,
)


def leaves(value: object, path: str = "") -> list[tuple[str, str | None]]:
    if isinstance(value, dict):
        return [leaf for key, one in value.items() for leaf in leaves(one, f"{path}.{key}" if path else key)]
    if isinstance(value, list):
        return [leaf for one in value for leaf in leaves(one, f"{path}[]")]
    return [(path, None if value is None else str(value))]


@given(st.dictionaries(_NAME, _JSON, max_size=5))
def test_every_leaf_is_in_one_cell_of_its_column_and_in_order(record: dict[str, Any]) -> None:
    found = rows(record)
    assert len(found) <= max(1, len(leaves(record)))
    for name in {path for path, _ in leaves(record)}:
        wanted = [text for path, text in leaves(record) if path == name]
        assert [row[name] for row in found][: len(wanted)] == wanted
        assert not any(row[name] for row in found[len(wanted) :])
