"""Word and PowerPoint of 1997 to 2003: the text in their streams, as pieces and as records; layout is not kept.

Source: [MS-DOC] 2.4.1 (retrieving text), 2.8.35 (PlcPcd); [MS-PPT] 2.9.42 (TextCharsAtom), 2.9.44 (TextBytesAtom).
"""

import re
import struct
from collections.abc import Iterator
from typing import Any

from detectors.discovery.sources.base import UnreadableError
from detectors.discovery.sources.files.document import Document, Passage, Place, Prose
from detectors.discovery.sources.files.handle import Handle, parsing

_LIMIT = 128 << 20  # bytes; the container is held in memory
_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200
_CLX = 0x01A2  # where the header says where the table of pieces is
_CHARACTERS, _BYTES = 0x0FA0, 0x0FA8  # records of text in a presentation
_DEEPEST = 32
#: ends of paragraphs, cells, rows and pages; marks of fields and pictures
_BREAKS = re.compile("[\r\x07\x0b\x0c\x0e]")
_MARKS = re.compile("[\x00-\x08\x0f-\x1f]")


def word(file: Handle) -> Document:
    """The running text of a Word document."""
    return Document(name=file.name, read=lambda _sampling: _prose(file, _word), path=file.path)


def slides(file: Handle) -> Document:
    """The running text of a presentation."""
    return Document(name=file.name, read=lambda _sampling: _prose(file, _slides), path=file.path)


def _prose(file: Handle, read: Any) -> Prose:
    if file.size > _LIMIT:
        raise UnreadableError("errors.discovery.too_large", path=file.name)
    with parsing(file):
        text = _plain(read(file, _container(file)))

    def passages() -> Iterator[Passage]:
        yield Passage(text, Place.START)

    return Prose(passages=passages(), rows=text.count("\n") + 1)


def _plain(text: str) -> str:
    return _MARKS.sub("", _BREAKS.sub("\n", text)).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _container(file: Handle) -> Any:
    from xlrd.compdoc import CompDoc

    class Nowhere:
        """Takes what the reader prints of a damaged file."""

        def write(self, _text: str) -> None:
            """Take it."""

    with file.open() as opened:
        return CompDoc(opened.read(), logfile=Nowhere())


def _word(file: Handle, container: Any) -> str:
    main = container.get_named_stream("WordDocument")
    (flags,) = struct.unpack_from("<H", main, 0x0A)
    if flags & _ENCRYPTED:
        raise UnreadableError("errors.discovery.password", path=file.name)
    table = container.get_named_stream("1Table" if flags & _SECOND_TABLE else "0Table")
    start, size = struct.unpack_from("<II", main, _CLX)
    return "".join(_pieces(main, table[start : start + size]))


def _pieces(main: bytes, clx: bytes) -> Iterator[str]:
    """The pieces of the text, in its order; each is in bytes of a code page or in UTF-16."""
    place = 0
    while clx[place] == 1:  # properties, which are no text
        place += 3 + int(struct.unpack_from("<H", clx, place + 1)[0])
    (size,) = struct.unpack_from("<I", clx, place + 1)
    body = clx[place + 5 : place + 5 + size]
    count = (size - 4) // 12
    borders = struct.unpack_from(f"<{count + 1}I", body)
    for number in range(count):
        (where,) = struct.unpack_from("<I", body, 4 * (count + 1) + 8 * number + 2)
        length = borders[number + 1] - borders[number]
        if where & 0x40000000:
            start = (where & 0x3FFFFFFF) // 2
            yield main[start : start + length].decode("cp1252", "replace")
        else:
            yield main[where : where + 2 * length].decode("utf-16-le", "replace")


def _slides(_file: Handle, container: Any) -> str:
    return "\n".join(_atoms(container.get_named_stream("PowerPoint Document"), 0))


def _atoms(stream: bytes, depth: int) -> Iterator[str]:
    """The records of text; a record of records has all bits of its version set."""
    place = 0
    while place + 8 <= len(stream):
        version, kind, size = struct.unpack_from("<HHI", stream, place)
        body = stream[place + 8 : place + 8 + size]
        if version & 0xF == 0xF and depth < _DEEPEST:
            yield from _atoms(body, depth + 1)
        elif kind == _CHARACTERS:
            yield body.decode("utf-16-le", "replace")
        elif kind == _BYTES:
            yield body.decode("latin-1")
        place += 8 + size
