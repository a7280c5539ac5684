"""Numbers of lines as runs: a batch that nothing could be read of is one run, however long it is."""

from collections.abc import Iterable, Sequence
from itertools import chain

import polars as pl

#: first and last line of a run, both of it; a number alone, as earlier versions wrote it, is a run of one
Run = Sequence[int] | int


def runs_of(lines: Iterable[int]) -> list[list[int]]:
    """Return the runs of line numbers, in their order; a number that comes twice counts once."""
    runs: list[list[int]] = []
    for line in sorted(set(lines)):
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    return runs


def lines_in(runs: Iterable[Run]) -> list[int]:
    """Return the line numbers of runs, in their order."""
    return list(chain.from_iterable(_lines(run) for run in runs))


def _lines(run: Run) -> Iterable[int]:
    return [run] if isinstance(run, int) else range(run[0], run[1] + 1)


def within(parsed: pl.DataFrame, lines: Iterable[int]) -> pl.DataFrame:
    """Return the records whose first line is among ``lines``."""
    wanted = pl.Series(list(lines), dtype=parsed["line"].dtype)
    return parsed.filter(pl.col("line").is_in(wanted.implode()))
