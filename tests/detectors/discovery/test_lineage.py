"""The lineage that databases tell of themselves, asked of real ones: views and foreign keys."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, select, text

from detectors.discovery.lineage import ask, order_reading, read_lineage, view_edges
from soc.db import Database
from soc.errors import SocError
from soc.identity.actors import operator_actor
from soc.jobs import JobRun, context_of
from soc.ledger.lineage.models import LedgerEdge
from soc.ledger.lineage.selects import Catalogue
from soc.ledger.models import Source
from soc.ledger.opinions import LedgerProposal
from soc.ledger.sources import NewSource, add_source
from soc.ledger.values import SourceScanned
from tests import conftest
from tests.soc.ledger.made import CITY, column, scanned, table

TABLES = (
    "CREATE TABLE people (id INTEGER PRIMARY KEY, sfzh VARCHAR(20))",
    """CREATE TABLE cars (id INTEGER PRIMARY KEY, owner_id INTEGER, plate VARCHAR(20),
    FOREIGN KEY (owner_id) REFERENCES people (id))""",
    "CREATE VIEW owners AS SELECT c.plate, p.sfzh AS holder FROM cars c JOIN people p ON p.id = c.owner_id",
)


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    """A SQLite file with two tables, a key and a view."""
    path = tmp_path / "cars.db"
    with sqlite3.connect(path) as connection:
        for statement in TABLES:
            connection.execute(statement)
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres), "mysql"])
def address(request: pytest.FixtureRequest, sqlite_file: Path) -> Iterator[str]:
    """The same tables on each real server."""
    if request.param == "sqlite":
        yield f"sqlite:///{sqlite_file}"
        return
    url, make, drop = _server(request.param)
    name, beside = (f"guanlan_lineage_{uuid4().hex[:8]}" for _ in range(2))
    _run(url, make.format(name))
    # another database of the server, which is none of the source's business
    _run(url, make.format(beside))
    try:
        for statement in TABLES:
            _run(f"{url.rsplit('/', 1)[0]}/{beside}", statement)
        for statement in TABLES:
            _run(f"{url.rsplit('/', 1)[0]}/{name}", statement)
        yield f"{url.rsplit('/', 1)[0]}/{name}"
    finally:
        _run(url, drop.format(name))
        _run(url, drop.format(beside))


def _server(kind: str) -> tuple[str, str, str]:
    if kind == "postgresql":
        if not conftest.POSTGRES:
            pytest.skip("needs PostgreSQL: SOC_TEST_POSTGRES_URL is not set")
        return conftest.url_of("postgres"), 'CREATE DATABASE "{}"', 'DROP DATABASE "{}" WITH (FORCE)'
    url = os.environ.get("SOC_TEST_MARIADB_URL")
    if not url:
        pytest.skip("needs MariaDB: SOC_TEST_MARIADB_URL is not set")
    return url.replace("mysql://", "mysql+pymysql://"), "CREATE DATABASE `{}`", "DROP DATABASE `{}`"


def _run(url: str, statement: str) -> None:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_views_and_keys_are_told_by_each_database(address: str) -> None:
    told = ask(address)
    (view,) = told.views
    assert view.endswith("owners")
    (key,) = told.keys
    assert (key.upstream.name, key.downstream.name) == ("id", "owner_id")
    assert key.upstream.table.endswith("people")


def test_a_view_s_columns_are_led_back_to_their_tables(address: str) -> None:
    told = ask(address)
    dialect = {"sqlite": "sqlite", "postgresql": "postgres"}.get(
        address.split(":", maxsplit=1)[0].split("+", maxsplit=1)[0], "mysql"
    )
    found = {
        (one.upstream.table.rpartition(".")[2], one.upstream.name, one.downstream.name)
        for one in view_edges(told.views, dialect, Catalogue())
    }
    assert found == {("cars", "plate", "plate"), ("people", "sfzh", "holder")}


def test_a_scanned_database_s_views_become_edges_and_proposals(database: Database, sqlite_file: Path) -> None:
    with database.write() as session:
        actor = operator_actor(session)
        source = add_source(session, actor, database.settings, NewSource("车", f"sqlite:///{sqlite_file}", CITY))
        session.flush()
        scanned(
            session, actor, source,
            table("people", column("id"), column("sfzh", "resident_id")),
            table("cars", column("id"), column("owner_id"), column("plate", "plate")),
            table("owners", column("plate"), column("holder"), kind="view"),
        )  # fmt: skip
        order_reading(session, actor, SourceScanned(str(source.id), CITY, 3, 2, 0))
        order_reading(session, actor, SourceScanned(str(source.id), CITY, 3, 2, 0))
        params = {"source": str(source.id)}
    read_lineage(context_of(database, None, params))
    with database.read() as session:
        assert len(session.scalars(select(JobRun).where(JobRun.job == "discovery.lineage")).all()) == 1
        rows = session.scalars(select(LedgerEdge)).all()
        assert {(row.origin.value, row.down_column) for row in rows} == {
            ("view", "plate"), ("view", "holder"), ("foreign_key", "owner_id"),
        }  # fmt: skip
        assert all(row.up_item_id and row.down_item_id for row in rows)
        assert {one.type for one in session.scalars(select(LedgerProposal))} == {"plate", "resident_id"}


def test_a_view_that_is_gone_takes_its_edges_along(database: Database, sqlite_file: Path) -> None:
    with database.write() as session:
        actor = operator_actor(session)
        source = add_source(session, actor, database.settings, NewSource("车", f"sqlite:///{sqlite_file}", CITY))
        params = {"source": str(source.id)}
    read_lineage(context_of(database, None, params))
    with sqlite3.connect(sqlite_file) as connection:
        connection.execute("DROP VIEW owners")
    read_lineage(context_of(database, None, params))
    with database.read() as session:
        assert [row.origin.value for row in session.scalars(select(LedgerEdge))] == ["foreign_key"]


def test_files_have_no_views_to_read(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        actor = operator_actor(session)
        source = add_source(session, actor, database.settings, NewSource("文件", str(tmp_path), CITY))
        order_reading(session, actor, SourceScanned(str(source.id), CITY, 1, 1, 0))
        assert session.scalars(select(JobRun)).all() == []


def test_a_database_that_does_not_answer_is_an_error_and_changes_nothing(database: Database, sqlite_file: Path) -> None:
    with database.write() as session:
        actor = operator_actor(session)
        source = add_source(session, actor, database.settings, NewSource("车", f"sqlite:///{sqlite_file}", CITY))
        params = {"source": str(source.id)}
    read_lineage(context_of(database, None, params))
    sqlite_file.unlink()
    with pytest.raises(SocError):
        read_lineage(context_of(database, None, params))
    with database.read() as session:
        assert len(session.scalars(select(LedgerEdge)).all()) == 3


def test_a_source_that_was_removed_meanwhile_is_no_error(database: Database) -> None:
    with database.write() as session:
        source = add_source(
            session, operator_actor(session), database.settings, NewSource("车", "sqlite:///gone.db", CITY)
        )
        session.flush()
        params = {"source": str(source.id)}
        session.delete(session.get_one(Source, source.id))
        from soc.trail import Act, record

        record(session, operator_actor(session), Act.SOURCE_REMOVED, source)
    read_lineage(context_of(database, None, params))
