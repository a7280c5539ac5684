"""The SQLite that the state lives in: the newest there is on this machine.

Python's own SQLite is often one with the WAL-reset bug (3.7.0 to 3.51.2), so the package ``pysqlite3``
brings a newer one. Where there is no wheel of it (64-bit ARM), Python's own serves if it is new enough.
"""

from types import ModuleType

from soc.errors import UnavailableError

#: SQLite before 3.51.3 may corrupt a WAL database on reset
OLDEST = (3, 51, 3)


def driver() -> ModuleType:
    """Return the DB-API module of SQLite.

    Raises:
        UnavailableError: its SQLite is older than :data:`OLDEST`.
    """
    found = newest()
    if found.sqlite_version_info < OLDEST:
        raise UnavailableError(
            "errors.sqlite_old", found=found.sqlite_version, needed=".".join(str(part) for part in OLDEST)
        )
    return found


def newest() -> ModuleType:
    """Return the newest module there is, whatever its version: enough to read files that others wrote."""
    try:
        import pysqlite3
    except ImportError:
        import sqlite3

        return sqlite3
    module: ModuleType = pysqlite3
    return module
