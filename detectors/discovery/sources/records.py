"""Parquet, and JSON as lines or as one list: their fields are the columns."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from detectors.discovery.sources.base import VALUE_LIMIT, Reading, Sampling, Table, UnreadableError
from detectors.discovery.sources.csv import encoding_of
from detectors.discovery.sources.files.handle import Handle
from detectors.discovery.sources.sampled import reading_of

_FIELDS_FROM = 2000  # records whose keys name the columns
_DOCUMENT_LIMIT = 256 << 20  # bytes of a JSON file that is one document


def parquet_table(file: Handle) -> Table:
    """The one table of a Parquet file."""
    path = file.local or Path(file.path)
    return Table(name=file.stem, read=lambda sampling: _read_parquet(path, sampling), path=file.path)


def _read_parquet(path: Path, sampling: Sampling) -> Reading:
    try:
        lazy = pl.scan_parquet(path)
        schema = lazy.collect_schema()
        rows = int(lazy.select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UnreadableError("errors.discovery.broken_file", path=path.name) from error
    reading = Reading(columns=tuple(schema.names()), batches=iter(()), rows=rows)
    step = 1 if sampling.full else max(1, rows // sampling.rows)
    reading.batches = _slices(lazy.select(pl.all()), schema, rows, step, sampling)
    return reading


def _slices(lazy: pl.LazyFrame, schema: pl.Schema, rows: int, step: int, sampling: Sampling) -> Iterator[pl.DataFrame]:
    offset = sampling.seed % step
    for start in range(0, rows, sampling.batch * step):
        frame = lazy.slice(start, sampling.batch * step).collect()
        yield _as_text(frame.gather_every(step, offset) if step > 1 else frame, schema)


def _as_text(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    columns = []
    for name, kind in schema.items():
        column = frame[name]
        if isinstance(kind, pl.Struct):
            column = column.struct.json_encode()
        elif isinstance(kind, pl.List | pl.Array):
            column = pl.Series(
                name, [None if value is None else json.dumps(value.to_list(), default=str) for value in column]
            )
        elif kind == pl.Binary:
            column = pl.Series(name, [None] * len(column), dtype=pl.String)
        columns.append(column.cast(pl.String, strict=False).str.slice(0, VALUE_LIMIT).rename(name))
    return pl.DataFrame(columns)


def json_table(file: Handle) -> Table:
    """The one table of a JSON file: one record a line, or one list of records."""
    path = file.local or Path(file.path)
    return Table(name=file.stem, read=lambda sampling: _read_json(path, sampling), path=file.path)


def _read_json(path: Path, sampling: Sampling) -> Reading:
    fields: dict[str, None] = {}
    for place, record in enumerate(_records(path)):
        fields.update(dict.fromkeys(record))
        if place >= _FIELDS_FROM and not sampling.full:
            break
    if not fields:
        raise UnreadableError("errors.discovery.empty_file", path=path.name)
    names = tuple(fields)
    rows = ([_text(record.get(name)) for name in names] for record in _records(path))
    return reading_of(names, rows, sampling)


def _records(path: Path) -> Iterator[dict[str, Any]]:
    encoding = encoding_of(path)
    with path.open(encoding=encoding) as file:
        start = file.read(1)
        while start and start.isspace():
            start = file.read(1)
    if start == "[":
        yield from _listed(path, encoding)
        return
    with path.open(encoding=encoding) as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield _record(line, path, number)


def _listed(path: Path, encoding: str) -> Iterator[dict[str, Any]]:
    if path.stat().st_size > _DOCUMENT_LIMIT:
        raise UnreadableError("errors.discovery.too_large", path=path.name)
    try:
        document = json.loads(path.read_text(encoding=encoding))
    except (ValueError, RecursionError) as error:
        raise UnreadableError("errors.discovery.broken_file", path=path.name) from error
    yield from (record for record in document if isinstance(record, dict))


def _record(line: str, path: Path, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("errors.discovery.broken_line", path=path.name, line=number) from error
    if not isinstance(record, dict):
        raise UnreadableError("errors.discovery.broken_line", path=path.name, line=number)
    return record


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value[:VALUE_LIMIT] if value else value
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)[:VALUE_LIMIT]
    return str(value)
