"""The business number that an event says it is for: in a statement's comment or condition, a bound parameter, an address.

It is a claim, which anybody can write: who looks somebody up with one can be asked for the file of that number.
"""

import csv
import re
from functools import lru_cache

import polars as pl

from audit.ingest.enrich.subjects import decoded
from soc.masking.quick import mask_text
from soc.subjects import subject_of

BUSINESS = "guanlan.business"
#: names under which systems of the sector carry the number of a case, an order or a receipt
KEYS = (
    "ticket", "ticket_no", "biz_no", "bizno", "business_no", "case_no", "caseno", "work_order", "workorder_no",
    "ywbh", "ywlsh", "ywh", "slbh", "slh", "gdbh", "gdh", "ajbh", "业务编号", "业务流水号", "工单号", "工单编号", "受理编号", "受理号", "案件编号",
)  # fmt: skip
LONGEST = 64
_PARAMETER = "+pgaudit.parameter"
_DETAIL = "+postgresql.detail"
_BOUND = re.compile(r"\$(\d+)")
_OF_DETAIL = re.compile(r"\$(\d+) = '((?:[^']|'')*)'")


def with_business(frame: pl.DataFrame, more: tuple[str, ...] = ()) -> pl.DataFrame:
    """Add the business number of each event; statements and addresses must not be masked yet.

    Args:
        frame: parsed records.
        more: names that the installation's systems have for it, beside :data:`KEYS`.
    """
    for name in ("query_info.query_string", "http_request.url.query_string"):
        rows = _worth_it(frame[name], more)
        if len(rows):
            numbers = _numbers(frame, name, rows, _sought(more))
            frame = frame.with_columns(frame[BUSINESS].scatter(rows, numbers).alias(BUSINESS))
    return frame


@lru_cache(maxsize=8)
def _sought(more: tuple[str, ...]) -> str:
    """The pattern of a key and its number; of two keys the longer is tried first."""
    keys = "|".join(map(re.escape, sorted({*KEYS, *more}, key=len, reverse=True)))
    return (
        rf"(?i)(?:^|[^0-9a-z_])(?:{keys})[\"'`]?\s*[=:：]\s*"
        rf"[\"']?((?:[0-9A-Za-z]|\p{{Han}})[0-9A-Za-z\p{{Han}}_/-]{{3,{LONGEST - 1}}}|\$[0-9]{{1,3}})"
    )


def _worth_it(texts: pl.Series, more: tuple[str, ...]) -> pl.Series:
    if texts.null_count() == len(texts):
        return pl.Series(dtype=pl.UInt32)
    # an address may have its key percent-encoded; then there is a % in it
    found = texts.str.contains_any([*KEYS, *more, "%E"], ascii_case_insensitive=True)
    return found.fill_null(value=False).arg_true()


def _numbers(frame: pl.DataFrame, name: str, rows: pl.Series, sought: str) -> pl.Series:
    bound = [one for one in (_PARAMETER, _DETAIL) if one in frame.columns]
    read = frame[rows].select(name, *bound)
    text = decoded(pl.col(name)) if name.startswith("http") else pl.col(name)
    said = read.select(text.str.extract(sought).alias("said"), *bound)
    return pl.Series([_told(*row) for row in said.iter_rows()], dtype=pl.String)


def _told(said: str | None, *bound: str | None) -> str | None:
    place = _BOUND.fullmatch(said or "")
    number = said if place is None else _parameter(int(place[1]), *bound)
    if not number or not any(sign.isdigit() for sign in number) or subject_of(number) is not None:
        return None
    return mask_text(number)[:LONGEST]


def _parameter(place: int, *bound: str | None) -> str | None:
    """Return the value bound to ``$place``: pgaudit writes them in a line, PostgreSQL in its DETAIL."""
    for text in bound:
        if text and (named := dict(_OF_DETAIL.findall(text))):
            return named.get(str(place), "")[: 2 * LONGEST] or None
        values = next(csv.reader([text]), []) if text else []
        if len(values) >= place:
            return values[place - 1][: 2 * LONGEST]
    return None
