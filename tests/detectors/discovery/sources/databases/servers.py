"""Databases of their own on the real servers, for tests that fill and spoil them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import polars as pl
import psycopg
import pymysql
import pytest
from sqlalchemy.engine import URL, make_url

from detectors.discovery.sources.base import Reading, Sampling, Table
from detectors.discovery.sources.databases.source import Database
from tests.conftest import MARIADB, POSTGRES, administer, url_of

OPENSEARCH = os.environ.get("SOC_TEST_OPENSEARCH_URL")
PASSWORD = "reader-pw"


def postgres_url(name: str, user: str | None = None) -> str:
    """The URL of a database on the test server, as its owner or as somebody else."""
    url = make_url(url_of(name)).set(drivername="postgresql")
    if user is not None:
        url = url.set(username=user, password=PASSWORD)
    return url.render_as_string(hide_password=False)


def postgres_session(name: str) -> "psycopg.Connection[tuple[object, ...]]":
    """A session of the superuser that may write."""
    return psycopg.connect(postgres_url(name), autocommit=True)


@contextmanager
def postgres_database(**options: str) -> Iterator[str]:
    """A database on the test server, with an account of the same name that may only connect; yields the name."""
    if not POSTGRES:
        pytest.skip("needs PostgreSQL: SOC_TEST_POSTGRES_URL is not set")
    name = f"source_{uuid4().hex[:10]}"
    told = " ".join(f"{key} {value}" for key, value in options.items())
    administer(f'CREATE DATABASE "{name}" {told}')
    administer(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'")
    try:
        yield name
    finally:
        administer(f'DROP DATABASE "{name}" WITH (FORCE)')
        administer(f"DROP ROLE {name}")


def mariadb_url(name: str, user: str | None = None) -> str:
    """The URL of a database on the test server, as its owner or as somebody else."""
    assert MARIADB
    url = make_url(MARIADB).set(database=name)
    if user is not None:
        url = url.set(username=user, password=PASSWORD)
    return url.render_as_string(hide_password=False)


def mariadb_session(name: str | None = None) -> "pymysql.Connection[pymysql.cursors.Cursor]":
    """A session of the owner that may write."""
    assert MARIADB
    url: URL = make_url(MARIADB)
    return pymysql.connect(
        host=url.host,
        port=url.port or 3306,
        user=url.username,
        password=url.password or "",
        database=name,
        charset="utf8mb4",
        autocommit=True,
    )


def mariadb_run(name: str | None, *statements: str) -> None:
    """Run statements as the owner."""
    with mariadb_session(name) as session, session.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def mariadb_database() -> Iterator[str]:
    """A database on the test server, with an account of the same name that may read it; yields the name."""
    if not MARIADB:
        pytest.skip("needs MariaDB: SOC_TEST_MARIADB_URL is not set")
    name = f"source_{uuid4().hex[:10]}"
    mariadb_run(
        None,
        f"CREATE DATABASE {name}",
        f"CREATE USER {name}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'",
        f"GRANT SELECT, SHOW VIEW ON {name}.* TO {name}@'127.0.0.1'",
    )
    try:
        yield name
    finally:
        mariadb_run(None, f"DROP DATABASE {name}", f"DROP USER {name}@'127.0.0.1'")


def table_of(database: Database, name: str) -> Table:
    """The one table of that name."""
    (found,) = (table for table in database.tables() if table.name == name)
    return found


def rows_of(table: Table, sampling: Sampling | None = None) -> list[tuple[str | None, ...]]:
    """Every row that a reading gives."""
    return [row for frame in read(table, sampling)[1] for row in frame.rows()]


def read(table: Table, sampling: Sampling | None = None) -> tuple[Reading, list[pl.DataFrame]]:
    """A reading that is used up, and its frames."""
    chosen = sampling or Sampling()
    reading = table.read(chosen)
    frames = list(reading.within(chosen.budget))
    reading.close()
    return reading, frames
