"""A fifth stranger's tables, from the reference alone: schools, testing stations, ferries, yards, hotlines, payrolls.

Nobody who mends the recognizers looks at what goes wrong here, and no rule was written for it.
"""

from pathlib import Path
from random import Random

from detectors.discovery.evaluation.fifth.shapes import shaped
from detectors.discovery.evaluation.fifth.soil import IN_TWOS, SEVERAL, drawn, soiled
from detectors.discovery.evaluation.fifth.writers import row_of
from detectors.discovery.evaluation.fourth.dirt import Cells
from detectors.discovery.evaluation.fourth.families import Family, Kind, Place, families, kinds
from detectors.discovery.evaluation.fourth.row import Row
from detectors.discovery.evaluation.tables import Known, KnownTable

_HERE = Path(__file__).parent
_FILES = ("drivers", "inspection", "ferries", "cargo", "roads", "hailing", "service", "office")
_ROWS = (24, 80)


def all_kinds() -> dict[str, Kind]:
    """The kinds of column by name."""
    return dict(kinds(_HERE))


def all_families() -> tuple[Family, ...]:
    """The tables' outlines."""
    return families(_HERE, _FILES)


def tables(seed: int) -> list[KnownTable]:
    """Each family as one table; a seed makes the same tables each time."""
    return [_table(family, f"{seed}/{family.name}") for family in all_families()]


def _table(family: Family, key: str) -> KnownTable:
    rows = [row_of(key, index) for index in range(family.rows or Random(key).randint(*_ROWS))]
    columns = (_column(place, rows, f"{key}/{order}") for order, place in enumerate(family.places))
    return KnownTable(family.name, tuple(columns))


def _column(place: Place, rows: list[Row], key: str) -> Known:
    """One column: its name, its writing and what befalls it are drawn first, then each cell."""
    chance, kind = Random(f"fifth/{key}"), place.kind
    header = chance.choice(place.headers)
    how = place.how or drawn(kind, len(rows), chance)
    writings = kind.writings if how == SEVERAL else (chance.choice(kind.writings),)
    cells: Cells = [_cell(writings, one, key, how) or None for one in rows]
    return Known(kind.name, kind.truth, header, tuple(soiled(cells, kind, how, chance)), how, place.also)


def _cell(writings: tuple[str, ...], row: Row, key: str, how: str) -> str:
    """The cell, or two in it where ``how`` says so: then about one row in three has a second."""
    one = row.under(key)
    first = shaped(one.chance.choice(writings), one)
    if how != IN_TWOS or one.chance.random() < 0.65:
        return first
    other = row_of(f"{key}/other", row.index)
    return first + one.chance.choice(("、", "/", ";", "，")) + shaped(writings[0], other)
