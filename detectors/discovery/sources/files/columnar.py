"""Parquet, ORC, Avro and Arrow files: batches of typed columns as text; nested ones flattened."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from detectors.discovery.sources.base import VALUE_LIMIT, Reading, Sampling, Table, UnreadableError
from detectors.discovery.sources.coverage import Method
from detectors.discovery.sources.files import nested
from detectors.discovery.sources.files.handle import Handle, parsed, parsing
from detectors.discovery.sources.files.kinds import Kind

_BATCH = 16_384
_GROUPS = 8  # row groups that a sample looks into
_HELD = 512 << 20  # bytes of a file that a reader must hold in memory

#: how a file is opened: its schema, its rows, and its batches, of some groups or of all
Opened = tuple[Any, int, int, Callable[[list[int] | None], Iterator[Any]]]


def table_of(file: Handle, kind: Kind) -> Table:
    """The one table of a columnar file."""
    return Table(name=file.stem, read=lambda sampling: read(file, kind, sampling), path=file.path)


def read(file: Handle, kind: Kind, sampling: Sampling) -> Reading:
    """Read a columnar file.

    Raises:
        UnreadableError: it is damaged.
    """
    with parsing(file):
        schema, rows, groups, batches = _OPENERS[kind](file)
    return reading_of(file, schema, rows, groups, batches, sampling)


def reading_of(
    file: Handle,
    schema: Any,
    rows: int,
    groups: int,
    batches: Callable[[list[int] | None], Iterator[Any]],
    sampling: Sampling,
) -> Reading:
    """Read batches as text: all of them, or rows spread over groups that the seed drew."""
    chosen = None if sampling.full or rows <= sampling.most else _drawn(groups, sampling.seed)
    frames = parsed(file, batches(chosen))
    if _is_nested(schema):
        return _read_nested(file, rows, chosen, lambda: parsed(file, batches(chosen)), sampling)
    reading = Reading(columns=tuple(schema.names), batches=iter(()), rows=rows)
    text = (_as_text(frame, reading) for frame in frames)
    if sampling.full or rows <= sampling.rows:
        reading.batches = text
        return reading
    reading.coverage.method = Method.SPREAD
    seen = rows if chosen is None else max(sampling.most, rows * len(chosen) // groups)
    reading.batches = _thinned(text, max(1, seen // sampling.rows), sampling)
    return reading


def _drawn(groups: int, seed: int) -> list[int]:
    """The first and the last group, and some between."""
    if groups <= _GROUPS:
        return list(range(groups))
    chooser = random.Random(seed)  # noqa: S311 - a sample has to be repeatable, not secret
    return sorted({0, groups - 1, *chooser.sample(range(groups), _GROUPS - 2)})


def _thinned(frames: Iterator[pl.DataFrame], step: int, sampling: Sampling) -> Iterator[pl.DataFrame]:
    """Every so many rows of all batches, as one sample."""
    offset = sampling.seed % step
    kept = [frame.gather_every(step, offset) for frame in frames]
    if kept:
        yield pl.concat(kept)


def _is_nested(schema: Any) -> bool:
    import pyarrow as pa

    return any(pa.types.is_nested(field.type) for field in schema)


def _read_nested(
    file: Handle, rows: int, chosen: list[int] | None, batches: Callable[[], Iterator[Any]], sampling: Sampling
) -> Reading:
    def records() -> Iterator[object]:
        for batch in batches():
            yield from batch.to_pylist()

    reading = nested.read(file.name, records, sampling, [])
    if not sampling.full:
        reading.rows = rows
        reading.coverage.method = Method.WHOLE if chosen is None and rows <= sampling.rows else Method.SPREAD
    return reading


def _as_text(batch: Any, reading: Reading) -> pl.DataFrame:
    frame = batch if isinstance(batch, pl.DataFrame) else pl.from_arrow(batch)
    assert isinstance(frame, pl.DataFrame)
    columns = []
    for name, column in zip(reading.columns, frame.iter_columns(), strict=True):
        if column.dtype == pl.Binary:
            columns.append(_decoded(column, name, reading))
        else:
            columns.append(column.cast(pl.String, strict=False).str.slice(0, VALUE_LIMIT).alias(name))
    return pl.DataFrame(columns)


def _decoded(column: pl.Series, name: str, reading: Reading) -> pl.Series:
    """Bytes as text where they are; of others only the length is told."""
    text = [_text(value) for value in column.to_list()]
    raw = sum(value is None for value in text) - column.null_count()
    if raw:
        longest = max((len(value) for value in column.to_list() if value is not None), default=0)
        reading.coverage.binary[name] = max(reading.coverage.binary.get(name, 0), longest)
    return pl.Series(name, text, dtype=pl.String)


def _text(value: bytes | None) -> str | None:
    if value is None:
        return None
    try:
        return value[: VALUE_LIMIT * 4].decode("utf-8")[:VALUE_LIMIT]
    except UnicodeDecodeError:
        return None


def parquet(file: Handle) -> Opened:
    """Open a Parquet file."""
    import pyarrow.parquet as pq

    with file.open() as opened:
        try:
            book = pq.ParquetFile(opened, pre_buffer=False)
        except OSError as error:
            key = "password" if "encrypt" in str(error).lower() else "broken_file"
            raise UnreadableError(f"errors.discovery.{key}", path=file.name) from error
        schema, rows, groups = book.schema_arrow, int(book.metadata.num_rows), book.metadata.num_row_groups

    def batches(chosen: list[int] | None) -> Iterator[Any]:
        with file.open() as again:
            for group in range(groups) if chosen is None else chosen:
                # a reader of its own for each group, so that what one held is given back
                yield from pq.ParquetFile(again, pre_buffer=False).iter_batches(_BATCH, row_groups=[group])

    return schema, rows, groups, batches


def _orc(file: Handle) -> Opened:
    from pyarrow import orc

    with file.open() as opened:
        book = orc.ORCFile(opened)
        schema, rows, groups = book.schema, int(book.nrows), int(book.nstripes)

    def batches(chosen: list[int] | None) -> Iterator[Any]:
        with file.open() as again:
            stripes = orc.ORCFile(again)
            for group in range(groups) if chosen is None else chosen:
                yield stripes.read_stripe(group)

    return schema, rows, groups, batches


def _avro(file: Handle) -> Opened:
    if file.size > _HELD:
        raise UnreadableError("errors.discovery.too_large", path=file.name)
    with file.open() as opened:
        frame = pl.read_avro(opened)
    table = frame.to_arrow()
    return table.schema, len(frame), 1, lambda _chosen: iter(table.to_batches(_BATCH))


def _arrow(file: Handle) -> Opened:
    import pyarrow as pa

    with file.open() as opened:
        book = pa.ipc.open_file(opened)
        schema, groups = book.schema, book.num_record_batches
        rows = sum(book.get_batch(place).num_rows for place in range(groups))

    def batches(chosen: list[int] | None) -> Iterator[Any]:
        with file.open() as again:
            inner = pa.ipc.open_file(again)
            for group in range(groups) if chosen is None else chosen:
                yield inner.get_batch(group)

    return schema, rows, groups, batches


_OPENERS: dict[Kind, Callable[[Handle], Opened]] = {
    Kind.PARQUET: parquet,
    Kind.ORC: _orc,
    Kind.AVRO: _avro,
    Kind.ARROW: _arrow,
}
