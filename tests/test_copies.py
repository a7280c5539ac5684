"""A database that a test had is as fresh for the next one, or it is dropped."""

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from tests.conftest import administer, url_of
from tests.copies import MOST_USES, Copies

pytestmark = pytest.mark.postgres


def dumped(url: str) -> dict[str, bytes]:
    """Every row of every table, and where the sequences stand."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        tables = [
            str(row[0]) for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ]
        found = {}
        for table in tables:
            with connection.cursor().copy(f'COPY public."{table}" TO STDOUT') as copy:
                found[table] = b"".join(copy)
        stands = connection.execute("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1").fetchall()
        return found | {"sequences": repr(stands).encode()}


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def named(url: str) -> str:
    return url.rpartition("/")[2]


@pytest.fixture
def copies(postgres_template: str) -> Iterator[Copies]:
    with closing(Copies(postgres_template, url_of, administer)) as made:
        yield made


def oid(url: str) -> int:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        row = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    assert row is not None
    return int(row[0])


def test_rows_that_a_test_wrote_changed_and_deleted_are_as_before_under_a_new_name(copies: Copies) -> None:
    with copies.one() as url:
        fresh, first, name = dumped(url), oid(url), named(url)
        run(
            url,
            "UPDATE organisations SET name = 'changed' WHERE code = '440100'",
            "DELETE FROM organisations WHERE code = '440103'",
            "INSERT INTO rule_counters (rule_id, hits, cost_us, events) VALUES ('x', 1, 2, 3)",
            "SELECT nextval(pg_get_serial_sequence('trail_entries', 'id'))",
        )
        assert dumped(url) != fresh
    with copies.one() as url:
        assert (oid(url), named(url) != name) == (first, True)
        assert dumped(url) == fresh


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE organisations ADD COLUMN more text",
        "CREATE TABLE more (id int)",
        "DROP TABLE rule_counters",
        "ALTER TABLE organisations DISABLE TRIGGER ALL",
        "GRANT SELECT ON organisations TO PUBLIC",
        "CREATE SCHEMA more",
        "DROP POLICY IF EXISTS none ON organisations; CREATE POLICY more ON organisations USING (true)",
    ],
)
def test_one_whose_schema_or_rights_changed_is_dropped(copies: Copies, statement: str) -> None:
    with copies.one() as url:
        first = oid(url)
        run(url, statement)
    with copies.one() as url:
        assert oid(url) != first


def test_one_that_grew_large_is_dropped(copies: Copies) -> None:
    with copies.one() as url:
        first = oid(url)
        run(url, "INSERT INTO rule_counters SELECT 'r' || n, 0, NULL, 0, 0 FROM generate_series(1, 100000) n")
    with copies.one() as url:
        assert oid(url) != first


def test_a_connection_that_was_left_open_ends(copies: Copies) -> None:
    with copies.one() as url:
        left = psycopg.connect(url.replace("+psycopg", ""))
        left.execute("SELECT 1")
    with copies.one():
        with pytest.raises(psycopg.OperationalError):
            left.execute("SELECT 1")
        left.close()


def test_one_is_made_anew_after_so_many_uses(copies: Copies) -> None:
    seen = set()
    for _ in range(MOST_USES + 1):
        with copies.one() as url:
            seen.add(oid(url))
    assert len(seen) == 2
