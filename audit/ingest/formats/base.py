"""What a log format is: a way to cut text into records, and an extractor over columns.

A parsed frame has one row a record: ``line`` (0-based number of its first line), ``raw`` (the
record), ``error`` (null, or the message id that says what is wrong with it), any columns of
``EVENT_SCHEMA``, and columns named ``+group.field`` that end in the event's ``unmapped``.
"""

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import orjson
import polars as pl

from audit.ingest.formats.containers import LINE, LONGEST_HEAD, begins_wrapped, inside, with_wrapping
from soc.clock import now
from soc.text import language, t

SHANGHAI = ZoneInfo("Asia/Shanghai")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """What the log itself does not say.

    ``timezone`` holds for times that name no zone; ``prefix`` is the server's
    ``log_line_prefix``, recognised from the text where it is None; ``received`` is the time of
    records that have none at all.
    """

    timezone: ZoneInfo = field(default=SHANGHAI)
    prefix: str | None = None
    received: datetime = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class Head:
    """Lines at a text's beginning that name the columns of all that follows; ``quoted`` rows may go over several lines.

    ``listed`` is a text that is one JSON array: a record ends where an item does, on whichever line.
    """

    text: bytes = b""
    quoted: bool = False
    listed: bool = False


def no_head(_text: bytes) -> Head:
    """Of a text whose records say themselves what they hold."""
    return Head()


@dataclass(frozen=True, slots=True)
class Format:
    """A log format.

    ``split`` turns lines (``line``, ``raw``) into records (same columns); ``extract`` adds the
    columns of the event. ``start`` finds where a record begins, for cutting a long text in two.
    """

    name: str
    split: Callable[[pl.DataFrame], pl.DataFrame]
    extract: Callable[[pl.DataFrame, ParseOptions], pl.DataFrame]
    start: re.Pattern[bytes] = re.compile(rb"\n(?=.)", re.DOTALL)
    #: many formats look so: it is told from the text only where none of them is
    generic: bool = False
    #: written from what is told of it, and not yet tried on a real system's own log
    from_documents: bool = False
    #: how much of a parsed log is this format's, where that is not the share of records that could be read
    share: Callable[[pl.DataFrame], float] | None = None
    #: finds at a text's beginning what each later piece of it needs too
    head: Callable[[bytes], Head] = no_head
    #: reads the lines of a container's runtime themselves; all others read what stands inside them
    wrapped: bool = False
    #: what an organisation calls a format of its own, in each language
    called: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What the format is called, in the reader's language, and whether it was ever tried on a real log."""
        name = self.called.get(language()) or t(f"ingest.format.{self.name}")
        return t("ingest.from_documents", format=name) if self.from_documents else name

    def cut(self, text: bytes, head: Head | None = None, begin: int = 0, end: int | None = None) -> int:
        """Return where the last record of ``text[begin:end]`` begins; ``begin`` where it is the only one."""
        end = len(text) if end is None else end
        if head is not None and head.quoted:
            return _last_row(text, begin, end)
        if head is not None and head.listed:
            return _last_item(text, begin, end)
        # the last record is looked for from the end, in growing windows: a text of 16 MiB is not walked
        window = 1 << 16
        start = LINE if begins_wrapped(text[begin : begin + LONGEST_HEAD]) else self.start
        while True:
            since = max(begin, end - window)
            found = [match.end() for match in start.finditer(text, since, end)]
            if found or since == begin:
                return found[-1] if found else begin
            window *= 4


#: between two items of an array, or of one inside them, or in a text that looks so
_BETWEEN_ITEMS = re.compile(rb"\}\s*,\s*(?=\{)")
#: an array, or an export that keeps it under a key, begun but not ended
ARRAY = re.compile(rb'^\s*(?:\{[^\[]{0,120}?"(?:Records|records|value|items)"\s*:\s*)?\[\s*(?=\{)')
_TRIES = 256


def _last_item(text: bytes, begin: int, end: int) -> int:
    """Where the last item of an array begins whose items before it are whole; ``begin`` where none is found."""
    begun = ARRAY.match(text) if begin == 0 else None
    first = begun.end() if begun else begin
    window = 1 << 16
    while True:
        since = max(first, end - window)
        found = [match.end() for match in _BETWEEN_ITEMS.finditer(text, since, end)]
        cut = next((at for at in reversed(found[-_TRIES:]) if _items_are_whole(text[first:at])), begin)
        if cut > begin or since == first:
            return cut
        window *= 4


def _items_are_whole(items: bytes) -> bool:
    try:
        orjson.loads(b"[" + items.rstrip().removesuffix(b",") + b"]")
    except orjson.JSONDecodeError:
        return False
    return True


def _last_row(text: bytes, begin: int, end: int) -> int:
    """Where the last row of comma-separated values begins: a line's end within quotes ends no row."""
    quotes = text.count(b'"', begin, end)
    at = text.rfind(b"\n", begin, max(begin, end - 1))
    while at >= 0:
        quotes -= text.count(b'"', at, end)
        if quotes % 2 == 0:
            return at + 1
        end, at = at, text.rfind(b"\n", begin, at)
    return begin


def parse_bytes(log_format: Format, body: bytes, options: ParseOptions) -> pl.DataFrame:
    """Parse ``body`` into one row a record, in order; bad ones have an ``error``.

    Lines that a container's runtime has wrapped are read as what they hold.
    """
    lines = lines_of(body)
    if log_format.wrapped or not begins_wrapped(body.removeprefix(_BOM)):
        return log_format.extract(log_format.split(lines), options)
    parsed = log_format.extract(log_format.split(inside(lines)), options)
    return with_wrapping(parsed, lines)


def lines_of(body: bytes) -> pl.DataFrame:
    """Return the lines of ``body``, numbered from 0, without their ends."""
    text = as_utf8(body.removeprefix(_BOM))
    if not text:
        return pl.DataFrame(schema={"line": pl.Int64, "raw": pl.String})
    lines = pl.read_lines(io.BytesIO(text), name="raw")
    return lines.with_row_index("line").with_columns(pl.col("line").cast(pl.Int64))


def as_utf8(body: bytes) -> bytes:
    """Return ``body`` as UTF-8; each line that is not is taken as GB18030, else its bad bytes are marked."""
    if body.isascii():
        return body
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return b"\n".join(_line_as_utf8(line) for line in body.split(b"\n"))
    return body


def _line_as_utf8(line: bytes) -> bytes:
    for encoding in ("utf-8", "gb18030"):
        try:
            return line.decode(encoding).encode()
        except UnicodeDecodeError:
            continue
    return line.decode("utf-8", errors="replace").encode()


def each_line(lines: pl.DataFrame) -> pl.DataFrame:
    """Take every line that is not blank as a record."""
    return lines.filter(pl.col("raw").str.contains(r"\S"))


def joined(lines: pl.DataFrame, starts: pl.Expr) -> pl.DataFrame:
    """Join each line to the record that began at or above it.

    ``starts`` says which lines begin a record; those before the first stand alone.
    """
    numbered = lines.with_columns(starts.alias("starts")).with_columns(
        pl.col("starts").cum_sum().alias("record"),
    )
    # nearly every record has one line: only the others are gathered
    single = numbered.filter(pl.len().over("record") == 1)
    several = numbered.filter(pl.len().over("record") > 1)
    if several.is_empty():
        return single.select("line", "raw")
    gathered = several.group_by("record", maintain_order=True).agg(pl.col("line").first(), pl.col("raw").str.join("\n"))
    return pl.concat([single.select("line", "raw"), gathered.select("line", "raw")]).sort("line")


def number(column: str, kind: type[pl.Int32] | type[pl.Int64] = pl.Int64) -> pl.Expr:
    """Read a column of digits as a number, null where it is none."""
    return pl.col(column).cast(kind, strict=False)


def given(column: str, *absent: str) -> pl.Expr:
    """Return the column with the empty text, and each of ``absent``, as null."""
    return pl.when(~pl.col(column).is_in(["", *absent])).then(pl.col(column))
