"""One row of a table: the person, the place and the moment that its cells share."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

_HERE = Path(__file__).parent
_FIRST_BIRTH, _LAST_BIRTH = date(1956, 1, 1), date(2003, 12, 31)
_FIRST_MOMENT = datetime(2019, 1, 1, tzinfo=UTC)
_SECONDS = 7 * 365 * 24 * 3600


@cache
def words(folder: Path = _HERE) -> Mapping[str, tuple[str, ...]]:
    """The folder's lists of words by name."""
    with (folder / "words.toml").open("rb") as file:
        return {name: tuple(text.split()) for name, text in tomllib.load(file).items()}


@dataclass(frozen=True, slots=True)
class Row:
    """What the cells of a row agree on; ``chance`` is a column's own."""

    chance: Random
    index: int
    county: str  # of the person, six digits
    home: str  # of the office, a county of the province
    born: date
    woman: bool
    serial: int
    at: datetime

    def under(self, key: str) -> "Row":
        """The same row for one column, with a chance of that column's own."""
        return replace(self, chance=Random(f"{key}/{self.index}"))


def row(key: str, index: int) -> Row:
    """The row of that index in the table of that key."""
    chance = Random(f"{key}/{index}")
    woman = chance.random() < 0.3
    counties = words()["counties"]
    return Row(
        chance=chance,
        index=index,
        county=chance.choice(counties),
        home=chance.choice([county for county in counties if county.startswith("44")]),
        born=_FIRST_BIRTH + timedelta(days=chance.randrange((_LAST_BIRTH - _FIRST_BIRTH).days)),
        woman=woman,
        serial=chance.randrange(500) * 2 + (not woman),
        at=_FIRST_MOMENT + timedelta(seconds=chance.randrange(_SECONDS)),
    )
