"""Whom an event looked up: values of graded types in statements, bound parameters and addresses, as keyed tokens.

Only texts that have something to be masked are read, each value once: an extraction over the column, then one look
per distinct value. What a page was asked before (its referrer) was that page's event and is not counted again.
"""

from functools import reduce
from operator import or_

import polars as pl

from audit.ingest.frame import is_document
from soc.masking.suspects import PROVINCES, suspects
from soc.subjects.tokens import Tokens
from soc.subjects.values import TELLING

SUBJECTS = "guanlan.subjects"
_STATEMENTS = ("query_info.query_string", "+pgaudit.parameter", "+postgresql.detail", "message")
#: a message is read where it is PostgreSQL's DETAIL of bound parameters, a record of its own in its text logs
_DETAIL = r"^(?i:parameters): \$1 = "
_PAGES = ("http_request.url.path", "http_request.url.query_string")
#: subjects of one event that are told; a list of thousands is an import or an export, and counted as rows
MOST = 64
#: longer texts are read this far
_LONGEST = 64_000
_CODE = "[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]"
_EDGE = r"(?-u:\b)"
_NUMBERS = (
    "[1-8][0-9]{5}[ -]?[0-9]{8}[ -]?[0-9]{3}[0-9Xx]",
    "[1-6][0-9]{18}",
    "[2-9][0-9]{3}(?:[ -]?[0-9]{4}){3}(?:[ -]?[0-9]{1,3})?",
    "3[0-9]{13,14}",
    "(?:(?:00)?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}",
    f"{_CODE}{{2}}-?[0-9]{{6}}-?{_CODE}{{10}}",
    "[A-HJ-NPR-Za-hj-npr-z0-9]{8}[0-9Xx][A-HJ-NPR-Za-hj-npr-z0-9]{4}[0-9]{4}",
    r"[A-Za-z0-9._%+-]{1,48}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}",
)
_PLATE = f"[{PROVINCES}][A-Za-z][·•．. -]?[A-Za-z0-9]{{4}}(?:[挂学警港澳]|[A-Za-z0-9]{{1,2}}{_EDGE})"
_SOUGHT = f"(?:{'|'.join(f'{_EDGE}(?:{one}){_EDGE}' for one in _NUMBERS)})|{_PLATE}"
_WIDE = "[０-９Ａ-Ｚａ-ｚ]"


def suspicious(frame: pl.DataFrame) -> pl.Series:
    """Tell which records have anything that could be sensitive, as they came or in what was decoded."""
    documents = (name for name in frame.columns if is_document(name))
    return reduce(or_, (suspects(frame[name]) for name in ("raw", *documents)))


def with_subjects(frame: pl.DataFrame, among: pl.Series, tokens: Tokens) -> pl.DataFrame:
    """Add the tokens of whom each event looked up; statements and addresses must not be masked yet.

    ``among`` are the records that may have any (:func:`suspicious`); statements are looked through whatever it says,
    since codes of firms and vehicles are no long numbers.
    """
    parts = [part for name in _STATEMENTS if (part := _said(frame, name, None)) is not None]
    parts += [part for name in _PAGES if (part := _said(frame, name, among)) is not None]
    if not parts:
        return frame
    said = pl.concat(parts)
    known = {text: token for text in said["value"].unique() if (token := tokens.of_text(text)) is not None}
    if not known:
        return frame
    return _written(frame, said.select("row", pl.col("value").replace_strict(known, default=None).alias("token")))


def _written(frame: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    each = found.drop_nulls().unique(maintain_order=True).group_by("row", maintain_order=True).agg("token")
    # a person before a vehicle: what shows one value of several, and what groups by one, takes the first
    each = each.with_columns(pl.col("token").list.eval(_ordered()).list.head(MOST))
    rows = pl.DataFrame({"row": pl.int_range(frame.height, dtype=pl.UInt32, eager=True)})
    column = rows.join(each, on="row", how="left", maintain_order="left")["token"]
    return frame.with_columns(column.alias(SUBJECTS))


def _ordered() -> pl.Expr:
    kind = pl.element().str.extract("^([a-z_]+):").replace_strict({name: place for place, name in enumerate(TELLING)})
    return pl.element().sort_by(kind, pl.element())


def _said(frame: pl.DataFrame, name: str, among: pl.Series | None) -> pl.DataFrame | None:
    """Return ``row`` and ``value`` of everything in a column that looks like a value."""
    if name not in frame.columns or frame[name].null_count() == frame.height:
        return None
    texts = frame[name]
    rows = texts.str.contains(_DETAIL).fill_null(value=False).arg_true() if name == "message" else _rows(texts, among)
    if not len(rows):
        return None
    read = pl.DataFrame({"row": rows.cast(pl.UInt32), "text": texts.gather(rows)})
    if name in _PAGES:
        read = read.with_columns(decoded(pl.col("text")))
    read = read.with_columns(_narrow(pl.col("text").str.slice(0, _LONGEST)).str.extract_all(_SOUGHT).alias("value"))
    found = read.select("row", "value").explode("value").drop_nulls()
    return found if found.height else None


def _rows(texts: pl.Series, among: pl.Series | None) -> pl.Series:
    if among is not None:
        return (among & texts.is_not_null()).arg_true()
    return texts.is_not_null().arg_true()


def _narrow(text: pl.Expr) -> pl.Expr:
    """Write full-width letters and digits as ordinary ones; few texts have any."""
    return pl.when(text.str.contains(_WIDE)).then(text.str.normalize("NFKC")).otherwise(text)


def decoded(text: pl.Expr) -> pl.Expr:
    """Undo percent-encoding; distinct texts are decoded once, and those without any are left."""
    return pl.when(text.str.contains("[%+]")).then(text.map_batches(_unquoted, return_dtype=pl.String)).otherwise(text)


def _unquoted(texts: pl.Series) -> pl.Series:
    from urllib.parse import unquote_plus

    known = {text: unquote_plus(text, errors="replace") for text in texts.drop_nulls().unique()}
    return texts.replace_strict(known, default=None, return_dtype=pl.String)
