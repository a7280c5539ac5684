"""HTML: its tables as tables (many an .xls is one), the rest as running text; scripts and styles are no text."""

import re
from collections.abc import Iterator
from typing import Any

from detectors.discovery.sources.base import Table, UnreadableError
from detectors.discovery.sources.files import grid
from detectors.discovery.sources.files.document import Document, Passage, Place, Prose
from detectors.discovery.sources.files.encodings import charset_of
from detectors.discovery.sources.files.forms import is_grid, lines_of_form
from detectors.discovery.sources.files.grid import Losses
from detectors.discovery.sources.files.handle import Handle, parsing
from detectors.discovery.sources.sampled import Record

_LIMIT = 128 << 20  # bytes; the tree is held in memory
_BLOCKS = ("p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "title", "option", "section")
_SPACE = re.compile(r"[ \t\xa0]+")


def contents(file: Handle) -> Iterator[Table | Document]:
    """The tables and the running text of a page.

    Raises:
        UnreadableError: it is too large, or text in no encoding we know.
    """
    if file.size > _LIMIT:
        raise UnreadableError("errors.discovery.too_large", path=file.name)
    charset = charset_of(file)
    with file.open() as opened:
        text = charset.decode(opened.read()[charset.mark :])
    with parsing(file):
        root = _tree(text)
        tables = [(one, _cells(one)) for one in root.iter("table") if next(one.iterdescendants("table"), None) is None]
        grids = [(table, rows) for table, rows in tables if is_grid(rows)]
        forms = [lines_of_form(rows) for _, rows in tables if not is_grid(rows)]
        for table, _ in tables:
            table.drop_tree()
        lines = _lines(root)
    if lines or forms or not grids:
        yield Document(name=file.name, read=lambda _sampling: _prose(lines, forms), path=file.path)
    for number, (_, rows) in enumerate(grids, start=1):
        name = file.stem if len(grids) == 1 else f"{file.stem}#{number}"
        yield grid.table_of(name, f"{file.path}#{number}", _given(rows))


def plain(text: str) -> str:
    """The text of a page without its marks."""
    return "\n".join(_lines(_tree(text))) if text.strip() else ""


def _tree(text: str) -> Any:
    from lxml import html

    # a declaration of an encoding in what is decoded already is refused by the parser
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    parser = html.HTMLParser(no_network=True, remove_comments=True, huge_tree=False)
    return html.document_fromstring(text or "<html></html>", parser=parser)


def _cells(table: Any) -> list[Record]:
    rows: list[Record] = []
    for row in table.iter("tr"):
        cells: Record = []
        for cell in row.iterchildren("td", "th"):
            cells.append(" ".join(cell.text_content().split()) or None)
            cells += [None] * (min(_number(cell.get("colspan")), 64) - 1)
        if cells:
            rows.append(cells)
    return rows


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() and int(text) > 0 else 1


def _lines(root: Any) -> list[str]:
    for one in list(root.iter("script", "style", "noscript", "template")):
        one.drop_tree()
    for block in root.iter(*_BLOCKS):
        block.tail = f"\n{block.tail or ''}"
    lines = (_SPACE.sub(" ", line).strip() for line in root.text_content().splitlines())
    return [line for line in lines if line]


def _prose(lines: list[str], forms: list[str]) -> Prose:
    def passages() -> Iterator[Passage]:
        yield Passage("\n".join(lines), Place.START)
        yield from map(Passage, forms)

    return Prose(passages=passages(), rows=len(lines) + len(forms))


def _given(rows: list[Record]) -> grid.Rows:
    def given(_losses: Losses) -> Iterator[Record]:
        return iter(rows)

    return given
