"""Workbooks (XLSX): a sheet is a table named after it; formulas count by their last result."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain
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
from detectors.discovery.sources.files.handle import Handle
from detectors.discovery.sources.sampled import Record, reading_of

_UNPACKED_LIMIT = 1 << 30  # bytes; a workbook that unpacks to more is refused before it is opened


def tables_of(file: Handle) -> list[Table]:
    """Every sheet of a workbook.

    Raises:
        UnreadableError: no workbook, or one that unpacks to an unreasonable size.
    """
    path = file.local or Path(file.path)
    _check_size(path)
    return [Table(name=name, read=_reader(path, name), path=f"{file.path}#{name}") for name in _names(path)]


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise UnreadableError("errors.discovery.broken_file", path=path.name) from error
    if unpacked > _UNPACKED_LIMIT:
        raise UnreadableError("errors.discovery.too_large", path=path.name)


def _names(path: Path) -> list[str]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise UnreadableError("errors.discovery.broken_file", path=path.name) from error
    try:
        return [sheet.title for sheet in book.worksheets]
    finally:
        book.close()


def _reader(path: Path, sheet: str):  # type: ignore[no-untyped-def]  # a closure of Table.read's type
    def read(sampling: Sampling) -> Reading:
        rows = _rows(path, sheet)
        first = next(rows, None)
        if first is None:
            raise UnreadableError("errors.discovery.empty_file", path=f"{path.name}#{sheet}")
        if sampling.headers:
            return reading_of(column_names(first), rows, sampling)
        return reading_of(numbered(len(first)), chain([first], rows), sampling)

    return read


def _rows(path: Path, sheet: str) -> Iterator[Record]:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        for cells in book[sheet].iter_rows(values_only=True):
            if any(cell is not None for cell in cells):
                yield [_text(cell) for cell in cells]
    finally:
        book.close()


def _text(cell: object) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)[:VALUE_LIMIT]
