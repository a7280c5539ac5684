"""A format from its declaration: cut into records, read into fields, mapped to an event's attributes.

What no attribute takes stays beside the event, under the format's name.
"""

from collections.abc import Callable
from itertools import takewhile

import polars as pl

from audit.ingest.formats.base import Format, Head, ParseOptions, each_line, joined
from audit.ingest.formats.by_record import attributes, by_record, ends_of, fields_of
from audit.ingest.formats.columnar import CASE, ODD, TEXT, mapped
from audit.ingest.formats.declaration import Declaration, declared_here
from audit.ingest.formats.envelope import texts_of, unwrapped
from audit.ingest.formats.gathered import gathered
from audit.ingest.formats.json_records import json_records, table_head
from audit.ingest.formats.plan import plan_of
from audit.ingest.formats.readers import pairs_of

#: a table that has no row yet
_HEAD_ALONE = r"^(?:#(?i:separator|set_separator|empty_field|unset_field|path|open|close|fields|types|software|version|date)\b[^\n]*\n?)+$"


def declared_format(told: Declaration) -> Format:
    """Make the format of a declaration."""
    return Format(
        told.name,
        lambda lines: records_of(lines, told),
        lambda records, options: _extract(records, told, options),
        told.start,
        told.generic,
        told.from_documents,
        _share_of_programs(told) if told.programs else None,
        lambda text: _head(text, told),
    )


def _head(text: bytes, told: Declaration) -> Head:
    """The lines above the rows of a table; whatever else is read says of each record what it holds."""
    if told.reader == "json":
        return table_head(text, told.must)
    if told.reader != "table":
        return Head()
    above = takewhile(lambda line: line.startswith(b"#"), text.splitlines(keepends=True))
    return Head(b"".join(above))


def _share_of_programs(told: Declaration) -> Callable[[pl.DataFrame], float]:
    """Any program's lines can be read; whose log it is, the lines of the format's own programs tell."""
    own = pl.col("actor.app_name").str.contains(told.programs) & pl.col("error").is_null()
    return lambda parsed: float(parsed.select(own.fill_null(value=False).mean()).item() or 0)


def format_declared(name: str) -> Format:
    """Return the format that comes with the product under this name."""
    return declared_format(declared_here(name))


def records_of(lines: pl.DataFrame, told: Declaration) -> pl.DataFrame:
    """Cut lines into the records of a declaration."""
    if told.reader == "json":
        return json_records(lines, told.must)
    filled = each_line(lines)
    if told.header:
        filled = filled.filter(pl.col("raw").str.strip_chars_end("\r") != told.header)
    if told.reader == "table":
        ends = pl.col("raw").str.starts_with("#close")
        above = pl.col("raw").str.starts_with("#") & ~ends
        found = joined(filled, ~ends & ~above.shift(1, fill_value=False))
        return found.filter(~pl.col("raw").str.contains(_HEAD_ALONE))
    if told.joined_by:
        key = pl.col("raw").str.extract(told.joined_by)
        return joined(filled, key.is_null() | key.ne_missing(key.shift(1)))
    if told.starts:
        above = pl.col("raw").str.contains(told.heads) if told.heads else pl.lit(False)
        marked = filled.with_columns(above.alias("above"), pl.col("raw").str.contains(told.starts).alias("begins"))
        begins = pl.col("begins") | pl.col("above") | ~(pl.col("begins") | pl.col("above")).cum_max()
        return joined(marked, begins & ~pl.col("above").shift(1, fill_value=False)).select("line", "raw")
    return filled


def _extract(records: pl.DataFrame, told: Declaration, options: ParseOptions) -> pl.DataFrame:
    names = attributes(told)
    if not records.height:
        return pl.concat([records, by_record(records, told, options, names)], how="horizontal")
    fields = _columns(records, told) if told.reader == "pattern" else _read_columns(records, told)
    found = mapped(fields, told, options, names, ends_of)
    odd = found[ODD]
    if odd.any():
        found = found.drop(ODD).with_row_index("=at")
        # what a record has of the ones above, it has only where they are read together
        again = by_record(records if told.in_order else records.filter(odd), told, options, names)
        again = again.filter(odd) if told.in_order else again
        again = pl.concat([found.filter(odd).select("=at"), again], how="horizontal")
        found = pl.concat([found.filter(~odd), again]).sort("=at").drop("=at")
    return pl.concat([records, found.select(names)], how="horizontal")


def _columns(records: pl.DataFrame, told: Declaration) -> pl.DataFrame:
    """Return a column a field, of the envelope and of whichever case a record is."""
    texts = texts_of(records, told).with_row_index("=at")
    parts, left = [], texts
    for number, case in enumerate(told.cases):
        hit = left.select(pl.col(TEXT).str.contains(case.match).fill_null(value=False))[TEXT]
        groups = left.filter(hit).with_columns(pl.col(TEXT).str.extract_groups(case.match).alias("=groups"))
        mine = groups.unnest("=groups").with_columns(pl.lit(number).alias(CASE))
        parts.append(_with_pairs(mine, told) if "pairs" in mine.columns else mine)
        left = left.filter(~hit)
        if left.is_empty():
            break
    parts.append(left.with_columns(pl.lit(None, pl.Int32).alias(CASE)))
    found = pl.concat(parts, how="diagonal_relaxed").sort("=at").drop("=at")
    if told.carries_time:
        read = pl.when(pl.col(CASE).is_not_null()).then(pl.when(pl.col("time") != "").then("time"))
        found = found.with_columns(read.forward_fill().alias("time"))
    return found


def _with_pairs(found: pl.DataFrame, told: Declaration) -> pl.DataFrame:
    """Return a column a key of the text that the case calls ``pairs``."""
    rows = [pairs_of(text, told) for text in found["pairs"]]
    names = dict.fromkeys(name for row in rows for name in row)
    columns = pl.DataFrame(
        {name: [row.get(name) for row in rows] for name in names}, schema=dict.fromkeys(names, pl.String)
    )
    plain = found.drop("pairs", *(name for name in names if name in found.columns))
    return pl.concat([plain, columns], how="horizontal") if names else plain


def _read_columns(records: pl.DataFrame, told: Declaration) -> pl.DataFrame:
    """Return a column a place that something is looked for at, and what no attribute takes as one text."""
    return gathered(fields_of(unwrapped(records, told), told), plan_of(told))
