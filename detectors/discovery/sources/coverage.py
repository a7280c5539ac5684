"""What a reading saw of a table and what it did not see: said with each finding and each scan."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

#: names of one kind that are told one by one; the others are only counted
_TOLD = 20


class Method(StrEnum):
    """How the rows that were read were chosen."""

    WHOLE = "whole"  # every row
    SPREAD = "spread"  # by the seed, over the whole of the table, the oldest and newest among them
    FIRST = "first"  # the first that came: the source can give no others cheaply


class Stop(StrEnum):
    """Why reading ended before the sample, or the table, did."""

    SURE = "sure"  # every column is settled
    ROWS = "rows"  # the source's budget of rows is used up
    BYTES = "bytes"  # the source's budget of bytes is used up
    TIME = "time"  # the source took longer than it may
    LOST = "lost"  # the connection broke and did not come back
    REFUSED = "refused"  # the source answered with an error in the middle


@dataclass(slots=True)
class Coverage:
    """What was read of one table; right once its batches are used up or closed.

    ``cut`` are columns with values over the limit, of which only the head was read; ``binary`` those of
    bytes, of which only the length was; ``garbled`` those with text in an encoding that is none.
    ``unread`` are the partitions (or shards) that nothing was read of, each with its reason.
    """

    rows_read: int = 0
    bytes_read: int = 0
    method: Method = Method.WHOLE
    stop: Stop | None = None
    cut: set[str] = field(default_factory=set)
    binary: dict[str, int] = field(default_factory=dict)
    garbled: set[str] = field(default_factory=set)
    unread: dict[str, str] = field(default_factory=dict)
    #: times the connection broke and reading went on
    resumed: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For printing and storing; what says nothing is left out. Names of columns, never a value."""
        known: dict[str, Any] = {"rows_read": self.rows_read, "method": self.method.value}
        if self.stop is not None:
            known["stop"] = self.stop.value
        if self.resumed:
            known["resumed"] = self.resumed
        for key, names in (("cut", self.cut), ("binary", self.binary), ("garbled", self.garbled)):
            if names:
                known[key] = sorted(names)[:_TOLD]
        if self.unread:
            known["unread"] = [{"name": name, "reason": self.unread[name]} for name in sorted(self.unread)[:_TOLD]]
            known["unread_count"] = len(self.unread)
        return known
