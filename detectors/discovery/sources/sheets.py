"""Workbooks (XLSX): a sheet is a table named after it; formulas count by their last result."""

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from typing import Any

from detectors.discovery import secrecy
from detectors.discovery.sources.base import StateSecretError, Table, UnreadableError
from detectors.discovery.sources.files import grid
from detectors.discovery.sources.files.grid import Losses
from detectors.discovery.sources.files.handle import Handle, parsed, parsing
from detectors.discovery.sources.sampled import Record
from soc.text import t

_UNPACKED_LIMIT = 1 << 30  # bytes; a workbook that unpacks to more is refused before it is opened
_STRINGS_LIMIT = 256 << 20  # bytes of shared texts, which are held in memory
_MARGINS_LIMIT = 64 << 20  # bytes of a sheet that is searched for its page header
_CODES = re.compile(r'&(?:[A-Z]|"[^"]*"|\d+)')  # places, fonts and sizes in a page header
_MARGIN = re.compile(rb"<(?:odd|even|first)(?:Header|Footer)>([^<]{1,400})")


def tables_of(file: Handle) -> list[Table]:
    """Every sheet of a workbook, hidden ones too.

    Raises:
        UnreadableError: no workbook, or one that unpacks to an unreasonable size.
        StateSecretError: a sheet's page header or its name is a mark of state secrets.
    """
    _check(file)
    with parsing(file), _book(file) as book:
        sheets = [(sheet.title, sheet.sheet_state) for sheet in book.worksheets]
    if any(secrecy.in_name(title) for title, _ in sheets):
        raise StateSecretError
    return [_table(file, title, state) for title, state in sheets]


def _table(file: Handle, title: str, state: str) -> Table:
    notes = () if state == "visible" else (t("discovery.note.hidden_sheet"),)
    return grid.table_of(title, f"{file.path}#{title}", lambda losses: _rows(file, title, losses), notes)


def _check(file: Handle) -> None:
    """Look at the sizes of a workbook's parts, and at its page headers, before anything is unpacked."""
    with parsing(file), file.open() as opened, zipfile.ZipFile(opened) as archive:
        parts = archive.infolist()
        strings = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
        if sum(part.file_size for part in parts) > _UNPACKED_LIMIT or strings > _STRINGS_LIMIT:
            raise UnreadableError("errors.discovery.too_large", path=file.name)
        for part in parts:
            if part.filename.startswith("xl/worksheets/sheet") and part.file_size <= _MARGINS_LIMIT:
                _check_margins(archive.read(part))


def _check_margins(sheet: bytes) -> None:
    for found in _MARGIN.findall(sheet):
        text = _CODES.sub("\n", unescape(found.decode("utf-8", "replace")))
        if secrecy.in_header(text):
            raise StateSecretError


class _book:  # noqa: N801 - reads as the thing it opens
    """An open workbook, closed with the file under it."""

    def __init__(self, file: Handle) -> None:
        self._file = file

    def __enter__(self) -> Any:
        import openpyxl

        self._opened = self._file.open()
        self._book = openpyxl.load_workbook(self._opened, read_only=True, data_only=True, keep_links=False)
        return self._book

    def __exit__(self, *_: object) -> None:
        self._book.close()
        self._opened.close()


def _rows(file: Handle, title: str, losses: Losses) -> Iterator[Record]:
    with parsing(file):
        opened = _book(file)
        book = opened.__enter__()
    try:
        sheet = book[title]
        sheet.reset_dimensions()  # what a sheet says of its size may be wrong, and then rows would be missing
        for cells in parsed(file, sheet.iter_rows(values_only=True)):
            yield [grid.text_of(cell, place, losses) for place, cell in enumerate(cells)]
    finally:
        opened.__exit__()
