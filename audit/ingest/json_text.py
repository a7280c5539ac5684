r"""JSON objects written by column expressions: what a struct encoder cannot do is leave empty fields out."""

from collections.abc import Mapping

import polars as pl

#: RFC 8259 §7: what must be escaped in a string
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"} | {
    chr(code): f"\\u{code:04x}" for code in range(32) if chr(code) not in "\n\r\t"
}
#: a text with one of these must be escaped
NEEDS_ESCAPE = r'["\\\x00-\x1f]'
_TO = list(_ESCAPES.values())
_FROM = list(_ESCAPES)


def string_text(column: pl.Expr) -> pl.Expr:
    """Write a text column as JSON strings."""
    return '"' + column.str.replace_many(_FROM, _TO) + '"'


def object_text(fields: Mapping[str, pl.Expr]) -> pl.Expr:
    """Write named texts as one JSON object; null fields are left out, and all null is null.

    Args:
        fields: name → expression that is JSON text already (``string_text``, an object) or null.
    """
    parts = [f'"{name}":' + text for name, text in fields.items()]
    inner = pl.concat_str(parts, separator=",", ignore_nulls=True)
    return pl.when(pl.any_horizontal(text.is_not_null() for text in fields.values())).then("{" + inner + "}")
