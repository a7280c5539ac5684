"""A fourth stranger's tables, written from the reference alone: what transport's own systems and their exports hold.

Nobody who mends the recognizers looks at what goes wrong here, and no rule was written for it.
"""

from pathlib import Path
from random import Random

from detectors.discovery.evaluation.fourth.rows import row
from detectors.discovery.evaluation.fourth.writing import written
from detectors.discovery.evaluation.strangers.dirt import Cells, drawn, soiled
from detectors.discovery.evaluation.strangers.families import Family, Kind, Place, families, kinds
from detectors.discovery.evaluation.strangers.row import Row
from detectors.discovery.evaluation.tables import Known, KnownTable

_HERE = Path(__file__).parent
_FILES = ("people", "vehicles", "toll", "water", "office")
_ROWS = (40, 90)


def all_kinds() -> dict[str, Kind]:
    """The kinds of column by name."""
    return dict(kinds(_HERE))


def all_families() -> tuple[Family, ...]:
    """The tables' outlines."""
    return families(_HERE, _FILES)


def tables(seed: int) -> list[KnownTable]:
    """Each family as one table; a seed makes the same tables each time."""
    return [_table(family, seed) for family in all_families()]


def _table(family: Family, seed: int) -> KnownTable:
    key = f"{seed}/{family.name}"
    rows = [row(key, index) for index in range(family.rows or Random(key).randint(*_ROWS))]
    return KnownTable(
        family.name, tuple(_column(place, rows, f"{key}/{order}") for order, place in enumerate(family.places))
    )


def _column(place: Place, rows: list[Row], key: str) -> Known:
    """One column: a header and a writing are drawn for all of it, then each cell."""
    chance, kind = Random(key), place.kind
    header, writing = chance.choice(place.headers), chance.choice(kind.writings)
    how = place.how or drawn(kind, len(rows), chance)
    cells: Cells = [written(writing, one.under(key)) or None for one in rows]
    return Known(kind.name, kind.truth, header, tuple(soiled(cells, kind, how, chance)), how, place.also)
