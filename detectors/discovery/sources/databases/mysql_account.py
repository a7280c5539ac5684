"""What the account of a scan may do on MySQL beyond reading."""

import re
from contextlib import suppress

import pymysql

from detectors.discovery.sources.databases.family import Account
from detectors.discovery.sources.databases.mysql_catalogue import Session

_WRITING = re.compile(r"\b(?:INSERT|UPDATE|DELETE|DROP|ALTER|TRUNCATE)\b")


def account(session: Session) -> Account:
    """Return who we are and which rights a scan does not need."""
    version, user = (one.decode("utf-8", "replace") for one in _all(session, "SELECT version(), current_user()")[0])
    excess: dict[str, None] = {}
    with suppress(pymysql.err.MySQLError):
        for (line,) in _all(session, "SHOW GRANTS"):
            excess |= dict.fromkeys(excess_of(line.decode("utf-8", "replace")))
    if not _only_reads(session):
        excess["session"] = None
    return Account(user=user, version=version[:120], excess=tuple(excess))


def excess_of(grant: str) -> list[str]:
    """The rights in one line of SHOW GRANTS that a scan does not need."""
    rights = grant.split(" ON ", 1)[0].upper()
    whole = "ALL PRIVILEGES" in rights
    found = []
    if (whole and " ON *.*" in grant) or re.search(r"\bSUPER\b", rights):
        found.append("superuser")
    if whole or _WRITING.search(rights):
        found.append("write")
    if whole or re.search(r"\bCREATE\b(?! TEMPORARY)", rights):
        found.append("create")
    if (whole and " ON *.*" in grant) or re.search(r"\bFILE\b", rights):
        found.append("file")
    if "WITH GRANT OPTION" in grant.upper():
        found.append("grant")
    return found


def _only_reads(session: Session) -> bool:
    """Whether the server made this session read only; the name of the variable changed over time."""
    for name in ("transaction_read_only", "tx_read_only"):
        with suppress(pymysql.err.MySQLError):
            return _all(session, f"SELECT @@SESSION.{name}")[0][0] in {b"1", b"ON"}
    return False


def _all(session: Session, statement: str) -> list[tuple[bytes, ...]]:
    with session.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
