"""PostgreSQL's server log as pgaudit 1.7 writes into it, with the prefix that scripts/services/postgres.sh sets.

``log_line_prefix = '%m [%p] user=%u,db=%d,app=%a,host=%h,session=%c '``, ``pgaudit.log_rows = on``. A
newline in a statement is followed by one tab of the server's.
"""

from dataclasses import dataclass
from datetime import date

DATABASE = "gdjt"


@dataclass(frozen=True)
class LoggedSession:
    """One connection, as each of its lines names it."""

    account: str
    app: str
    host: str
    pid: int
    started: int  # seconds since 1970, UTC

    @property
    def prefix(self) -> str:
        """Everything between the instant and the severity."""
        session = f"{self.started:x}.{self.pid:x}"
        return f" CST [{self.pid}] user={self.account},db={DATABASE},app={self.app},host={self.host},session={session} "


def stamp(day: date, second: float) -> str:
    """%m without its zone: the wall clock of China with milliseconds."""
    whole = int(second)
    clock = f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}.{int((second - whole) * 1000):03d}"
    return f"{day.isoformat()} {clock}"


def audit_text(number: int, audit_class: str, command: str, sql: str, rows: int, part: int = 1) -> str:
    """pgaudit's own message."""
    return f"LOG:  AUDIT: SESSION,{number},{part},{audit_class},{command},,,{quoted(sql)},<not logged>,{rows}"


def error_text(prefix: str, sql: str, reason: str) -> str:
    """A failed statement: the error, and the statement on a line of its own."""
    return f"ERROR:  {reason}\n{prefix}STATEMENT:  {tabbed(sql)}"


def quoted(field: str) -> str:
    """A field as pgaudit writes it: in quotes where it holds a comma, a quote or a line break."""
    if any(mark in field for mark in ',"\n\r'):
        field = '"' + field.replace('"', '""') + '"'
    return tabbed(field)


def tabbed(text: str) -> str:
    """The server puts a tab after each newline of a message."""
    return text.replace("\n", "\n\t")
