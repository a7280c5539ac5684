"""PostgreSQL: what is read and how, what is named because it was not, and that nobody is kept waiting."""

import socket
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import pytest

from detectors.discovery.scan import Orders, scan
from detectors.discovery.sources.base import Kind, Sampling
from detectors.discovery.sources.budget import Budget
from detectors.discovery.sources.coverage import Method, Stop
from detectors.discovery.sources.database import open_database
from detectors.discovery.sources.databases import postgresql_catalogue, postgresql_plan
from detectors.discovery.sources.databases.family import Limits
from detectors.discovery.sources.databases.plan import Piece
from detectors.discovery.sources.databases.postgresql import Session
from detectors.discovery.sources.databases.trouble import Trouble, TroubleError
from tests.detectors.discovery.sources.databases.servers import (
    postgres_database,
    postgres_session,
    postgres_url,
    read,
    rows_of,
    table_of,
)
from tests.detectors.made import Maker

pytestmark = pytest.mark.postgres


@pytest.fixture
def database() -> Iterator[str]:
    """A database of our own."""
    with postgres_database() as name:
        yield name


def run(database: str, *statements: str) -> None:
    with postgres_session(database) as session:
        for statement in statements:
            session.execute(statement.encode())


def test_a_table_is_read_whole_with_its_types_comments_and_kinds(database: str) -> None:
    run(
        database,
        "CREATE TABLE t (n int, s text, d date, b bool, a int[], j jsonb, x numeric)",
        "COMMENT ON TABLE t IS '人员'",
        "COMMENT ON COLUMN t.s IS '姓名'",
        """INSERT INTO t VALUES (1, '张三', '2024-01-02', true, '{1,2}', '{"k": 1}', 1.50), (2, '', NULL, NULL, NULL, NULL, NULL)""",
        "CREATE VIEW v AS SELECT s FROM t",
        "CREATE MATERIALIZED VIEW m AS SELECT s FROM t",
    )
    with open_database(postgres_url(database)) as opened:
        table = table_of(opened, "public.t")
        assert (table.comment, table.comments["s"], table.types["a"]) == ("人员", "姓名", "integer[]")
        assert rows_of(table) == [
            ("1", "张三", "2024-01-02", "t", "{1,2}", '{"k": 1}', "1.50"),
            ("2", "", None, None, None, None, None),
        ]
        kinds = {one.name: one.kind for one in opened.tables()}
    assert kinds == {"public.t": Kind.TABLE, "public.v": Kind.VIEW, "public.m": Kind.MATERIALIZED}


def test_values_with_newlines_quotes_commas_and_the_mark_of_nothing_come_through(database: str) -> None:
    run(database, "CREATE TABLE t (a text, b text)")
    values = [("a\nb", 'say "x", y'), ("\\N", None), ("\r\n", "'"), ("", "，")]
    with postgres_session(database) as session, session.cursor() as cursor:
        cursor.executemany("INSERT INTO t VALUES (%s, %s)", values)
    with open_database(postgres_url(database)) as opened:
        assert rows_of(table_of(opened, "public.t")) == values


def test_a_single_column_keeps_its_empty_and_its_missing_values(database: str) -> None:
    run(database, "CREATE TABLE t (a text)", "INSERT INTO t VALUES (NULL), (''), ('x'), (NULL)")
    with open_database(postgres_url(database)) as opened:
        assert rows_of(table_of(opened, "public.t")) == [(None,), ("",), ("x",), (None,)]


def test_a_long_cell_is_cut_by_the_server_and_its_column_named(database: str) -> None:
    run(database, "CREATE TABLE t (a text, b text)", "INSERT INTO t VALUES (repeat('长', 50000000), 'short')")
    with open_database(postgres_url(database)) as opened:
        reading, (frame,) = read(table_of(opened, "public.t"))
    assert frame.rows() == [("长" * 4096, "short")]
    assert reading.coverage.cut == {"a"}
    assert reading.coverage.bytes_read < 100_000


def test_of_bytes_only_the_length_is_read(database: str) -> None:
    run(
        database,
        "CREATE TABLE t (photo bytea)",
        "INSERT INTO t VALUES ('\\xffd8'), (NULL), (decode(repeat('00', 9000), 'hex'))",
    )
    with open_database(postgres_url(database)) as opened:
        reading, (frame,) = read(table_of(opened, "public.t"))
    assert frame.rows() == [(None,)] * 3
    assert reading.coverage.binary == {"photo": 9000}


def test_samples_repeat_with_their_seed_and_grow_without_reading_everything(database: str) -> None:
    run(
        database, "CREATE TABLE t AS SELECT g AS n, repeat('x', 300) AS s FROM generate_series(1, 40000) g", "ANALYZE t"
    )
    with open_database(postgres_url(database)) as opened:
        table = table_of(opened, "public.t")
        first, again, other = (rows_of(table, Sampling(seed=seed)) for seed in (1, 1, 2))
        reading, frames = read(table)
    assert first == again
    assert first != other
    assert (reading.rows, reading.estimated, reading.coverage.method) == (40_000, False, Method.SPREAD)
    assert [round(frame.height, -3) for frame in frames] == [1000, 4000, 15_000]


def test_a_sample_of_a_large_table_has_old_and_new_rows_and_few_of_one_page(database: str) -> None:
    run(
        database, "CREATE TABLE t AS SELECT g AS n, repeat('x', 300) AS s FROM generate_series(1, 60000) g", "ANALYZE t"
    )
    with open_database(postgres_url(database)) as opened:
        first = read(table_of(opened, "public.t"), Sampling(most=0))[1][0]
    numbers = sorted(int(value) for value in first["n"].to_list())
    assert numbers[0] == 1
    assert numbers[-1] > 59_900
    tenths = [sum(1 for one in numbers if start < one <= start + 6000) for start in range(0, 60_000, 6000)]
    assert min(tenths) > 40


def test_the_rows_of_a_table_that_was_never_analysed_are_not_taken_for_none(database: str) -> None:
    run(database, "CREATE TABLE t WITH (autovacuum_enabled = off) AS SELECT g AS n FROM generate_series(1, 300000) g")
    with open_database(postgres_url(database)) as opened:
        reading, frames = read(table_of(opened, "public.t"), Sampling(most=0))
    assert 1000 < sum(frame.height for frame in frames) < 30_000
    assert reading.rows > 100_000


def test_every_partition_is_sampled_also_the_small_one(database: str) -> None:
    run(
        database,
        "CREATE TABLE t (day date, s text) PARTITION BY RANGE (day)",
        "CREATE TABLE t_2023 PARTITION OF t FOR VALUES FROM ('2023-01-01') TO ('2024-01-01')",
        "CREATE TABLE t_2024 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
        "INSERT INTO t SELECT '2023-05-05', 'old' FROM generate_series(1, 50000)",
        "INSERT INTO t SELECT '2024-05-05', 'new' FROM generate_series(1, 300)",
        "ANALYZE t",
    )
    with open_database(postgres_url(database)) as opened:
        (table,) = opened.tables()
        reading, frames = read(table, Sampling(most=0))
    assert (table.name, table.kind) == ("public.t", Kind.PARTITIONED)
    assert {"old", "new"} <= set(frames[0]["s"].to_list())
    assert (reading.rows, reading.coverage.unread) == (50_300, {})


def test_of_very_many_partitions_the_unread_are_named_and_a_full_reading_takes_all(database: str) -> None:
    parts = [
        f"CREATE TABLE t_{number:02} PARTITION OF t FOR VALUES FROM ({number * 100}) TO ({number * 100 + 100})"
        for number in range(60)
    ]
    run(
        database,
        "CREATE TABLE t (n int) PARTITION BY RANGE (n)",
        *parts,
        "INSERT INTO t SELECT g FROM generate_series(0, 5999) g",
        "ANALYZE t",
    )
    with open_database(postgres_url(database)) as opened:
        (table,) = opened.tables()
        reading, frames = read(table, Sampling(most=0))
        full, whole = read(table, Sampling(full=True))
    seen = {int(value) // 100 for frame in frames for value in frame["n"].to_list()}
    assert {0, 59} <= seen
    assert 0 < len(reading.coverage.unread) == 60 - len(seen)
    assert sum(frame.height for frame in whole) == full.rows == 6000


def test_a_partition_that_cannot_be_read_is_named_and_the_others_are_read(database: str) -> None:
    run(
        database,
        "CREATE TABLE t (n int) PARTITION BY RANGE (n)",
        "CREATE TABLE t_a PARTITION OF t FOR VALUES FROM (0) TO (100)",
        "CREATE TABLE t_b PARTITION OF t FOR VALUES FROM (100) TO (200)",
        "INSERT INTO t SELECT g FROM generate_series(0, 199) g",
    )
    with postgres_session(database) as holder, open_database(postgres_url(database), Limits(lock=1)) as opened:
        (table,) = opened.tables()
        with holder.transaction():
            holder.execute("LOCK TABLE t_b IN ACCESS EXCLUSIVE MODE")
            reading, frames = read(table, Sampling(full=True))
    assert sum(frame.height for frame in frames) == 100
    assert list(reading.coverage.unread) == ["t_b"]


def test_a_full_reading_goes_through_ranges_of_pages_and_misses_no_row(database: str) -> None:
    run(database, "CREATE TABLE t AS SELECT g AS n, repeat('x', 700) AS s FROM generate_series(1, 30000) g")
    with open_database(postgres_url(database)) as opened:
        reading, frames = read(table_of(opened, "public.t"), Sampling(full=True))
    assert sorted(int(value) for frame in frames for value in frame["n"].to_list()) == list(range(1, 30_001))
    assert (reading.rows, reading.estimated, reading.coverage.method) == (30_000, False, Method.WHOLE)


def test_a_session_cannot_write_also_where_it_asks_to(database: str) -> None:
    run(database, "CREATE TABLE t (a int)")
    with open_database(postgres_url(database)) as opened:
        session = opened.family.connect()
        try:
            for statement in ("INSERT INTO t VALUES (1)", "CREATE TABLE mine (a int)", "SELECT nextval('s')"):
                with pytest.raises((psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.UndefinedTable)):
                    session.execute(statement)
        finally:
            opened.family.close(session)


def test_a_view_that_writes_when_it_is_read_writes_nothing(database: str) -> None:
    run(
        database,
        "CREATE TABLE log (a int)",
        "CREATE FUNCTION spy() RETURNS int LANGUAGE sql AS 'INSERT INTO log VALUES (1) RETURNING a'",
        "CREATE VIEW v AS SELECT spy() AS a",
    )
    result = scan([postgres_url(database)], Orders())
    assert [one.path for one in result.skipped] == ["public.v"]
    with postgres_session(database) as session:
        assert session.execute("SELECT count(*) FROM log").fetchone() == (0,)


def test_a_locked_table_is_not_waited_for_and_the_others_are_read(database: str) -> None:
    run(database, "CREATE TABLE held (a int)", "CREATE TABLE open (a int)")
    with (
        postgres_session(database) as holder,
        open_database(postgres_url(database), Limits(lock=1)) as opened,
        holder.transaction(),
    ):
        holder.execute("LOCK TABLE held IN ACCESS EXCLUSIVE MODE")
        tables = opened.tables()
        assert [table.name for table in tables] == ["public.held", "public.open"]
        with pytest.raises(TroubleError) as refused:
            rows_of(tables[0])
        assert rows_of(tables[1]) == []
    assert (refused.value.trouble, refused.value.code) == (Trouble.LOCKED, "55P03")


def test_a_reading_that_is_not_used_up_holds_no_lock_between_its_ranges(database: str) -> None:
    run(database, "CREATE TABLE t AS SELECT g AS n, repeat('x', 700) AS s FROM generate_series(1, 60000) g")
    with postgres_session(database) as other, open_database(postgres_url(database)) as opened:
        other.execute("SET lock_timeout = '5s'")
        reading = table_of(opened, "public.t").read(Sampling(full=True))
        count = 0
        altered = threading.Event()

        def alter() -> None:
            other.execute("ALTER TABLE t ADD COLUMN more int")
            altered.set()

        thread = threading.Thread(target=alter)
        for frame in reading.batches:
            count += frame.height
            if count == frame.height:
                thread.start()
        thread.join(10)
    assert altered.is_set()
    assert count == 60_000


def test_between_two_batches_of_a_sample_no_transaction_is_open(database: str) -> None:
    run(database, "CREATE TABLE t AS SELECT g AS n FROM generate_series(1, 30000) g", "ANALYZE t")
    query = "SELECT state, backend_xmin FROM pg_stat_activity WHERE application_name = 'guanlan-scan' AND datname = %s"
    with postgres_session(database) as other, open_database(postgres_url(database)) as opened:
        reading = table_of(opened, "public.t").read(Sampling())
        next(iter(reading.batches))
        assert other.execute(query, [database]).fetchall() == [("idle", None)]
        reading.close()


def test_rows_that_others_write_and_have_not_committed_are_neither_read_nor_waited_for(database: str) -> None:
    run(database, "CREATE TABLE t (a text)", "INSERT INTO t VALUES ('old')")
    with postgres_session(database) as other, open_database(postgres_url(database)) as opened, other.transaction():
        other.execute("UPDATE t SET a = 'new'")
        assert rows_of(table_of(opened, "public.t")) == [("old",)]


def test_a_statement_that_takes_too_long_is_left_and_the_session_lives_on(database: str) -> None:
    run(
        database,
        "CREATE VIEW slow AS SELECT pg_sleep(60)::text AS a",
        "CREATE TABLE t (a int)",
        "INSERT INTO t VALUES (7)",
    )
    with open_database(postgres_url(database), Limits(statement=1)) as opened:
        with pytest.raises(TroubleError) as refused:
            rows_of(table_of(opened, "public.slow"))
        assert rows_of(table_of(opened, "public.t")) == [("7",)]
    assert refused.value.trouble is Trouble.SLOW


def test_tables_and_columns_that_the_account_may_not_read_are_named(database: str) -> None:
    run(
        database,
        "CREATE TABLE hidden (a text)",
        "CREATE TABLE half (a text, b text)",
        "INSERT INTO half VALUES ('x', 'y')",
        f"GRANT SELECT (a) ON half TO {database}",
    )
    with open_database(postgres_url(database, user=database)) as opened:
        with pytest.raises(TroubleError, match="forbidden"):
            table_of(opened, "public.hidden").read(Sampling())
        reading, (frame,) = read(table_of(opened, "public.half"))
    assert (frame.columns, frame.rows()) == (["a"], [("x",)])
    assert list(reading.coverage.unread) == ["b"]


def test_rows_that_row_security_hides_are_told(database: str) -> None:
    run(
        database,
        "CREATE TABLE t (a text)",
        "INSERT INTO t VALUES ('x')",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        f"GRANT SELECT ON t TO {database}",
    )
    with open_database(postgres_url(database, user=database)) as opened:
        reading, frames = read(table_of(opened, "public.t"))
    assert sum(frame.height for frame in frames) == 0
    assert list(reading.coverage.unread) == ["public.t"]


def test_names_with_everything_in_them_are_read(database: str) -> None:
    odd = 'we"ird; DROP TABLE "x:y" 50%_%% \\ \n名' + "长" * 5
    run(
        database,
        'CREATE TABLE "{0}" ("{0}" text, "%s" text, ":a" text)'.format(odd.replace('"', '""')),
        "INSERT INTO \"{}\" VALUES ('1', '2', '3')".format(odd.replace('"', '""')),
    )
    with open_database(postgres_url(database)) as opened:
        (table,) = opened.tables()
        reading, (frame,) = read(table)
    assert table.name == f"public.{odd}"
    assert reading.columns == (odd, "%s", ":a")
    assert frame.rows() == [("1", "2", "3")]


def test_a_table_without_columns_has_rows_all_the_same(database: str) -> None:
    run(database, "CREATE TABLE t ()", "INSERT INTO t DEFAULT VALUES", "INSERT INTO t DEFAULT VALUES")
    with open_database(postgres_url(database)) as opened:
        reading, frames = read(table_of(opened, "public.t"))
    assert (reading.columns, reading.rows, [frame.shape for frame in frames]) == ((), 2, [(2, 0)])


def test_a_table_of_sixteen_hundred_columns_is_read(database: str) -> None:
    columns = ", ".join(f"c{number} text" for number in range(1600))
    run(database, f"CREATE TABLE t ({columns})", "INSERT INTO t (c0, c1599) VALUES ('a', 'z')")
    with open_database(postgres_url(database)) as opened:
        (row,) = rows_of(table_of(opened, "public.t"))
    assert (row[0], row[1], row[1599], len(row)) == ("a", None, "z", 1600)


def test_a_view_that_fails_is_skipped_with_its_code_and_no_value(database: str) -> None:
    run(
        database,
        "CREATE TABLE t (a text)",
        "INSERT INTO t VALUES ('13800138000x')",
        "CREATE VIEW broken AS SELECT a::bigint AS a FROM t",
    )
    result = scan([postgres_url(database)], Orders())
    assert [table.name for table in result.tables] == ["public.t"]
    assert "22P02" in result.skipped[0].reason
    assert "13800138000" not in result.skipped[0].reason


def test_an_engine_whose_catalogue_has_fewer_columns_is_listed_all_the_same(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(database, "CREATE TABLE t (a text)", "INSERT INTO t VALUES ('x')")
    monkeypatch.setattr(postgresql_catalogue, "_columns_of_pg_class", lambda _session: frozenset[str]())
    with open_database(postgres_url(database)) as opened:
        assert rows_of(table_of(opened, "public.t")) == [("x",)]


def test_an_engine_without_page_ranges_streams_a_table_in_one_statement(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(
        database, "CREATE TABLE t AS SELECT g AS n, repeat('x', 700) AS s FROM generate_series(1, 30000) g", "ANALYZE t"
    )
    monkeypatch.setattr(postgresql_plan, "_TID_RANGES", 1_000_000)
    with open_database(postgres_url(database)) as opened:
        reading, _ = read(table_of(opened, "public.t"), Sampling(full=True))
        sample, frames = read(table_of(opened, "public.t"), Sampling(most=0))
    assert reading.rows == 30_000
    assert (sample.coverage.method, frames[0].height > 800) == (Method.SPREAD, True)


def test_an_engine_that_refuses_a_sample_gives_its_first_rows(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run(database, "CREATE TABLE t AS SELECT g AS n FROM generate_series(1, 9000) g", "ANALYZE t")
    monkeypatch.setattr(postgresql_plan, "_sample", lambda *_: Piece('FROM "public"."t" TABLESAMPLE unknown (1)'))
    with open_database(postgres_url(database)) as opened:
        reading, frames = read(table_of(opened, "public.t"), Sampling(most=0))
    assert (frames[0].height, reading.rows, reading.coverage.method) == (5000, 9000, Method.FIRST)


def test_a_foreign_table_whose_server_hangs_is_left_and_the_others_are_read(database: str) -> None:
    run(database, "CREATE TABLE t (a text)", "INSERT INTO t VALUES ('x')")
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and never answers
        run(
            database,
            "CREATE EXTENSION postgres_fdw",
            f"CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '{silent.getsockname()[1]}')",
            "CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (user 'u', password 'p')",
            "CREATE FOREIGN TABLE away (a text) SERVER far",
        )
        with open_database(postgres_url(database), Limits(statement=1, grace=1)) as opened:
            kinds = {table.name: table.kind for table in opened.tables()}
            with pytest.raises(TroubleError) as left:
                rows_of(table_of(opened, "public.away"))
            assert rows_of(table_of(opened, "public.t")) == [("x",)]
    assert kinds["public.away"] is Kind.FOREIGN
    assert left.value.trouble in {Trouble.SLOW, Trouble.LOST}


@pytest.fixture
def raw_database() -> Iterator[str]:
    """A database that takes any bytes for text."""
    with postgres_database(TEMPLATE="template0", ENCODING="'SQL_ASCII'", LC_COLLATE="'C'", LC_CTYPE="'C'") as name:
        yield name


def test_text_in_an_encoding_that_was_never_declared_is_read_and_its_column_named(raw_database: str) -> None:
    with postgres_session(raw_database) as session:
        session.execute("SET client_encoding = 'SQL_ASCII'")
        session.execute(b"CREATE TABLE t (a text, b text)")
        session.execute(b"INSERT INTO t VALUES ('" + "张三".encode("gb18030") + b"', 'plain'), ('\xff\xfe', 'x')")
    with open_database(postgres_url(raw_database)) as opened:
        reading, (frame,) = read(table_of(opened, "public.t"))
    assert frame.rows()[0] == ("张三", "plain")
    assert frame["b"].to_list() == ["plain", "x"]
    assert reading.coverage.garbled == {"a"}


@pytest.fixture
def chinese_database() -> Iterator[str]:
    """A database in an encoding of the country."""
    with postgres_database(TEMPLATE="template0", ENCODING="'EUC_CN'", LC_COLLATE="'C'", LC_CTYPE="'C'") as name:
        yield name


def test_a_text_that_the_server_refuses_to_convert_is_read_as_its_bytes(chinese_database: str) -> None:
    with postgres_session(chinese_database) as session:
        session.execute("CREATE TABLE t (a text)")
        session.execute("INSERT INTO t VALUES ('李四')")
        session.execute("SET client_encoding = 'EUC_CN'")
        session.execute(b"INSERT INTO t VALUES ('\xa2\xa1')")  # a place of GB2312 that has no character
    with open_database(postgres_url(chinese_database)) as opened:
        reading, (frame,) = read(table_of(opened, "public.t"))
    assert frame["a"].to_list()[0] == "李四"
    assert reading.coverage.garbled == {"a"}


def test_a_budget_of_rows_ends_the_reading_and_is_told(database: str) -> None:
    run(database, "CREATE TABLE t AS SELECT g AS n FROM generate_series(1, 9000) g")
    with open_database(postgres_url(database)) as opened:
        reading, frames = read(table_of(opened, "public.t"), Sampling(full=True, budget=Budget(rows=100)))
    assert sum(frame.height for frame in frames) == 100
    assert reading.coverage.stop is Stop.ROWS


def test_the_state_of_a_table_changes_with_its_rows_and_its_columns_and_with_nothing_else(database: str) -> None:
    run(database, "CREATE TABLE t (a text)", "CREATE TABLE other (a text)")

    def state() -> object:
        with postgres_session(database) as session:
            session.execute("SELECT pg_stat_force_next_flush()")
        with open_database(postgres_url(database)) as opened:
            return table_of(opened, "public.t").state

    def changed(*statements: str) -> bool:
        before = state()
        with postgres_session(database) as session:
            for statement in statements:
                session.execute(statement.encode())
            session.execute("SELECT pg_stat_force_next_flush()")
        return state() != before

    assert not changed("INSERT INTO other VALUES ('x')")
    assert changed("INSERT INTO t VALUES ('x')")
    assert changed("UPDATE t SET a = 'y'")
    assert changed("COMMENT ON COLUMN t.a IS '备注'")
    assert changed("ALTER TABLE t ADD COLUMN b int")
    assert changed("DELETE FROM t")


def test_hundreds_of_tables_are_listed_by_a_handful_of_statements(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres_session(database) as session:
        session.execute(
            """DO $$ BEGIN FOR i IN 1..400 LOOP
               EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, a text, b text, c date, d numeric)', i);
               END LOOP; END $$"""
        )
    asked: list[object] = []
    execute = Session.execute

    def counted(session: Session, query: bytes, parameters: Sequence[Any] | None = None) -> object:
        asked.append(query)
        return execute(session, query, parameters)

    monkeypatch.setattr(Session, "execute", counted)
    with open_database(postgres_url(database)) as opened:
        tables = opened.tables()
    assert len(tables) == 400
    assert len(asked) < 12


def test_people_are_found_by_a_scan_of_a_server(database: str) -> None:
    maker = Maker()
    run(database, "CREATE TABLE people (f1 text, f2 text, f3 int)")
    with postgres_session(database) as session, session.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO people VALUES (%s, %s, %s)",
            [(maker.resident_id(), maker.mobile(), number) for number in range(3000)],
        )
    (table,) = scan([postgres_url(database)], Orders()).tables
    assert [one.type for one in table.columns] == ["resident_id", "mobile", None]
    assert (table.rows, table.coverage["method"], table.coverage["stop"]) == (3000, "spread", "sure")
    assert table.coverage["rows_read"] < 1500
