"""OpenDocument: sheets as tables, the paragraphs of a text; both streamed from one part of an archive."""

import zipfile
from collections.abc import Iterator
from typing import Any

from detectors.discovery.sources.base import Table, UnreadableError
from detectors.discovery.sources.files import grid
from detectors.discovery.sources.files.document import Document, Passage, Place, Prose
from detectors.discovery.sources.files.grid import Losses
from detectors.discovery.sources.files.handle import Handle, parsed, parsing
from detectors.discovery.sources.sampled import Record

_CONTENT = "content.xml"
_LIMIT = 1 << 30  # bytes of the unpacked content
_REPEATED = 1000  # an empty cell or row may say that it stands for a million


def sheets_of(file: Handle) -> list[Table]:
    """Every sheet of a workbook.

    Raises:
        UnreadableError: it is damaged, too large, or protected by a password.
    """
    names = [one.get(_attribute(one, "name")) or "" for one in _elements(file, "table", start=True)]
    return [_table(file, place, name or f"sheet{place + 1}") for place, name in enumerate(names)]


def text_of(file: Handle) -> Document:
    """The running text of a document."""
    return Document(name=file.name, read=lambda _sampling: _prose(file), path=file.path)


def _prose(file: Handle) -> Prose:
    prose = Prose(passages=iter(()))
    prose.passages = _paragraphs(file, prose)
    return prose


def _paragraphs(file: Handle, prose: Prose) -> Iterator[Passage]:
    for element in _elements(file, "p", "h"):
        text = "".join(element.itertext()).strip()
        if text:
            prose.rows += 1
            yield Passage(text, Place.START if prose.rows <= 20 else Place.BODY)


def _table(file: Handle, place: int, name: str) -> Table:
    return grid.table_of(name, f"{file.path}#{name}", lambda losses: _rows(file, place, losses))


def _rows(file: Handle, place: int, losses: Losses) -> Iterator[Record]:
    number = -1
    for event, element in _events(file):
        tag = _bare(element)
        if event == "start" and tag == "table":
            number += 1
        elif event == "end" and tag == "table-row":
            if number == place:
                yield from _repeated(element, losses)
            element.clear()
        elif event == "end" and tag == "table" and number == place:
            return


def _repeated(row: Any, losses: Losses) -> Iterator[Record]:
    cells: Record = []
    for cell in row:
        if _bare(cell) not in {"table-cell", "covered-table-cell"}:
            continue
        value = grid.text_of(_value(cell), len(cells), losses)
        times = int(cell.get(_attribute(cell, "number-columns-repeated")) or 1)
        cells += [value] * min(times, _REPEATED if value else 64)
    while cells and cells[-1] is None:
        cells.pop()
    times = int(row.get(_attribute(row, "number-rows-repeated")) or 1)
    yield from [cells] * min(times, _REPEATED if cells else 1)


def _value(cell: Any) -> object:
    """A number or date by its value, anything else by its text."""
    kind = cell.get(_attribute(cell, "value-type"))
    if kind in {"float", "percentage", "currency"}:
        try:
            return float(cell.get(_attribute(cell, "value")) or "")
        except ValueError:
            return None
    if kind == "date":
        return (cell.get(_attribute(cell, "date-value")) or "").replace("T00:00:00", "")
    return "\n".join("".join(part.itertext()) for part in cell if _bare(part) == "p") or None


def _attribute(element: Any, name: str) -> str:
    """The full name of an attribute that an element has under any namespace."""
    return next((key for key in element.attrib if key.rsplit("}", 1)[-1] == name), name)


def _bare(element: Any) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _elements(file: Handle, *tags: str, start: bool = False) -> Iterator[Any]:
    """Elements of the content by their bare names, at their start or whole."""
    for event, element in _events(file):
        if _bare(element) in tags and (event == "start") == start:
            yield element
        if event == "end" and _bare(element) in {"p", "h", "table-row"}:
            element.clear()


def _events(file: Handle) -> Iterator[tuple[str, Any]]:
    from defusedxml.ElementTree import iterparse

    with parsing(file), file.open() as opened, zipfile.ZipFile(opened) as archive:
        if archive.getinfo(_CONTENT).file_size > _LIMIT:
            raise UnreadableError("errors.discovery.too_large", path=file.name)
        if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in archive.read(
            "META-INF/manifest.xml"
        ):
            raise UnreadableError("errors.discovery.password", path=file.name)
        with archive.open(_CONTENT) as content:
            yield from parsed(file, iterparse(content, events=("start", "end")))
