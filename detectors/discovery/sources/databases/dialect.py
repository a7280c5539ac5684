"""Databases that are read through their SQLAlchemy dialects: the drivers are optional extras, and no server was had.

What such an engine does is written from its manual; its statements are checked by a parser of its language in the
tests, not by a server. Everything that people see of these sources says so.
"""

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

import polars as pl
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from detectors.discovery.sources.base import VALUE_LIMIT, Kind, Sampling, SourceUnreachableError
from detectors.discovery.sources.coverage import Coverage, Method
from detectors.discovery.sources.databases.family import Account, Family
from detectors.discovery.sources.databases.found import Found, FoundColumn
from detectors.discovery.sources.databases.frames import settled
from detectors.discovery.sources.databases.plan import Piece, Plan
from detectors.discovery.sources.databases.trouble import Trouble
from detectors.discovery.sources.pinning import place_of

_ROWS_AT_ONCE = 1000
_WORDS = {
    Trouble.FORBIDDEN: ("permission", "privilege", "denied", "access", "not authorized", "ora-00942", "ora-01031"),
    Trouble.LOCKED: ("lock", "ora-00054", "1222"),
    Trouble.SLOW: ("timeout", "timed out", "time limit", "exceeded", "ora-01013", "dpy-4024"),
    Trouble.LOST: ("connection", "broken pipe", "reset", "closed", "dpy-4011", "dbprocess is dead"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of an engine's list of tables."""

    schema: str
    name: str
    kind: Kind = Kind.TABLE
    comment: str = ""
    rows: int | None = None
    bytes: int | None = None
    watermark: str = ""


@dataclass(slots=True)
class Dialect(Family):
    """An engine behind a SQLAlchemy dialect."""

    tested: ClassVar[bool] = False
    #: the module of the driver, and statements that limit a session; those an engine refuses are left out
    driver: ClassVar[str] = ""
    settings: ClassVar[tuple[str, ...]] = ()
    #: how a session is kept from writing; empty where the engine has no such thing
    read_only: ClassVar[str] = ""

    def connect(self) -> Connection:
        """Open a session at the address that was judged.

        Raises:
            SourceUnreachableError: the driver is not installed; the message names the extra that has it.
        """
        missing = SourceUnreachableError(
            "errors.source.no_driver", kind=self.url.get_backend_name(), extra=self.extra or ""
        )
        try:
            import_module(self.driver)
            place = place_of(self.url.host)
            engine = create_engine(
                self.url.set(host=place.addresses[0]), poolclass=NullPool, connect_args=self.arguments()
            )
        except (ImportError, NoSuchModuleError) as error:
            raise missing from error
        session = engine.connect()
        for statement in self.settings:
            with suppress(DBAPIError):
                session.exec_driver_sql(statement)
        session.rollback()
        return session

    def arguments(self) -> dict[str, Any]:
        """What the driver is told beside the address."""
        return {}

    def close(self, session: Connection) -> None:
        """Close the session."""
        with suppress(Exception):
            session.close()

    def abort(self, session: Connection) -> None:
        """End a wait by closing the driver's connection under it."""
        with suppress(Exception):
            session.connection.close()

    @abstractmethod
    def listed(self, session: Connection) -> Iterable[Listed]:
        """List the tables."""

    @abstractmethod
    def columns(self, session: Connection) -> Iterable[tuple[str, str, FoundColumn]]:
        """List the columns of all tables: schema, table, column, in their order."""

    def catalogue(self, session: Connection) -> list[Found]:
        """List every table with its columns."""
        gathered: dict[tuple[str, str], list[FoundColumn]] = defaultdict(list)
        for schema, table, column in self.columns(session):
            gathered[schema, table].append(column)
        found = [
            Found(
                name=one.name,
                schema=one.schema or None,
                columns=tuple(gathered[one.schema, one.name]),
                kind=one.kind,
                comment=one.comment,
                rows=one.rows,
                bytes=one.bytes,
                watermark=one.watermark,
                trouble=None if gathered[one.schema, one.name] else Trouble.FORBIDDEN,
            )
            for one in self.listed(session)
        ]
        session.rollback()
        return found

    def plan(self, session: Connection, found: Found, sampling: Sampling) -> Plan:
        """Sample by the engine's own clause where it has one, else the first rows."""
        table = "FROM " + ".".join(self.quoted(one) for one in (found.schema, found.name) if one)
        if sampling.full:
            return Plan(((Piece(table),),))
        first = Piece(table, limit=sampling.rows)
        rows = None if found.kind is Kind.VIEW else self.counted(session, found)
        if rows is None or rows <= sampling.rows:
            return Plan(((first,),), Method.FIRST, rows, estimated=True, limit=sampling.rows)
        stages = tuple(
            (Piece(f"{table} {self.sampled(size, rows, sampling.seed + number)}", limit=4 * size + 1000),)
            for number, size in enumerate(sampling.stages)
        )
        return Plan(stages, Method.SPREAD, rows, estimated=True, fallback=first)

    def counted(self, session: Connection, found: Found) -> int | None:
        """How many rows a table has, as the engine's statistics say."""
        return found.rows

    @abstractmethod
    def sampled(self, size: int, rows: int, seed: int) -> str:
        """What stands behind a table's name to get about ``size`` of its ``rows``."""

    def statement(self, columns: Sequence[FoundColumn], piece: Piece) -> str:
        """The whole statement of a piece."""
        selected = ", ".join(one.expression for one in columns)
        limit = f" LIMIT {piece.limit}" if piece.limit is not None else ""
        return f"SELECT {selected} {piece.tail}{limit}"

    def fetch(
        self, session: Connection, found: Found, columns: Sequence[FoundColumn], piece: Piece, coverage: Coverage
    ) -> Iterator[pl.DataFrame]:
        """Fetch one piece in a transaction of its own."""
        if self.read_only:
            session.exec_driver_sql(self.read_only)
        streaming = session.execution_options(stream_results=True, no_parameters=True, yield_per=_ROWS_AT_ONCE)
        result = streaming.exec_driver_sql(self.statement(columns, piece))
        schema = {f"c{place}": pl.String for place in range(len(columns))}
        for rows in result.partitions(_ROWS_AT_ONCE):
            texts = [[None if value is None else _text(value) for value in row] for row in rows]
            frame = pl.DataFrame(texts, schema=schema, orient="row", infer_schema_length=None)
            yield settled(frame, columns, coverage)
        session.rollback()

    def account(self, session: Connection) -> Account:
        """Who we are, as far as the dialect tells."""
        version = ".".join(map(str, session.dialect.server_version_info or ()))
        excess = () if self.read_only else ("session",)
        return Account(user=self.url.username or "", version=version or self.url.get_backend_name(), excess=excess)

    def trouble(self, error: Exception) -> tuple[Trouble, str] | None:
        """Tell by what the driver says; its words go no further."""
        if not isinstance(error, DBAPIError):
            return None
        if error.connection_invalidated:
            return Trouble.LOST, ""
        said = str(error.orig).lower()
        return next((one for one, words in _WORDS.items() if any(word in said for word in words)), Trouble.REFUSED), ""

    def refresh(self, session: Connection) -> Connection:
        """Return the session with its transaction ended."""
        session.rollback()
        return session

    def quoted(self, name: str) -> str:
        """A name in double quotes."""
        return '"' + name.replace('"', '""') + '"'

    def rows_of(self, session: Connection, statement: str) -> Iterator[Mapping[str, Any]]:
        """The rows of a catalogue statement by lower-case names."""
        result = session.execution_options(no_parameters=True).exec_driver_sql(statement)
        names = [name.lower() for name in result.keys()]  # noqa: SIM118 - a result's keys are its names
        for row in result:
            yield dict(zip(names, row, strict=True))


def _text(value: Any) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")[: VALUE_LIMIT + 1]
    return str(value)[: VALUE_LIMIT + 1]
