"""MySQL and MariaDB, and what speaks their protocol: OceanBase, TiDB, Doris.

The driver is written in Python and slow with cells, so the server is asked to write each row as one text
(``CONCAT_WS`` of ``QUOTE``), which is then parsed in bulk: about three times the speed of the driver's own rows.
An engine that cannot do that gives plain rows. What a server does not know of time limits is left out; that its
session only reads is asked for, and said by :meth:`MySQL.account` where a server does not grant it.
"""

import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
import pymysql
from pymysql.cursors import SSCursor

from detectors.discovery.sources.base import Sampling
from detectors.discovery.sources.coverage import Coverage
from detectors.discovery.sources.databases import mysql_account, mysql_catalogue, mysql_plan
from detectors.discovery.sources.databases.family import Account, Family
from detectors.discovery.sources.databases.found import Found, FoundColumn
from detectors.discovery.sources.databases.frames import BLOCK, MYSQL, from_rows, parsed
from detectors.discovery.sources.databases.mysql_catalogue import Session
from detectors.discovery.sources.databases.plan import Piece, Plan
from detectors.discovery.sources.databases.trouble import Trouble
from detectors.discovery.sources.pinning import place_of
from soc.outbound import dial

_TROUBLES = {
    1205: Trouble.LOCKED,
    1213: Trouble.LOCKED,
    3572: Trouble.LOCKED,
    1044: Trouble.FORBIDDEN,
    1045: Trouble.FORBIDDEN,
    1142: Trouble.FORBIDDEN,
    1143: Trouble.FORBIDDEN,
    1227: Trouble.FORBIDDEN,
    1370: Trouble.FORBIDDEN,
    1317: Trouble.SLOW,
    1969: Trouble.SLOW,
    3024: Trouble.SLOW,
    2006: Trouble.LOST,
    2013: Trouble.LOST,
    2014: Trouble.LOST,
    1053: Trouble.LOST,
    1927: Trouble.LOST,
}
#: an engine without QUOTE or CONCAT_WS, or that reads the statement otherwise
_NO_QUOTE = frozenset({1064, 1105, 1128, 1267, 1271, 1305})
_ROWS_AT_ONCE = 256


class _TooWideError(Exception):
    """A row that the server could not write as one text."""


@dataclass(slots=True)
class MySQL(Family):
    """A server that speaks MySQL's protocol."""

    def connect(self) -> Session:
        """Open a session that reads only, at the address that was judged."""
        url, limits = self.url, self.limits
        place = place_of(url.host)
        authority = url.query.get("ssl_ca")
        session: Session = pymysql.connect(
            host=place.host,
            port=url.port or 3306,
            user=url.username,
            password=url.password or "",
            database=url.database or None,
            charset="utf8mb4",
            use_unicode=False,
            conv={},
            autocommit=True,
            connect_timeout=limits.connect,
            read_timeout=limits.statement + limits.grace,
            write_timeout=limits.connect,
            cursorclass=SSCursor,
            program_name="guanlan-scan",
            local_infile=False,
            ssl_ca=str(authority) if authority else None,
            ssl_verify_cert=True if authority else None,
            ssl_verify_identity=bool(authority),
            defer_connect=True,
        )
        session.connect(dial(place, url.port or 3306, limits.connect))
        for statement in self._settings():
            with suppress(pymysql.err.ProgrammingError, pymysql.err.InternalError, pymysql.err.NotSupportedError):
                _set(session, statement)
        return session

    def _settings(self) -> tuple[str, ...]:
        """Limits by all the names that engines of the family have for them."""
        statement, lock = self.limits.statement, self.limits.lock
        return (
            "SET SESSION TRANSACTION READ ONLY",
            "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
            f"SET SESSION max_statement_time = {statement}",
            f"SET SESSION max_execution_time = {statement * 1000}",
            f"SET SESSION ob_query_timeout = {statement * 1_000_000}",
            f"SET SESSION lock_wait_timeout = {lock}",
            f"SET SESSION innodb_lock_wait_timeout = {lock}",
            "SET SESSION net_write_timeout = 600",
        )

    def close(self, session: Session) -> None:
        """Close the socket: a polite end would first read what is left of a result."""
        _drop(session._result)  # type: ignore[attr-defined]
        session._force_close()  # type: ignore[attr-defined]

    def refresh(self, session: Session) -> Session:
        """Return a new session: what an error in the middle of a result left on the wire is unknown."""
        self.close(session)
        return self.connect()

    def abort(self, session: Session) -> None:
        """Shut the socket under a wait."""
        channel: socket.socket | None = session._sock  # type: ignore[attr-defined]
        with suppress(OSError):
            if channel is not None:
                channel.shutdown(socket.SHUT_RDWR)

    def catalogue(self, session: Session) -> list[Found]:
        """List tables and views of the database, or of all of them where the address names none."""
        return mysql_catalogue.found(session, self.url.database or "")

    def plan(self, session: Session, found: Found, sampling: Sampling) -> Plan:
        """Decide how a table is read."""
        return mysql_plan.plan(session, found, sampling)

    def fetch(
        self, session: Session, found: Found, columns: Sequence[FoundColumn], piece: Piece, coverage: Coverage
    ) -> Iterator[pl.DataFrame]:
        """Fetch one piece, each row as one text where the server can write it so."""
        keys = [replace(one, name=f"\x00{name}") for name in piece.keys for one in found.columns if one.name == name]
        given = 0
        try:
            for frame in self._texts(session, [*columns, *keys], piece, coverage):
                given += frame.height
                yield _without_keys(frame, columns, piece)
            return
        except _TooWideError:
            pass
        except pymysql.err.MySQLError as error:
            if given or not error.args or error.args[0] not in _NO_QUOTE:
                raise
        for frame in self._rows(session, [*columns, *keys], piece, coverage):
            skipped = min(given, frame.height)
            given -= skipped
            if frame.height > skipped:
                yield _without_keys(frame.slice(skipped), columns, piece)

    def _texts(
        self, session: Session, columns: Sequence[FoundColumn], piece: Piece, coverage: Coverage
    ) -> Iterator[pl.DataFrame]:
        selected = ", ".join(f"QUOTE({one.expression})" for one in columns)
        rows = _executed(session, _united(f"CONCAT_WS(',', {selected})", piece))
        for block in _blocks(rows):
            yield parsed(block, columns, MYSQL, coverage)

    def _rows(
        self, session: Session, columns: Sequence[FoundColumn], piece: Piece, coverage: Coverage
    ) -> Iterator[pl.DataFrame]:
        statement = _united(", ".join(one.expression for one in columns), piece)
        for rows in _executed(session, statement):
            yield from_rows(rows, columns, coverage)

    def account(self, session: Session) -> Account:
        """Who we are, and whether we may more than read."""
        return mysql_account.account(session)

    def trouble(self, error: Exception) -> tuple[Trouble, str] | None:
        """Tell by the server's number."""
        if isinstance(error, pymysql.err.MySQLError):
            code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
            lost = isinstance(error, pymysql.err.InterfaceError) or (2000 <= code < 2100)
            return _TROUBLES.get(code, Trouble.LOST if lost else Trouble.REFUSED), str(code or "")
        return (Trouble.LOST, "") if isinstance(error, OSError) else None


def _set(session: Session, statement: str) -> None:
    """Carry out a SET; one that the engine does not know is its own error, and leaves the session as it was."""
    try:
        session.query(statement)
    except pymysql.err.OperationalError as error:
        if error.args and isinstance(error.args[0], int) and error.args[0] >= 2000 and error.args[0] < 2100:
            raise


def _united(selected: str, piece: Piece) -> str:
    """One statement of a piece and of what is added to it."""
    if not piece.more:
        return f"SELECT {selected} {piece.tail}"
    return " UNION ALL ".join(f"(SELECT {selected} {tail})" for tail in (piece.tail, *piece.more))


def _executed(session: Session, statement: str) -> Iterator[tuple[tuple[bytes | None, ...], ...]]:
    """Rows as they come, some at a time; the cursor of a broken off result is cut from its session."""
    cursor = session.cursor()
    try:
        cursor.execute(statement)
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            yield tuple(rows)
        cursor.close()
    finally:
        _drop(cursor._result)  # type: ignore[attr-defined]
        cursor.connection = None  # type: ignore[assignment]


def _drop(result: Any) -> None:
    """Let a result that was broken off not be read to its end when it is collected."""
    if result is not None:
        result.unbuffered_active = False


def _blocks(rows: Iterator[tuple[tuple[bytes | None, ...], ...]]) -> Iterator[bytes]:
    held: list[bytes] = []
    size = 0
    for some in rows:
        for (line,) in some:
            if line is None:
                raise _TooWideError
            held.append(line)
            size += len(line)
        if size >= BLOCK:
            yield b"\n".join(held)
            held, size = [], 0
    if held:
        yield b"\n".join(held)


def _without_keys(frame: pl.DataFrame, columns: Sequence[FoundColumn], piece: Piece) -> pl.DataFrame:
    """Keep the last row's key for the next piece, and give the columns alone."""
    if not piece.keys or not frame.height:
        return frame
    piece.last[:] = [str(value) for value in frame.row(frame.height - 1)[len(columns) :]]
    return frame[:, : len(columns)]
