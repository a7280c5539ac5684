"""Word documents: their tables as tables, everything else as running text, page headers and text boxes with it."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from detectors.discovery.sources.base import Table
from detectors.discovery.sources.files import grid
from detectors.discovery.sources.files.document import Document, Passage, Place, Prose
from detectors.discovery.sources.files.forms import is_grid, lines_of_form
from detectors.discovery.sources.files.grid import Losses
from detectors.discovery.sources.files.handle import Handle, parsing
from detectors.discovery.sources.files.packages import check_size, pictures
from detectors.discovery.sources.files.pictures import seen_in
from detectors.discovery.sources.sampled import Record

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_START = 20  # paragraphs in which a mark counts as one on the first page
_PICTURES = "word/media/"


def contents(file: Handle) -> Iterator[Table | Document]:
    """The running text of a document, its tables and its pictures.

    Raises:
        UnreadableError: it is damaged, or unpacks to too much.
    """
    check_size(file)
    with parsing(file), file.open() as opened:
        import docx

        document = docx.Document(opened)
        tables = [_cells(table) for table in document.element.body.iter(f"{_W}tbl") if not _is_inner(table)]
        body, margins = document.element.body, [*_margins(document)]
    grids = [rows for rows in tables if is_grid(rows)]
    forms = [rows for rows in tables if not is_grid(rows)]
    yield Document(name=file.name, read=lambda _sampling: _prose(file, body, margins, forms), path=file.path)
    for number, rows in enumerate(grids, start=1):
        yield grid.table_of(f"{file.stem}#{number}", f"{file.path}#{number}", _given(rows))


def _given(rows: list[Record]) -> grid.Rows:
    def given(_losses: Losses) -> Iterator[Record]:
        return iter(rows)

    return given


def _is_inner(table: Any) -> bool:
    return any(one.tag == f"{_W}tbl" for one in table.iterancestors())


def _cells(table: Any) -> list[Record]:
    """The rows of a table; a cell over several columns leaves the others empty."""
    rows: list[Record] = []
    for row in table.iterchildren(f"{_W}tr"):
        cells: Record = []
        for cell in row.iterchildren(f"{_W}tc", f"{_W}sdt"):
            cells.append(_text(cell) or None)
            span = cell.find(f"{_W}tcPr/{_W}gridSpan")
            if span is not None:
                cells += [None] * min(int(span.get(f"{_W}val") or 1) - 1, 64)
        rows.append(cells)
    return rows


def _text(element: Any) -> str:
    """The text of an element, a line for each paragraph."""
    return "\n".join(filter(None, (_line(paragraph) for paragraph in element.iter(f"{_W}p")))).strip()


def _line(paragraph: Any) -> str:
    signs = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n"}
    return "".join(signs.get(part.tag, part.text or "") for part in paragraph.iter(*signs, f"{_W}t", f"{_W}delText"))


def _margins(document: Any) -> Iterator[str]:
    for section in document.sections:
        for margin in (section.header, section.footer, section.first_page_header, section.first_page_footer):
            text = _text(margin._element)
            if text:
                yield text


def _prose(file: Handle, body: Any, margins: list[str], forms: list[list[Record]]) -> Prose:
    prose = Prose(passages=iter(()))
    prose.passages = chain(_passages(body, margins, forms, prose), seen_in(pictures(file, _PICTURES), prose))
    return prose


def _passages(body: Any, margins: list[str], forms: list[list[Record]], prose: Prose) -> Iterator[Passage]:
    for text in dict.fromkeys(margins):
        yield Passage(text, Place.MARGIN)
    for paragraph in body.iter(f"{_W}p"):
        if any(one.tag == f"{_W}tbl" for one in paragraph.iterancestors()):
            continue
        text = _line(paragraph)
        if text.strip():
            prose.rows += 1
            yield Passage(text, Place.START if prose.rows <= _START else Place.BODY)
    for rows in forms:
        prose.rows += len(rows)
        yield Passage(lines_of_form(rows), Place.START if prose.rows <= _START else Place.BODY)
