"""Engines without a server at hand: their statements are grammar, their missing drivers are named, and they are labelled."""

import sqlite3
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest
import sqlglot
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection, make_url

from detectors.discovery.sources.base import Kind, Sampling, SourceUnreachableError
from detectors.discovery.sources.coverage import Coverage, Method
from detectors.discovery.sources.database import open_database
from detectors.discovery.sources.databases import clickhouse, sqlserver, trino
from detectors.discovery.sources.databases.clickhouse import ClickHouse
from detectors.discovery.sources.databases.dameng import Dameng
from detectors.discovery.sources.databases.dialect import Dialect, Listed
from detectors.discovery.sources.databases.found import Form, Found, FoundColumn
from detectors.discovery.sources.databases.hive import Hive
from detectors.discovery.sources.databases.oracle import Oracle
from detectors.discovery.sources.databases.plan import Piece
from detectors.discovery.sources.databases.source import Database
from detectors.discovery.sources.databases.sqlserver import SQLServer
from detectors.discovery.sources.databases.support import support_of
from detectors.discovery.sources.databases.trino import Trino
from detectors.discovery.sources.databases.trouble import Trouble
from detectors.discovery.sources.guard import checked
from tests.detectors.discovery.sources.databases.servers import read

URLS = {
    "oracle://u:p@127.0.0.1:1521/?service_name=X": ("oracle", "oracledb"),
    "dm://u:p@127.0.0.1:5236": ("dameng", "dmPython"),
    "mssql://u:p@127.0.0.1/x": ("sqlserver", "pymssql"),
    "clickhouse://u:p@127.0.0.1/x": ("clickhouse", "clickhouse_connect"),
    "trino://u@127.0.0.1:8080/hive": ("trino", "trino"),
    "hive://u@127.0.0.1:10000/default": ("hive", "pyhive.hive"),
}
ORACLE, DAMENG = Oracle(make_url("oracle://u@h")), Dameng(make_url("dm://u@h"))
SERVER, CLICK = SQLServer(make_url("mssql://u@h")), ClickHouse(make_url("clickhousedb://u@h"))
TRINO, HIVE = Trino(make_url("trino://u@h")), Hive(make_url("hive://u@h/x"))
ODD = 'we"i`r]d 名'


def sampled(family: Dialect, columns: list[FoundColumn]) -> str:
    table = f"FROM {family.quoted('s')}.{family.quoted(ODD)}"
    return family.statement(columns, Piece(f"{table} {family.sampled(1000, 100_000, 7)}", limit=5000))


@pytest.mark.parametrize(
    ("grammar", "statement"),
    [
        ("oracle", ORACLE.tables_statement()),
        ("oracle", ORACLE.columns_statement()),
        ("oracle", DAMENG.tables_statement()),
        ("oracle", sampled(DAMENG, [DAMENG.column("A", "VARCHAR"), DAMENG.column(ODD, "TEXT")])),
        (
            "oracle",
            sampled(
                ORACLE,
                [
                    ORACLE.column(ODD, kind)
                    for kind in ("NUMBER", "CLOB", "BLOB", "RAW", "DATE", "VARCHAR2", "TIMESTAMP(6)")
                ],
            ),
        ),
        ("tsql", sqlserver.TABLES),
        ("tsql", sqlserver.COLUMNS),
        (
            "tsql",
            sampled(
                SERVER,
                [SERVER.column(ODD, "nvarchar", -1), SERVER.column("b", "varbinary", -1), SERVER.column("c", "int", 4)],
            ),
        ),
        ("clickhouse", clickhouse.TABLES),
        ("clickhouse", clickhouse.COLUMNS),
        ("clickhouse", sampled(CLICK, [CLICK.column(ODD, "Array(String)")])),
        ("trino", trino.TABLES),
        ("trino", trino.COLUMNS),
        (
            "trino",
            sampled(TRINO, [TRINO.column(ODD, kind) for kind in ("varchar", "varbinary", "row(a integer)", "bigint")]),
        ),
        ("hive", HIVE.describing(Listed("s", "t"))),
        (
            "hive",
            sampled(
                HIVE, [HIVE.column("a", "string"), HIVE.column("b", "binary"), HIVE.column("c", "map<string,int>")]
            ),
        ),
    ],
)
def test_every_statement_is_grammar_of_its_engine(grammar: str, statement: str) -> None:
    assert sqlglot.parse_one(statement, dialect=grammar).find(sqlglot.exp.Select, sqlglot.exp.Describe)


def test_a_limit_stands_where_each_engine_wants_it() -> None:
    column = [FoundColumn("a", "x", expression="a")]
    piece = Piece("FROM t", limit=5)
    assert ORACLE.statement(column, piece) == "SELECT a FROM t WHERE ROWNUM <= 5"
    assert SERVER.statement(column, piece) == "SELECT TOP (5) a FROM t"
    assert TRINO.statement(column, piece) == "SELECT a FROM t LIMIT 5"


def test_names_cannot_leave_their_quotes() -> None:
    assert ORACLE.quoted('a"b') == '"a""b"'
    assert SERVER.quoted("a]b") == "[a]]b]"
    assert CLICK.quoted("a\\`b") == "`a\\\\\\`b`"
    assert HIVE.quoted("a`b") == "`a``b`"


def test_bytes_are_fetched_as_their_length_and_what_no_function_takes_is_unreadable() -> None:
    assert ORACLE.column("a", "BLOB").form is Form.BYTES
    assert SERVER.column("a", "image", 16).form is Form.BYTES
    assert TRINO.column("a", "varbinary").form is Form.BYTES
    assert not ORACLE.column("a", "LONG").readable


@pytest.mark.parametrize("url", URLS)
def test_a_missing_driver_is_named_with_the_extra_to_install(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    extra, driver = URLS[url]
    monkeypatch.setitem(sys.modules, driver, None)
    monkeypatch.setitem(sys.modules, driver.split(".", maxsplit=1)[0], None)
    with open_database(url) as opened, pytest.raises(SourceUnreachableError) as refused:
        opened.tables()
    assert (refused.value.key, refused.value.params["extra"]) == ("errors.source.no_driver", extra)
    support = support_of(checked(url).get_backend_name())
    assert (support.tested, support.missing) == (False, extra)
    assert len(support.notes()) == 2


@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "mysql", "sqlite", "duckdb", "opensearch", "files"])
def test_what_was_tried_on_a_real_server_bears_no_label(kind: str) -> None:
    assert support_of(kind).notes() == []


@dataclass(slots=True)
class Made(Dialect):
    """The common part on an engine that is always there: SQLAlchemy's own dialect of SQLite."""

    driver: ClassVar[str] = "sqlite3"

    def connect(self) -> Connection:
        return create_engine(self.url).connect()

    def listed(self, session: Connection) -> Iterable[Listed]:
        for row in self.rows_of(session, "SELECT name, type FROM sqlite_master"):
            yield Listed("", row["name"], Kind.VIEW if row["type"] == "view" else Kind.TABLE, rows=3000)

    def columns(self, session: Connection) -> Iterable[tuple[str, str, FoundColumn]]:
        statement = "SELECT m.name AS t, c.name AS c, c.type AS k FROM sqlite_master m, pragma_table_info(m.name) c"
        for row in self.rows_of(session, statement):
            column = FoundColumn(row["c"], row["k"], expression=f"substr({self.quoted(row['c'])}, 1, 4097)")
            yield "", row["t"], column

    def sampled(self, size: int, rows: int, seed: int) -> str:
        return f"WHERE n % {rows // size} = {seed % (rows // size)}"


@pytest.fixture
def made(tmp_path: Path) -> Database:
    """A database of 3,000 rows behind a SQLAlchemy dialect."""
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute('CREATE TABLE t (n INTEGER, "50%:a" TEXT)')
        connection.executemany("INSERT INTO t VALUES (?, ?)", [(number, "长" * 5000) for number in range(3000)])
        connection.execute("CREATE VIEW v AS SELECT n FROM t")
    connection.close()
    return Database(Made(make_url(f"sqlite:///{tmp_path}/a.db")))


def test_tables_are_listed_sampled_and_streamed_through_a_dialect(made: Database) -> None:
    table, view = made.tables()
    reading, frames = read(table, Sampling(rows=1000, first=500, most=0))
    full, whole = read(table, Sampling(full=True))
    first, (head,) = read(view, Sampling(rows=10))
    made.close()
    assert (table.name, view.kind) == ("t", Kind.VIEW)
    assert [frame.height for frame in frames] == [500, 500]
    assert frames[0]["50%:a"][0] == "长" * 4096
    assert (reading.coverage.method, reading.coverage.cut) == (Method.SPREAD, {"50%:a"})
    assert (full.rows, sum(frame.height for frame in whole)) == (3000, 3000)
    assert (first.coverage.method, head.height) == (Method.FIRST, 10)


def test_an_account_without_a_read_only_session_is_told(made: Database) -> None:
    assert made.account().excess == ("session",)
    made.close()


def test_a_statement_that_fails_leaves_the_session_for_the_next(made: Database) -> None:
    family = made.family
    session = family.connect()
    broken = Found("t", (FoundColumn("x", "text", expression="missing_one"),))
    with pytest.raises(Exception, match="no such column") as refused:
        list(family.fetch(session, broken, broken.columns, Piece("FROM t"), Coverage()))
    trouble = family.trouble(refused.value)
    fine = [FoundColumn("n", "integer", expression="n")]
    (frame,) = family.fetch(family.refresh(session), broken, fine, Piece("FROM t", limit=2), Coverage())
    assert (trouble, frame.height) == ((Trouble.REFUSED, ""), 2)
    family.close(session)
    made.close()
