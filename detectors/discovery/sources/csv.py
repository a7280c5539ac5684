"""CSV and TSV in any encoding that Chinese offices produce, with huge fields and ragged lines.

A file of some size is read whole. A huge one is sampled: blocks at places drawn by the seed, one in
each stretch of the file, so that old and new rows are both seen; each is taken up at the first line
that cuts into as many fields as the others, since a line within a quoted field does not.
"""

import io
from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path

import polars as pl

from detectors.discovery.sources.base import Reading, Sampling, Table, UnreadableError, text_frame
from detectors.discovery.sources.coverage import Method
from detectors.discovery.sources.files.delimited import Damage, Dialect, dialect_of, lines_of, records
from detectors.discovery.sources.files.encodings import Charset, charset_of
from detectors.discovery.sources.files.grid import notes_of, told_heading
from detectors.discovery.sources.files.handle import Handle, altered, of_path
from detectors.discovery.sources.files.heading import LOOKED, heading_of
from detectors.discovery.sources.files.quirks import mended, quirks_noted
from detectors.discovery.sources.files.stretches import Stretches, estimated, text_of
from detectors.discovery.sources.sampled import Record, reading_of
from soc.text import t

WHOLE = 48 << 20  # bytes; a file up to this size is read whole
_PIECE = 128 << 10  # characters of a line that tell how it is cut


def table_of(file: Handle, notes: tuple[str, ...] = ()) -> Table:
    """The one table of a CSV file, named after it."""
    return Table(name=file.stem, read=lambda sampling: read(file, sampling), path=file.path, notes=notes)


def read(file: Handle, sampling: Sampling) -> Reading:
    """Read a delimited text.

    Raises:
        UnreadableError: it is empty, or text in no encoding we know.
    """
    if file.size > WHOLE and not sampling.full:
        return _read_stretches(file, sampling)
    return _read_whole(file, sampling)


def _read_whole(file: Handle, sampling: Sampling) -> Reading:
    stamp = file.stamp() if file.stamp else None
    charset = charset_of(file)
    damage = Damage()
    _, rows = _opened(file, charset, damage)
    ahead = list(islice(rows, LOOKED))
    if not ahead:
        raise UnreadableError("errors.discovery.empty_file", path=file.name)
    heading = told_heading(ahead, headers=sampling.headers)
    reading = reading_of(heading.names, chain(ahead[heading.skip :], rows), sampling)
    reading.notes += notes_of(heading)
    reading.batches = _finished(reading, reading.batches, damage, lambda: altered(file, stamp))
    return reading


def _opened(file: Handle, charset: Charset, damage: Damage, *, cut: bool = True) -> tuple[Dialect, Iterator[Record]]:
    """The dialect of a file and all its records, one after another."""
    lines = _lines(file, charset, damage)
    head = list(islice(lines, 200))
    dialect = dialect_of("".join(line[:_PIECE] for line in head))
    if head and head[0].lower().startswith("sep="):
        head = head[1:]
    return dialect, records(chain(head, lines), dialect, damage, cut=cut)


def _lines(file: Handle, charset: Charset, damage: Damage) -> Iterator[str]:
    raw = file.open()
    raw.seek(charset.mark)
    with io.TextIOWrapper(raw, encoding=charset.name, errors="replace", newline=None) as stream:
        yield from lines_of(stream, damage)


def _finished(
    reading: Reading, batches: Iterator[pl.DataFrame], damage: Damage, late: Callable[[], tuple[str, ...]]
) -> Iterator[pl.DataFrame]:
    """The batches with their quirks mended; what was met is noted when all are read."""
    quirks: dict[str, set[str]] = {}
    try:
        for frame in batches:
            yield mended(frame, quirks)
    finally:  # a reader who is sure stops early, and is told all the same
        reading.notes += quirks_noted(quirks)
        reading.notes += _told_damage(damage)
        reading.notes += late()


def _told_damage(damage: Damage) -> list[str]:
    counts = {"cut": damage.cut, "broken": damage.broken, "undecodable": damage.undecodable}
    keys = {
        "cut": "discovery.note.cut",
        "broken": "discovery.note.broken_records",
        "undecodable": "discovery.note.undecodable",
    }
    return [t(keys[name], count=count) for name, count in counts.items() if count]


def _read_stretches(file: Handle, sampling: Sampling) -> Reading:
    stamp = file.stamp() if file.stamp else None
    stretches = Stretches.of(file, sampling.seed)
    charset = charset_of(file, stretches.pieces)
    damage = Damage()
    bodies = list(stretches.bodies(charset))
    start = text_of(bodies[0], charset)
    dialect = dialect_of(start)
    first = list(records(iter(start.splitlines(keepends=True)), dialect, damage))
    if not first or sum(map(bool, bodies)) * 2 < len(bodies):  # lines so long that blocks lie within them
        return _read_whole(file, sampling)
    heading = told_heading(first[:LOOKED], headers=sampling.headers)
    width = len(heading.names)
    taken = [first[heading.skip :], *(_taken_up(text_of(body, charset), dialect, width) for body in bodies[1:])]
    seen = sum(map(len, taken))
    reading = Reading(columns=heading.names, batches=iter(()), estimated=True, notes=notes_of(heading))
    reading.rows = estimated(seen, sum(map(len, bodies)), file.size)
    reading.coverage.method = Method.SPREAD
    reading.notes.append(t("discovery.note.sampled", places=len(taken), rows=min(seen, sampling.most)))
    reading.batches = _finished(reading, _staged(taken, heading.names, sampling), damage, lambda: altered(file, stamp))
    return reading


def _staged(taken: list[list[Record]], names: tuple[str, ...], sampling: Sampling) -> Iterator[pl.DataFrame]:
    """Batches that grow, each from all stretches."""
    places = [0] * len(taken)
    for size in sampling.stages:
        share = -(-size // len(taken))
        rows: list[Record] = []
        for number, records_there in enumerate(taken):
            rows += records_there[places[number] : places[number] + share]
            places[number] += share
        if rows:
            yield text_frame(names, rows)


def _taken_up(text: str, dialect: Dialect, width: int) -> list[Record]:
    """The whole records of a block out of the middle.

    A block may begin within a quoted field: the first of its lines after which records have the
    table's width is where reading starts.
    """
    lines = text.splitlines(keepends=True)
    for place in range(min(len(lines), 40)):
        found = list(records(iter(lines[place:]), dialect, Damage()))
        if found and sum(len(record) == width for record in found) * 10 >= len(found) * 7:
            return found
    return list(records(iter(lines), dialect, Damage()))


def whole(path: Path) -> tuple[tuple[str, ...], Iterator[Record]]:
    """The columns a scan sees in a file, and all its records with values of any length: for copying it.

    Raises:
        UnreadableError: it is empty, or text in no encoding we know.
    """
    file = of_path(path)
    _, rows = _opened(file, charset_of(file), Damage(), cut=False)
    ahead = list(islice(rows, LOOKED))
    if not ahead:
        raise UnreadableError("errors.discovery.empty_file", path=file.name)
    heading = heading_of(ahead, headers=True)
    return heading.names, chain(ahead[heading.skip :], rows)


def encoding_of(path: Path) -> str:
    """A file's encoding, by the name under which ``open`` reads it.

    Raises:
        UnreadableError: the file is not text in any that we know.
    """
    found = charset_of(of_path(path))
    return (
        {"utf-8": "utf-8-sig", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}[found.name] if found.mark else found.name
    )


def delimiter_of(head: str) -> str:
    """The delimiter that cuts the first lines into the same number of fields, more than one."""
    return dialect_of(head).delimiter
