"""XML: the elements that repeat are rows, their attributes and children columns; entities are refused."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from detectors.discovery.sources.base import Reading, Sampling, Table, UnreadableError
from detectors.discovery.sources.files import grid, nested
from detectors.discovery.sources.files.encodings import Charset, charset_of
from detectors.discovery.sources.files.grid import Losses
from detectors.discovery.sources.files.handle import Handle, parsing
from detectors.discovery.sources.sampled import Record
from soc.text import t

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["'][^>]*\?>""")
_LOOKED = 200_000  # elements in which rows are looked for
_DEEPEST = 64
_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"

Path = tuple[str, ...]


def tables_of(file: Handle) -> Iterator[Table]:
    """The one table of an XML file, or the sheets of a workbook that is one (SpreadsheetML 2003).

    Raises:
        UnreadableError: it is damaged before anything could be read, or declares entities.
    """
    with parsing(file):
        root = next((element for event, element in _events(file) if event == "start"), None)
    if root is not None and root.tag == f"{{{_SPREADSHEET}}}Workbook":
        yield from _sheets(file)
        return
    yield Table(name=file.stem, read=lambda sampling: _read(file, sampling), path=file.path)


def _read(file: Handle, sampling: Sampling) -> Reading:
    notes: list[str] = []
    path = _row_path(file)
    return nested.read(file.name, lambda: _records(file, path, notes), sampling, notes)


def _row_path(file: Handle) -> Path:
    """The path of the elements that are rows: the shallowest that repeats in one parent and has parts of its own.

    Where none has, the shallowest that repeats; where none repeats, the outermost.
    """
    repeated: Counter[Path] = Counter()
    has_parts: set[Path] = set()
    open_paths: list[tuple[Path, Counter[str]]] = []
    for seen, (event, element) in enumerate(_tolerant(file, [])):
        if event == "start":
            above: Path = open_paths[-1][0] if open_paths else ()
            path = (*above, _bare(element.tag))
            if open_paths:
                has_parts.add(above)
                siblings = open_paths[-1][1]
                siblings[path[-1]] += 1
                repeated[path] = max(repeated[path], siblings[path[-1]])
            if element.attrib:
                has_parts.add(path)
            open_paths.append((path, Counter()))
        else:
            open_paths.pop()
            element.clear()
        if seen > _LOOKED or len(open_paths) > _DEEPEST:
            break
    return _chosen(repeated, has_parts)


def _chosen(repeated: Counter[Path], has_parts: set[Path]) -> Path:
    often = [path for path, count in repeated.items() if count > 1]
    rows = [path for path in often if path in has_parts] or often
    return min(rows, key=lambda path: (len(path), -repeated[path]), default=())


def _records(file: Handle, row: Path, notes: list[str]) -> Iterator[object]:
    """Each element at the path of rows, as nested values; without rows, the outermost element."""
    path: list[str] = []
    given = 0
    whole: Any = None
    for event, element in _tolerant(file, notes):
        if event == "start":
            path.append(_bare(element.tag))
            whole = element if len(path) == 1 else whole
            continue
        if row and tuple(path) == row:
            given += 1
            yield _values(element)
        if row and len(path) <= len(row):
            element.clear()
        path.pop()
    if not given and whole is not None:
        yield _values(whole)


def _values(element: Any, depth: int = 0) -> object:
    """An element as an object: attributes with @, children by name, several of a name as an array."""
    if depth > _DEEPEST:
        return "".join(element.itertext())
    text = (element.text or "").strip()
    if not len(element) and not element.attrib:
        return text or None
    found: dict[str, Any] = {f"@{_bare(name)}": value for name, value in element.attrib.items()}
    for child in element:
        name, value = _bare(child.tag), _values(child, depth + 1)
        if name in found:
            found[name] = [*found[name], value] if isinstance(found[name], list) else [found[name], value]
        else:
            found[name] = value
    tails = " ".join(part.tail.strip() for part in element if part.tail and part.tail.strip())
    if text or tails:
        found["#text"] = f"{text} {tails}".strip()
    return found


def _bare(tag: str) -> str:
    return str(tag).rsplit("}", 1)[-1]


def _tolerant(file: Handle, notes: list[str]) -> Iterator[tuple[str, Any]]:
    """The events of a file up to where it is damaged, if it is.

    Raises:
        UnreadableError: it is damaged at its start, or declares entities.
    """
    from xml.etree.ElementTree import ParseError

    given = 0
    try:
        for event in _events(file):
            given += 1
            yield event
    except ParseError as error:
        if given < 3:
            raise UnreadableError("errors.discovery.broken_file", path=file.name) from error
        notes.append(t("discovery.note.damaged"))


def _events(file: Handle) -> Iterator[tuple[str, Any]]:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    with _utf8(file) as stream:
        try:
            yield from iterparse(stream, events=("start", "end"), forbid_dtd=False)
        except DefusedXmlException as error:
            raise UnreadableError("errors.discovery.entities", path=file.name) from error


def _utf8(file: Handle) -> BinaryIO:
    """The file as UTF-8 without a declaration that says otherwise: the parser knows no GB18030."""
    head = file.head(4096)
    declared = _DECLARED.match(head)
    name = declared.group(1).decode().lower() if declared else ""
    charset = charset_of(file)
    if charset.name == "utf-8" and name in {"", "utf-8", "us-ascii"}:
        return file.open()
    return cast(BinaryIO, io.BufferedReader(_Transcoded(file, charset)))


class _Transcoded(io.RawIOBase):
    """A text as bytes of UTF-8, its declaration taken out."""

    def __init__(self, file: Handle, charset: Charset) -> None:
        raw = file.open()
        raw.seek(charset.mark)
        self._text = io.TextIOWrapper(raw, encoding=charset.name, errors="replace", newline=None)
        start = re.sub(r"^\ufeff?\s*<\?xml[^>]*\?>", "", self._text.read(4096), count=1)
        self._waiting = start.encode("utf-8", "replace")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._waiting:
            self._waiting = self._text.read(65_536).encode("utf-8", "replace")
        count = min(len(buffer), len(self._waiting))
        buffer[:count] = self._waiting[:count]
        self._waiting = self._waiting[count:]
        return count

    def close(self) -> None:
        self._text.close()
        super().close()


def _sheets(file: Handle) -> Iterator[Table]:
    names: list[str] = []
    for event, element in _events(file):
        if event == "start" and _bare(element.tag) == "Worksheet":
            names.append(element.get(f"{{{_SPREADSHEET}}}Name") or f"sheet{len(names) + 1}")
        elif event == "end" and _bare(element.tag) == "Row":
            element.clear()
    for place, name in enumerate(names):
        yield grid.table_of(name, f"{file.path}#{name}", _sheet_rows(file, place))


def _sheet_rows(file: Handle, place: int) -> grid.Rows:
    def rows(losses: Losses) -> Iterator[Record]:
        number = -1
        for event, element in _events(file):
            tag = _bare(element.tag)
            if event == "start" and tag == "Worksheet":
                number += 1
            elif event == "end" and tag == "Row":
                if number == place:
                    yield _cells(element, losses)
                element.clear()

    return rows


def _cells(row: Any, losses: Losses) -> Record:
    cells: Record = []
    for cell in row:
        index = int(cell.get(f"{{{_SPREADSHEET}}}Index") or len(cells) + 1)
        cells += [None] * min(index - 1 - len(cells), 16_384)
        text = "".join("".join(part.itertext()) for part in cell if _bare(part.tag) == "Data")
        cells.append(grid.text_of(text, len(cells), losses))
    return cells
