r"""JSON objects written by column expressions: what a struct encoder cannot do is leave empty fields out.

A value is held as the pieces of its text until all of the object is known, so that the text of
each event is written once and not once a field.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

#: RFC 8259 §7: what must be escaped in a string
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"} | {
    chr(code): f"\\u{code:04x}" for code in range(32) if chr(code) not in "\n\r\t"
}
#: a text with one of these must be escaped
_NEEDS_ESCAPE = r'["\\\x00-\x1f]'
_TO = list(_ESCAPES.values())
_FROM = list(_ESCAPES)


@dataclass(frozen=True, slots=True)
class Written:
    """A JSON value of every event, in pieces: plain text, and expressions that are null where it has none.

    ``certain`` says that no event is without it.
    """

    pieces: tuple[pl.Expr | str, ...]
    certain: bool

    def whole(self) -> pl.Expr:
        """Return the text, null where there is no value."""
        return _joined(self.pieces)


def text_value(column: pl.Series) -> Written:
    """Write a text column as JSON strings."""
    text = pl.col(column.name)
    # escaping is the dear part, and most columns never need it
    escaped = text.str.replace_many(_FROM, _TO) if column.str.contains(_NEEDS_ESCAPE).any() else text
    return Written(('"', escaped, '"'), certain=not column.null_count())


def plain_value(column: pl.Series) -> Written:
    """Write a column of numbers, or of texts that are JSON already."""
    return Written((pl.col(column.name).cast(pl.String),), certain=not column.null_count())


def object_value(fields: Mapping[str, Written]) -> Written:
    """Write named values as one object; an event without any of them has no object."""
    members = [Written((f'"{name}":', *value.pieces), value.certain) for name, value in fields.items()]
    if len(members) == 1:
        return Written(("{", *members[0].pieces, "}"), members[0].certain)
    if members[0].certain:
        return Written(("{", *members[0].pieces, *_following(members[1:]), "}"), certain=True)
    inner = pl.concat_str([one.whole() for one in members], separator=",", ignore_nulls=True)
    if any(one.certain for one in members):
        return Written(("{", inner, "}"), certain=True)
    return Written((pl.when(inner != "").then(pl.concat_str(pl.lit("{"), inner, pl.lit("}"))),), certain=False)


def _following(members: Sequence[Written]) -> list[pl.Expr | str]:
    """Pieces of what stands behind a field that is always there: each brings its own comma."""
    pieces: list[pl.Expr | str] = []
    for one in members:
        pieces += (",", *one.pieces) if one.certain else [_joined((",", *one.pieces)).fill_null("")]
    return pieces


def _joined(pieces: Sequence[pl.Expr | str]) -> pl.Expr:
    merged: list[pl.Expr | str] = []
    for piece in pieces:
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged[-1] += piece
        else:
            merged.append(piece)
    return pl.concat_str([pl.lit(one) if isinstance(one, str) else one for one in merged])
