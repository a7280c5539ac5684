"""Reading everything: values of many batches are made distinct and counted before anybody looks at them.

A table of millions of rows says the same over and over. What looking at a value costs is a hundred times what
counting it costs, so batches are counted column by column as they come, and a column is looked at when it has
many values that differ, or at the end. Columns of a few values are looked at once, however long the table is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import polars as pl

from detectors.discovery.profile import Profile, counted
from detectors.discovery.relations import related

#: cells, and bytes, of batches that are counted together
_CELLS, _BYTES = 1 << 20, 64 << 20
#: values, and their bytes, that are held of one table
HELD, HELD_BYTES = 1 << 20, 64 << 20
#: a column of whose rows more than this share differ is held as it is: counting each batch would gain nothing
_VARIED = 0.5
VALUE, ROWS = "value", "rows"


def profiles(frames: Iterable[pl.DataFrame], *, key: bytes | None = None) -> Iterator[Profile]:
    """Profile a stream of batches; all that comes, merged in any order, is the profile of the whole.

    Args:
        frames: batches of one table.
        key: the installation's key for sketches; none are made without it.
    """
    held = Held(key)
    for frame in _joined(frames):
        yield Profile(relations=related(frame))
        held.take(frame)
        yield from held.over()
    yield from held.rest()


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


@dataclass(slots=True)
class Held:
    """What is held of a table's columns, and how much that is."""

    key: bytes | None = None
    _columns: dict[str, "Counted"] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def take(self, frame: pl.DataFrame) -> None:
        """Count one batch."""
        for name in frame.columns:
            self._columns.setdefault(name, Counted()).take(frame[name])

    def over(self) -> Iterator[Profile]:
        """Where too much is held: the longest columns, until half of it is gone."""
        if not self._exceeds(HELD, HELD_BYTES):
            return
        for column in self._columns.values():
            column.fold()
        for name in sorted(self._columns, key=lambda one: self._columns[one].weight, reverse=True):
            if not self._exceeds(HELD // 2, HELD_BYTES // 2):
                return
            yield self._looked_at(name)

    def rest(self) -> Iterator[Profile]:
        """All that is still held."""
        for name in list(self._columns):
            yield self._looked_at(name)

    def _exceeds(self, values: int, size: int) -> bool:
        columns = self._columns.values()
        return sum(one.values for one in columns) > values or sum(one.size for one in columns) > size

    def _looked_at(self, name: str) -> Profile:
        """Look at one column and let it go; the lexical model reads each column once."""
        column = self._columns.pop(name)
        column.fold()
        model = name not in self._seen
        self._seen.add(name)
        return counted(name, column.parts[0][VALUE], column.parts[0][ROWS], model=model, key=self.key)


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

    def fold(self) -> None:
        """Make one part of all, each value once."""
        parts = [*self.parts, *([_counts(pl.concat(self.raw))] if self.raw else [])]
        if len(parts) > 1:
            whole = pl.concat(parts).group_by(VALUE).agg(pl.col(ROWS).sum())
            parts = [whole.with_columns(_compact(whole[VALUE]))]
        self.parts, self.raw = parts, []
        self.values = parts[0].height
        self.size = int(parts[0][VALUE].estimated_size())


def _text(values: pl.Series) -> pl.Series:
    return (values if values.dtype == pl.String else values.cast(pl.String, strict=False)).alias(VALUE)


def _counts(values: pl.Series) -> pl.DataFrame:
    found = values.value_counts(name=ROWS)
    return found.with_columns(_compact(found[VALUE])) if found.height <= _VARIED * len(values) else found


def _compact(values: pl.Series) -> pl.Series:
    """The same values without the bytes of the batch that they were taken from."""
    return pl.Series(VALUE, values.to_arrow().cast("large_string"), pl.String)
