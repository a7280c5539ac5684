"""DuckDB files: read only, with no way out, nested values as text."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from detectors.discovery.scan import Orders, scan
from detectors.discovery.sources.base import Kind, Sampling, SourceUnreachableError
from detectors.discovery.sources.coverage import Method
from detectors.discovery.sources.database import open_database
from tests.detectors.discovery.sources.databases.servers import read, rows_of, table_of
from tests.detectors.made import Maker


def made(path: Path, *statements: str) -> str:
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)
    return f"duckdb:///{path}"


def test_a_table_is_read_whole_with_its_types_comments_and_kinds(tmp_path: Path) -> None:
    url = made(
        tmp_path / "a.duckdb",
        "CREATE SCHEMA other",
        "CREATE TABLE t (n int, s varchar, l int[], r struct(a int), b blob, d date)",
        "COMMENT ON COLUMN t.s IS '姓名'",
        "INSERT INTO t VALUES (1, '张三', [1, 2], {'a': 3}, 'abc'::blob, '2024-01-02'), (2, '', NULL, NULL, NULL, NULL)",
        "CREATE TABLE other.u AS SELECT 7 AS x",
        "CREATE VIEW v AS SELECT s FROM t",
    )
    with open_database(url) as opened:
        tables = {table.name: table for table in opened.tables()}
        reading, (frame,) = read(tables["t"])
        assert rows_of(tables["other.u"]) == [("7",)]
        assert rows_of(tables["v"]) == [("张三",), ("",)]
    assert frame.rows()[0] == ("1", "张三", "[1, 2]", "{'a': 3}", None, "2024-01-02")
    assert (tables["t"].comments["s"], tables["v"].kind) == ("姓名", Kind.VIEW)
    assert reading.coverage.binary == {"b": 3}


def test_samples_repeat_and_reach_over_the_whole_table(tmp_path: Path) -> None:
    url = made(tmp_path / "a.duckdb", "CREATE TABLE t AS SELECT range AS n, 'v' || range AS s FROM range(50000)")
    with open_database(url) as opened:
        table = table_of(opened, "t")
        first, again, other = (rows_of(table, Sampling(seed=seed, most=0)) for seed in (1, 1, 2))
        reading, frames = read(table)
    assert first == again
    assert first != other
    numbers = {int(value) for value in frames[0]["n"].to_list()}
    assert all(any(start <= one < start + 5000 for one in numbers) for start in range(0, 50_000, 5000))
    assert {0, 49_999} <= numbers
    assert (reading.rows, reading.coverage.method) == (50_000, Method.SPREAD)


def test_a_full_reading_misses_no_row_and_cuts_long_cells(tmp_path: Path) -> None:
    url = made(tmp_path / "a.duckdb", "CREATE TABLE t AS SELECT range AS n, repeat('长', 5000) AS s FROM range(3000)")
    with open_database(url) as opened:
        reading, frames = read(table_of(opened, "t"), Sampling(full=True))
    assert sorted(int(value) for frame in frames for value in frame["n"].to_list()) == list(range(3000))
    assert frames[0]["s"][0] == "长" * 4096
    assert reading.coverage.cut == {"s"}


def test_a_view_that_reads_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n13800138000\n")
    url = made(
        tmp_path / "a.duckdb",
        f"CREATE VIEW v AS SELECT * FROM read_csv('{tmp_path}/secret.csv')",
        "CREATE TABLE t (a int)",
    )
    result = scan([url], Orders())
    assert [table.name for table in result.tables] == ["t"]
    assert [one.path for one in result.skipped] == ["v"]


def test_a_session_can_neither_write_nor_open_the_way_out_again(tmp_path: Path) -> None:
    url = made(tmp_path / "a.duckdb", "CREATE TABLE t (a int)")
    with open_database(url) as opened:
        session = opened.family.connect()
        for statement in (
            "INSERT INTO t VALUES (1)",
            "SET enable_external_access = true",
            f"COPY t TO '{tmp_path}/out.csv'",
        ):
            with pytest.raises(duckdb.Error):
                session.execute(statement)
        opened.family.close(session)
    assert not (tmp_path / "out.csv").exists()


def test_a_file_that_another_process_writes_is_said_to_be_busy(tmp_path: Path) -> None:
    url = made(tmp_path / "a.duckdb", "CREATE TABLE t (a int)")
    program = f"import duckdb; c = duckdb.connect({str(tmp_path / 'a.duckdb')!r}); print(1, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        with open_database(url) as opened, pytest.raises(SourceUnreachableError, match="file_busy"):
            opened.tables()
        other.kill()


def test_a_file_that_is_none_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "a.duckdb").write_bytes(b"no database at all" * 100)
    with (
        open_database(f"duckdb:///{tmp_path}/a.duckdb") as opened,
        pytest.raises(SourceUnreachableError, match="no_database"),
    ):
        opened.tables()


def test_people_are_found_by_a_scan_of_a_folder_whatever_the_file_is_called(tmp_path: Path) -> None:
    maker = Maker()
    made(tmp_path / "people.db", "CREATE TABLE people (f1 varchar, f2 varchar)")
    with duckdb.connect(str(tmp_path / "people.db")) as connection:
        connection.executemany(
            "INSERT INTO people VALUES (?, ?)", [[maker.resident_id(), maker.mobile()] for _ in range(200)]
        )
    (table,) = scan([str(tmp_path)], Orders()).tables
    assert [one.type for one in table.columns] == ["resident_id", "mobile"]
