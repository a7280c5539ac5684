"""JSON written by column expressions is JSON."""

import orjson
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from audit.ingest.frame import with_unmapped

TEXTS = st.none() | st.text(st.characters(codec="utf-8"), max_size=30)


@given(st.lists(st.tuples(TEXTS, TEXTS, st.none() | st.integers(-(2**40), 2**40)), min_size=1, max_size=5))
def test_every_field_comes_back_and_empty_ones_are_left_out(
    rows: list[tuple[str | None, str | None, int | None]],
) -> None:
    schema = {"+one.text": pl.String, "+two.text": pl.String, "+two.number": pl.Int64}
    frame = with_unmapped(pl.DataFrame(rows, schema=schema, orient="row"))
    for (first, second, count), text in zip(rows, frame["unmapped"], strict=True):
        wanted: dict[str, dict[str, object]] = {"one": {"text": first}, "two": {"text": second, "number": count}}
        kept = {name: {key: one for key, one in inner.items() if one is not None} for name, inner in wanted.items()}
        assert (orjson.loads(text) if text else {}) == {name: inner for name, inner in kept.items() if inner}


@given(
    st.lists(
        st.tuples(
            *(st.sampled_from(["", '"', "x"]) for _ in range(2)), *(st.sampled_from([None, "y"]) for _ in range(2))
        ),
        min_size=1,
        max_size=5,
    )
)
def test_fields_that_are_always_there_are_written_with_those_that_are_not(rows: list[tuple[str | None, ...]]) -> None:
    names = ("+one.always", "+two.always", "+one.seldom", "+two.seldom")
    frame = with_unmapped(pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row"))
    for row, text in zip(rows, frame["unmapped"], strict=True):
        one, two = {"always": row[0], "seldom": row[2]}, {"always": row[1], "seldom": row[3]}
        kept = [{key: value for key, value in inner.items() if value is not None} for inner in (one, two)]
        assert orjson.loads(text) == {"one": kept[0], "two": kept[1]}


def test_events_without_anything_beyond_the_schema_have_nothing_unmapped() -> None:
    frame = with_unmapped(pl.DataFrame({"+one.text": [None, None]}, schema={"+one.text": pl.String}))
    assert frame["unmapped"].to_list() == [None, None]
