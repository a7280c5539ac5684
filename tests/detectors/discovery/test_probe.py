"""What a source says of itself before it is scanned: who we are there, what we may do, how much of it we see."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from detectors.discovery.probe import probe
from detectors.discovery.sources.base import SourceUnreachableError, UnreadableError
from soc.text import speaking
from tests.detectors.discovery.sources.databases.servers import (
    OPENSEARCH,
    mariadb_database,
    mariadb_run,
    mariadb_url,
    postgres_database,
    postgres_session,
    postgres_url,
)


@pytest.fixture
def postgres() -> Iterator[str]:
    """A database with two tables, one of which the reader may read."""
    with postgres_database() as name:
        with postgres_session(name) as session:
            for statement in ("CREATE TABLE t (a int)", "CREATE TABLE hidden (a int)", f"GRANT SELECT ON t TO {name}"):
                session.execute(statement.encode())
        yield name


@pytest.mark.postgres
def test_a_reader_of_postgresql_needs_no_warning_but_of_what_it_may_not_read(postgres: str) -> None:
    found = probe(postgres_url(postgres, user=postgres))
    assert (found.tables, found.readable, found.user, found.excess) == (2, 1, postgres, ())
    assert found.version.startswith("PostgreSQL 15")
    with speaking("en"):
        assert found.warnings() == ["1 tables may not be read; a scan skips and lists them."]


@pytest.mark.postgres
def test_a_superuser_of_postgresql_is_warned_of(postgres: str) -> None:
    found = probe(postgres_url(postgres))
    assert set(found.excess) == {"superuser", "createrole", "createdb", "write", "create"}
    assert len(found.warnings()) == 5


@pytest.mark.postgres
def test_an_account_that_may_change_one_table_is_warned_of(postgres: str) -> None:
    with postgres_session(postgres) as session:
        session.execute(f"GRANT UPDATE ON t TO {postgres}".encode())
    assert probe(postgres_url(postgres, user=postgres)).excess == ("write",)


@pytest.mark.mariadb
def test_a_reader_of_mariadb_needs_no_warning_and_its_owner_does() -> None:
    with mariadb_database() as name:
        mariadb_run(name, "CREATE TABLE t (a int)")
        reader, owner = probe(mariadb_url(name, user=name)), probe(mariadb_url(name))
    assert (reader.tables, reader.readable, reader.excess) == (1, 1, ())
    assert "MariaDB" in reader.version
    assert {"superuser", "write", "grant"} <= set(owner.excess)


@pytest.mark.opensearch
@pytest.mark.skipif(not OPENSEARCH, reason="needs OpenSearch: SOC_TEST_OPENSEARCH_URL is not set")
def test_a_cluster_without_accounts_is_warned_of() -> None:
    found = probe(f"opensearch://{(OPENSEARCH or '').split('://')[1]}/none-*")
    assert (found.tables, found.excess) == (0, ("no_accounts",))
    assert found.version.startswith("opensearch 3")


def test_a_file_has_no_account(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("CREATE TABLE t (a TEXT)")
    found = probe(f"sqlite:///{tmp_path}/a.db")
    assert (found.tables, found.readable, found.user, found.warnings()) == (1, 1, "", [])
    with duckdb.connect(str(tmp_path / "b.duckdb")) as other:
        other.execute("CREATE TABLE t (a int)")
        other.execute("CREATE TABLE u (a int)")
    assert probe(str(tmp_path)).tables == 3


def test_what_is_not_there_is_said_to_be_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError):
        probe(str(tmp_path / "none"))
    with pytest.raises(SourceUnreachableError):
        probe("postgresql://u:p@127.0.0.1:1/x")
