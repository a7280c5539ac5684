"""The state database: typed models, and transactions that say whether they write.

On SQLite a writer begins with BEGIN IMMEDIATE: a deferred transaction that reads first
and writes later gets "database is locked" as soon as two of them meet.
"""

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    Uuid,
    create_engine,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import Enum as SqlEnum
from sqlalchemy.types import TypeDecorator

from config.settings import Settings
from soc import sqlite
from soc.acting import Acting, SystemPath
from soc.approle import become_application
from soc.errors import InputError, UnavailableError
from soc.statesession import StateSession, tell

_WRITES = "soc_writes"
_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime was given where an instant is needed")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the stored instant back, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Seconds(TypeDecorator[timedelta]):
    """A duration, stored as whole microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        """Turn a duration into microseconds."""
        return None if value is None else value // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:
        """Give the stored duration back."""
        return None if value is None else timedelta(microseconds=value)


def _values(kind: type[StrEnum]) -> list[str]:
    return [one.value for one in kind]


_JSON = JSON().with_variant(JSONB(), "postgresql")


class Model(DeclarativeBase):
    """Base of everything stored."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        timedelta: Seconds,
        UUID: Uuid,
        int: BigInteger().with_variant(Integer(), "sqlite"),
        dict[str, Any]: _JSON,
        list[Any]: _JSON,
        list[str]: _JSON,
        list[dict[str, Any]]: _JSON,
        StrEnum: SqlEnum(
            StrEnum, native_enum=False, length=40, values_callable=lambda kind: [one.value for one in kind]
        ),
    }


def new_id() -> UUID:
    """Return a new time-ordered identifier (UUID version 7, RFC 9562 §5.7)."""
    millis = time.time_ns() // 1_000_000
    value = (millis & (1 << 48) - 1) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 7 << 76
    return UUID(int=value & ~(0x3 << 62) | 2 << 62)


class Identified:
    """Mixin: a time-ordered identifier as primary key."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


@dataclass(frozen=True, slots=True)
class Database:
    """One state database; open it after a fork, never before.

    Its sessions act for ``acting`` (see :mod:`soc.acting`); where that is None they see no row that
    belongs to somebody.
    """

    engine: Engine
    settings: Settings
    acting: Acting | None = None

    @classmethod
    def open(cls, settings: Settings) -> "Database":
        """Open the database the settings name; creates nothing.

        Raises:
            InputError: the URL names no database that is supported.
        """
        url = _checked(settings.database_url)
        if url.get_backend_name() == "sqlite":
            return cls(_sqlite(url), settings)
        engine = _postgresql(url)
        event.listen(engine, "connect", become_application)
        return cls(engine, settings)

    @classmethod
    def open_as_owner(cls, settings: Settings) -> "Database":
        """Open the database as whoever owns its tables: for its schema, and nothing else.

        Raises:
            InputError: the URL names no database that is supported.
        """
        url = _checked(settings.database_owner_url or settings.database_url)
        return cls(_sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url), settings)

    def acting_for(self, acting: Acting | SystemPath) -> "Database":
        """Return the same database, whose sessions act for somebody."""
        return replace(self, acting=Acting.system(acting) if isinstance(acting, SystemPath) else acting)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a session that only reads; what it changed is rolled back."""
        with StateSession(self.engine, expire_on_commit=False, autoflush=False, info=self._info) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Yield a session that writes; committed at the end, rolled back on an exception."""
        with self.writing() as session, told_when_away(), session.begin():
            yield session

    def writing(self) -> Session:
        """Return a session that writes, for those who commit it themselves (a request, once, at its end)."""
        return StateSession(self.writer, expire_on_commit=False, info=self._info)

    @contextmanager
    def connect(self, **options: Any) -> Iterator[Connection]:
        """Yield a bare connection in one transaction, rolled back unless committed; ``options`` are its own."""
        with self.engine.connect() as opened:
            connection = opened.execution_options(**options)
            if self.acting is not None:
                tell(connection, self.acting)
            yield connection

    @property
    def writer(self) -> Engine:
        """The engine whose transactions begin as writers."""
        return self.engine.execution_options(**{_WRITES: True})

    @property
    def _info(self) -> dict[str, Any]:
        # what a service finds in ``session.info``: the trail needs the installation's keys
        return {"settings": self.settings, "acting": self.acting}

    @property
    def is_sqlite(self) -> bool:
        """Whether the state lives in SQLite."""
        return self.engine.dialect.name == "sqlite"

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


@contextmanager
def told_when_away() -> Iterator[None]:
    """Turn a database that is away, locked or full into an error people can read."""
    try:
        yield
    except OperationalError as error:
        reason = str(error.orig).splitlines()[0]
        if "full" in reason.lower():
            raise UnavailableError("errors.disk_full") from error
        raise UnavailableError("errors.database_away", reason=reason) from error


def _checked(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise InputError("errors.database_url") from error
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise InputError("errors.database_url")
    return url.set(drivername="postgresql+psycopg") if url.get_backend_name() == "postgresql" else url


def _sqlite(url: URL) -> Engine:
    # hidden: an error's text goes to logs, and parameters are people's data
    said = {"timeout": 30}
    engine = create_engine(url, module=sqlite.driver(), json_serializer=_dumps, connect_args=said, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # the driver's own transaction handling would begin deferred behind our back
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: URL) -> Engine:
    engine = create_engine(
        url, json_serializer=_dumps, pool_pre_ping=True, pool_size=5, max_overflow=15, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: Any, _record: object) -> None:
    """Leave statements uncompiled: row-level security makes each look dear, and compiling one takes a second."""
    connection.autocommit = True  # what a transaction sets, its rollback takes back
    try:
        connection.execute("SET jit = off")
    finally:
        connection.autocommit = False


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
