"""How pasted lines would be read by a format that is being made; nothing of it is kept or logged."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from audit.ingest.formats import Format, ParseOptions, find_format, parse_bytes
from audit.ingest.formats.base import SHANGHAI
from audit.ingest.formats.own import own_format
from audit.ingest.formats.paths import in_words
from audit.ingest.guess import shipped_claims
from audit.ingest.maker.pasted import Pasted

_BORING = frozenset({"line", "raw", "error", "time", "severity_id"})
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One pasted line: what it gave, or why it was not read."""

    number: int
    text: str
    time: datetime | None
    #: attribute or field → its value, cut for showing; ``rest`` are fields that no attribute takes
    fields: tuple[tuple[str, str], ...] = ()
    rest: tuple[tuple[str, str], ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """All lines, how many of them are read, and which shipped formats read them already."""

    lines: tuple[ReadLine, ...]
    read: int
    #: shipped format → how many records of the lines it reads
    claimed: tuple[tuple[Format, int], ...]
    #: the shipped format that the lines would be told as today
    told: Format | None

    @property
    def records(self) -> int:
        """How many records there are."""
        return len(self.lines)


def previewed(org: str, table: Mapping[str, Any], lines: Pasted, zone: ZoneInfo = SHANGHAI) -> Preview:
    """Read pasted lines by a format that passed its check, and say which shipped ones read them."""
    options = ParseOptions(timezone=zone)
    rows = read_lines(org, table, lines, options)
    told, counts = shipped_claims(lines.body, options) if lines.filled else (None, {})
    ranked = sorted((name for name in counts if counts[name]), key=lambda name: -counts[name])
    claimed = tuple((find_format(name), counts[name]) for name in ranked)
    return Preview(rows, sum(not row.error for row in rows), claimed, told)


def read_lines(org: str, table: Mapping[str, Any], lines: Pasted, options: ParseOptions) -> tuple[ReadLine, ...]:
    """Read pasted lines by a format that passed its check."""
    made = own_format(org, table)
    parsed = parse_bytes(made.format, lines.body, options)
    return tuple(_row(row, made.format.name) for row in parsed.iter_rows(named=True))


def _row(row: dict[str, Any], name: str) -> ReadLine:
    if row["error"]:
        return ReadLine(row["line"] + 1, row["raw"][:_LONGEST], None, error=row["error"])
    fields = tuple(
        (key, str(value)[:_LONGEST])
        for key, value in row.items()
        if value is not None and key not in _BORING and not key.startswith("+")
    )
    return ReadLine(row["line"] + 1, row["raw"][:_LONGEST], row["time"], fields, tuple(_rest(row, name)))


def _rest(row: dict[str, Any], name: str) -> Iterator[tuple[str, str]]:
    text = row.get(f"+{name}")
    for key, value in (orjson.loads(text) if text else {}).items():
        yield key, in_words(value)[:_LONGEST]
