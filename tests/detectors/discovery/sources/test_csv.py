"""CSV files as offices make them."""

import csv
import io
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.discovery.sources.base import Sampling, UnreadableError
from detectors.discovery.sources.csv import delimiter_of, encoding_of, table_of
from detectors.discovery.sources.files.handle import of_path


def read(path: Path, sampling: Sampling | None = None) -> tuple[tuple[str, ...], list[tuple[str | None, ...]], int]:
    reading = table_of(of_path(path)).read(sampling or Sampling())
    rows = [row for frame in reading.batches for row in frame.rows()]
    return reading.columns, rows, reading.rows


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_every_encoding_of_chinese_offices_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "人员.csv"
    path.write_bytes("姓名,电话\n张伟,13800138000\n欧阳娜,13900139000\n".encode(encoding))
    assert read(path) == (("姓名", "电话"), [("张伟", "13800138000"), ("欧阳娜", "13900139000")], 2)


def test_a_table_is_called_after_its_file(tmp_path: Path) -> None:
    (tmp_path / "drivers.csv").touch()
    assert table_of(of_path(tmp_path / "drivers.csv")).name == "drivers"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    assert (
        delimiter_of(f"a{delimiter}b{delimiter}c\n1{delimiter}2,5{delimiter}3\n4{delimiter}5{delimiter}6\n")
        == delimiter
    )


def test_a_file_of_one_column_is_one_column(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("phone\n13800138000\n13900139000\n", encoding="utf-8")
    assert read(path)[0] == ("phone",)


def test_the_first_row_is_data_where_there_are_no_headers(tmp_path: Path) -> None:
    path = tmp_path / "bare.csv"
    path.write_text("张伟,1\n李娜,2\n", encoding="utf-8")
    assert read(path, Sampling(headers=False)) == (("column_1", "column_2"), [("张伟", "1"), ("李娜", "2")], 2)


def test_short_long_and_quoted_lines_are_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "ragged.csv"
    path.write_text('a,b\n1\n1,2,3\n"x,y","line\nbreak"\n', encoding="utf-8")
    assert read(path)[1] == [("1", None), ("1", "2"), ("x,y", "line\nbreak")]


def test_repeated_and_empty_names_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("phone,phone,\n1,2,3\n", encoding="utf-8")
    assert read(path)[0] == ("phone", "phone_2", "column_3")


def test_a_huge_field_is_read_and_cut(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    path.write_text("a,b\n" + "x" * 3_000_000 + ",13800138000\n", encoding="utf-8")
    assert read(path)[1][0][1] == "13800138000"


def test_an_empty_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.touch()
    with pytest.raises(UnreadableError, match="empty_file"):
        read(path)


def test_a_file_that_is_no_text_says_so(tmp_path: Path) -> None:
    path = tmp_path / "binary.csv"
    path.write_bytes(random.Random(1).randbytes(5000))
    with pytest.raises(UnreadableError, match="encoding"):
        encoding_of(path)


def test_a_sample_is_the_same_each_time_and_another_with_another_seed(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("n\n" + "\n".join(map(str, range(5000))) + "\n", encoding="utf-8")
    first, again, other = (read(path, Sampling(rows=50, seed=seed)) for seed in (1, 1, 2))
    assert first == again
    assert first[1] != other[1]
    assert (len(first[1]), first[2]) == (50, 5000)


def test_all_rows_are_read_in_batches_when_everything_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("n\n" + "\n".join(map(str, range(1000))) + "\n", encoding="utf-8")
    reading = table_of(of_path(path)).read(Sampling(rows=5, full=True, batch=300))
    assert [len(frame) for frame in reading.batches] == [300, 300, 300, 100]
    assert reading.rows == 1000


_CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\n"), min_size=1, max_size=12).filter(
    lambda text: text.strip()
)


@settings(max_examples=50)
@given(
    rows=st.lists(st.tuples(_CELL, _CELL, _CELL), min_size=3, max_size=12),
    encoding=st.sampled_from(["utf-8", "utf-16", "gb18030"]),
)
def test_what_was_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], encoding: str
) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("编号", "名称", "备注"), *rows])
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    assert read(path)[1] == rows
