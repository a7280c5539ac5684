"""What spreadsheets leave in the values of text files: quotes against conversion, digits lost to rounding."""

from collections.abc import Mapping

import polars as pl

from soc.text import t

_FORMULA = r'^="([^"]*)"$'
_QUOTED = r"^['`‘’]([0-9Xx]{6,})$"
_TABBED = r"^\t*([0-9A-Za-z]+)\t+$"
_ANY = r"""^(?:=".*"|['`‘’][0-9Xx]{6,}|\t*[0-9A-Za-z]+\t+)$"""
_ROUNDED = r"^[1-9](?:\.\d{1,5})?[eE]\+(?:1[0-9]|0?[89])$"
_LOST = r"^\d{15}0{2,5}$"


def mended(frame: pl.DataFrame, quirks: dict[str, set[str]]) -> pl.DataFrame:
    """Take the signs away that keep a spreadsheet from rounding, and note columns that were rounded."""
    columns = []
    for column in frame.iter_columns():
        if column.dtype != pl.String or not column.len():
            columns.append(column)
            continue
        if column.str.contains(_ROUNDED).sum() > column.len() * 0.2:
            quirks.setdefault("rounded", set()).add(column.name)
        if not column.str.contains(_ANY).any():
            columns.append(column)
            continue
        cleaned = column.str.replace(_FORMULA, "$1").str.replace(_QUOTED, "$1").str.replace(_TABBED, "$1")
        columns.append(cleaned)
    return pl.DataFrame(columns) if columns else frame


def quirks_noted(quirks: Mapping[str, set[str]]) -> list[str]:
    """What to tell of them."""
    return [t("discovery.note.rounded", column=name) for name in sorted(quirks.get("rounded", ()))]
