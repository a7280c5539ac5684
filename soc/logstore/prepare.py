"""What both stores do to a batch before they store it, so that they answer alike.

The first row of a repeated uid is kept; empty lists become missing values; names too long for
a cluster's terms are cut (``raw_data`` has them whole); the words of full text are filled in
where the batch does not bring them.
"""

import polars as pl
import pyarrow as pa

from soc.logstore.errors import BatchError
from soc.logstore.fields import FIELDS, LONGEST_NAME, WORDS, Kind
from soc.logstore.tokenizer import FIELD_END, tokenized
from soc.ocsf.schema import EVENT_SCHEMA

SPOKEN = ("raw_data", "message", "guanlan.person", "guanlan.post", "guanlan.tables")
"""The columns whose words full text finds."""

_REQUIRED = tuple(field.name for field in EVENT_SCHEMA if not field.nullable)
_LISTS = tuple(field.name for field in FIELDS.values() if field.many)
_NAMES = tuple(field.name for field in FIELDS.values() if field.kind is Kind.KEYWORD and not field.many)


def prepared(table: pa.Table) -> pl.DataFrame:
    """Return the rows to store, oldest first, in the schema's order.

    Raises:
        BatchError: a column is missing, of another type, or empty where a value must be.
    """
    frame = _typed(table)
    if frame["metadata.uid"].n_unique() < frame.height:
        frame = frame.unique(subset="metadata.uid", keep="first", maintain_order=True)
    frame = _without_empty_lists(_with_short_names(frame))
    frame = with_words(frame)
    return frame if frame["time"].is_sorted() else frame.sort("time", maintain_order=True)


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
    spoken = [tokenized(_text(frame[name])) for name in SPOKEN if name in frame.columns and _says(frame[name])]
    if not spoken:
        return pl.Series(WORDS, [" "] * frame.height, dtype=pl.String)
    parts = pl.DataFrame({str(place): words for place, words in enumerate(spoken)})
    return parts.select(pl.concat_str(pl.all(), separator=FIELD_END, ignore_nulls=True).alias(WORDS))[WORDS]


def _says(column: pl.Series) -> bool:
    return column.null_count() < len(column)


def _text(column: pl.Series) -> pl.Series:
    return column.list.join(f" {FIELD_END} ") if isinstance(column.dtype, pl.List) else column


def _typed(table: pa.Table) -> pl.DataFrame:
    missing = [name for name in EVENT_SCHEMA.names if name not in table.column_names]
    if missing:
        raise BatchError("errors.logstore.columns", columns=", ".join(missing[:5]))
    try:
        chosen = table.select(EVENT_SCHEMA.names).cast(_NULLABLE)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as problem:
        raise BatchError("errors.logstore.types", reason=str(problem)[:200]) from problem
    empty = [name for name in _REQUIRED if chosen[name].null_count]
    if empty:
        raise BatchError("errors.logstore.empty", columns=", ".join(empty))
    frame = pl.from_arrow(chosen)
    assert isinstance(frame, pl.DataFrame)
    return frame


_NULLABLE = pa.schema([pa.field(field.name, field.type) for field in EVENT_SCHEMA])


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
