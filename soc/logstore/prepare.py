"""What both stores do to a batch before they store it, so that they answer alike.

The first row of a repeated uid is kept; empty lists become missing values; names too long for
a cluster's terms are cut (``raw_data`` has them whole); the words of full text are filled in
where the batch does not bring them.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from soc.logstore.errors import BatchError
from soc.logstore.fields import FIELDS, LONGEST_NAME, WORDS, Kind
from soc.logstore.tokenizer import FIELD_END, joined
from soc.ocsf.schema import EVENT_SCHEMA, NO_EVENTS

if TYPE_CHECKING:
    from soc.logstore.port import Batch

SPOKEN = ("raw_data", "message", "guanlan.person", "guanlan.post", "guanlan.tables")
"""The columns whose words full text finds."""

_REQUIRED = tuple(field.name for field in EVENT_SCHEMA if not field.nullable)
_LISTS = tuple(field.name for field in FIELDS.values() if field.many)
_NAMES = tuple(field.name for field in FIELDS.values() if field.kind is Kind.KEYWORD and not field.many)


OF = "batch"
"""The column that says which of several batches a row came with, by its place."""


def prepared(batch: "Batch") -> pl.DataFrame:
    """Return the rows to store, oldest first, in the schema's order.

    Raises:
        BatchError: a column is missing, of another type, or empty where a value must be.
    """
    return together([batch]).drop(OF)


def together(batches: Sequence["Batch"]) -> pl.DataFrame:
    """Return the rows of several batches as ``prepared`` does of one, and ``OF`` behind them.

    Raises:
        BatchError: a batch has a column missing, of another type, or empty where a value must be.
    """
    typed = [_typed(batch).with_columns(pl.lit(place, pl.UInt32).alias(OF)) for place, batch in enumerate(batches)]
    frame = pl.concat(typed)
    if frame["metadata.uid"].n_unique() < frame.height:
        frame = frame.unique(subset=[OF, "metadata.uid"], keep="first", maintain_order=True)
    frame = _without_empty_lists(_with_short_names(frame))
    return in_order(with_words(frame))


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows oldest first; most logs are in order already, and sorting copies everything."""
    return frame if frame["time"].is_sorted() else frame.sort("time", maintain_order=True)


def rows_of(batch: "Batch") -> int:
    """Count the rows of a batch in either form."""
    return batch.height if isinstance(batch, pl.DataFrame) else batch.num_rows


def with_words(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with ``guanlan.tokens`` filled where it is null."""
    missing = frame[WORDS].is_null() if WORDS in frame.columns else pl.Series([True] * frame.height)
    if not missing.any():
        return frame
    if missing.all():
        return frame.with_columns(_words(frame))
    numbered = frame.with_row_index("row")
    made = numbered.filter(missing)
    filled = pl.concat([numbered.filter(~missing), made.with_columns(_words(made))])
    return filled.sort("row").drop("row")


def _words(frame: pl.DataFrame) -> pl.Series:
    spoken = [_text(frame[name]) for name in SPOKEN if name in frame.columns and _says(frame[name])]
    words = joined(spoken) if spoken else pl.repeat(" ", frame.height, dtype=pl.String, eager=True)
    return words.alias(WORDS)


def _says(column: pl.Series) -> bool:
    return column.null_count() < len(column)


def _text(column: pl.Series) -> pl.Series:
    return column.list.join(f" {FIELD_END} ") if isinstance(column.dtype, pl.List) else column


def _typed(batch: "Batch") -> pl.DataFrame:
    held = batch.columns if isinstance(batch, pl.DataFrame) else batch.column_names
    missing = [name for name in EVENT_SCHEMA.names if name not in held]
    if missing:
        raise BatchError("errors.logstore.columns", columns=", ".join(missing[:5]))
    try:
        frame = _cast(batch) if isinstance(batch, pl.DataFrame) else _read(batch)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pl.exceptions.PolarsError) as problem:
        raise BatchError("errors.logstore.types", reason=str(problem)[:200]) from problem
    empty = [name for name in _REQUIRED if frame[name].null_count()]
    if empty:
        raise BatchError("errors.logstore.empty", columns=", ".join(empty))
    return frame


def _cast(batch: pl.DataFrame) -> pl.DataFrame:
    return batch.select(pl.col(name).cast(kind) for name, kind in _TYPES.items())


def _read(batch: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(batch.select(EVENT_SCHEMA.names).cast(_NULLABLE))
    assert isinstance(frame, pl.DataFrame)
    return frame


_NULLABLE = pa.schema([pa.field(field.name, field.type) for field in EVENT_SCHEMA])
_TYPES = NO_EVENTS.schema


def _with_short_names(frame: pl.DataFrame) -> pl.DataFrame:
    longest = frame.select(pl.col(_NAMES).str.len_bytes().max())
    cut = [name for name in _NAMES if (longest[name][0] or 0) > LONGEST_NAME]
    lists = [pl.col(name).list.eval(pl.element().str.head(LONGEST_NAME)) for name in _LISTS if _says(frame[name])]
    return frame.with_columns(pl.col(cut).str.head(LONGEST_NAME), *lists) if cut or lists else frame


def _without_empty_lists(frame: pl.DataFrame) -> pl.DataFrame:
    used = [name for name in _LISTS if _says(frame[name])]
    full = [pl.col(name).list.drop_nulls() for name in used]
    emptied = [pl.when(pl.col(name).list.len() > 0).then(pl.col(name)).alias(name) for name in used]
    return frame.with_columns(*full).with_columns(*emptied) if used else frame
