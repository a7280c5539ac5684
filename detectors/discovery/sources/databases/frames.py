"""From what drivers hand over in bulk to frames of text columns, without touching cells one by one in Python."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
import pyarrow as pa
import pyarrow.csv

from detectors.discovery.sources.base import VALUE_LIMIT
from detectors.discovery.sources.coverage import Coverage
from detectors.discovery.sources.databases.found import Form, FoundColumn

#: bytes of rows that are put together before they are parsed
BLOCK = 4 << 20


@dataclass(frozen=True, slots=True)
class Wire:
    """How an engine writes rows as text: its quote, its escape and its NULL."""

    quote: str
    escape: str | bool
    null: str


POSTGRESQL = Wire(quote='"', escape=False, null="\\N")
SQLITE = Wire(quote="'", escape=False, null="NULL")
MYSQL = Wire(quote="'", escape="\\", null="NULL")


def parsed(block: bytes, columns: Sequence[FoundColumn], wire: Wire, coverage: Coverage) -> pl.DataFrame:
    """Parse rows that the server wrote as separated values.

    Text that is no UTF-8 is read as GB18030, or with its bad bytes replaced, and its column is named.
    """
    names = [f"c{place}" for place in range(len(columns))]
    try:
        table = _table(block, names, wire, pa.string())
        frame = pl.DataFrame(pl.from_arrow(table))
    except (pa.ArrowInvalid, UnicodeDecodeError):
        table = _table(block, names, wire, pa.binary())
        frame = pl.DataFrame(
            [_decoded(pl.Series(name, table[name].to_pylist(), pl.Binary), found, coverage)
             for name, found in zip(names, columns, strict=True)]
        )  # fmt: skip
    return settled(frame, columns, coverage)


def _table(block: bytes, names: list[str], wire: Wire, kind: pa.DataType) -> pa.Table:
    return pyarrow.csv.read_csv(
        pa.BufferReader(block),
        read_options=pyarrow.csv.ReadOptions(column_names=names, use_threads=False, block_size=len(block) + 1),
        parse_options=pyarrow.csv.ParseOptions(
            quote_char=wire.quote,
            escape_char=wire.escape,
            double_quote=not wire.escape,
            newlines_in_values=True,
            ignore_empty_lines=False,
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, kind),
            null_values=[wire.null],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            check_utf8=True,
        ),
    )


def _decoded(values: pl.Series, found: FoundColumn, coverage: Coverage) -> pl.Series:
    texts = [None if one is None else _text(one) for one in values.to_list()]
    if any(garbled for _, garbled in (one for one in texts if one is not None)):
        coverage.garbled.add(found.name)
    return pl.Series(values.name, [None if one is None else one[0] for one in texts], pl.String)


def _text(raw: bytes) -> tuple[str, bool]:
    """The text of some bytes, and whether it is no UTF-8; a character that the cut went through is dropped."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding), encoding != "utf-8"
        except UnicodeDecodeError as error:
            if error.end == len(raw) and error.start >= VALUE_LIMIT - 4:
                return raw[: error.start].decode(encoding), encoding != "utf-8"
    return raw.decode("utf-8", "replace"), True


def from_rows(
    rows: Sequence[Sequence[bytes | None]], columns: Sequence[FoundColumn], coverage: Coverage
) -> pl.DataFrame:
    """Make a frame of a driver's own rows of bytes."""
    made = [
        _texts(pl.Series(f"c{place}", values, pl.Binary), found, coverage)
        for place, (found, values) in enumerate(zip(columns, zip(*rows, strict=True), strict=True))
    ]
    return settled(pl.DataFrame(made) if made else pl.DataFrame(height=len(rows)), columns, coverage)


def _texts(values: pl.Series, found: FoundColumn, coverage: Coverage) -> pl.Series:
    try:
        return values.cast(pl.String)
    except (pl.exceptions.InvalidOperationError, pl.exceptions.ComputeError):
        return _decoded(values, found, coverage)


def settled(frame: pl.DataFrame, columns: Sequence[FoundColumn], coverage: Coverage) -> pl.DataFrame:
    """Cut what is over the limit, turn lengths of bytes into no value, note both, and give the columns their names.

    The columns of ``frame`` are by place: names of a source may repeat.
    """
    made = []
    for given, found in zip(frame.get_columns(), columns, strict=True):
        series = _relabelled(given, found, coverage) if found.mislabelled else given
        if found.form is Form.BYTES:
            longest = series.cast(pl.Int64, strict=False).max()
            if isinstance(longest, int):
                coverage.binary[found.name] = max(longest, coverage.binary.get(found.name, 0))
            made.append(pl.Series(found.name, [None], pl.String).new_from_index(0, len(series)))
        elif found.form is Form.LONG and _is_cut(series):
            coverage.cut.add(found.name)
            made.append(series.str.slice(0, VALUE_LIMIT).alias(found.name))
        else:
            made.append(series.alias(found.name))
    return pl.DataFrame(made) if made else pl.DataFrame(height=frame.height)


def _is_cut(series: pl.Series) -> bool:
    bytes_long = series.str.len_bytes().max()
    if not isinstance(bytes_long, int) or bytes_long <= VALUE_LIMIT:
        return False
    longest = series.str.len_chars().max()
    return isinstance(longest, int) and longest > VALUE_LIMIT


def _relabelled(values: pl.Series, found: FoundColumn, coverage: Coverage) -> pl.Series:
    """Read text of a Latin-1 column anew where its bytes are Chinese in UTF-8 or GB18030, as old systems left it."""
    if not values.str.contains(r"[^\x00-\x7f]").any():
        return values
    remade = pl.Series(values.name, [None if one is None else _remade(one) for one in values.to_list()], pl.String)
    if not remade.equals(values):
        coverage.garbled.add(found.name)
    return remade


def _remade(text: str) -> str:
    if text.isascii():
        return text
    try:
        # MySQL's latin1 is Windows-1252 with the five bytes that it leaves open as they are
        raw = b"".join(bytes([ord(one)]) if ord(one) < 256 else one.encode("cp1252") for one in text)
    except UnicodeEncodeError:
        return text
    for encoding in ("utf-8", "gb18030"):
        try:
            made = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any("\u4e00" <= one <= "\u9fff" for one in made):
            return made
    return text
