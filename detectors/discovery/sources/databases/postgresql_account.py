"""What the account of a scan may do on PostgreSQL beyond reading."""

from typing import Any

import psycopg

from detectors.discovery.sources.databases.family import Account

Session = psycopg.Connection[tuple[Any, ...]]


def account(session: Session) -> Account:
    """Return who we are and which rights a scan does not need; within a transaction."""
    version, user = _one(session, b"SELECT version(), current_user::text")
    excess = [name for name, holds in _roles(session) if holds]
    if _one(session, _WRITES)[0]:
        excess.append("write")
    if _one(session, b"SELECT has_database_privilege(current_database(), 'CREATE')")[0]:
        excess.append("create")
    return Account(user=user, version=_short(version), excess=tuple(excess))


_WRITES = b"""
    SELECT EXISTS (
      SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND has_schema_privilege(n.oid, 'USAGE') AND (has_table_privilege(c.oid, 'INSERT')
          OR has_table_privilege(c.oid, 'UPDATE') OR has_table_privilege(c.oid, 'DELETE')
          OR has_table_privilege(c.oid, 'TRUNCATE')))
"""


def _roles(session: Session) -> list[tuple[str, bool]]:
    row = _one(
        session,
        b"SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_catalog.pg_roles WHERE rolname = current_user",
    )
    return list(zip(("superuser", "createrole", "createdb"), map(bool, row), strict=True))


def _one(session: Session, query: bytes) -> tuple[Any, ...]:
    row = session.execute(query).fetchone()
    assert row is not None
    return row


def _short(version: str) -> str:
    """The version without its compiler."""
    return version.split(" on ", 1)[0].split(" compiled ", 1)[0].strip()[:120]
