"""The files of the embedded table: written whole and on disk before anybody hears of them."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import polars as pl

from soc.logstore.checks import micros

ROWS_OF_A_PART = 262_144
_ROWS_OF_A_GROUP = 65_536


@dataclass(frozen=True, slots=True)
class Part:
    """One file: its name below the table, bytes, rows, and the time of its first and last event."""

    name: str
    size: int
    rows: int
    first: int
    last: int

    def overlaps(self, since: int | None, until: int | None) -> bool:
        """Say whether it can hold events with since ≤ time < until (microseconds)."""
        return (since is None or self.last >= since) and (until is None or self.first < until)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, since ≤ t < until, and the parts that may have events in it."""

    since: int | None
    until: int | None
    parts: tuple[Part, ...]


def write_parts(folder: Path, frame: pl.DataFrame) -> tuple[Part, ...]:
    """Write a frame that is sorted by time, in bounded files, and return when all are on disk."""
    pieces = frame.iter_slices(ROWS_OF_A_PART)
    written = tuple(_write(folder, piece) for piece in pieces)
    sync_folder(folder)
    return written


def _write(folder: Path, piece: pl.DataFrame) -> Part:
    path = folder / f"part-{uuid4().hex}.parquet"
    try:
        piece.write_parquet(path, compression="zstd", compression_level=1, row_group_size=_ROWS_OF_A_GROUP)
        sync_file(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    first, last = piece["time"][0], piece["time"][-1]
    return Part(path.name, path.stat().st_size, piece.height, micros(first), micros(last))


def sync_file(path: Path) -> None:
    """Have the disk hold the file's bytes."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


sync_folder = sync_file
"""Have the disk hold the folder's names."""


def windows(parts: tuple[Part, ...], since: int | None, until: int | None, rows: int) -> Iterator[Window]:
    """Cut time into windows, newest first, so that each holds about ``rows`` rows.

    Rows after a part's last event can only be in the parts that end later: these come first.
    """
    inside = sorted((p for p in parts if p.overlaps(since, until)), key=lambda part: part.last, reverse=True)
    held, upper = 0, until
    for place, part in enumerate(inside):
        cut = part.last + 1
        if held >= rows and (upper is None or cut < upper):
            yield _window(inside[:place], cut, upper)
            held, upper, rows = 0, cut, min(rows * 4, ROWS_OF_A_PART * 4)
        held += part.rows
    if inside:
        yield _window(inside, since, upper)


def _window(parts: list[Part], since: int | None, until: int | None) -> Window:
    return Window(since, until, tuple(part for part in parts if part.overlaps(since, until)))


def oldest(parts: tuple[Part, ...], since: int | None, until: int | None, rows: int) -> Window | None:
    """Guess the window of the oldest ``rows`` rows, as ``newest`` guesses that of the newest."""
    inside = sorted((p for p in parts if p.overlaps(since, until)), key=lambda part: part.first)
    if not inside:
        return None
    held = 0
    for part in inside:
        if held + part.rows >= rows:
            share = (rows - held) / part.rows
            bottom = part.first if since is None else max(part.first, since)
            cut = bottom + int((part.last - bottom) * share) + 1
            return _window(inside, since, cut if until is None else min(cut, until))
        held += part.rows
    return _window(inside, since, until)


def newest(parts: tuple[Part, ...], since: int | None, until: int | None, rows: int) -> Window | None:
    """Guess the window of the newest ``rows`` rows, as if a part's rows were spread evenly over its time."""
    inside = sorted((p for p in parts if p.overlaps(since, until)), key=lambda part: part.last, reverse=True)
    if not inside:
        return None
    held = 0
    for part in inside:
        if held + part.rows >= rows:
            share = (rows - held) / part.rows
            top = part.last if until is None else min(part.last, until)
            cut = top - int((top - part.first) * share)
            return _window(inside, cut if since is None else max(cut, since), until)
        held += part.rows
    return _window(inside, since, until)
