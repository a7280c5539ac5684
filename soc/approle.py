"""PostgreSQL: being the application, who owns nothing, and not whoever made the tables.

A superuser is held by no policy, and an owner could take one away. Where the URL's user is a member
of :data:`ROLE` each connection becomes that role at once, before its first statement.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from soc.errors import UnavailableError

#: made by ``soc db upgrade`` where it may, else by the database's administrator (deploy/README.md)
ROLE = "guanlan_app"
_STANDING = """
SELECT rolsuper OR rolbypassrls,
       EXISTS (SELECT FROM pg_roles AS app WHERE app.rolname = %s AND pg_has_role(current_user, app.oid, 'MEMBER'))
  FROM pg_roles WHERE rolname = current_user
"""
_HELD = """
SELECT current_user = %(role)s AS apart, rolsuper OR rolbypassrls OR pg_has_role(rolname, tables.owner, 'MEMBER') AS free
  FROM pg_roles, (SELECT relowner AS owner FROM pg_class WHERE oid = to_regclass('organisations')) AS tables
 WHERE rolname = session_user
"""


class Standing(StrEnum):
    """How far the database itself holds the application's user."""

    #: a user of its own, who owns nothing
    APART = "apart"
    #: the role of the application, which the URL's user could leave again
    BORROWED = "borrowed"
    #: the owner, held by FORCE, who could take the policies away
    OWNER = "owner"


def standing(connection: Connection) -> Standing:
    """Return how far the database holds this connection's user."""
    apart, free = connection.exec_driver_sql(_HELD, {"role": ROLE}).one()
    if not apart:
        return Standing.OWNER
    return Standing.BORROWED if free else Standing.APART


def become_application(connection: Any, _record: object) -> None:
    """Become the application's role, for as long as the connection lives.

    Raises:
        UnavailableError: nothing would hold the URL's user to a scope: the role is missing.
    """
    connection.autocommit = True  # what a transaction sets, its rollback takes back
    try:
        with connection.cursor() as cursor:
            unbound, member = cursor.execute(_STANDING, (ROLE,)).fetchone()
            if member:
                cursor.execute(f"SET ROLE {ROLE}")
            elif unbound:
                raise UnavailableError("errors.database_role", role=ROLE)
    finally:
        connection.autocommit = False
