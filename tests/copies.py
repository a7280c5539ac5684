"""Databases of PostgreSQL that are as their template: made once, cleared after a test, and handed to the next under a new name.

A database has some thousand files, and making and dropping them for each of thousands of tests was a seventh of all CPU.
What a test did to rows is undone; a database whose schema, rights or size changed is dropped. The name is new each
time, since what a process remembers of a database it remembers by its address.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import psycopg
from psycopg import sql

#: how often one is cleared before it is made anew: what was deleted stays in its files for a while
MOST_USES = 60
#: a table that grew beyond this is not worth clearing, in bytes
_LARGEST = 4 << 20
#: everything about the schema that a test may have changed; not where the rows lie
_SCHEMA = """
SELECT md5(concat(
    (SELECT string_agg(concat_ws('/', oid, relname, relkind, relowner, relacl, relrowsecurity, relforcerowsecurity), ' ' ORDER BY oid)
       FROM pg_class WHERE relnamespace = 'public'::regnamespace),
    (SELECT string_agg(concat_ws('/', attrelid, attname, atttypid, attnotnull, attisdropped, attacl), ' ' ORDER BY attrelid, attnum)
       FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace),
    (SELECT string_agg(concat_ws('/', oid, polname, polroles, polqual, polwithcheck), ' ' ORDER BY oid) FROM pg_policy),
    (SELECT string_agg(concat_ws('/', oid, tgenabled), ' ' ORDER BY oid) FROM pg_trigger),
    (SELECT string_agg(concat_ws('/', oid, convalidated), ' ' ORDER BY oid) FROM pg_constraint),
    (SELECT string_agg(concat_ws('/', oid, proacl, prosrc), ' ' ORDER BY oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
    (SELECT string_agg(concat_ws('/', oid, nspname, nspacl), ' ' ORDER BY oid) FROM pg_namespace WHERE nspname NOT LIKE 'pg_t%'),
    (SELECT string_agg(concat_ws('/', setrole, setconfig), ' ') FROM pg_db_role_setting
      WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()))
))"""
_FILLED = """
SELECT relname, pg_relation_size(oid) FROM pg_class
 WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0"""
_SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"

Administer = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Imprint:
    """How a fresh copy is: its schema, the rows of each table that has any, where each sequence stands."""

    schema: str
    rows: dict[str, bytes]
    sequences: dict[str, tuple[int, bool]]


@dataclass(slots=True)
class Copies:
    """Copies of one template; ``url_of`` gives a database's URL, ``administer`` runs a statement on the server."""

    template: str
    url_of: Callable[[str], str]
    administer: Administer
    _clean: list[str] = field(default_factory=list)
    _uses: dict[str, int] = field(default_factory=dict)
    _fresh: _Imprint | None = None

    @contextmanager
    def one(self) -> Iterator[str]:
        """Lend a database that is as the template; yields its URL."""
        name = self._taken()
        yield self.url_of(name)
        self._given_back(name)

    def close(self) -> None:
        """Drop what is left."""
        for name in self._clean:
            self._drop(name)
        self._clean.clear()

    def _taken(self) -> str:
        name = f"guanlan_test_{uuid4().hex[:12]}"
        if self._clean:
            old = self._clean.pop()
            self.administer(f'ALTER DATABASE "{old}" RENAME TO "{name}"')
            self._uses[name] = self._uses.pop(old) + 1
            return name
        # by its files: page by page through the log of the server costs up to seven times as much
        self.administer(f'CREATE DATABASE "{name}" TEMPLATE "{self.template}" STRATEGY FILE_COPY')
        self._uses[name] = 1
        if self._fresh is None:
            with self._inside(name) as connection:
                self._fresh = _imprint(connection)
        return name

    def _given_back(self, name: str) -> None:
        if self._uses[name] < MOST_USES and self._cleared(name):
            self._clean.append(name)
        else:
            self._uses.pop(name)
            self._drop(name)

    def _cleared(self, name: str) -> bool:
        assert self._fresh is not None
        # whoever still holds a connection would hinder the next test, as the drop would have ended them
        self.administer(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        with self._inside(name) as connection:
            return _cleared(connection, self._fresh)

    def _drop(self, name: str) -> None:
        self.administer(f'DROP DATABASE "{name}" WITH (FORCE)')

    @contextmanager
    def _inside(self, name: str) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
        url = self.url_of(name).replace("postgresql+psycopg://", "postgresql://", 1)
        with psycopg.connect(url, autocommit=True) as connection:
            yield connection


def _imprint(connection: "psycopg.Connection[tuple[object, ...]]") -> _Imprint:
    filled = [str(row[0]) for row in connection.execute(_FILLED)]
    rows = {table: copied for table in filled if (copied := _rows(connection, table))}
    return _Imprint(_schema(connection), rows, {name: _stands(connection, name) for name in _sequences(connection)})


def _cleared(connection: "psycopg.Connection[tuple[object, ...]]", fresh: _Imprint) -> bool:
    """Undo what was done to rows; False where more than rows changed, or too many of them."""
    if _schema(connection) != fresh.schema:
        return False
    filled = {str(row[0]): int(str(row[1])) for row in connection.execute(_FILLED)}
    if max(filled.values(), default=0) > _LARGEST:
        return False
    # neither triggers nor references hinder whoever puts back everything
    connection.execute("SET session_replication_role = replica")
    for table in sorted(filled.keys() | fresh.rows.keys()):
        _put_back(connection, table, fresh.rows.get(table))
    for name, stood in fresh.sequences.items():
        if _stands(connection, name) != stood:
            connection.execute("SELECT setval(%s::regclass, %s, %s)", (f'public."{name}"', *stood))
    return True


def _put_back(connection: "psycopg.Connection[tuple[object, ...]]", table: str, rows: bytes | None) -> None:
    if rows is not None and _rows(connection, table) == rows:
        return
    named = sql.Identifier("public", table)
    connection.execute(sql.SQL("DELETE FROM {}").format(named))
    if rows is not None:
        with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(named)) as copy:
            copy.write(rows)


def _rows(connection: "psycopg.Connection[tuple[object, ...]]", table: str) -> bytes:
    with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier("public", table))) as copy:
        return b"".join(copy)


def _schema(connection: "psycopg.Connection[tuple[object, ...]]") -> str:
    row = connection.execute(_SCHEMA).fetchone()
    assert row is not None
    return str(row[0])


def _sequences(connection: "psycopg.Connection[tuple[object, ...]]") -> list[str]:
    return [str(row[0]) for row in connection.execute(_SEQUENCES)]


def _stands(connection: "psycopg.Connection[tuple[object, ...]]", sequence: str) -> tuple[int, bool]:
    query = sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier("public", sequence))
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(str(row[0])), bool(row[1])
