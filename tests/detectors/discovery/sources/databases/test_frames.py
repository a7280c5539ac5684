"""Rows written as text come back as what they were: nothing, empty, quoted, broken over lines, cut."""

import random
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.discovery.sources.coverage import Coverage
from detectors.discovery.sources.database import open_database
from detectors.discovery.sources.databases.found import Form, FoundColumn
from detectors.discovery.sources.databases.frames import MYSQL, POSTGRESQL, SQLITE, Wire, from_rows, parsed
from tests.detectors.discovery.sources.databases.servers import (
    mariadb_database,
    mariadb_run,
    mariadb_session,
    mariadb_url,
    postgres_database,
    postgres_session,
    postgres_url,
    rows_of,
    table_of,
)

Row = tuple[str | None, ...]
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
NASTY = "'\"\\,\n\r\t;N \u4e00名😀%:_x"


def by_postgresql(value: str | None) -> str:
    """What ``COPY … CSV`` writes, with every text in quotes."""
    return "\\N" if value is None else '"' + value.replace('"', '""') + '"'


def by_mysql(value: str | None) -> str:
    """What ``QUOTE`` writes."""
    return "NULL" if value is None else "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def by_sqlite(value: str | None) -> str:
    """What ``printf('%Q')`` writes."""
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"


WRITERS: tuple[tuple[Wire, Callable[[str | None], str]], ...] = (
    (POSTGRESQL, by_postgresql),
    (MYSQL, by_mysql),
    (SQLITE, by_sqlite),
)


@given(st.lists(st.tuples(st.none() | TEXTS, st.none() | TEXTS), min_size=1, max_size=8))
def test_what_each_engine_writes_is_read_as_it_was(rows: list[Row]) -> None:
    columns = [FoundColumn("a", "text"), FoundColumn("b", "text")]
    for wire, writer in WRITERS:
        block = "\n".join(",".join(map(writer, row)) for row in rows).encode()
        assert parsed(block, columns, wire, Coverage()).rows() == rows


@given(st.lists(st.none() | TEXTS, min_size=1, max_size=8))
def test_a_single_column_loses_no_row(values: list[str | None]) -> None:
    for wire, writer in WRITERS:
        block = "\n".join(map(writer, values)).encode()
        assert parsed(block, [FoundColumn("a", "text")], wire, Coverage())["a"].to_list() == values


def nasty(count: int) -> list[tuple[int, str | None, str | None]]:
    """Rows of the worst signs in any order, the same each time."""
    chooser = random.Random(7)

    def text() -> str | None:
        return None if chooser.random() < 0.1 else "".join(chooser.choices(NASTY, k=chooser.randrange(9)))

    return [(number, text(), text()) for number in range(count)]


def told(rows: Sequence[tuple[int, str | None, str | None]]) -> list[Row]:
    return [(str(number), first, second) for number, first, second in rows]


@pytest.mark.postgres
def test_the_worst_texts_come_through_postgresql() -> None:
    rows = nasty(1500)
    with postgres_database() as name:
        with postgres_session(name) as session, session.cursor() as cursor:
            cursor.execute("CREATE TABLE t (n int, a text, b text)")
            cursor.executemany("INSERT INTO t VALUES (%s, %s, %s)", rows)
        with open_database(postgres_url(name)) as opened:
            assert rows_of(table_of(opened, "public.t")) == told(rows)


@pytest.mark.mariadb
def test_the_worst_texts_come_through_mariadb() -> None:
    rows = nasty(1500)
    with mariadb_database() as name:
        mariadb_run(name, "CREATE TABLE t (n int PRIMARY KEY, a text, b varchar(20))")
        with mariadb_session(name) as session, session.cursor() as cursor:
            cursor.executemany("INSERT INTO t VALUES (%s, %s, %s)", rows)
        with open_database(mariadb_url(name)) as opened:
            assert rows_of(table_of(opened, "t")) == told(rows)


def test_the_worst_texts_come_through_sqlite(tmp_path: Path) -> None:
    rows = nasty(1500)
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("CREATE TABLE t (n INTEGER, a TEXT, b TEXT)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
    connection.close()
    with open_database(f"sqlite:///{tmp_path}/a.db") as opened:
        assert rows_of(table_of(opened, "t")) == told(rows)


def test_a_table_wider_than_a_function_takes_arguments_is_read(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("CREATE TABLE t (" + ", ".join(f"c{number}" for number in range(350)) + ")")
        connection.execute("INSERT INTO t VALUES (" + ", ".join(str(number) for number in range(350)) + ")")
    connection.close()
    with open_database(f"sqlite:///{tmp_path}/a.db") as opened:
        assert rows_of(table_of(opened, "t")) == [tuple(str(number) for number in range(350))]


def test_a_value_of_just_the_limit_is_whole_and_one_more_is_a_cut() -> None:
    columns, coverage = [FoundColumn("a", "text"), FoundColumn("b", "text")], Coverage()
    block = f"'{'长' * 4096}','{'长' * 4097}'".encode()
    frame = parsed(block, columns, MYSQL, coverage)
    assert frame.row(0) == ("长" * 4096, "长" * 4096)
    assert coverage.cut == {"b"}


def test_a_column_in_another_encoding_is_named_and_its_neighbours_are_not() -> None:
    columns, coverage = [FoundColumn("a", "text"), FoundColumn("b", "text")], Coverage()
    block = b'"' + "张三".encode("gb18030") + b'","plain"\n\\N,"\xe5\xbc\xa0"'
    assert parsed(block, columns, POSTGRESQL, coverage).rows() == [("张三", "plain"), (None, "张")]
    assert coverage.garbled == {"a"}


def test_bytes_in_no_encoding_at_all_are_replaced_and_named() -> None:
    coverage = Coverage()
    frame = from_rows([(b"ok",), (b"\xff\xff\xff",)], [FoundColumn("a", "text")], coverage)
    assert frame["a"].to_list() == ["ok", "\ufffd\ufffd\ufffd"]
    assert coverage.garbled == {"a"}


def test_lengths_of_bytes_become_no_value_and_the_longest_is_kept() -> None:
    coverage = Coverage()
    column = [FoundColumn("photo", "blob", Form.BYTES)]
    assert parsed(b"'7'\n'900'\nNULL", column, MYSQL, coverage)["photo"].to_list() == [None] * 3
    parsed(b"'12'", column, MYSQL, coverage)
    assert coverage.binary == {"photo": 900}
