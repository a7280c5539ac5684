"""MariaDB: what is read and how, what is named because it was not, and that nobody is kept waiting."""

import threading
from collections.abc import Iterator
from typing import Any

import pymysql
import pytest

from detectors.discovery.scan import Orders, scan
from detectors.discovery.sources.base import Kind, Sampling, TableState
from detectors.discovery.sources.coverage import Method
from detectors.discovery.sources.database import open_database
from detectors.discovery.sources.databases import mysql, mysql_catalogue, mysql_plan
from detectors.discovery.sources.databases.family import Limits
from detectors.discovery.sources.databases.mysql_account import excess_of
from detectors.discovery.sources.databases.mysql_plan import texts_between
from detectors.discovery.sources.databases.plan import between
from detectors.discovery.sources.databases.trouble import Trouble, TroubleError
from tests.detectors.discovery.sources.databases.servers import (
    mariadb_database,
    mariadb_run,
    mariadb_session,
    mariadb_url,
    read,
    rows_of,
    table_of,
)
from tests.detectors.made import Maker

needs_server = pytest.mark.mariadb


@pytest.fixture
def database() -> Iterator[str]:
    """A database of our own."""
    with mariadb_database() as name:
        yield name


def reader(database: str) -> str:
    return mariadb_url(database, user=database)


@needs_server
def test_a_table_is_read_whole_with_its_types_comments_and_kinds(database: str) -> None:
    mariadb_run(
        database,
        """CREATE TABLE t (n int PRIMARY KEY, s varchar(20) COMMENT '姓名', d date, b bit(4), j json, x decimal(8,2),
           e enum('甲','乙'), g point) COMMENT '人员'""",
        """INSERT INTO t VALUES (1, '张三', '2024-01-02', b'0101', '{"k": 1}', 1.5, '乙', point(113.2, 23.1)),
           (2, '', NULL, NULL, NULL, NULL, NULL, NULL)""",
        "CREATE VIEW v AS SELECT s FROM t",
    )
    with open_database(reader(database)) as opened:
        table = table_of(opened, "t")
        assert (table.comment, table.comments["s"], table.types["x"]) == ("人员", "姓名", "decimal(8,2)")
        assert rows_of(table) == [
            ("1", "张三", "2024-01-02", "5", '{"k": 1}', "1.50", "乙", "POINT(113.2 23.1)"),
            ("2", "", None, None, None, None, None, None),
        ]
        assert {one.name: one.kind for one in opened.tables()} == {"t": Kind.TABLE, "v": Kind.VIEW}


@needs_server
def test_values_with_newlines_quotes_backslashes_and_the_word_null_come_through(database: str) -> None:
    values = [("a\nb", 'it\'s "x", y'), ("NULL", None), ("\\", "\\'"), ("", "，"), ("\r\n\t\x1a", "😀"), (None, "")]
    mariadb_run(database, "CREATE TABLE t (a text, b text)")
    with mariadb_session(database) as session, session.cursor() as cursor:
        cursor.executemany("INSERT INTO t VALUES (%s, %s)", values)
    with open_database(reader(database)) as opened:
        assert rows_of(table_of(opened, "t")) == [(a and a.replace("\x1a", "Z"), b) for a, b in values]


@needs_server
def test_a_long_cell_is_cut_by_the_server_and_of_bytes_only_the_length_is_read(database: str) -> None:
    mariadb_run(
        database,
        "CREATE TABLE t (a longtext, photo longblob)",
        "INSERT INTO t VALUES (repeat('长', 1000000), repeat('x', 70000)), ('short', NULL)",
    )
    with open_database(reader(database)) as opened:
        reading, (frame,) = read(table_of(opened, "t"))
    assert frame.rows() == [("长" * 4096, None), ("short", None)]
    assert (reading.coverage.cut, reading.coverage.binary) == ({"a"}, {"photo": 70_000})


@needs_server
def test_rows_too_wide_to_be_written_as_one_text_are_read_by_their_cells(database: str) -> None:
    columns = ", ".join(f"c{number} text" for number in range(300))
    values = ", ".join(["repeat('长', 4000)"] * 300)
    with mariadb_session() as session, session.cursor() as cursor:
        cursor.execute("SELECT @@GLOBAL.max_allowed_packet")
        (before,) = cursor.fetchone() or (0,)
        cursor.execute("SET GLOBAL max_allowed_packet = 1048576")
        try:
            mariadb_run(database, f"CREATE TABLE t ({columns})", f"INSERT INTO t VALUES ({values})")
            with open_database(reader(database)) as opened:
                ((first, *rest),) = rows_of(table_of(opened, "t"))
        finally:
            cursor.execute(f"SET GLOBAL max_allowed_packet = {before}")
    assert first == "长" * 4000
    assert rest == [first] * 299


@needs_server
def test_text_of_other_character_sets_is_read_and_what_was_mislabelled_is_named(database: str) -> None:
    mariadb_run(
        database,
        "CREATE TABLE t (a varchar(20) CHARACTER SET gbk, b varchar(60) CHARACTER SET latin1, c varchar(20) CHARACTER SET latin1)",
    )
    with mariadb_session(database) as session, session.cursor() as cursor:
        cursor.execute("INSERT INTO t (a, c) VALUES ('张三', 'Café')")
        cursor.execute("SET NAMES latin1")
        cursor.execute("INSERT INTO t (b) VALUES (0x" + "李四".encode("gb18030").hex() + ")")
        cursor.execute("INSERT INTO t (b) VALUES (0x" + "王五".encode().hex() + ")")
    with open_database(reader(database)) as opened:
        reading, (frame,) = read(table_of(opened, "t"))
    assert frame["a"].to_list()[0] == "张三"
    assert frame["b"].to_list() == [None, "李四", "王五"]
    assert frame["c"].to_list()[0] == "Café"
    assert reading.coverage.garbled == {"b"}


SEQUENCE = "SELECT seq, concat('值', seq) FROM seq_1_to_{}"


@needs_server
@pytest.mark.parametrize(
    "declared",
    [
        "n bigint PRIMARY KEY, s varchar(20)",
        "n varchar(20) PRIMARY KEY, s varchar(20)",
        "n int, s varchar(20)",
        "n datetime PRIMARY KEY, s varchar(20)",
    ],
)
def test_samples_repeat_grow_and_reach_over_the_whole_table_by_any_key(database: str, declared: str) -> None:
    first_column = "'2020-01-01' + INTERVAL seq MINUTE" if "datetime" in declared else "seq"
    mariadb_run(
        database,
        f"CREATE TABLE t ({declared})",
        f"INSERT INTO t SELECT {first_column}, seq FROM seq_1_to_30000",
        "ANALYZE TABLE t",
    )
    with open_database(reader(database)) as opened:
        table = table_of(opened, "t")
        first, again, other = (rows_of(table, Sampling(seed=seed, most=0)) for seed in (1, 1, 2))
        reading, frames = read(table)
    assert first == again
    assert first != other
    assert (reading.rows, reading.coverage.method) == (30_000, Method.SPREAD)
    numbers = {int(value) for value in frames[0]["s"].to_list() if value}
    assert [any(start < one <= start + 3000 for one in numbers) for start in range(0, 30_000, 3000)].count(True) >= 9
    assert 700 < frames[0].height < 1500


@needs_server
@pytest.mark.parametrize("declared", ["varchar(20)", "datetime"])
def test_a_table_too_large_to_pass_through_is_sampled_by_any_key_it_has(
    database: str, declared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mysql_plan, "_PASSED", 0)
    first_column = "'2020-01-01' + INTERVAL seq MINUTE" if declared == "datetime" else "lpad(seq * 33, 7, '0')"
    mariadb_run(
        database,
        f"CREATE TABLE t (n {declared} PRIMARY KEY, s varchar(20))",
        f"INSERT INTO t SELECT {first_column}, seq FROM seq_1_to_30000",
    )
    with open_database(reader(database)) as opened:
        reading, (frame, *_) = read(table_of(opened, "t"))
    assert {"1", "30000"} <= set(frame["s"].to_list())
    assert (reading.coverage.method, 900 < frame.height < 1100) == (Method.SPREAD, True)


@needs_server
def test_a_sample_by_its_key_has_the_first_and_the_last_row(database: str) -> None:
    mariadb_run(
        database,
        "CREATE TABLE t (n int PRIMARY KEY, s text)",
        "INSERT INTO t SELECT seq * seq, seq FROM seq_1_to_20000",
    )
    with open_database(reader(database)) as opened:
        numbers = {int(value) for value in read(table_of(opened, "t"))[1][0]["n"].to_list()}
    assert {1, 20_000 * 20_000} <= numbers


@needs_server
def test_a_full_reading_goes_along_the_key_and_misses_no_row(database: str) -> None:
    mariadb_run(
        database,
        "CREATE TABLE t (a varchar(10), b int, s text, PRIMARY KEY (a, b))",
        "INSERT INTO t SELECT concat('k', seq % 7), seq, seq FROM seq_1_to_12345",
    )
    with open_database(reader(database)) as opened:
        reading, frames = read(table_of(opened, "t"), Sampling(full=True, batch=1000))
    assert sorted(int(value) for frame in frames for value in frame["s"].to_list()) == list(range(1, 12_346))
    assert (reading.columns, reading.rows, reading.coverage.method) == (("a", "b", "s"), 12_345, Method.WHOLE)


@needs_server
def test_every_partition_is_sampled_also_the_small_one(database: str) -> None:
    mariadb_run(
        database,
        """CREATE TABLE t (y int, s varchar(10)) PARTITION BY RANGE (y)
           (PARTITION p2023 VALUES LESS THAN (2024), PARTITION p2024 VALUES LESS THAN (2025))""",
        "INSERT INTO t SELECT 2023, 'old' FROM seq_1_to_20000",
        "INSERT INTO t SELECT 2024, 'new' FROM seq_1_to_50",
        "ANALYZE TABLE t",
    )
    with open_database(reader(database)) as opened:
        (table,) = opened.tables()
        reading, frames = read(table, Sampling(most=0))
    assert (table.kind, reading.rows) == (Kind.PARTITIONED, 20_050)
    assert {"old", "new"} <= set(frames[0]["s"].to_list())


@needs_server
def test_a_session_cannot_write(database: str) -> None:
    mariadb_run(database, "CREATE TABLE t (a int)")
    with open_database(mariadb_url(database)) as opened:
        session = opened.family.connect()
        try:
            for statement in ("INSERT INTO t VALUES (1)", "CREATE TABLE mine (a int)", "DROP TABLE t"):
                with pytest.raises(pymysql.err.OperationalError, match="READ ONLY"):
                    session.query(statement)
        finally:
            opened.family.close(session)


@needs_server
def test_a_locked_table_is_not_waited_for_and_the_others_are_read(database: str) -> None:
    mariadb_run(database, "CREATE TABLE held (a int)", "CREATE TABLE open (a int)", "INSERT INTO open VALUES (7)")
    with mariadb_session(database) as holder, open_database(reader(database), Limits(lock=1)) as opened:
        with holder.cursor() as cursor:
            cursor.execute("LOCK TABLES held WRITE")
        tables = opened.tables()
        assert [table.name for table in tables] == ["held", "open"]
        with pytest.raises(TroubleError) as refused:
            rows_of(tables[0])
        assert rows_of(tables[1]) == [("7",)]
    assert refused.value.trouble is Trouble.LOCKED


@needs_server
def test_a_reading_that_is_not_used_up_holds_no_lock_between_its_pieces(database: str) -> None:
    mariadb_run(
        database,
        "CREATE TABLE t (n int PRIMARY KEY, s text)",
        "INSERT INTO t SELECT seq, repeat('x', 500) FROM seq_1_to_60000",
    )
    altered = threading.Event()

    def alter() -> None:
        with mariadb_session(database) as other, other.cursor() as cursor:
            cursor.execute("SET lock_wait_timeout = 20")
            cursor.execute("ALTER TABLE t COMMENT 'more'")
        altered.set()

    with open_database(reader(database)) as opened:
        reading = table_of(opened, "t").read(Sampling(full=True, batch=5000))
        thread = threading.Thread(target=alter)
        for place, _frame in enumerate(reading.batches):
            if place == 0:
                thread.start()
        thread.join(30)
    assert altered.is_set()
    assert reading.rows == 60_000


@needs_server
def test_a_statement_that_takes_too_long_is_left_and_others_are_read(database: str) -> None:
    mariadb_run(
        database, "CREATE VIEW slow AS SELECT sleep(60) AS a", "CREATE TABLE t (a int)", "INSERT INTO t VALUES (7)"
    )
    with open_database(reader(database), Limits(statement=1)) as opened:
        with pytest.raises(TroubleError) as refused:
            rows_of(table_of(opened, "slow"))
        assert rows_of(table_of(opened, "t")) == [("7",)]
    assert refused.value.trouble is Trouble.SLOW


@needs_server
def test_what_the_account_may_not_read_and_a_view_that_fails_are_named(database: str) -> None:
    mariadb_run(
        database,
        "CREATE TABLE half (a varchar(10), b varchar(10))",
        "INSERT INTO half VALUES ('x', 'y')",
        "CREATE TABLE gone (a int)",
        "CREATE VIEW broken AS SELECT a FROM gone",
        "DROP TABLE gone",
        f"REVOKE SELECT ON {database}.* FROM {database}@'127.0.0.1'",
        f"GRANT SELECT (a) ON {database}.half TO {database}@'127.0.0.1'",
        f"GRANT SELECT ON {database}.broken TO {database}@'127.0.0.1'",
    )
    result = scan([reader(database)], Orders())
    assert [(table.name, [one.name for one in table.columns]) for table in result.tables] == [("half", ["a"])]
    assert [one.path for one in result.skipped] == ["broken"]


@needs_server
def test_names_with_everything_in_them_are_read(database: str) -> None:
    odd = "we`ird; DROP TABLE x:y 50%_%% \\ \n名"
    quoted = odd.replace("`", "``").replace("%", "%%")
    with mariadb_session(database) as session, session.cursor() as cursor:
        cursor.execute(f"CREATE TABLE `{quoted}` (`{quoted}` text, `%%s` text, `:a` int PRIMARY KEY)", ())
        cursor.execute(f"INSERT INTO `{quoted}` VALUES ('1', '2', 3)", ())
    with open_database(reader(database)) as opened:
        (table,) = opened.tables()
        reading, (frame,) = read(table)
    assert (table.name, reading.columns) == (odd, (odd, "%s", ":a"))
    assert frame.rows() == [("1", "2", "3")]


@needs_server
def test_the_state_of_a_table_changes_with_its_rows_and_its_columns_and_with_nothing_else(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mysql_catalogue, "_FACTS", (mysql_catalogue._FACTS[0].replace("- INTERVAL 2", "+ INTERVAL 9"),))
    mariadb_run(database, "CREATE TABLE t (a text)", "CREATE TABLE other (a text)", "INSERT INTO t VALUES ('x')")

    def state() -> TableState:
        with open_database(reader(database)) as opened:
            found = table_of(opened, "t").state
        assert found is not None
        return found

    first = state()
    assert first.tells
    mariadb_run(database, "INSERT INTO other VALUES ('x')")
    assert state() == first
    mariadb_run(database, "ALTER TABLE t MODIFY a text COMMENT '备注'")
    assert state().schema_digest != first.schema_digest


@needs_server
def test_a_table_that_was_written_in_this_second_does_not_tell_yet(database: str) -> None:
    mariadb_run(database, "CREATE TABLE t (a text)", "INSERT INTO t VALUES ('x')")
    with open_database(reader(database)) as opened:
        found = table_of(opened, "t").state
    assert found is not None
    assert not found.tells


@needs_server
def test_databases_of_a_server_are_listed_where_the_address_names_none(database: str) -> None:
    mariadb_run(database, "CREATE TABLE t (a int)")
    with open_database(reader(database).rsplit("/", 1)[0] + "/") as opened:
        assert [table.name for table in opened.tables()] == [f"{database}.t"]


@needs_server
def test_an_engine_with_fewer_facts_and_no_keys_or_partitions_is_listed_all_the_same(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mariadb_run(database, "CREATE TABLE t (a int PRIMARY KEY)", "INSERT INTO t VALUES (7)")
    monkeypatch.setattr(mysql_catalogue, "_FACTS", ("no_such_fact, a, b, c, d, e",))
    asked = mysql_catalogue._asked

    def fewer(session: Any, statement: str) -> Any:
        if "information_schema.statistics" in statement or "information_schema.partitions" in statement:
            raise pymysql.err.ProgrammingError(1109, "Unknown table")
        return asked(session, statement)

    monkeypatch.setattr(mysql_catalogue, "_asked", fewer)
    with open_database(reader(database)) as opened:
        (table,) = opened.tables()
        assert (rows_of(table), table.state.watermark if table.state else "") == ([("7",)], "")


@needs_server
def test_an_engine_that_cannot_quote_gives_its_cells(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mariadb_run(
        database, "CREATE TABLE t (a int PRIMARY KEY, b text)", "INSERT INTO t SELECT seq, '值' FROM seq_1_to_2500"
    )
    texts = mysql.MySQL._texts

    def refused(*_: Any) -> Any:
        raise pymysql.err.ProgrammingError(1305, "FUNCTION quote does not exist")

    with open_database(reader(database)) as opened:
        table = table_of(opened, "t")
        quick = read(table, Sampling(full=True, batch=1000))[1]
        monkeypatch.setattr(mysql.MySQL, "_texts", refused)
        slow = read(table, Sampling(full=True, batch=1000))[1]
        monkeypatch.setattr(mysql.MySQL, "_texts", texts)
    assert [row for frame in quick for row in frame.rows()] == [row for frame in slow for row in frame.rows()]
    assert sum(frame.height for frame in slow) == 2500


@needs_server
def test_people_are_found_by_a_scan_of_a_server(database: str) -> None:
    maker = Maker()
    mariadb_run(database, "CREATE TABLE people (id int PRIMARY KEY AUTO_INCREMENT, f1 char(18), f2 char(11))")
    with mariadb_session(database) as session, session.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO people (f1, f2) VALUES (%s, %s)", [(maker.resident_id(), maker.mobile()) for _ in range(3000)]
        )
    (table,) = scan([reader(database)], Orders()).tables
    assert [one.type for one in table.columns] == [None, "resident_id", "mobile"]
    assert (table.rows, table.coverage["method"]) == (3000, "spread")


def test_places_of_a_key_lie_in_every_stretch_between_its_ends() -> None:
    places = between(1, 1_000_000, 50, seed=3)
    assert places == between(1, 1_000_000, 50, seed=3)
    assert places[0] == 1
    assert [sum(1 for one in places if start <= one < start + 100_000) for start in range(1, 1_000_000, 100_000)] == [
        5
    ] * 10


def test_places_of_a_key_of_text_lie_between_its_ends() -> None:
    places = texts_between(b"440100-aaaa", b"440999-zzzz", 20, seed=1)
    assert places[0] == "440100-aaaa"
    assert all("440" <= one < "441" for one in places)
    assert len(set(places)) == 20


@pytest.mark.parametrize(
    ("grant", "excess"),
    [
        ("GRANT USAGE ON *.* TO `r`@`%`", []),
        ("GRANT SELECT, SHOW VIEW ON `db`.* TO `r`@`%`", []),
        ("GRANT SELECT, INSERT, CREATE TEMPORARY TABLES ON `db`.* TO `r`@`%`", ["write"]),
        ("GRANT ALL PRIVILEGES ON *.* TO `r`@`%` WITH GRANT OPTION", ["superuser", "write", "create", "file", "grant"]),
        ("GRANT SELECT, CREATE, FILE ON *.* TO `r`@`%`", ["create", "file"]),
        ("GRANT SELECT ON `update`.* TO `insert`@`%`", []),
    ],
)
def test_rights_that_a_scan_does_not_need_are_seen_in_a_grant(grant: str, excess: list[str]) -> None:
    assert excess_of(grant) == excess
