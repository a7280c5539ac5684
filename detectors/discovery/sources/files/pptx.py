"""Presentations: the text of their shapes and notes, their tables, their pictures."""

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


def contents(file: Handle) -> Iterator[Table | Document]:
    """The running text of a presentation, its tables and its pictures.

    Raises:
        UnreadableError: it is damaged, or unpacks to too much.
    """
    check_size(file)
    with parsing(file), file.open() as opened:
        import pptx

        slides = [_slide(slide) for slide in pptx.Presentation(opened).slides]
    tables = [rows for _, found in slides for rows in found if is_grid(rows)]
    texts = [(lines, [rows for rows in found if not is_grid(rows)]) for lines, found in slides]
    yield Document(name=file.name, read=lambda _sampling: _prose(file, texts), path=file.path)
    for number, rows in enumerate(tables, start=1):
        yield grid.table_of(f"{file.stem}#{number}", f"{file.path}#{number}", _given(rows))


def _given(rows: list[Record]) -> grid.Rows:
    def given(_losses: Losses) -> Iterator[Record]:
        return iter(rows)

    return given


def _slide(slide: Any) -> tuple[list[str], list[list[Record]]]:
    """The texts of a slide, one for each shape, and the cells of its tables."""
    texts: list[str] = []
    tables: list[list[Record]] = []
    for shape in _shapes(slide.shapes):
        if getattr(shape, "has_table", False):
            tables.append([[cell.text or None for cell in row.cells] for row in shape.table.rows])
        elif shape.has_text_frame and shape.text_frame.text.strip():
            texts.append(shape.text_frame.text)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        texts.append(slide.notes_slide.notes_text_frame.text)
    return texts, tables


def _shapes(shapes: Any) -> Iterator[Any]:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        else:
            yield shape


def _prose(file: Handle, slides: list[tuple[list[str], list[list[Record]]]]) -> Prose:
    prose = Prose(passages=iter(()), rows=len(slides))

    def passages() -> Iterator[Passage]:
        for number, (texts, forms) in enumerate(slides):
            # a shape of its own is where a slide bears its mark
            yield from (Passage(text, Place.START if not number else Place.MARGIN) for text in texts if len(text) <= 40)
            yield from (Passage(text, Place.BODY) for text in texts if len(text) > 40)
            yield from (Passage(lines_of_form(rows)) for rows in forms)

    prose.passages = chain(passages(), seen_in(pictures(file, "ppt/media/"), prose))
    return prose
