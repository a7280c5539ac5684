"""What every source offers: tables, each with its columns and batches of text values."""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import polars as pl

from detectors.discovery.sources.budget import Budget
from detectors.discovery.sources.coverage import Coverage, Stop
from detectors.discovery.sources.files.selection import Selection
from soc.errors import InputError, UnavailableError

#: characters of one value that are read; longer ones are cut at the source
VALUE_LIMIT = 4096


class SourceUnreachableError(UnavailableError):
    """A database that does not answer, or refuses us."""


class SourceRefusedError(InputError):
    """An address that may not be read: a forbidden scheme, a metadata service, a stray option."""


class UnreadableError(InputError):
    """A file or a table that cannot be read; the scan goes on without it."""


class BudgetSpentError(UnreadableError):
    """Nothing is left of what may be read of this source in one scan."""

    def __init__(self, stop: Stop) -> None:
        """Say which budget it is."""
        super().__init__(f"errors.discovery.budget_{stop.value}")


class StateSecretError(UnreadableError):
    """It bears a mark of state secrets: reading stopped, and nothing but its path may be kept."""

    def __init__(self, key: str = "errors.discovery.state_secret") -> None:
        """Say no more than that: where it stood and how it read is not to be kept."""
        super().__init__(key)


@dataclass(frozen=True, slots=True)
class Sampling:
    """How much of each table is read.

    ``rows`` is the ordinary size of the sample and ``seed`` makes it the same each time. A sample comes in
    growing batches, each spread over the whole table, so that whoever is sure can stop: the first has
    ``first`` rows, and all together have ``rows``, or ``most`` where the reader is still in doubt and goes
    on. With ``full`` everything is streamed, in batches of ``batch`` rows.
    ``headers`` False takes the first row of a file as data. ``budget`` is what may still be read of the source.
    ``select`` says which files of a folder or a bucket are wanted.
    """

    rows: int = 5000
    seed: int = 20261122
    full: bool = False
    headers: bool = True
    batch: int = 20_000
    first: int = 1000
    most: int = 20_000
    budget: Budget | None = None
    select: Selection = field(default_factory=Selection)

    @property
    def whole(self) -> int:
        """How many rows a table may have that is read whole: a sample of it would save nothing."""
        return 2 * min(self.first, self.rows)

    @property
    def stages(self) -> tuple[int, ...]:
        """How many rows each batch of a sample has: the first, what makes the sample, what is for doubt."""
        first = max(1, min(self.first, self.rows))
        sizes = (first, self.rows - first, max(0, self.most - self.rows))
        return tuple(size for size in sizes if size > 0)


class Kind(StrEnum):
    """What a table is in its source."""

    TABLE = "table"
    PARTITIONED = "partitioned"
    VIEW = "view"
    MATERIALIZED = "materialized"
    FOREIGN = "foreign"
    INDEX = "index"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class TableState:
    """What a source's catalogue says of a table without reading it: when it is as before, so is the table.

    ``schema_digest`` changes with a column's name, type, place or comment. ``watermark`` moves whenever rows are
    written, and then it alone decides; where the source keeps no such mark it is empty, and ``rows`` and ``bytes``,
    which may be estimates, are the best there is.
    """

    schema_digest: str
    rows: int | None = None
    watermark: str = ""
    bytes: int | None = None

    @property
    def tells(self) -> bool:
        """Whether an equal state means an unchanged table."""
        return bool(self.watermark)


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a source; ``read`` gives its values as frames of text columns.

    ``comments`` and ``types`` are by column, as the source has them; ``comment`` is the table's own.
    """

    name: str
    read: Callable[[Sampling], "Reading"]
    path: str = ""
    comments: Mapping[str, str] = field(default_factory=dict)
    kind: Kind = Kind.FILE
    comment: str = ""
    types: Mapping[str, str] = field(default_factory=dict)
    state: TableState | None = None
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Reading:
    """A table being read: ``rows`` (in all), ``coverage`` and ``notes`` are right once the batches are used up.

    ``estimated`` marks the source's own guess. ``close`` ends the reading early and frees its connection;
    ``wanted`` are the columns that are still to be read: a source may leave the others out of the batches to come.
    """

    columns: tuple[str, ...]
    batches: Iterator[pl.DataFrame]
    rows: int = 0
    estimated: bool = False
    coverage: Coverage = field(default_factory=Coverage)
    wanted: frozenset[str] | None = None
    notes: list[str] = field(default_factory=list)

    def within(self, budget: Budget | None) -> Iterator[pl.DataFrame]:
        """Give the batches while the budget lasts, and count them for the coverage; the last may be cut to it.

        Raises:
            BudgetSpentError: nothing of it is left.
        """
        if budget is not None and budget.spent is not None:
            raise BudgetSpentError(budget.spent)
        for frame in self.batches:
            kept = frame if budget is None else frame.head(_at_most(budget))
            size = int(kept.estimated_size())
            self.coverage.rows_read += kept.height
            self.coverage.bytes_read += size
            if budget is not None:
                budget.take(kept.height, size)
            yield kept
            if budget is not None and (spent := budget.spent) is not None:
                self.coverage.stop = self.coverage.stop or spent
                return

    def close(self) -> None:
        """End the reading; what was counted so far stands."""
        if isinstance(self.batches, Generator):
            self.batches.close()


def _at_most(budget: Budget) -> int:
    rows, _ = budget.left()
    return 2**62 if rows is None else max(rows, 0)


def text_frame(columns: tuple[str, ...], records: list[list[str | None]]) -> pl.DataFrame:
    """Make a frame of text columns from records, short ones filled up and long ones cut."""
    width = len(columns)
    filled = [record[:width] + [None] * (width - len(record)) for record in records]
    schema = dict.fromkeys(columns, pl.String)
    return pl.DataFrame(filled, schema=schema, orient="row", infer_schema_length=None)


def column_names(header: list[str | None]) -> tuple[str, ...]:
    """Names that are present and differ: an empty one is called after its place, a repeated one numbered."""
    taken: dict[str, int] = {}
    names = []
    for place, raw in enumerate(header, start=1):
        name = (raw or "").replace("\x00", "").strip().strip("\ufeff") or f"column_{place}"
        taken[name] = taken.get(name, 0) + 1
        names.append(name if taken[name] == 1 else f"{name}_{taken[name]}")
    return tuple(names)


def numbered(width: int) -> tuple[str, ...]:
    """Names for columns without any."""
    return tuple(f"column_{place}" for place in range(1, width + 1))
