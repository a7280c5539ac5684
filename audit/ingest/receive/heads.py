"""What the receiver itself knows of a message: whose program wrote it; a head where it came without one."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import accumulate

import polars as pl

from audit.ingest.formats.envelope import ENVELOPE
from audit.ingest.receive.basket import Message

#: where a head ends at the latest, for telling the program
_HEAD = 512
_PRIORITY = re.compile(rb"<(\d{1,3})>")
#: user.notice, which RFC 3164 (4.3.3) gives to what says no priority
_NOTICE = b"<13>"


def programs_of(messages: Sequence[Message]) -> list[str]:
    """Return the program that each message names, else whoever sent it."""
    texts = [message.text[:_HEAD].decode("utf-8", errors="replace") for message in messages]
    parts = pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(
        pl.col("text").str.extract_groups(ENVELOPE).alias("p")
    )
    said = parts.unnest("p").select(
        pl.coalesce("syslog_program", "old_program", "app_program").replace("-", None).alias("program")
    )
    return [
        program or f"from {message.sender}"
        for program, message in zip(said["program"].to_list(), messages, strict=True)
    ]


def one_record(text: bytes) -> bytes:
    """Return a message as one record of a log: lines within it go on with a tab, as server logs write them."""
    return text.replace(b"\r\n", b"\n").replace(b"\n", b"\n\t") if b"\n" in text else text


def places_of(lines: Iterable[int], records: Sequence[bytes]) -> Iterator[int]:
    """Yield of each line of records that stand one below another (0-based) the place of its record."""
    first_lines = list(accumulate((record.count(b"\n") + 1 for record in records), initial=0))
    yield from (bisect_right(first_lines, line) - 1 for line in lines)


def with_head(message: Message, received: datetime) -> bytes:
    """Give a message that says no time the head of one received now from its sender (RFC 3164, 4.3.3)."""
    said = _PRIORITY.match(message.text)
    rest = message.text[said.end() :] if said else message.text
    priority = said[0] if said else _NOTICE
    return b"%s1 %s %s - - - - %s" % (priority, received.isoformat().encode(), message.sender.encode(), rest)
