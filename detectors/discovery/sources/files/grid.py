"""Rows of cells, as workbooks and tables in documents have them, read as a table: header found, marks looked for."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import chain, islice

import polars as pl

from detectors.discovery import secrecy
from detectors.discovery.sources.base import VALUE_LIMIT, Reading, Sampling, StateSecretError, Table, UnreadableError
from detectors.discovery.sources.files.heading import LOOKED, Heading, heading_of
from detectors.discovery.sources.sampled import Record, reading_of
from soc.text import t

_EXACT = 10**15  # a spreadsheet keeps 15 digits of a number


@dataclass(slots=True)
class Losses:
    """Places of columns in which numbers were too long for a spreadsheet."""

    rounded: Counter[int] = field(default_factory=Counter)


Rows = Callable[[Losses], Iterator[Record]]


def table_of(name: str, path: str, rows: Rows, notes: tuple[str, ...] = ()) -> Table:
    """A table of cells; ``rows`` gives them anew at each call."""
    return Table(name=name, read=lambda sampling: read(path, rows, sampling), path=path, notes=notes)


def read(path: str, rows: Rows, sampling: Sampling) -> Reading:
    """Read cells.

    Raises:
        UnreadableError: there are none.
        StateSecretError: a title above them is a mark of state secrets.
    """
    losses = Losses()
    records = (record for record in rows(losses) if any(cell is not None and cell != "" for cell in record))
    ahead = list(islice(records, LOOKED))
    if not ahead:
        raise UnreadableError("errors.discovery.empty_file", path=path.rsplit("/", 1)[-1])
    heading = told_heading(ahead, headers=sampling.headers)
    reading = reading_of(heading.names, chain(ahead[heading.skip :], records), sampling)
    reading.notes += notes_of(heading)
    reading.batches = _finished(reading, reading.batches, losses)
    return reading


def told_heading(rows: list[Record], *, headers: bool) -> Heading:
    """The header of some rows.

    Raises:
        StateSecretError: a title above it is a mark of state secrets, whether titles are wanted or not.
    """
    heading = heading_of(rows, headers=headers)
    titles = heading.titles if headers else heading_of(rows, headers=True).titles
    if secrecy.in_titles(titles):
        raise StateSecretError
    return heading


def notes_of(heading: Heading) -> list[str]:
    """What to tell of a header."""
    notes = [t("discovery.note.no_header")] if heading.guessed else []
    return notes + ([t("discovery.note.titles", count=len(heading.titles))] if heading.titles else [])


def _finished(reading: Reading, batches: Iterator[pl.DataFrame], losses: Losses) -> Iterator[pl.DataFrame]:
    try:
        yield from batches
    finally:
        names = [reading.columns[place] for place in sorted(losses.rounded) if place < len(reading.columns)]
        reading.notes += [t("discovery.note.long_numbers", column=name) for name in names]


def text_of(cell: object, place: int, losses: Losses) -> str | None:
    """A cell as text: dates as dates, whole numbers without a point; long ones have lost their last digits."""
    if cell is None or isinstance(cell, str):
        return cell[:VALUE_LIMIT] if cell else None
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, int | float):
        return _number(cell, place, losses)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="seconds")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)[:VALUE_LIMIT]


def _number(cell: float, place: int, losses: Losses) -> str:
    if not float(cell).is_integer():  # not a number and infinite are not whole either
        return repr(cell)
    whole = int(cell)
    if abs(whole) >= _EXACT:
        losses.rounded[place] += 1
    return str(whole)
