"""Real databases: odd names, rights that are missing, samples that repeat, and nothing written."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from detectors.discovery.scan import Orders, scan
from detectors.discovery.sources.base import Sampling, SourceUnreachableError
from detectors.discovery.sources.database import engine_of, open_database, reaching
from tests.conftest import POSTGRES, administer, url_of
from tests.detectors.made import Maker

ODD = 'we"ird; DROP TABLE "x:y" 50%_%%'


def fill_sqlite(path: Path, rows: int = 200) -> str:
    maker = Maker()
    quoted = ODD.replace('"', '""')
    with sqlite3.connect(path) as connection:
        connection.execute(f'CREATE TABLE "{quoted}" (sfzh TEXT, "手机 号:1" INTEGER, photo BLOB)')
        values = [(maker.resident_id(), int(maker.mobile()), b"\xff\xd8\x00") for _ in range(rows)]
        connection.executemany(f'INSERT INTO "{quoted}" VALUES (?, ?, ?)', values)
        connection.execute("CREATE TABLE empty (phone TEXT, amount REAL)")
    return f"sqlite:///{path}"


def test_tables_with_quotes_and_injection_text_are_read_as_what_they_are(tmp_path: Path) -> None:
    result = scan([fill_sqlite(tmp_path / "a.db")], Orders())
    odd = next(table for table in result.tables if table.name == ODD)
    assert [column.type for column in odd.columns] == ["resident_id", "mobile", None]
    assert odd.rows == 200


def test_a_table_without_rows_is_listed_with_none(tmp_path: Path) -> None:
    result = scan([fill_sqlite(tmp_path / "a.db")], Orders())
    empty = next(table for table in result.tables if table.name == "empty")
    assert (empty.rows, empty.columns[1].type) == (0, None)


def test_a_scan_changes_no_byte_of_an_sqlite_file(tmp_path: Path) -> None:
    url, before = fill_sqlite(tmp_path / "a.db"), (tmp_path / "a.db").read_bytes()
    scan([url], Orders())
    assert (tmp_path / "a.db").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.db"]


def test_a_session_on_sqlite_cannot_write(tmp_path: Path) -> None:
    engine = engine_of(fill_sqlite(tmp_path / "a.db"))
    with reaching(engine) as connection, pytest.raises(Exception, match=r"readonly|read-only|query_only"):
        connection.execute(text("DELETE FROM empty"))


def test_samples_of_sqlite_repeat_with_their_seed(tmp_path: Path) -> None:
    opened = open_database(fill_sqlite(tmp_path / "a.db", rows=2000))
    table = next(table for table in opened.tables() if table.name == ODD)
    first, again, other = (
        [row for frame in table.read(Sampling(rows=100, most=0, seed=seed)).batches for row in frame.rows()]
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other
    assert 90 <= len(first) <= 101
    opened.close()


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreachableError, match="no_file"):
        scan([f"sqlite:///{tmp_path}/none.db"], Orders())


def test_a_server_that_does_not_answer_is_said_to_be_unreachable() -> None:
    with pytest.raises(SourceUnreachableError, match=r"errors\.source\.unreachable"):
        scan(["postgresql://u:p@127.0.0.1:1/x"], Orders())


@pytest.fixture
def postgres() -> Iterator[str]:
    """A database with a reader who may not read everything; yields the reader's URL."""
    if not POSTGRES:
        pytest.skip("needs PostgreSQL: SOC_TEST_POSTGRES_URL is not set")
    name = f"scan_{uuid4().hex[:10]}"
    administer(f'CREATE DATABASE "{name}"')
    administer(f"CREATE ROLE {name} LOGIN PASSWORD 'secret-pw'")
    _fill_postgres(url_of(name), name)
    yield engine_url(name)
    administer(f'DROP DATABASE "{name}" WITH (FORCE)')
    administer(f"DROP ROLE {name}")


def engine_url(name: str) -> str:
    from sqlalchemy.engine import make_url

    url = make_url(url_of(name)).set(drivername="postgresql", username=name, password="secret-pw")
    return url.render_as_string(hide_password=False)


def _fill_postgres(url: str, reader: str) -> None:
    from sqlalchemy.engine import make_url

    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    maker, quoted = Maker(), ODD.replace('"', '""').replace(":", "\\:")
    with engine.begin() as connection:
        connection.execute(text(f'CREATE TABLE "{quoted}" (f1 text, n numeric, b bytea, j jsonb, p point)'))
        connection.execute(text(f"COMMENT ON COLUMN \"{quoted}\".f1 IS '身份证号'"))
        rows = [{"v": maker.resident_id()} for _ in range(300)]
        connection.execute(
            text(f"INSERT INTO \"{quoted}\" VALUES (\\:v, 1.5, '\\x00', '{{}}', '(1,2)')".replace("\\:v", ":v")), rows
        )
        connection.execute(text("CREATE TABLE hidden (a text)"))
        connection.execute(text(f'GRANT SELECT ON "{quoted}" TO {reader}'))
    engine.dispose()


@pytest.mark.postgres
def test_postgresql_is_read_with_its_comments_and_what_is_forbidden_is_skipped(postgres: str) -> None:
    result = scan([postgres], Orders())
    (table,) = result.tables
    assert (table.name, table.rows) == (f"public.{ODD}", 300)
    assert [column.type for column in table.columns] == ["resident_id", None, None, None, None]
    assert table.columns[0].evidence.name == 1.0
    assert [one.path for one in result.skipped] == ["public.hidden"]


@pytest.mark.postgres
def test_samples_of_postgresql_repeat_with_their_seed(postgres: str) -> None:
    opened = open_database(postgres)
    table = next(table for table in opened.tables() if table.name == f"public.{ODD}")
    first, again = (
        [row for frame in table.read(Sampling(rows=50, most=0)).batches for row in frame.rows()] for _ in range(2)
    )
    assert first == again
    assert 20 < len(first) <= 80
    opened.close()


@pytest.mark.postgres
def test_a_session_on_postgresql_cannot_write(postgres: str) -> None:
    with reaching(engine_of(postgres)) as connection, pytest.raises(Exception, match="read-only"):
        connection.execute(text("CREATE TABLE mine (a int)"))


@pytest.mark.postgres
def test_a_wrong_password_is_named_and_not_printed(postgres: str) -> None:
    with pytest.raises(SourceUnreachableError) as caught:
        scan([postgres.replace("secret-pw", "wrong-pw")], Orders())
    assert caught.value.key == "errors.source.password"
    assert "wrong-pw" not in str(caught.value)
