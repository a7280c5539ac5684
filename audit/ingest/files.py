"""Log files read in pieces that end where a record ends, so that memory stays flat."""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from audit.ingest.formats import Format
from audit.ingest.formats.base import Head
from soc.errors import InputError

PIECE = 8 << 20
_GZIP = b"\x1f\x8b"


class UnreadableLogError(InputError):
    """The file cannot be read to its end."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a file: whole records, where it begins (bytes, 0-based line) and ends; what names their columns."""

    body: bytes
    start: int
    first_line: int
    head: bytes = b""

    @property
    def text(self) -> bytes:
        """What can be read by itself: the body under its head."""
        return self.head + self.body

    @property
    def line_of_text(self) -> int:
        """The 0-based line at which ``text`` would begin, so that the body's lines are those of the file."""
        return self.first_line - self.head.count(b"\n")

    @property
    def end(self) -> int:
        """The offset behind the last byte."""
        return self.start + len(self.body)


def open_log(path: Path) -> BinaryIO:
    """Open a log, packed by gzip or not.

    Raises:
        OSError: it cannot be opened.
    """
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    return cast(BinaryIO, gzip.open(path, "rb")) if packed else path.open("rb")


def pieces(
    file: BinaryIO,
    log_format: Format,
    *,
    start: int = 0,
    first_line: int = 0,
    name: str = "",
    size: int = PIECE,
    head: Head | None = None,
) -> Iterator[Piece]:
    """Yield the rest of ``file`` in pieces of whole records, about ``size`` bytes each; ``file`` stands at ``start``.

    ``head`` is the file's, where reading begins behind it.

    Raises:
        UnreadableLogError: the gzip stream is cut or broken.
    """
    held, coming = b"", read_some(file, size, name)
    above = head if head is not None else log_format.head(coming)
    while coming or held:
        text, coming = held + coming, read_some(file, size, name)
        cut = log_format.cut(text, above) if coming else len(text)
        if cut and (start or cut > len(above.text) or not coming):
            yield Piece(text[:cut], start, first_line, above.text if start else b"")
            start += cut
            first_line += text.count(b"\n", 0, cut)
            text = text[cut:]
        held = text


def pieces_of(body: bytes, log_format: Format, size: int = PIECE) -> Iterator[Piece]:
    """Yield a text that is in memory as ``pieces`` would a file; it is copied once, or not at all where it is short."""
    above = log_format.head(body)
    at = line = 0
    while at < len(body):
        cut = _end_of_piece(body, log_format, above, at, size)
        yield Piece(body[at:cut], at, line, above.text if at else b"")
        line += body.count(b"\n", at, cut) if cut < len(body) else 0
        at = cut


def _end_of_piece(body: bytes, log_format: Format, above: Head, at: int, size: int) -> int:
    """Return where the piece that begins at ``at`` ends: it grows until a record ends in it, behind the head."""
    end, least = at + size, max(at, len(above.text))
    while end < len(body):
        cut = log_format.cut(body, above, at, end)
        if cut > least:
            return cut
        end += size
    return len(body)


def read_some(file: BinaryIO, size: int, name: str) -> bytes:
    """Read at most ``size`` bytes.

    Raises:
        UnreadableLogError: the gzip stream is cut or broken.
    """
    try:
        return file.read(size)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableLogError("ingest.error.broken_gzip", path=name) from error
