"""Parquet, ORC, Avro, Arrow and Delta."""

from collections.abc import Callable
from pathlib import Path

import deltalake
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import orc

from detectors.discovery.sources.base import Sampling, UnreadableError
from tests.detectors.discovery.sources.files.reads import only, scanned, types
from tests.detectors.made import Maker


def orc_file(table: pa.Table, path: Path) -> None:
    orc.write_table(table, path)


def avro_file(table: pa.Table, path: Path) -> None:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    frame.write_avro(path)


def arrow_file(table: pa.Table, path: Path) -> None:
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=100)


Writer = Callable[[pa.Table, Path], None]


@pytest.mark.parametrize("write", [pq.write_table, orc_file, avro_file, arrow_file])
def test_every_format_gives_its_columns_as_text(tmp_path: Path, write: Writer) -> None:
    table = pa.table({"tel": ["13800138000", None], "n": [1, 2], "f": [0.5, 1.0]})
    write(table, tmp_path / "people.bin")
    found = only(tmp_path / "people.bin")
    assert (found.name, found.columns, found.rows) == ("people", ("tel", "n", "f"), 2)
    assert found.values == [("13800138000", "1", "0.5"), (None, "2", "1.0")]


def test_a_sample_takes_rows_of_all_of_a_large_file(tmp_path: Path) -> None:
    pq.write_table(pa.table({"n": range(200_000)}), tmp_path / "a.parquet", row_group_size=5000)
    found = only(tmp_path / "a.parquet", Sampling(rows=1000))
    numbers = [int(row[0] or 0) for row in found.values]
    assert (found.rows, min(numbers) < 5000, max(numbers) >= 195_000) == (200_000, True, True)
    assert 500 <= len(numbers) <= 4000


def test_everything_is_streamed_where_it_is_wanted(tmp_path: Path) -> None:
    pq.write_table(pa.table({"n": range(50_000)}), tmp_path / "a.parquet", row_group_size=7000)
    assert len(only(tmp_path / "a.parquet", Sampling(full=True, rows=10)).values) == 50_000


def test_nested_columns_are_dotted_and_lists_are_further_rows(tmp_path: Path) -> None:
    rows = [{"who": {"tel": "13800138000"}, "plates": ["粤A12345", "粤B12345"]}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    found = only(tmp_path / "a.parquet")
    assert found.columns == ("who.tel", "plates[]")
    assert found.values == [("13800138000", "粤A12345"), (None, "粤B12345")]


def test_bytes_that_are_text_are_text_and_others_are_told_by_length(tmp_path: Path) -> None:
    table = pa.table(
        {"t": pa.array([b"13800138000"], pa.binary()), "photo": pa.array([b"\xff\xd8\xff\x00"], pa.binary())}
    )
    pq.write_table(table, tmp_path / "a.parquet")
    document = scanned(tmp_path / "a.parquet")
    assert document["tables"][0]["coverage"]["binary"] == ["photo"]


@pytest.mark.parametrize("cut", [100, 1000])
def test_a_file_cut_short_is_an_error(tmp_path: Path, cut: int) -> None:
    pq.write_table(pa.table({"n": range(5000)}), tmp_path / "a.parquet")
    whole = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(whole[:-cut])
    with pytest.raises(UnreadableError, match="broken_file"):
        only(tmp_path / "a.parquet")


def test_a_delta_table_is_one_table_as_it_is_now(tmp_path: Path) -> None:
    maker, folder = Maker(), tmp_path / "lake" / "drivers"
    for number in range(12):
        table = pa.table({"phone": [maker.mobile() for _ in range(20)], "batch": [number] * 20})
        deltalake.write_deltalake(folder, table, mode="append")
    made = deltalake.DeltaTable(folder)
    made.create_checkpoint()
    made.delete("batch < 10")
    document = scanned(tmp_path / "lake")
    assert types(document) == {"drivers": ["mobile", None]}
    assert (document["tables"][0]["rows"], document["skipped"]) == (40, [])


def test_a_column_that_came_later_is_empty_in_older_files(tmp_path: Path) -> None:
    folder = tmp_path / "t"
    deltalake.write_deltalake(folder, pa.table({"a": ["x"]}))
    deltalake.write_deltalake(
        folder, pa.table({"a": ["y"], "tel": ["13800138000"]}), mode="append", schema_mode="merge"
    )
    (table,) = scanned(tmp_path)["tables"]
    assert [column["name"] for column in table["columns"]] == ["a", "tel"]
