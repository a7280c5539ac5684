"""PDF: the text of its pages; a page without any is a picture, and is read as one."""

import random
from collections.abc import Iterator
from typing import Any

from detectors.discovery.sources.base import Sampling, UnreadableError
from detectors.discovery.sources.files.document import Document, Passage, Place, Prose
from detectors.discovery.sources.files.handle import Handle, parsing
from detectors.discovery.sources.files.pictures import seen_in
from soc.text import t

_PAGES = 120  # pages of a long document that are read
_FIRST = 5  # of them, so many from the front
_SCANNED = 20  # characters; a page with fewer and with a picture is a scan


def contents(file: Handle) -> Iterator[Document]:
    """The running text of a document, and of the pictures that its scanned pages are.

    Raises:
        UnreadableError: it is damaged, or protected by a password.
    """
    with file.open() as opened:
        reader = _reader(file, opened)
        yield Document(name=file.name, read=lambda sampling: _prose(file, reader, sampling), path=file.path)


def _reader(file: Handle, opened: Any) -> Any:
    import logging

    from pypdf import PasswordType, PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it says of a damaged file can quote the file
    with parsing(file):
        reader = PdfReader(opened)
        if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
            raise UnreadableError("errors.discovery.password", path=file.name)
        len(reader.pages)
    return reader


def _prose(file: Handle, reader: Any, sampling: Sampling) -> Prose:
    count = len(reader.pages)
    prose = Prose(passages=iter(()), rows=count)
    chosen = range(count) if sampling.full else _chosen(count, sampling.seed)
    if len(chosen) < count:
        prose.estimated = True
        prose.notes.append(t("discovery.note.pages", read=len(chosen), count=count))
    prose.passages = _passages(file, reader, chosen, prose)
    return prose


def _chosen(count: int, seed: int) -> list[int] | range:
    """The first pages, the last, and some between."""
    if count <= _PAGES:
        return range(count)
    chooser = random.Random(seed)  # noqa: S311 - a sample has to be repeatable, not secret
    return sorted({*range(_FIRST), count - 1, *chooser.sample(range(_FIRST, count - 1), _PAGES - _FIRST - 1)})


def _passages(file: Handle, reader: Any, chosen: list[int] | range, prose: Prose) -> Iterator[Passage]:
    damaged, scanned = 0, list[int]()
    for number in chosen:
        try:
            text = text_of(file, reader, number)
        except UnreadableError:
            damaged += 1
            continue
        lines = [line for line in text.splitlines() if line.strip()]
        # a mark stands on the first lines of a page or at its foot
        yield Passage("\n".join(lines[:3] + lines[-2:]), Place.MARGIN)
        yield Passage(text, Place.BODY if number else Place.START)
        if len(text.strip()) < _SCANNED:
            scanned.append(number)
    yield from seen_in((image for number in scanned for image in _images(file, reader, number)), prose)
    if damaged:
        prose.notes.append(t("discovery.note.damaged_pages", count=damaged))


def text_of(file: Handle, reader: Any, number: int) -> str:
    """The text of one page, widely spaced signs put together again.

    Raises:
        UnreadableError: the page is damaged.
    """
    with parsing(file):
        return str(reader.pages[number].extract_text() or "")


def _images(file: Handle, reader: Any, number: int) -> list[bytes]:
    """The pictures of a page; none where they are damaged."""
    try:
        with parsing(file):
            return [image.data for image in reader.pages[number].images]
    except UnreadableError:
        return []
