"""JSON: one record a line, one list of records, records one after another, or one document; damage is passed over."""

import io
import json
import re
from collections.abc import Iterator

import orjson

from detectors.discovery.sources.base import Reading, Sampling, Table, UnreadableError
from detectors.discovery.sources.files import grid, nested
from detectors.discovery.sources.files.delimited import Damage, lines_of
from detectors.discovery.sources.files.encodings import Charset, charset_of
from detectors.discovery.sources.files.grid import Losses
from detectors.discovery.sources.files.handle import Handle
from detectors.discovery.sources.files.stretches import Stretches, estimated, text_of
from detectors.discovery.sources.sampled import Record
from soc.text import t

_BLOCK = 1 << 20
_VALUE = 256 << 20  # characters of one value of a document
_LONG = re.compile(r"\d{19}")
_BETWEEN = re.compile(r"[\s,]*")
_WHOLE = 48 << 20  # bytes; a file of lines up to this size is read whole


def table_of(file: Handle) -> Table:
    """The one table of a JSON file."""
    return Table(name=file.stem, read=lambda sampling: read(file, sampling), path=file.path)


def read(file: Handle, sampling: Sampling) -> Reading:
    """Read a JSON file.

    Raises:
        UnreadableError: nothing in it can be read.
    """
    charset, notes = charset_of(file), list[str]()
    first = _first(file, charset)
    if isinstance(first, list) and _is_row(first) and _opens_list(file, charset):
        return grid.read(file.path, lambda losses: _rows(file, charset, losses, notes), sampling)
    if _is_lines(file, charset):
        if file.size > _WHOLE and not sampling.full:
            return _read_stretches(file, charset, sampling)
        return nested.read(file.name, lambda: _lines(file, charset, notes), sampling, notes)
    return nested.read(file.name, lambda: _values(file, charset, notes), sampling, notes)


def _text(file: Handle, charset: Charset) -> io.TextIOWrapper:
    raw = file.open()
    raw.seek(charset.mark)
    return io.TextIOWrapper(raw, encoding=charset.name, errors="replace", newline=None)


def _opens_list(file: Handle, charset: Charset) -> bool:
    with _text(file, charset) as stream:
        return stream.read(4096).lstrip().startswith("[")


def _first(file: Handle, charset: Charset) -> object:
    try:
        return next(_values(file, charset, []), None)
    except UnreadableError:
        return None


def _is_row(value: list[object]) -> bool:
    return bool(value) and not any(isinstance(one, list | dict) for one in value)


def _rows(file: Handle, charset: Charset, losses: Losses, notes: list[str]) -> Iterator[Record]:
    """A list of lists is a table of cells."""
    for value in _values(file, charset, notes):
        if isinstance(value, list):
            yield [grid.text_of(cell, place, losses) for place, cell in enumerate(value)]


def _is_lines(file: Handle, charset: Charset) -> bool:
    """Whether most of the first lines are each a record."""
    with _text(file, charset) as stream:
        lines = [line for _, line in zip(range(50), lines_of(stream, Damage()), strict=False) if line.strip()]
    good = sum(isinstance(_value(line), dict | list) for line in lines)
    return good > 0 and good * 2 >= len(lines) and (len(lines) > 1 or lines[0].lstrip().startswith("{"))


def _value(line: str) -> object:
    """What a line holds; a bare text for what is no JSON."""
    if not _LONG.search(line):
        try:
            return orjson.loads(line)
        except orjson.JSONDecodeError:
            pass
    try:
        return json.loads(line)  # takes NaN, and every digit of a number
    except (ValueError, RecursionError):
        return ""


def _lines(file: Handle, charset: Charset, notes: list[str]) -> Iterator[object]:
    damage, bad, first_bad = Damage(), 0, 0
    good = 0
    with _text(file, charset) as stream:
        for number, line in enumerate(lines_of(stream, damage), start=1):
            if not line.strip():
                continue
            value = _value(line)
            if isinstance(value, dict | list):
                good += 1
                yield value
            else:
                bad, first_bad = bad + 1, first_bad or number
    if bad:
        notes.append(t("discovery.note.bad_lines", count=bad, line=first_bad))
    if damage.undecodable:
        notes.append(t("discovery.note.undecodable", count=damage.undecodable))


def _read_stretches(file: Handle, charset: Charset, sampling: Sampling) -> Reading:
    stretches = Stretches.of(file, sampling.seed)
    notes = [t("discovery.note.sampled", places=len(stretches.pieces), rows=sampling.rows)]
    texts = [text_of(body, charset) for body in stretches.bodies(charset)]
    values = [_value(line) for text in texts for line in text.split("\n") if line.strip()]
    records = [value for value in values if isinstance(value, dict | list)]
    read = sum(map(len, stretches.bodies(charset)))
    reading = nested.read(file.name, lambda: iter(records), sampling, notes)
    reading.rows, reading.estimated = estimated(len(values), read, file.size), True
    return reading


def _values(file: Handle, charset: Charset, notes: list[str]) -> Iterator[object]:
    """Values one after another, those of an outer list one by one; reading ends where the text is damaged.

    Raises:
        UnreadableError: the first of them is damaged already.
    """
    given = 0
    with _text(file, charset) as stream:
        for value in _decoded(stream):
            if value is _DAMAGED:
                if not given:
                    raise UnreadableError("errors.discovery.broken_file", path=file.name)
                notes.append(t("discovery.note.damaged_after", count=given))
                return
            given += 1
            yield value


_DAMAGED = object()


def _decoded(stream: io.TextIOWrapper) -> Iterator[object]:
    decoder = json.JSONDecoder()
    text = stream.read(_BLOCK).lstrip("\ufeff \t\r\n")
    listed = text.startswith("[")
    place, ended, asked = (1 if listed else 0), False, _BLOCK
    while True:
        match = _BETWEEN.match(text, place)
        place = match.end() if match else place
        if place < len(text):
            if listed and text[place] == "]":
                return
            value: object = None
            try:
                value, end = decoder.raw_decode(text, place)
            except RecursionError:
                yield _DAMAGED
                return
            except ValueError:
                end = -1
            if end >= 0 and (end < len(text) or ended):
                yield value
                place = end
                continue
        elif ended:
            if listed:
                yield _DAMAGED
            return
        if ended or len(text) - place > _VALUE:
            yield _DAMAGED
            return
        block = stream.read(asked)
        asked = min(asked * 2, 64 << 20) if place == 0 or len(text) - place > asked // 2 else asked
        text, place, ended = text[place:] + block, 0, not block
