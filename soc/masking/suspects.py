"""Which texts of a column need a closer look: one of these rough signs is in every value that is masked.

Every log line passes here, so each sign is one that is looked for quickly: a few fixed bytes, a
run of digits found on the column's bytes, a letter behind a Chinese character where there is one.
"""

from functools import reduce
from operator import or_

import numpy as np
import polars as pl
from numpy.typing import NDArray

from soc.text_bytes import BLOCK, blocks

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


Bytes = NDArray[np.uint8]
Bits = NDArray[np.uint64]
Places = NDArray[np.int64]
#: bytes whose bits are worked on at a time: a sixty-fourth part of it is a number, and those stay in the cache
_AT_ONCE = 1 << 20
_ZERO, _TEN, _BLANK, _HYPHEN = np.uint8(ord("0")), np.uint8(10), np.uint8(ord(" ")), np.uint8(ord("-"))


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
    found = (block.rows_at(_long_numbers(np.frombuffer(block.text, np.uint8))) for block in blocks(texts, _AT_ONCE))
    rows = np.unique(np.concatenate([np.empty(0, np.int64), *found]))
    return pl.Series(rows.astype(np.uint32))


def _long_numbers(read: Bytes) -> Places:
    """Return where something like ``LONG_NUMBER`` stands; runs of 2, 4, 8 digits are made of each other.

    A bit tells of a byte: sixty-four are looked at in one step.
    """
    digits, gaps = _bits_of(read)
    two = digits & _ahead(digits, 1)
    four = two & _ahead(two, 2)
    three, seven = two & _ahead(digits, 2), four & _ahead(four, 3)
    eleven = seven & _ahead(four, 7)
    then_four = _ahead(four, 1) & gaps
    then_eight = then_four & (_ahead(four, 5) | _ahead(then_four, 5))
    return _places(eleven | three & _ahead(then_eight, 3) | seven & _ahead(then_four, 7))


def _bits_of(read: Bytes) -> tuple[Bits, Bits]:
    """Return which bytes are digits and which stand between groups of them, 64 a number, the first in its lowest bit."""
    digits, gaps = (np.zeros(-(-len(read) // 64), np.uint64) for _ in range(2))
    for first in range(0, len(read), BLOCK):
        some = read[first : first + BLOCK]
        at = slice(first // 8, first // 8 + -(-len(some) // 8))
        digits.view(np.uint8)[at] = np.packbits((some - _ZERO) < _TEN, bitorder="little")
        gaps.view(np.uint8)[at] = np.packbits((some == _BLANK) | (some == _HYPHEN), bitorder="little")
    return digits, gaps


def _ahead(bits: Bits, count: int) -> Bits:
    """Return what holds ``count`` bytes further on, fewer than 64; behind the end nothing does."""
    moved = bits >> np.uint64(count)
    moved[:-1] |= bits[1:] << np.uint64(64 - count)
    return moved


def _places(bits: Bits) -> Places:
    """Return the places of the bits that are set."""
    held = np.flatnonzero(bits)
    within = np.unpackbits(bits[held].view(np.uint8), bitorder="little")
    at = np.flatnonzero(within)
    places: Places = held[at >> 6] * 64 + (at & 63)
    return places
