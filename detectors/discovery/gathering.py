"""Reading everything: values of many batches are made distinct and counted before anybody looks at them.

A table of millions of rows says the same over and over. What looking at a value costs is a hundred times what
counting it costs, so batches are counted column by column as they come, and a column is looked at when it has
many values that differ, or at the end. Columns of a few values are looked at once, however long the table is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import polars as pl

from detectors.discovery.measure import Measures
from detectors.discovery.profile import Profile, counted
from detectors.discovery.relations import related
from detectors.discovery.sketches import VALUES, sketch

#: cells, and bytes, of batches that are counted together
_CELLS, _BYTES = 1 << 20, 64 << 20
#: values, and their bytes, that are held of one table
HELD, HELD_BYTES = 1 << 20, 64 << 20
#: a column of whose rows more than this share differ is held as it is: counting each batch would gain nothing
_VARIED = 0.5
VALUE, ROWS = "value", "rows"


@dataclass(slots=True)
class Counted:
    """Values of one column with the rows that each has; ``raw`` are batches that are not counted yet."""

    parts: list[pl.DataFrame] = field(default_factory=list)
    raw: list[pl.Series] = field(default_factory=list)
    values: int = 0
    size: int = 0
    varied: bool = False

    @property
    def weight(self) -> int:
        """How much of what may be held it takes, by its values and their bytes."""
        return max(self.values * (HELD_BYTES // HELD), self.size)

    def take(self, values: pl.Series) -> None:
        """Take one batch."""
        values = _text(values)
        if self.varied:
            self.raw.append(self._held(values))
            return
        part = _counts(values)
        self._held(part[VALUE])
        self.parts.append(part)
        self.varied = part.height > _VARIED * len(values)

    def _held(self, values: pl.Series) -> pl.Series:
        self.values += len(values)
        self.size += int(values.estimated_size())
        return values

    def clear(self) -> None:
        """Let all of it go."""
        self.parts, self.raw, self.values, self.size = [], [], 0, 0

    def shrinks(self) -> bool:
        """Count all that is held: whether much less is left of it."""
        before = self.values
        self.fold()
        return self.values <= _VARIED * before

    def fold(self) -> None:
        """Make one part of all, each value once."""
        parts = [*self.parts, *([_counts(pl.concat(self.raw))] if self.raw else [])]
        if not parts:
            return
        if len(parts) > 1:
            whole = pl.concat(parts).group_by(VALUE).agg(pl.col(ROWS).sum())
            parts = [whole.with_columns(_compact(whole[VALUE]))]
        self.parts, self.raw = parts, []
        self.values = parts[0].height
        self.size = int(parts[0][VALUE].estimated_size())


@dataclass(slots=True)
class Held:
    """What is held of a table's columns, and how much that is."""

    _columns: dict[str, Counted] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def take(self, frame: pl.DataFrame) -> None:
        """Count one batch."""
        for name in frame.columns:
            self._columns.setdefault(name, Counted()).take(frame[name])

    def over(self, key: bytes | None) -> Iterator[Profile]:
        """Where too much is held: the heaviest columns, with their sketches, until half of it is gone."""
        if not self._exceeds(HELD, HELD_BYTES):
            return
        for spared in (True, False):  # what shrinks by being counted may stay, if that is enough
            for name in sorted(self._columns, key=lambda one: self._columns[one].weight, reverse=True):
                if not self._exceeds(HELD // 2, HELD_BYTES // 2):
                    return
                if not (self._columns[name].shrinks() and spared):
                    yield self._looked_at(name, key)
                    self._columns[name].clear()

    def rest(self) -> Iterator[Profile]:
        """All that is still held; it stays."""
        yield from (self._looked_at(name, None) for name, column in self._columns.items() if column.values)

    def values(self, name: str) -> pl.Series:
        """What is held of a column, each value once."""
        column = self._columns.get(name, Counted())
        return column.parts[0][VALUE] if column.parts else pl.Series(VALUE, [], pl.String)

    def _exceeds(self, values: int, size: int) -> bool:
        columns = self._columns.values()
        return sum(one.values for one in columns) > values or sum(one.size for one in columns) > size

    def _looked_at(self, name: str, key: bytes | None) -> Profile:
        """Look at one column; the lexical model reads each column once."""
        column = self._columns[name]
        column.fold()
        model = name not in self._seen
        self._seen.add(name)
        return counted(name, column.parts[0][VALUE], column.parts[0][ROWS], model=model, key=key)


@dataclass(slots=True)
class Gathering:
    """One table that is read whole; ``key`` is the installation's for sketches, none are made without it."""

    key: bytes | None = None
    _held: Held = field(default_factory=Held)

    def profiles(self, frames: Iterable[pl.DataFrame]) -> Iterator[Profile]:
        """Profile a stream of batches; all that comes, merged in any order, is the profile of the whole.

        What was held to the end has no sketch yet: see :meth:`sketches`.
        """
        for frame in _joined(frames):
            yield Profile(relations=related(frame))
            self._held.take(frame)
            yield from self._held.over(self.key)
        yield from self._held.rest()

    def sketches(self, names: Iterable[str]) -> Profile:
        """Sketch what was held of these columns to the end: most columns turn out to need none."""
        if self.key is None:
            return Profile()
        return Profile({name: Measures(sketches={VALUES: sketch(self._held.values(name), self.key)}) for name in names})


def _joined(frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Join batches that are small: in more rows the same values come again."""
    waiting: list[pl.DataFrame] = []
    cells = size = 0
    for frame in frames:
        waiting.append(frame)
        cells += frame.height * max(1, frame.width)
        size += int(frame.estimated_size())
        if cells >= _CELLS or size >= _BYTES:
            yield pl.concat(waiting)
            waiting, cells, size = [], 0, 0
    if waiting:
        yield pl.concat(waiting)


def _text(values: pl.Series) -> pl.Series:
    return (values if values.dtype == pl.String else values.cast(pl.String, strict=False)).alias(VALUE)


def _counts(values: pl.Series) -> pl.DataFrame:
    found = values.value_counts(name=ROWS)
    return found.with_columns(_compact(found[VALUE])) if found.height <= _VARIED * len(values) else found


def _compact(values: pl.Series) -> pl.Series:
    """The same values without the bytes of the batch that they were taken from."""
    return pl.Series(VALUE, values.to_arrow().cast("large_string"), pl.String)
