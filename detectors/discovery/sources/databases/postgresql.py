"""PostgreSQL and what speaks its protocol: Kingbase, openGauss, GaussDB.

Every statement runs in a transaction of its own, READ ONLY, with its time limits set inside it, so that a
pooler between us and the server passes nothing on to others and no snapshot or lock is held for long. Rows come
by ``COPY … TO STDOUT`` and are never touched one by one. A reading of everything goes through the table in
ranges of pages: between two ranges an ALTER gets its lock.
"""

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import polars as pl
import psycopg

from detectors.discovery.sources.base import VALUE_LIMIT, Sampling
from detectors.discovery.sources.coverage import Coverage
from detectors.discovery.sources.databases import postgresql_account, postgresql_catalogue, postgresql_plan
from detectors.discovery.sources.databases.family import Account, Family
from detectors.discovery.sources.databases.found import Form, Found, FoundColumn
from detectors.discovery.sources.databases.frames import BLOCK, POSTGRESQL, parsed
from detectors.discovery.sources.databases.plan import Piece, Plan
from detectors.discovery.sources.databases.trouble import Trouble
from detectors.discovery.sources.pinning import place_of


class Session(psycopg.Connection[tuple[Any, ...]]):
    """A connection that knows how its transactions begin."""

    opening: bytes = b"BEGIN TRANSACTION READ ONLY"


_TROUBLES = {
    "55P03": Trouble.LOCKED,
    "40P01": Trouble.LOCKED,
    "42501": Trouble.FORBIDDEN,
    "57014": Trouble.SLOW,
    "22021": Trouble.ENCODING,
    "22P05": Trouble.ENCODING,
}
_ENDED = ("08", "57P")


@dataclass(slots=True)
class PostgreSQL(Family):
    """A server that speaks PostgreSQL's protocol."""

    def connect(self) -> Session:
        """Open a session that reads only; one that cannot be told so is none."""
        session = Session.connect("", **self._arguments())
        session.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        session.opening = self._opening(session)
        return session

    def _arguments(self) -> dict[str, Any]:
        url, limits = self.url, self.limits
        place = place_of(url.host)
        return {
            "host": ",".join([place.host] * len(place.addresses)),
            "hostaddr": ",".join(place.addresses),
            "port": url.port,
            "user": url.username,
            "password": url.password,
            "dbname": url.database,
            "connect_timeout": limits.connect,
            "application_name": "guanlan-scan",
            "client_encoding": "UTF8",
            "autocommit": True,
            "keepalives_idle": 30,
            "tcp_user_timeout": 1000 * (limits.statement + limits.grace),
        } | {key: value for key, value in url.query.items() if key in {"sslmode", "sslrootcert"}}

    def _opening(self, session: Session) -> bytes:
        """How a transaction begins: read only, and with those of the limits that this engine knows."""
        limits = {
            "statement_timeout": self.limits.statement,
            "lock_timeout": self.limits.lock,
            "lockwait_timeout": self.limits.lock,
        }
        known = session.execute("SELECT name FROM pg_catalog.pg_settings WHERE name = ANY (%s)", [list(limits)])
        told = [f"SET LOCAL {name} = {limits[name] * 1000}" for (name,) in known]
        return "; ".join([Session.opening.decode(), *told]).encode()

    def close(self, session: Session) -> None:
        """Close the session."""
        session.close()

    def abort(self, session: Session) -> None:
        """Shut the socket: a server that hangs would not read a request to cancel either."""
        with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(session.pgconn.socket)) as channel:
            channel.shutdown(socket.SHUT_RDWR)

    def catalogue(self, session: Session) -> list[Found]:
        """List tables, partitions, views, materialized views and foreign tables."""
        with _transaction(session):
            return postgresql_catalogue.found(session)

    def plan(self, session: Session, found: Found, sampling: Sampling) -> Plan:
        """Decide how a table is read."""
        with _transaction(session):
            return postgresql_plan.plan(session, found, sampling)

    def fetch(
        self, session: Session, found: Found, columns: Sequence[FoundColumn], piece: Piece, coverage: Coverage
    ) -> Iterator[pl.DataFrame]:
        """Copy one piece out; where a text is in no valid encoding, its bytes are taken as they are."""
        try:
            yield from self._copied(session, columns, piece, coverage, raw=False)
        except (psycopg.errors.CharacterNotInRepertoire, psycopg.errors.UntranslatableCharacter):
            yield from self._copied(session, columns, piece, coverage, raw=True)

    def _copied(
        self, session: Session, columns: Sequence[FoundColumn], piece: Piece, coverage: Coverage, *, raw: bool
    ) -> Iterator[pl.DataFrame]:
        with _transaction(session):
            if raw:
                session.execute("SET LOCAL client_encoding = 'SQL_ASCII'")
            if not columns:
                counted = f"SELECT count(*) FROM (SELECT 1 {piece.tail}) AS counted"  # noqa: S608 - quoted in the plan
                yield pl.DataFrame(height=next(iter(session.execute(counted.encode())))[0])
                return
            statement = f"COPY (SELECT {selected(columns)} {piece.tail}) TO STDOUT (FORMAT csv, NULL '\\N')".encode()
            with session.cursor() as cursor, cursor.copy(statement) as rows:
                yield from (parsed(block, columns, POSTGRESQL, coverage) for block in _blocks(rows))

    def account(self, session: Session) -> Account:
        """Who we are, and whether we may more than read."""
        with _transaction(session):
            return postgresql_account.account(session)

    def trouble(self, error: Exception) -> tuple[Trouble, str] | None:
        """Tell by the SQLSTATE."""
        if not isinstance(error, psycopg.Error):
            return None
        code = error.sqlstate or ""
        if code in _TROUBLES:
            return _TROUBLES[code], code
        gone = not code and isinstance(error, psycopg.OperationalError)
        return (Trouble.LOST if gone or code.startswith(_ENDED) else Trouble.REFUSED), code


@contextmanager
def _transaction(session: Session) -> Iterator[None]:
    """A short transaction that only reads; a broken connection is told by the error that broke it."""
    session.execute(session.opening)
    try:
        yield
    finally:
        with suppress(psycopg.Error):
            session.execute("ROLLBACK")


def _blocks(rows: psycopg.Copy) -> Iterator[bytes]:
    """Put rows together to blocks: each message of the protocol is one row."""
    held: list[bytes] = []
    size = 0
    for row in rows:
        held.append(bytes(row))
        size += len(row)
        if size >= BLOCK:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


def quoted(name: str) -> str:
    """A name in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def selected(columns: Sequence[FoundColumn]) -> str:
    """The list of what is selected: short values as they are, long ones cut by the server, bytes as their length.

    The length is asked first, since that needs no look at a value kept out of line: a cell of a gigabyte is
    never put together on the server.
    """
    return ", ".join(_selected(one) for one in columns)


def _selected(column: FoundColumn) -> str:
    name = quoted(column.name)
    if column.form is Form.SHORT:
        return name
    if column.form is Form.BYTES:
        return f"octet_length({name})"
    text = name if column.type in {"text", "character varying"} else f"{name}::text"
    return f"CASE WHEN octet_length({text}) > {VALUE_LIMIT} THEN substr({text}, 1, {VALUE_LIMIT + 1}) ELSE {text} END"
