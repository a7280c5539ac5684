"""One row of a table: the person, the place and the moment that its cells share."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from random import Random


@cache
def words(folder: Path) -> Mapping[str, tuple[str, ...]]:
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
    words: Mapping[str, tuple[str, ...]]  # of the stranger's folder, by name of the list

    def under(self, key: str) -> "Row":
        """The same row for one column, with a chance of that column's own."""
        return replace(self, chance=Random(f"{key}/{self.index}"))

    def word(self, name: str) -> str:
        """One of the words of that list."""
        return self.chance.choice(self.words[name])
