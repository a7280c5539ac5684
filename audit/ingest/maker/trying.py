"""Log files read by a format that is not in force."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from audit.ingest.formats import ParseOptions
from audit.ingest.formats.own import OwnFormat, knowing
from audit.ingest.reading import read_records


class _Alone:
    """Knows one format only."""

    def __init__(self, one: OwnFormat) -> None:
        self._one = one

    def in_force(self) -> tuple[OwnFormat, ...]:
        return (self._one,)

    def stood(self, name: str) -> OwnFormat | None:
        return self._one if name == self._one.format.name else None

    def edition(self) -> str:
        return self._one.format.name


def read_by(made: OwnFormat, logs: Sequence[Path], options: ParseOptions) -> Iterator[pl.DataFrame]:
    """Yield the records of files; within each step the format is known by its name.

    Raises:
        OSError: a file cannot be read.
    """
    for path in logs:
        with knowing(_Alone(made)):
            pieces = [parsed for _, parsed in read_records(path, made.format.name, options)]
        yield from pieces
