from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc.trail.leaf import LeafError, leaf_bytes, seal_of
from soc.trail.models import LEAF_FIELDS

WORDS = st.text(max_size=20).filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text))
ROWS = st.fixed_dictionaries({name: st.integers(1, 2**40) if name == "id" else WORDS for name in LEAF_FIELDS})


@given(one=ROWS, other=ROWS)
def test_different_entries_have_different_leaves(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert (leaf_bytes(one) == leaf_bytes(other)) == (one == other)


@given(row=ROWS)
def test_the_order_of_columns_does_not_matter(row: dict[str, Any]) -> None:
    assert leaf_bytes(row) == leaf_bytes(dict(reversed(row.items())))


@given(row=ROWS, name=st.sampled_from(LEAF_FIELDS), value=st.sampled_from([1.5, b"x", None, True, "\udcff"]))
def test_a_value_of_a_foreign_type_is_refused(row: dict[str, Any], name: str, value: object) -> None:
    if value is None and name == "private_digest":
        assert b'"private_digest":null' in leaf_bytes(row | {name: value})
        return
    with pytest.raises(LeafError):
        leaf_bytes(row | {name: value})


@given(row=ROWS, name=st.sampled_from(LEAF_FIELDS))
def test_a_missing_column_is_refused(row: dict[str, Any], name: str) -> None:
    del row[name]
    with pytest.raises(LeafError):
        leaf_bytes(row)


@given(
    leaf=st.binary(max_size=9),
    box=st.none() | st.binary(max_size=9),
    key=st.text("ab", max_size=3),
    cut=st.integers(0, 9),
)
def test_bytes_cannot_move_from_one_column_to_the_next(leaf: bytes, box: bytes | None, key: str, cut: int) -> None:
    moved = (leaf[:cut], leaf[cut:] + (box or b""))
    if moved != (leaf, box):
        assert seal_of(b"k", leaf, box, key) != seal_of(b"k", *moved, key)


def test_nothing_sealed_differs_from_an_empty_seal() -> None:
    assert seal_of(b"k", b"leaf", None, "id") != seal_of(b"k", b"leaf", b"", "id")


def test_an_entry_too_long_for_the_log_is_refused() -> None:
    row: dict[str, Any] = dict.fromkeys(LEAF_FIELDS, "x") | {"id": 1, "subject_id": "x" * 70_000}
    with pytest.raises(LeafError):
        leaf_bytes(row)
