"""What is done to a batch before it is stored."""

import polars as pl
import pyarrow as pa
import pytest

from soc.logstore.errors import BatchError
from soc.logstore.prepare import OF, prepared, together
from soc.ocsf.schema import EVENT_SCHEMA
from tests.contract import corpus


def _table(**said: object) -> pa.Table:
    return corpus.table(corpus.numbered([{"time": corpus.START, "guanlan.org": "z"} | said], "b"))


def test_words_that_the_batch_brings_are_kept() -> None:
    table = _table(raw_data="a").set_column(
        EVENT_SCHEMA.names.index("guanlan.tokens"), "guanlan.tokens", pa.array([" own "])
    )
    assert prepared(table)["guanlan.tokens"].to_list() == [" own "]


def test_words_are_made_of_every_spoken_column() -> None:
    frame = prepared(_table(raw_data="A-b", message="转账", **{"guanlan.tables": ["x.y", "z"]}))
    assert frame["guanlan.tokens"].to_list() == [" a b | 转 账 | x y z "]


def test_a_frame_is_taken_as_a_table_is() -> None:
    table = _table(raw_data="A-b", **{"guanlan.tables": ["x.y", "z"], "guanlan.columns": []})
    frame = pl.DataFrame(pl.from_arrow(table))
    assert prepared(frame).equals(prepared(table))


def test_several_batches_keep_their_places_and_their_own_repeated_events() -> None:
    rows = [{"time": corpus.START, "guanlan.org": "z"}] * 2
    twice = corpus.table([*corpus.numbered(rows, "a"), *corpus.numbered(rows, "a")])
    frame = together([twice, corpus.table(corpus.numbered(rows, "a"))])
    assert frame.select("metadata.uid", OF).rows() == [("a-0000", 0), ("a-0001", 0), ("a-0000", 1), ("a-0001", 1)]


def test_rows_are_in_order_of_time() -> None:
    rows = [{"time": corpus.START.replace(hour=hour), "guanlan.org": "z"} for hour in (3, 1, 2)]
    frame = prepared(corpus.table(corpus.numbered(rows, "b")))
    assert frame["guanlan.position"].to_list() == [1, 2, 0]


@pytest.mark.parametrize(
    ("table", "key"),
    [
        (_table().drop_columns(["time"]), "errors.logstore.columns"),
        (_table().set_column(0, "metadata.uid", pa.array([None], pa.string())), "errors.logstore.empty"),
        (pl.DataFrame(pl.from_arrow(_table())).drop("time"), "errors.logstore.columns"),
        (
            pl.DataFrame(pl.from_arrow(_table())).with_columns(class_uid=pl.lit("x")),
            "errors.logstore.types",
        ),
        (
            _table().set_column(EVENT_SCHEMA.names.index("class_uid"), "class_uid", pa.array(["x"])),
            "errors.logstore.types",
        ),
    ],
)
def test_a_batch_of_another_schema_is_refused(table: pa.Table | pl.DataFrame, key: str) -> None:
    with pytest.raises(BatchError) as caught:
        prepared(table)
    assert caught.value.key == key
