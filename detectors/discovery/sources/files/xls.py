"""Old workbooks (XLS): sheets as tables, dates as dates; a password is said to be one."""

from collections.abc import Iterator
from typing import Any

from detectors.discovery import secrecy
from detectors.discovery.sources.base import StateSecretError, Table, UnreadableError
from detectors.discovery.sources.files import grid
from detectors.discovery.sources.files.grid import Losses
from detectors.discovery.sources.files.handle import Handle, parsing
from detectors.discovery.sources.sampled import Record
from soc.text import t

_LIMIT = 256 << 20  # bytes; the reader holds the whole file


def tables_of(file: Handle) -> list[Table]:
    """Every sheet of an old workbook, hidden ones too.

    Raises:
        UnreadableError: it is damaged, too large, or protected by a password.
        StateSecretError: a sheet's name is a mark of state secrets.
    """
    if file.size > _LIMIT:
        raise UnreadableError("errors.discovery.too_large", path=file.name)
    book = _book(file)
    try:
        sheets = [(place, sheet.name, sheet.visibility) for place, sheet in enumerate(book.sheets())]
    finally:
        book.release_resources()
    if any(secrecy.in_name(name) for _, name, _ in sheets):
        raise StateSecretError
    return [_table(file, place, name, hidden=bool(visibility)) for place, name, visibility in sheets]


def _book(file: Handle) -> Any:
    import xlrd

    with file.open() as opened:
        content = opened.read()
    with parsing(file):
        try:
            # what the reader prints of a damaged file goes nowhere
            return xlrd.open_workbook(file_contents=content, on_demand=True, logfile=_Nowhere())
        except xlrd.XLRDError as error:
            if "encrypted" in str(error).lower() or "password" in str(error).lower():
                raise UnreadableError("errors.discovery.password", path=file.name) from error
            raise


class _Nowhere:
    def write(self, _text: str) -> None:
        """Take what is printed."""

    def flush(self) -> None:
        """Do nothing."""


def _table(file: Handle, place: int, name: str, *, hidden: bool) -> Table:
    notes = (t("discovery.note.hidden_sheet"),) if hidden else ()
    return grid.table_of(name, f"{file.path}#{name}", lambda losses: _rows(file, place, losses), notes)


def _rows(file: Handle, place: int, losses: Losses) -> Iterator[Record]:
    book = _book(file)
    try:
        with parsing(file):
            sheet = book.sheet_by_index(place)
        for number in range(sheet.nrows):
            with parsing(file):
                cells = [_value(book, cell) for cell in sheet.row(number)]
            yield [grid.text_of(cell, column, losses) for column, cell in enumerate(cells)]
    finally:
        book.release_resources()


def _value(book: Any, cell: Any) -> object:
    import xlrd

    if cell.ctype in {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}:
        return None
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate_as_datetime(cell.value, book.datemode)
        except (ValueError, OverflowError):
            return cell.value
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    return None if cell.ctype == xlrd.XL_CELL_ERROR else cell.value
