"""CSV and TSV in any encoding that Chinese offices produce, with huge fields and ragged lines."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from detectors.discovery.sources.base import (
    VALUE_LIMIT,
    Reading,
    Sampling,
    Table,
    UnreadableError,
    column_names,
    numbered,
)
from detectors.discovery.sources.sampled import Record, reading_of

_PROBE = 1 << 20
_DELIMITERS = ",\t;|"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
csv.field_size_limit(1 << 27)


def table_of(path: Path) -> Table:
    """The one table of a CSV file, named after it."""
    return Table(name=path.stem, read=lambda sampling: _read(path, sampling), path=str(path))


def _read(path: Path, sampling: Sampling) -> Reading:
    encoding = encoding_of(path)
    rows = _rows(path, encoding)
    first = next(rows, None)
    if first is None:
        raise UnreadableError("errors.discovery.empty_file", path=path.name)
    if sampling.headers:
        return reading_of(column_names(first), rows, sampling)
    ahead = list(islice(rows, 50))
    width = max(len(record) for record in [first, *ahead])
    return reading_of(numbered(width), chain([first], ahead, rows), sampling)


def encoding_of(path: Path) -> str:
    """Find a file's encoding: its mark, else UTF-16 by its zeros, else UTF-8, else GB18030.

    Raises:
        UnreadableError: the file is not text in any of them.
    """
    with path.open("rb") as file:
        probe = file.read(_PROBE)
    for mark, encoding in _MARKS:
        if probe.startswith(mark):
            return encoding
    if b"\x00" in probe[:4096]:
        return _wide(probe, path)
    return next((name for name in ("utf-8", "gb18030", "big5") if _decodes(path, name)), "") or _refuse(path)


def _wide(probe: bytes, path: Path) -> str:
    """UTF-16 without a mark has its zeros on one side; anything else with zeros is no text."""
    head = probe[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) // 10:
        return _refuse(path)
    guess = "utf-16-le" if odd > even else "utf-16-be"
    return guess if _decodes(path, guess) else _refuse(path)


def _refuse(path: Path) -> str:
    raise UnreadableError("errors.discovery.encoding", path=path.name)


def _decodes(path: Path, encoding: str) -> bool:
    """Whether the whole file is well-formed in ``encoding``; a character cut by the end is not."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as file:
            while block := file.read(_PROBE):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _rows(path: Path, encoding: str) -> Iterator[Record]:
    with path.open("r", encoding=encoding, errors="replace", newline="") as file:
        head = file.read(1 << 16)
        delimiter = delimiter_of(head)
        file.seek(0)
        lines = (line.replace("\x00", "") for line in file)
        for record in csv.reader(lines, delimiter=delimiter):
            if record:
                yield [value[:VALUE_LIMIT] for value in record]


def delimiter_of(head: str) -> str:
    """The delimiter that cuts the first lines into the same number of fields, more than one."""
    best, score = ",", 0.0
    for delimiter in _DELIMITERS:
        widths = [len(record) for record in islice(csv.reader(io.StringIO(head), delimiter=delimiter), 30) if record]
        if len(widths) > 2:
            widths = widths[:-1]  # the last may be cut by the end of the probe
        if not widths:
            continue
        width, often = Counter(widths).most_common(1)[0]
        agreed = (often / len(widths)) * min(width, 50) if width > 1 else 0.0
        if agreed > score:
            best, score = delimiter, agreed
    return best
