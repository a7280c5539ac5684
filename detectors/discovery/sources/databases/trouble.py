"""What goes wrong while a table is read, by kind; an engine's own words may hold values and are never told."""

from enum import StrEnum

from detectors.discovery.sources.base import SourceUnreachableError, UnreadableError


class Trouble(StrEnum):
    """Why an engine did not give what was asked for."""

    LOCKED = "locked"  # somebody holds a lock, and we do not wait for long
    FORBIDDEN = "forbidden"  # the account may not
    SLOW = "slow"  # the time for one statement passed
    LOST = "lost"  # the connection is gone
    ENCODING = "encoding"  # a text is in no valid encoding
    REFUSED = "refused"  # anything else the engine objects to


class TroubleError(UnreadableError):
    """A statement that failed; ``code`` is the engine's own error code."""

    def __init__(self, trouble: Trouble, table: str, code: str = "") -> None:
        """Name the kind, the table and the code."""
        super().__init__(f"errors.discovery.table_{trouble.value}", table=table, code=code or "-")
        self.trouble = trouble
        self.code = code


class SourceLostError(SourceUnreachableError):
    """The source stopped answering in the middle of a scan."""
