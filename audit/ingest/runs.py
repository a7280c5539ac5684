"""Small frames worked on as one: what each call costs is paid once a run, and memory stays flat.

What is done must be the same for each row whatever stands beside it, and keep rows and order.
"""

from collections.abc import Callable, Sequence

import polars as pl

Work = Callable[[pl.DataFrame], pl.DataFrame]


def in_runs(frames: Sequence[pl.DataFrame], work: Work, most: int | None = None) -> list[pl.DataFrame]:
    """Do ``work`` on neighbouring frames of the same columns joined, and part what comes of it as they were.

    Args:
        frames: what to work on.
        work: gives as many rows as it gets, in the same order.
        most: rows of a run at most, unless one frame has more; no bound where it is None.

    Raises:
        ValueError: ``work`` gave another number of rows.
    """
    done: list[pl.DataFrame] = []
    for run in _runs(frames, most):
        made = work(pl.concat(run))
        if made.height != sum(frame.height for frame in run):
            raise ValueError(f"{made.height} rows of {sum(frame.height for frame in run)} came back")
        done += _parted(made, run)
    return done


def _runs(frames: Sequence[pl.DataFrame], most: int | None) -> list[list[pl.DataFrame]]:
    runs: list[list[pl.DataFrame]] = []
    rows = 0
    for frame in frames:
        if runs and frame.schema == runs[-1][0].schema and (most is None or rows + frame.height <= most):
            runs[-1].append(frame)
        else:
            runs.append([frame])
            rows = 0
        rows += frame.height
    return runs


def _parted(made: pl.DataFrame, run: list[pl.DataFrame]) -> list[pl.DataFrame]:
    parts, at = [], 0
    for frame in run:
        parts.append(made.slice(at, frame.height))
        at += frame.height
    return parts
