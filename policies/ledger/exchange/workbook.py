"""The form as a workbook: written so that no cell runs as a formula, read so that no archive blows up."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from policies.ledger.exchange.form import Head, Sheet, head_named, heads_of
from policies.protection.spreadsheets import safe_cell
from soc.errors import InputError

LARGEST = 16 << 20
_LARGEST_INSIDE = 256 << 20
MOST_ROWS = 100_000
_LONGEST_CELL = 4_000
#: rows above the heads that may hold a title or an explanation
_HEAD_WITHIN = 8


class WorkbookError(InputError):
    """A file that is no workbook of this form."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet: its number there from 1, and its cells by the ledger's field."""

    sheet: Sheet
    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """A row or column that cannot be used: where it is and why."""

    sheet: str
    line: int
    key: str
    params: Mapping[str, str] = field(default_factory=dict)


def write(resources: Iterable[Mapping[str, str]], items: Iterable[Mapping[str, str]]) -> bytes:
    """Write both sheets; cells by the ledger's field, as text."""
    import openpyxl
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook(write_only=True)
    for sheet, rows in ((Sheet.RESOURCES, resources), (Sheet.ITEMS, items)):
        heads = heads_of(sheet)
        page = book.create_sheet(sheet.caption)
        page.freeze_panes = "A2"
        for place in range(1, len(heads) + 1):
            page.column_dimensions[get_column_letter(place)].width = 20
        page.append([head.title for head in heads])
        for row in rows:
            page.append([_cell(row.get(head.field, "")) for head in heads])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


#: signs that XML has no place for
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def _cell(text: str) -> str | None:
    return safe_cell(_UNWRITABLE.sub("", text))[:32_000] or None


def read(raw: bytes) -> tuple[list[Line], list[Fault]]:
    """Read a workbook of the form; sheets are known by their heads, whatever they are called.

    Raises:
        WorkbookError: no workbook, too large inside, or no sheet with heads of the form.
    """
    if len(raw) > LARGEST:
        raise WorkbookError("errors.exchange.too_large", most=LARGEST >> 20)
    lines: list[Line] = []
    faults: list[Fault] = []
    found = False
    for title, rows in _sheets(raw):
        known = _heads(rows)
        if known is None:
            faults.append(Fault(title, 1, "errors.exchange.no_heads"))
            continue
        found = True
        sheet, at, heads = known
        faults += [Fault(title, at, "errors.exchange.unknown_head", {"head": text[:40]}) for text in heads.unknown]
        lines += _lines(sheet, rows[at:], at + 1, heads)
    if not found:
        raise WorkbookError("errors.exchange.not_the_form")
    return lines, faults


def _sheets(raw: bytes) -> Iterator[tuple[str, list[list[str]]]]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if sum(one.file_size for one in archive.infolist()) > _LARGEST_INSIDE:
                raise WorkbookError("errors.exchange.bomb")
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, EOFError) as error:
        raise WorkbookError("errors.exchange.no_workbook") from error
    try:
        for page in book.worksheets:
            yield page.title, _rows(page)
    finally:
        book.close()


def _rows(page: Any) -> list[list[str]]:
    rows = []
    for number, cells in enumerate(page.iter_rows(values_only=True)):
        if number > MOST_ROWS:
            raise WorkbookError("errors.exchange.too_many", most=MOST_ROWS)
        rows.append([_text(cell) for cell in cells[:200]])
    return rows


def _text(cell: Any) -> str:
    """A cell's text; the apostrophe that keeps a formula from running is ours, not the value's."""
    if cell is None:
        return ""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    text = text.strip()[:_LONGEST_CELL]
    return text[1:] if text.startswith("'") and safe_cell(text[1:]) == text else text


@dataclass(frozen=True, slots=True)
class _Heads:
    """The columns that are known by their place, and the heads that are not."""

    known: Mapping[int, Head]
    unknown: tuple[str, ...]


def _heads(rows: list[list[str]]) -> tuple[Sheet, int, _Heads] | None:
    """Which sheet it is, how many rows its heads end after, and its columns."""
    best: tuple[int, Sheet, int, _Heads] | None = None
    for at, row in enumerate(rows[:_HEAD_WITHIN], start=1):
        for sheet in Sheet:
            known = {place: head for place, text in enumerate(row) if text and (head := head_named(sheet, text))}
            unknown = tuple(text for place, text in enumerate(row) if text and place not in known)
            if len(known) >= 2 and (best is None or len(known) > best[0]):
                best = (len(known), sheet, at, _Heads(known, unknown))
    return None if best is None else best[1:]


def _lines(sheet: Sheet, rows: list[list[str]], first: int, heads: _Heads) -> Iterator[Line]:
    for number, row in enumerate(rows, start=first):
        cells = {head.field: row[place] for place, head in heads.known.items() if place < len(row) and row[place]}
        if cells:
            yield Line(sheet, number, cells)
