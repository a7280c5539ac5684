"""Which texts of a column need a closer look: one of these rough signs is in every value that is masked.

Every log line passes here, so each sign is one that is looked for quickly: a few fixed bytes, a
run of digits found on the column's bytes, a letter behind a Chinese character where there is one.
"""

from collections.abc import Iterator
from functools import reduce
from operator import or_

import numpy as np
import polars as pl
from numpy.typing import NDArray

from soc.text_bytes import Block, blocks

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
KEYS = (
    "password|passwd|pwd|secret|token|access_token|api_?key|sessionid"
    "|name|xm|real_?name|full_?name|person_?name|id_?card|sfzh?|phone|mobile|tel|address|addr"
)
#: what stands in every secret that a definition knows
SECRET_SIGNS = "eyJ|AKIA|ASIA|LTAI|AKID|HPUA|PRIVATE KEY|uthorization|AUTHORIZATION|SESS|sessionid|csrf|CSRF"
_FIXED = (rf"(?i:(?:{KEYS})=)", r"@|%40|%E[4-9]%[0-9A-Fa-f]{2}%[0-9A-Fa-f]{2}[A-Z]", SECRET_SIGNS)
_PLATE = rf"[{PROVINCES}][A-Z]"
_LONG_NUMBER = "[0-9]{11}"
#: together they make a run of eleven: each doubles, nearly, what the one before has seen
_STEPS = (1, 2, 4, 3)


def suspects(texts: pl.Series) -> pl.Series:
    """Tell which texts have anything that could be sensitive; null has not."""
    found = reduce(or_, (texts.str.contains(pattern) for pattern in _FIXED)).fill_null(value=False)
    numbers = _among(texts, _with_digits(texts), _LONG_NUMBER)
    plates = _among(texts, (texts.str.len_bytes() != texts.str.len_chars()).arg_true(), _PLATE)
    return found.scatter(numbers.append(plates), True) if len(numbers) + len(plates) else found


def _among(texts: pl.Series, rows: pl.Series, pattern: str) -> pl.Series:
    return rows.filter(texts.gather(rows).str.contains(pattern)) if len(rows) else rows


def _with_digits(texts: pl.Series) -> pl.Series:
    """Return the rows that have a long number, and some beside whose end and the next one's beginning look like it."""
    rows = np.unique(np.concatenate([np.empty(0, np.int64), *_rows_with_digits(texts)]))
    return pl.Series(rows.astype(np.uint32))


def _rows_with_digits(texts: pl.Series) -> Iterator[NDArray[np.int64]]:
    for block in blocks(texts):
        places = _runs_of_digits(block)
        if len(places):
            yield block.rows_at(places)


def _runs_of_digits(block: Block) -> NDArray[np.intp]:
    run = (np.frombuffer(block.text, np.uint8) - np.uint8(ord("0"))) < 10
    for step in _STEPS:
        run = run[:-step] & run[step:]
    return np.flatnonzero(run)
