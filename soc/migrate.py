"""Bringing the schema to the newest revision, once, however many processes start together."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from config.settings import Settings
from soc.acting import Acting, SystemPath
from soc.db import Database, told_when_away
from soc.registry import load_models
from soc.statesession import tell
from soc.tiers.rowlevel import in_force, put_in_force

_SCRIPTS = Path(__file__).parent / "migrations"
#: any number of ours: two processes of one PostgreSQL wait for each other on it
_ADVISORY_KEY = 0x6775616E


def upgrade(settings: Settings) -> None:
    """Bring the database to the newest revision; nothing is done where it is there already."""
    database = Database.open_as_owner(settings)
    try:
        with told_when_away(), _one_at_a_time(settings), database.writer.connect() as connection:
            if current(connection) != newest() or not _is_guarded(connection):
                _upgrade(connection)
    finally:
        database.close()


def current(connection: Connection) -> str | None:
    """Return the revision a database is at."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """Return the newest revision this version knows."""
    return ScriptDirectory(str(_SCRIPTS)).get_current_head()


def _is_guarded(connection: Connection) -> bool:
    """Tell whether PostgreSQL holds the policies of this version (SQLite has none)."""
    load_models()
    return connection.dialect.name != "postgresql" or in_force(connection)


def _upgrade(connection: Connection) -> None:
    is_postgresql = connection.dialect.name == "postgresql"
    connection.rollback()
    if not is_postgresql:
        _let_tables_be_copied(connection)
    with connection.begin():
        if is_postgresql:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_KEY})
            # a revision that changes rows changes everybody's: FORCE would hide them from the owner, too
            tell(connection, Acting.system(SystemPath.SETUP))
        config = Config()
        config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if is_postgresql:
            put_in_force(connection)
        elif connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RuntimeError("the migration broke a foreign key; nothing was changed")


def _let_tables_be_copied(connection: Connection) -> None:
    """Switch foreign keys off: batch mode copies tables, and the drop of the old one would delete the children.

    Told to the driver itself: within a transaction, which SQLAlchemy begins by itself, SQLite ignores it.
    """
    raw = connection.connection.dbapi_connection
    assert raw is not None
    raw.execute("PRAGMA foreign_keys=OFF")
    if raw.execute("PRAGMA foreign_keys").fetchone() != (0,):
        raise RuntimeError("foreign keys could not be switched off; nothing was changed")


@contextmanager
def _one_at_a_time(settings: Settings) -> Iterator[None]:
    with (settings.folder("work") / "migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
