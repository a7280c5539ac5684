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
#: what stands in every secret that a definition knows, in the letters' case that it may have; nothing that ordinary
#: lines have ("SESSION" is in every line of pgaudit): who is suspected is gone through rule by rule
SECRET_SIGNS = "eyJ|AKIA|ASIA|LTAI|AKID|HPUA|PRIVATE KEY|(?i:authorization|sessionid|sessid|csrf-token)"
#: the one number that has letters in it
CARD_OF_A_SIM = "8986[0-9]{2}[0-9A-Fa-f]{13}"
_FIXED = (rf"(?i:(?:{KEYS})=)", r"@|%40|%E[4-9]%[0-9A-Fa-f]{2}%[0-9A-Fa-f]{2}[A-Z]", SECRET_SIGNS, CARD_OF_A_SIM)
_PLATE = rf"[{PROVINCES}][A-Z]"
#: a number long enough to be somebody's, whole or in the groups that people write
LONG_NUMBER = "[0-9]{11}|[0-9]{3}[ -][0-9]{4}[ -]?[0-9]{4}|[0-9]{7}[ -][0-9]{4}"


Flags = NDArray[np.bool_]


def suspects(texts: pl.Series) -> pl.Series:
    """Tell which texts have anything that could be sensitive; null has not."""
    found = reduce(or_, (texts.str.contains(pattern) for pattern in _FIXED)).fill_null(value=False)
    numbers = _among(texts, _with_digits(texts), LONG_NUMBER)
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
    """Return where something like ``LONG_NUMBER`` stands; runs of 2, 4, 8 digits are made of each other."""
    read = np.frombuffer(block.text, np.uint8)
    one = (read - np.uint8(ord("0"))) < 10
    two = one[:-1] & one[1:]
    four = two[:-2] & two[2:]
    eight = four[:-4] & four[4:]
    whole = np.flatnonzero(eight[:-3] & eight[3:])
    # gaps between digits are few, and what stands around them is looked at for each
    parted = (read == ord(" ")) | (read == ord("-"))
    gaps = np.flatnonzero(parted[1:-1] & one[:-2] & one[2:]) + 1
    gaps = gaps[_at(four, gaps + 1)]
    then_four = _at(four, gaps + 5) | (_at(parted, gaps + 5) & _at(four, gaps + 6))
    grouped = _at(two, gaps - 3) & _at(two, gaps - 2) & then_four
    late = _at(four, gaps - 7) & _at(four, gaps - 4)
    return np.concatenate([whole, gaps[grouped | late]])


def _at(flags: Flags, places: NDArray[np.intp]) -> Flags:
    """Look places up; outside there is nothing."""
    inside = (places >= 0) & (places < len(flags))
    found = np.zeros(len(places), np.bool_)
    found[inside] = flags[places[inside]]
    return found
