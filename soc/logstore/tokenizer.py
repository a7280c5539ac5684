"""The one tokenizer of full text, for what is stored and for what is asked.

After NFKC and lower-casing each Han character is a token, and so is each longest run of other
letters, digits and marks; all else (blanks, dots, underscores, slashes …) only separates.
Words over 4,096 characters are cut, since a cluster cannot hold longer terms. Tokens are
stored as text with one blank before, between and after them: a phrase is in the text when
`` a b `` is. Both stores search phrases of these tokens and know no other analysis.
"""

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from soc.text_bytes import Block, blocks

LONGEST_WORD = 4_096
FIELD_END = "|"
"""Stands between the words of two columns, so that no phrase reaches across; never a token."""

#: stands for the end of a field while the fields of an event are one text; ASCII has nothing like it
_MARK = "\x80"
_BLANK = ord(" ")
_ASCII = bytearray(code if chr(code).isalnum() else _BLANK for code in range(256)).lower()
_ASCII[128:] = bytes([_BLANK]) * 128
_ASCII[_MARK.encode()[0]] = ord(FIELD_END)
#: rows joined to texts at a time, so that these stay in the processor's cache
_ROWS = 4_096
_SEPARATORS = r"[^\p{L}\p{N}\p{M}]+"


def tokenized(texts: pl.Series) -> pl.Series:
    """Return the token text of each value, null for null; no tokens leave one blank."""
    return joined([texts]).set(texts.is_null(), None).alias(texts.name)


def joined(columns: Sequence[pl.Series]) -> pl.Series:
    """Return the token texts of each row's values, ``FIELD_END`` between them; nulls are left out.

    Plain ASCII, most of any log, takes a way of its own: one table look-up per byte.
    """
    frame = pl.DataFrame({str(place): column.cast(pl.String) for place, column in enumerate(columns)})
    plain = frame.select(
        pl.all_horizontal((pl.all().str.len_bytes() == pl.all().str.len_chars()).fill_null(value=True)).alias("plain")
    )["plain"]
    if plain.all():
        return _plain(frame)
    numbered = frame.with_row_index("row")
    parts = [_rows(numbered.filter(plain), _plain), _rows(numbered.filter(~plain), _any_script)]
    return pl.concat(parts).sort("row")["text"]


def tokens(text: str) -> tuple[str, ...]:
    """Return the tokens of one text, by the same rules."""
    return tuple(tokenized(pl.Series([text], dtype=pl.String))[0].split())


def is_han(character: str) -> bool:
    """Say whether a character is a token of its own."""
    return bool(pl.Series([character]).str.contains(r"^\p{Han}$")[0])


def _rows(frame: pl.DataFrame, way: Callable[[pl.DataFrame], pl.Series]) -> pl.DataFrame:
    return frame.select("row").with_columns(way(frame.drop("row")).alias("text"))


def _plain(fields: pl.DataFrame) -> pl.Series:
    """Lower-case ASCII and blank its separators, byte by byte on the buffers of the columns."""
    padded = [pl.concat_str(pl.lit(" "), pl.col(name), pl.lit(" ")) for name in fields.columns]
    whole = pl.concat_str(padded, separator=_MARK, ignore_nulls=True)
    made = [_looked_up(block) for some in fields.iter_slices(_ROWS) for block in blocks(some.select(whole).to_series())]
    words, lengths = zip(*made, strict=True) if made else ((), ())
    ends = np.concatenate([np.zeros(1, np.int64), *lengths]).cumsum()
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(np.concatenate([np.empty(0, np.uint8), *words]))]
    return _cut(pl.Series(pa.Array.from_buffers(pa.large_string(), fields.height, buffers)))


def _looked_up(block: Block) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Look each byte up, and leave of blanks in a row only the first; return what stays, and each text's length."""
    read = np.frombuffer(bytes(block.text).translate(_ASCII), np.uint8)
    blank = read == _BLANK
    gone = np.zeros_like(blank)
    np.logical_and(blank[1:], blank[:-1], out=gone[1:])
    gone[block.starts[block.starts < len(read)]] = False  # a text's first blank stands behind another text's last
    removed = np.searchsorted(np.flatnonzero(gone), block.starts)
    return read[~gone], np.diff(block.starts - removed)


def _any_script(fields: pl.DataFrame) -> pl.Series:
    each = [_spaced(pl.col(name)) for name in fields.columns]
    return _cut(fields.select(pl.concat_str(each, separator=FIELD_END, ignore_nulls=True).alias("text"))["text"])


def _spaced(texts: pl.Expr) -> pl.Expr:
    read = (
        texts.str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all(r"(\p{Han})", " $1 ")
        .str.replace_all(_SEPARATORS, " ")
    )
    return pl.concat_str(pl.lit(" "), read, pl.lit(" ")).str.replace_all(" {2,}", " ")


def _cut(texts: pl.Series) -> pl.Series:
    """Cut words that are too long; only a text that is too long can have one."""
    long = (texts.str.len_bytes() > LONGEST_WORD).arg_true()
    if not len(long):
        return texts
    return texts.scatter(long, pl.Series([_parted(text) for text in texts.gather(long)], dtype=pl.String))


def _parted(text: str) -> str:
    """Part long words, one by one: a pattern of that length takes seconds to be made ready."""
    words = text.split(" ")
    if max(map(len, words)) <= LONGEST_WORD:
        return text
    return " ".join(word[at : at + LONGEST_WORD] for word in words for at in range(0, max(1, len(word)), LONGEST_WORD))
