"""The one tokenizer of full text, for what is stored and for what is asked.

After NFKC and lower-casing each Han character is a token, and so is each longest run of other
letters, digits and marks; all else (blanks, dots, underscores, slashes …) only separates.
Words over 4,096 characters are cut, since a cluster cannot hold longer terms. Tokens are
stored as text with one blank before, between and after them: a phrase is in the text when
`` a b `` is. Both stores search phrases of these tokens and know no other analysis.
"""

import polars as pl
import pyarrow as pa

LONGEST_WORD = 4_096
FIELD_END = "|"
"""Stands between the words of two columns, so that no phrase reaches across; never a token."""

_ASCII = bytes(code if chr(code).isalnum() else 32 for code in range(128)).lower() + bytes(range(128, 256))
_SEPARATORS = r"[^\p{L}\p{N}\p{M}]+"


def tokenized(texts: pl.Series) -> pl.Series:
    """Return the token text of each value, null for null; no tokens leave one blank.

    Plain ASCII, most of any log, takes a way of its own: one table look-up per byte.
    """
    name = texts.name
    frame = pl.DataFrame({"text": texts.cast(pl.String)})
    plain = frame["text"].str.len_bytes() == frame["text"].str.len_chars()
    if plain.all(ignore_nulls=True):
        return _spaced(_translated(frame["text"])).alias(name)
    numbered = frame.with_row_index("row")
    parts = [
        _rows(numbered.filter(plain | plain.is_null()), _translated),
        _rows(numbered.filter(~plain), _unicode),
    ]
    return pl.concat(parts).sort("row")["text"].alias(name)


def tokens(text: str) -> tuple[str, ...]:
    """Return the tokens of one text, by the same rules."""
    return tuple(tokenized(pl.Series([text], dtype=pl.String))[0].split())


def is_han(character: str) -> bool:
    """Say whether a character is a token of its own."""
    return bool(pl.Series([character]).str.contains(r"^\p{Han}$")[0])


def _rows(frame: pl.DataFrame, way: "object") -> pl.DataFrame:
    made = _spaced(way(frame["text"]))  # type: ignore[operator]
    return frame.select("row").with_columns(made.alias("text"))


def _translated(texts: pl.Series) -> pl.Series:
    """Lower-case ASCII and blank its separators, byte by byte on the column's buffer."""
    array = texts.to_arrow(compat_level=pl.CompatLevel.oldest())
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    valid, offsets, data = array.buffers()
    if data is None:
        return texts
    made = pa.py_buffer(memoryview(data).tobytes().translate(_ASCII))
    return pl.Series(
        pa.Array.from_buffers(array.type, len(array), [valid, offsets, made], array.null_count, array.offset)
    )


def _unicode(texts: pl.Series) -> pl.Series:
    return (
        texts.str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all(r"(\p{Han})", " $1 ")
        .str.replace_all(_SEPARATORS, " ")
    )


def _spaced(texts: pl.Series) -> pl.Series:
    padded = pl.select(pl.concat_str([pl.lit(" "), texts, pl.lit(" ")]).alias("text"))["text"]
    return _cut(padded.str.replace_all(" {2,}", " "))


def _cut(texts: pl.Series) -> pl.Series:
    """Cut words that are too long; only a text that is too long can have one."""
    longest = texts.str.len_bytes().max()
    if longest is None or int(str(longest)) <= LONGEST_WORD:
        return texts
    return texts.str.replace_all(f"([^ ]{{{LONGEST_WORD}}})", "$1 ").str.replace_all(" {2,}", " ")
