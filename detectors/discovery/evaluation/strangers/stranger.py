"""A stranger: a folder of words, kinds of column and outlines of tables, and the tables that come of them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from detectors.discovery.evaluation.strangers.dirt import Cells
from detectors.discovery.evaluation.strangers.families import Family, Kind, Place, families, kinds
from detectors.discovery.evaluation.strangers.row import Row, words
from detectors.discovery.evaluation.strangers.shapes import shaped
from detectors.discovery.evaluation.strangers.soil import IN_TWOS, SEVERAL, drawn, soiled
from detectors.discovery.evaluation.tables import Known, KnownTable

_ROWS = (24, 80)
_OLDEST, _DAYS = date(1958, 3, 1), 46 * 365
_OPENED, _SECONDS = datetime(2020, 6, 1, tzinfo=UTC), 6 * 365 * 86400


@dataclass(frozen=True, slots=True)
class Stranger:
    """Whose tables they are; ``files`` of the folder hold the outlines, the other files words and kinds."""

    name: str
    folder: Path
    files: tuple[str, ...]

    def kinds(self) -> dict[str, Kind]:
        """The kinds of column by name."""
        return dict(kinds(self.folder))

    def families(self) -> tuple[Family, ...]:
        """The tables' outlines."""
        return families(self.folder, self.files)

    def tables(self, seed: int) -> list[KnownTable]:
        """Each family as one table; a seed makes the same tables each time."""
        return [self._table(family, f"{seed}/{family.name}") for family in self.families()]

    def row(self, key: str, index: int) -> Row:
        """The person, the office and the moment of the row of that index in the table of that key."""
        chance = Random(f"{self.name}/{key}/{index}")
        woman = chance.random() < 0.4
        counties = words(self.folder)["counties"]
        return Row(
            chance=chance,
            index=index,
            county=chance.choice(counties),
            home=chance.choice([county for county in counties if county[:2] == "44"]),
            born=_OLDEST + timedelta(days=chance.randrange(_DAYS)),
            woman=woman,
            serial=2 * chance.randrange(1, 480) + (0 if woman else 1),
            at=_OPENED + timedelta(seconds=chance.randrange(_SECONDS)),
            words=words(self.folder),
        )

    def _table(self, family: Family, key: str) -> KnownTable:
        rows = [self.row(key, index) for index in range(family.rows or Random(key).randint(*_ROWS))]
        columns = (self._column(place, rows, f"{key}/{order}") for order, place in enumerate(family.places))
        return KnownTable(family.name, tuple(columns))

    def _column(self, place: Place, rows: list[Row], key: str) -> Known:
        """One column: its name, its writing and what befalls it are drawn first, then each cell."""
        chance, kind = Random(f"{self.name}/{key}"), place.kind
        header = chance.choice(place.headers)
        how = place.how or drawn(kind, len(rows), chance)
        writings = kind.writings if how == SEVERAL else (chance.choice(kind.writings),)
        cells: Cells = [self._cell(writings, one, key, how) or None for one in rows]
        return Known(kind.name, kind.truth, header, tuple(soiled(cells, kind, how, chance)), how, place.also)

    def _cell(self, writings: tuple[str, ...], row: Row, key: str, how: str) -> str:
        """The cell, or two in it where ``how`` says so: then about one row in three has a second."""
        one = row.under(key)
        first = shaped(one.chance.choice(writings), one)
        if how != IN_TWOS or one.chance.random() < 0.65:
            return first
        other = self.row(f"{key}/other", row.index)
        return first + one.chance.choice(("、", "/", ";", "，")) + shaped(writings[0], other)
