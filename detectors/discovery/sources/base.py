"""What every source offers: tables, each with its columns and batches of text values."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from soc.errors import InputError, UnavailableError

#: characters of one value that are read; longer ones are cut at the source
VALUE_LIMIT = 4096


class SourceUnreachableError(UnavailableError):
    """A database that does not answer, or refuses us."""


class SourceRefusedError(InputError):
    """An address that may not be read: a forbidden scheme, a metadata service, a stray option."""


class UnreadableError(InputError):
    """A file or a table that cannot be read; the scan goes on without it."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How much of each table is read.

    ``rows`` is the size of the sample and ``seed`` makes it the same each time; with ``full``
    everything is streamed. ``headers`` False takes the first row of a file as data.
    """

    rows: int = 5000
    seed: int = 20261122
    full: bool = False
    headers: bool = True
    batch: int = 20_000


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a source; ``read`` gives its values as frames of text columns.

    ``rows`` is None where only reading tells; ``estimated`` marks the source's own guess.
    """

    name: str
    read: Callable[[Sampling], "Reading"]
    path: str = ""
    comments: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Reading:
    """A table being read: ``rows`` is right once the batches are used up."""

    columns: tuple[str, ...]
    batches: Iterator[pl.DataFrame]
    rows: int = 0
    estimated: bool = False


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
