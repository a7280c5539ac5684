"""The records of a file, piece by piece, in the format named or told."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import polars as pl

from audit.ingest.files import open_log, pieces, read_some
from audit.ingest.formats import Format, ParseOptions, find_format, parse_bytes
from audit.ingest.formats.unknown import FORMAT as UNKNOWN
from audit.ingest.guess import SAMPLE, guess_format

STDIN = Path("-")


def read_records(path: Path, format_name: str | None, options: ParseOptions) -> Iterator[tuple[Format, pl.DataFrame]]:
    """Yield the file's records; ``line`` counts from the file's first line.

    Raises:
        UnknownFormatError: no format is called ``format_name``.
        OSError: the file cannot be read.
    """
    log_format = find_format(format_name) if format_name else told_format(path, options) or UNKNOWN
    with opened(path) as file:
        for piece in pieces(file, log_format, name=str(path)):
            parsed = parse_bytes(log_format, piece.text, options)
            yield log_format, parsed.with_columns(pl.col("line") + piece.line_of_text)


def told_format(path: Path, options: ParseOptions) -> Format | None:
    """Return the format the file's beginning is in; standard input cannot be looked at twice."""
    if path == STDIN:
        return None
    with opened(path) as file:
        return guess_format(read_some(file, SAMPLE + 1, path.name), options)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file, or standard input for ``-``."""
    if path == STDIN:
        yield sys.stdin.buffer
        return
    with open_log(path) as file:
        yield file
