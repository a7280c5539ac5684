"""Where a table's header stands: under title rows, over two rows, or nowhere because the first row is data."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from detectors.discovery.sources.base import column_names, numbered
from detectors.discovery.sources.sampled import Record

LOOKED = 40  # rows that are looked at
_TITLES = 8  # rows above a header at most
_NUMBER = re.compile(r"^[+-]?[\d,]*\.?\d+(?:[eE][+-]?\d+)?%?$")
_DATE = re.compile(r"^\d{2,4}[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?)?(?:[ T]\d{1,2}:\d{2}.*)?$")
_VALUE = re.compile(r"@|\d{5}|^[A-Za-z]?\d+[-\dA-Za-z]*$")
_YEAR = re.compile(r"^(?:19|20)\d{2}(?:年|Q[1-4]|H[12])?$")


@dataclass(frozen=True, slots=True)
class Heading:
    """The names of the columns, which rows come before the data, and the title rows' texts."""

    names: tuple[str, ...]
    skip: int
    titles: tuple[str, ...] = ()
    guessed: bool = False


def heading_of(rows: Sequence[Record], *, headers: bool) -> Heading:
    """Read the header out of a table's first rows.

    Args:
        rows: up to :data:`LOOKED` rows, not empty.
        headers: False takes every row as data.
    """
    width = max(len(row) for row in rows)
    if not headers:
        return Heading(numbered(width), 0)
    first = _title_rows(rows, width)
    titles = tuple(cell.strip() for row in rows[:first] for cell in row if cell and cell.strip())
    if first == 0 and _is_data(rows):
        return Heading(numbered(width), 0, guessed=True)
    if _continues(rows, first):
        names = _joined(rows[first], rows[first + 1], width)
        return Heading(column_names(names), first + 2, titles)
    return Heading(column_names(_padded(rows[first], _used(rows[first:]))), first + 1, titles)


def _used(rows: Sequence[Record]) -> int:
    """How many columns have anything in them; a ragged line makes no column."""
    header = len(rows[0])
    wider = sorted(len(row) for row in rows[1:] if len(row) > header)
    # most rows are longer than the header: their further columns count
    return wider[len(wider) // 2] if len(wider) * 2 > len(rows) - 1 > 0 else header


def _padded(row: Record, width: int) -> Record:
    return [*row[:width], *[None] * (width - len(row))]


def _filled(row: Record) -> int:
    return sum(1 for cell in row if cell and cell.strip())


def _title_rows(rows: Sequence[Record], width: int) -> int:
    """How many of the first rows are titles: nearly empty, and over a row that is nearly full."""
    if width < 2 or len(rows) < 2:
        return 0
    usual = sorted(_filled(row) for row in rows)[len(rows) // 2]
    if usual < 2:
        return 0
    for place, row in enumerate(rows[: _TITLES + 1]):
        filled = _filled(row)
        if filled >= max(2, usual / 2) and filled > _limit(usual):
            return place
    return 0


def _limit(usual: int) -> int:
    return 1 if usual < 5 else 2


def _continues(rows: Sequence[Record], first: int) -> bool:
    """Whether the row below is the second half of the header: merged cells above have their parts there."""
    if first + 2 >= len(rows):
        return False
    upper, lower = rows[first], rows[first + 1]
    width = max(len(upper), len(lower))
    top, below = _padded(upper, width), _padded(lower, width)
    parts = [place for place in range(1, width) if not top[place] and below[place]]
    owner = [place for place in range(width) if top[place] and not below[place]]
    if not parts or not (owner or len(parts) * 2 >= width - 1) or not top[0]:
        return False
    return all(is_label(cell) for cell in below if cell) and not all(map(is_label, filter(None, rows[first + 2])))


def _joined(upper: Record, lower: Record, width: int) -> Record:
    """Each part after the merged cell it stands under."""
    above: str | None = None
    names: Record = []
    for top, below in zip(_padded(upper, width), _padded(lower, width), strict=True):
        above = top or above
        names.append(f"{above}_{below}" if below and above and above != below else below or top)
    return names


def is_label(cell: str) -> bool:
    """Whether a cell could be the name of something: short, no number, no date."""
    text = cell.strip()
    return len(text) <= 40 and not _NUMBER.match(text) and not _DATE.match(text) and not re.search(r"\d{5}|@", text)


def _kind(cell: str | None) -> str:
    text = (cell or "").strip()
    if not text:
        return ""
    if _DATE.match(text):
        return "date"
    if _NUMBER.match(text):
        return "number"
    return "value" if _VALUE.search(text) else "text"


def _is_data(rows: Sequence[Record]) -> bool:
    """Whether the first row looks like those below it: a cell that is a value, no name over a column of values."""
    first, below = rows[0], rows[1:]
    if not _filled(first):
        return False
    for_data = for_header = 0
    for place, cell in enumerate(first):
        kind = _kind(cell)
        under = [found for row in below if place < len(row) and (found := _kind(row[place]))]
        usual = max(set(under), key=under.count) if under else ""
        if kind == "text" and usual in {"number", "date", "value"}:
            for_header += 1
        elif kind in {"number", "date", "value"} and not _YEAR.match((cell or "").strip()):
            for_data += kind == usual or (not under and len((cell or "").strip()) >= 6)
    return for_data > 0 and for_header == 0
