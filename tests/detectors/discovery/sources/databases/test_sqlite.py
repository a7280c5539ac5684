"""SQLite files: values of any kind in any column, keys of any kind, and not a byte written."""

import sqlite3
from pathlib import Path

import pytest

from detectors.discovery.scan import Orders, scan
from detectors.discovery.sources.base import Kind, Sampling
from detectors.discovery.sources.coverage import Method
from detectors.discovery.sources.database import open_database
from detectors.discovery.sources.databases.family import Limits
from detectors.discovery.sources.databases.trouble import Trouble, TroubleError
from soc.sqlite import newest
from tests.detectors.discovery.sources.databases.servers import read, rows_of, table_of


def made(path: Path, *statements: str, **parameters: object) -> str:
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return f"sqlite:///{path}"


NUMBERS = "WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < {}) SELECT n, 'v' || n AS s FROM g"


def test_a_value_counts_as_what_it_is_whatever_its_column_was_declared_as(tmp_path: Path) -> None:
    url = made(
        tmp_path / "a.db",
        "CREATE TABLE t (n INTEGER, b BLOB)",
        "INSERT INTO t VALUES ('text in a number', 'text in bytes'), (7, x'ffd8ff'), (1.5, NULL)",
    )
    with open_database(url) as opened:
        reading, (frame,) = read(table_of(opened, "t"))
    assert frame.rows() == [("text in a number", "text in bytes"), ("7", None), ("1.5", None)]
    assert reading.coverage.binary == {"b": 3}


def test_a_long_cell_is_cut_and_text_in_another_encoding_is_read(tmp_path: Path) -> None:
    url = made(
        tmp_path / "a.db",
        "CREATE TABLE t (a TEXT, b TEXT)",
        f"INSERT INTO t VALUES (printf('%.*c', 3000000, 'x'), CAST(x'{'张三'.encode('gb18030').hex()}' AS TEXT))",
    )
    with open_database(url) as opened:
        reading, (frame,) = read(table_of(opened, "t"))
    assert frame.rows() == [("x" * 4096, "张三")]
    assert (reading.coverage.cut, reading.coverage.garbled) == ({"a"}, {"b"})


@pytest.mark.parametrize(
    "declared",
    ["(n INTEGER PRIMARY KEY, s TEXT)", "(n INTEGER, s TEXT)", "(n INTEGER, s TEXT, PRIMARY KEY (s, n)) WITHOUT ROWID"],
)
def test_samples_repeat_grow_and_reach_over_the_whole_table_by_any_key(tmp_path: Path, declared: str) -> None:
    url = made(tmp_path / "a.db", f"CREATE TABLE t {declared}", f"INSERT INTO t {NUMBERS.format(30000)}")
    with open_database(url) as opened:
        table = table_of(opened, "t")
        first, again, other = (rows_of(table, Sampling(seed=seed, most=0)) for seed in (1, 1, 2))
        reading, frames = read(table)
    assert first == again
    assert first != other
    assert (reading.rows, reading.estimated, reading.coverage.method) == (30_000, False, Method.SPREAD)
    numbers = sorted(int(value) for value in frames[0]["n"].to_list())
    assert all(any(start < one <= start + 3000 for one in numbers) for start in range(0, 30_000, 3000))
    assert [round(frame.height, -3) for frame in frames] == [1000, 4000, 15_000]


def test_a_table_with_great_gaps_in_its_numbers_is_sampled_all_the_same(tmp_path: Path) -> None:
    url = made(
        tmp_path / "a.db",
        "CREATE TABLE t (n INTEGER PRIMARY KEY, s TEXT)",
        f"INSERT INTO t SELECT n * 1000003, s FROM ({NUMBERS.format(5000)})",
    )
    with open_database(url) as opened:
        reading, frames = read(table_of(opened, "t"), Sampling(most=0))
    assert frames[0].height > 500
    assert reading.rows in {5000, 1000003 * 4999 + 1}


def test_a_view_that_names_what_is_not_there_is_skipped_and_the_others_are_read(tmp_path: Path) -> None:
    url = made(
        tmp_path / "a.db",
        "CREATE TABLE t (a TEXT)",
        "CREATE TABLE gone (a TEXT)",
        "CREATE VIEW broken AS SELECT a FROM gone",
        "CREATE VIEW fine AS SELECT a FROM t",
        "DROP TABLE gone",
    )
    result = scan([url], Orders())
    assert [table.name for table in result.tables] == ["fine", "t"]
    assert [one.path for one in result.skipped] == ["broken"]


def test_a_file_in_wal_mode_is_read_without_a_file_beside_it(tmp_path: Path) -> None:
    url = made(tmp_path / "a.db", "CREATE TABLE t (a TEXT)", "INSERT INTO t VALUES ('x')")
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    before = (tmp_path / "a.db").read_bytes()
    with open_database(url) as opened:
        assert rows_of(table_of(opened, "t")) == [("x",)]
        assert [path.name for path in tmp_path.iterdir()] == ["a.db"]
    assert (tmp_path / "a.db").read_bytes() == before


def test_a_file_that_somebody_writes_to_in_wal_mode_is_read_as_it_is_now(tmp_path: Path) -> None:
    url = made(tmp_path / "a.db", "CREATE TABLE t (a TEXT)")
    # of the same library: locks of two in one process are not seen by each other
    writer = newest().connect(str(tmp_path / "a.db"), isolation_level=None)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("INSERT INTO t VALUES ('new')")
    with open_database(url) as opened:
        assert rows_of(table_of(opened, "t")) == [("new",)]
    writer.close()


def test_a_file_locked_by_a_writer_is_not_waited_for_long(tmp_path: Path) -> None:
    url = made(tmp_path / "a.db", "CREATE TABLE t (a TEXT)")
    # of the same library: locks of two in one process are not seen by each other
    writer = newest().connect(str(tmp_path / "a.db"), isolation_level=None)
    with open_database(url, Limits(lock=1)) as opened:
        (table,) = opened.tables()
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(TroubleError) as refused:
            rows_of(table)
    writer.close()
    assert refused.value.trouble is Trouble.LOCKED


def test_a_view_without_end_is_left(tmp_path: Path) -> None:
    url = made(
        tmp_path / "a.db",
        "CREATE VIEW endless AS WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g) SELECT max(n) AS n FROM g",
        "CREATE TABLE t (a TEXT)",
    )
    with open_database(url, Limits(statement=1, grace=0)) as opened:
        with pytest.raises(TroubleError) as refused:
            rows_of(table_of(opened, "endless"))
        assert rows_of(table_of(opened, "t")) == []
    assert refused.value.trouble is Trouble.SLOW


def test_a_session_cannot_write(tmp_path: Path) -> None:
    url = made(tmp_path / "a.db", "CREATE TABLE t (a TEXT)")
    with open_database(url) as opened:
        session = opened.family.connect()
        for statement in ("INSERT INTO t VALUES (1)", "CREATE TABLE mine (a)", "PRAGMA user_version = 7"):
            with pytest.raises(Exception, match=r"readonly|read-only|query_only"):
                session.execute(statement)
                session.execute("PRAGMA query_only = OFF").execute("INSERT INTO t VALUES (1)")
        opened.family.close(session)


def test_kinds_and_the_state_of_a_file_are_told(tmp_path: Path) -> None:
    url = made(tmp_path / "a.db", "CREATE TABLE t (a TEXT)", "CREATE VIEW v AS SELECT a FROM t")
    with open_database(url) as opened:
        kinds = {table.name: (table.kind, table.state) for table in opened.tables()}
    made(tmp_path / "a.db", "INSERT INTO t VALUES ('x')", "CREATE TABLE filler AS SELECT zeroblob(9000) AS z")
    with open_database(url) as opened:
        after = {table.name: table.state for table in opened.tables()}
    assert (kinds["t"][0], kinds["v"][0]) == (Kind.TABLE, Kind.VIEW)
    assert kinds["t"][1] != after["t"]
