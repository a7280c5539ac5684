"""Databases as sources: opened for a scan by their family, or through SQLAlchemy for a copy."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detectors.discovery.sources import guard, pinning
from detectors.discovery.sources.base import SourceRefusedError, SourceUnreachableError
from detectors.discovery.sources.databases.family import Limits
from detectors.discovery.sources.databases.registry import family_of
from detectors.discovery.sources.databases.source import Database

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection, Engine

CONNECT_SECONDS = 8
STATEMENT_SECONDS = 60
#: families that a copy can be taken of
_COPIED = frozenset({"postgresql", "mysql", "sqlite"})


def open_database(url: str, limits: Limits | None = None) -> Database:
    """Open a database to list and read its tables; nothing is sent before it is asked for something.

    Raises:
        SourceRefusedError: see :mod:`detectors.discovery.sources.guard`.
    """
    return Database(family_of(guard.checked(url), limits))


def connect_arguments(url: "URL") -> dict[str, Any]:
    """How each engine is told to read only, and not for ever."""
    backend = url.get_backend_name()
    if backend == "postgresql":
        options = f"-c default_transaction_read_only=on -c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout=3s"
        return {"connect_timeout": CONNECT_SECONDS, "options": options, "application_name": "guanlan-copy"}
    if backend == "mysql":
        return {"connect_timeout": CONNECT_SECONDS, "read_timeout": STATEMENT_SECONDS, "charset": "utf8mb4"}
    return {"timeout": CONNECT_SECONDS, "uri": True}


def engine_of(url: str) -> "Engine":
    """An engine without a pool for a checked address; for copies, which reflect types and keys.

    Raises:
        SourceRefusedError: see :mod:`detectors.discovery.sources.guard`; or no copy can be taken of this kind.
        SourceUnreachableError: the SQLite file is not there.
    """
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    target = guard.checked(url)
    if target.get_backend_name() not in _COPIED:
        raise SourceRefusedError("errors.source.no_copy", scheme=target.get_backend_name())
    arguments = connect_arguments(target)
    if target.get_backend_name() == "sqlite":
        file = Path(str(target.database))
        if not file.is_file():
            raise SourceUnreachableError("errors.source.no_file", path=file.name)
        quoted = str(file.resolve()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        target = target.set(database=f"file:{quoted}", query={"mode": "ro", "uri": "true"})
    engine = pinning.pin(create_engine(target, poolclass=NullPool, connect_args=arguments))
    if target.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _read_only_sqlite)
    return engine


def _read_only_sqlite(connection: Any, _record: object) -> None:
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    connection.execute("PRAGMA query_only = ON")


@contextmanager
def reaching(engine: "Engine") -> Iterator["Connection"]:
    """Connect, and say in one line what is wrong if that fails; the password is never part of it."""
    from sqlalchemy.exc import DBAPIError

    try:
        connection = engine.connect()
    except DBAPIError as error:
        family = family_of(engine.url)
        raise SourceUnreachableError(family.refusal(error), host=engine.url.host or engine.url.database or "") from None
    with connection:
        yield connection
