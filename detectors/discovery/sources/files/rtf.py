"""RTF: its text without its marks; Chinese stands in it as bytes of a code page or as numbers of characters."""

import re
from collections.abc import Iterator

from detectors.discovery.sources.base import UnreadableError
from detectors.discovery.sources.files.document import Document, Passage, Place, Prose
from detectors.discovery.sources.files.handle import Handle

_LIMIT = 64 << 20
_TOKEN = re.compile(
    rb"\\'([0-9a-fA-F]{2})|\\u(-?\d{1,5})\s?\??|\\([a-z]+)(-?\d+)?[ ]?|\\([^a-z])|([{}])|([^\\{}\r\n]+)"
)
_HIDDEN = frozenset({b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"themedata", b"datastore", b"object"})
_PAGES = {b"936": "gb18030", b"950": "big5", b"1252": "cp1252", b"65001": "utf-8"}


def document_of(file: Handle) -> Document:
    """The running text of a file."""
    return Document(name=file.name, read=lambda _sampling: _prose(file), path=file.path)


def _prose(file: Handle) -> Prose:
    if file.size > _LIMIT:
        raise UnreadableError("errors.discovery.too_large", path=file.name)
    with file.open() as opened:
        text = text_of(opened.read())

    def passages() -> Iterator[Passage]:
        yield Passage(text, Place.START)

    return Prose(passages=passages(), rows=text.count("\n") + 1)


def text_of(content: bytes) -> str:
    """The text of RTF."""
    page = re.search(rb"\\ansicpg(\d+)", content[:2000])
    encoding = _PAGES.get(page.group(1), "gb18030") if page else "gb18030"
    found, waiting = list[str](), bytearray()
    depth, hidden = 0, 0  # the depth at which a group that is no text began
    for code, number, word, _, sign, brace, plain in _TOKEN.findall(content):
        if (number or word or brace or sign) and waiting:
            found.append(waiting.decode(encoding, "replace"))
            waiting = bytearray()
        if brace:
            depth += 1 if brace == b"{" else -1
            hidden = 0 if depth < hidden else hidden
        elif word in _HIDDEN or sign == b"*":
            hidden = hidden or depth
        elif hidden:
            continue
        elif code:
            waiting.append(int(code, 16))
        elif plain:
            waiting += plain
        elif number:
            found.append(chr(int(number) % 65536))
        elif word in {b"par", b"line", b"row", b"cell", b"tab"}:
            found.append("\t" if word in {b"cell", b"tab"} else "\n")
    found.append(waiting.decode(encoding, "replace"))
    return "".join(found).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
