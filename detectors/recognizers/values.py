"""Values as people really store them: full-width digits, blanks, quotes, masks, labels; made comparable column-wise."""

import re
from collections.abc import Sequence

import numpy as np
import polars as pl

#: what people write where nothing is known
BLANKS = (
    "", "-", "--", "—", "——", "/", "\\", "\\N", "null", "none", "nan", "n/a", "na", "#n/a", "nil", "无", "空", "未知", "不详", "暂无", "未填",
    "未填写", "无数据", "不适用", "(null)", "<null>", "?", "？", "*", "0", ".", "...", "xx", "xxx", "nul", "undefined",
)  # fmt: skip

_FULL = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000"
_HALF = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)) + " "
_WIDE = r"[\x{FF01}-\x{FF5E}\x{3000}]"
_OPENED = r"[(（\[［【〔「『“‘《]"
_INVISIBLE = r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]"
#: what some step of tidying could change, and what says nothing; all other values stay as they are
_ASKED = "|".join(
    (
        _WIDE, _INVISIBLE, r"^[\s'\"`]", r"[\s'\"`]$", f"^{_OPENED}", r"\.0+$", r"[eE]\+?\d{1,2}$",
        f"^(?i:{'|'.join(re.escape(one) for one in BLANKS)})$",
    )
)  # fmt: skip
#: a whole value in brackets or quotation marks, as exports and forms leave it; a list or an array in them keeps them
_ENCLOSED = r"^[(\[【〔「『“‘《]\s*([^()\[\]【】〔〕「」『』“”‘’《》{},;，；、]{2,64}?)\s*[)\]】〕」』”’》]$"
#: a value in which something was masked
MASKED = r"[*＊●×]{2,}|(?:[0-9A-Za-z])[Xx#]{4,}|[\p{Han}][*＊×○某][*＊×○某\p{Han}]?$|^[*＊]{1,2}\p{Han}{1,2}$"
#: a whole number that a spreadsheet wrote with an exponent, no digit of it lost
_SCIENTIFIC = re.compile(r"([1-9])\.(\d+)[eE]\+?(\d{1,2})")
#: a word that says what follows; secrets are known by theirs and keep it
_LABEL = re.compile(r"(?:[\u3400-\u9fff]{1,8}|[A-Za-z][A-Za-z. ]{0,11})\s*[:：#]\s*|(?:[\u3400-\u9fff]{2,6})-")
_KEPT_LABEL = re.compile(
    r"(?i)(?:https?|ftp|jdbc|mysql|postgres\w*|mongodb|redis|oracle|authorization|password|passwd|pwd|口令|密码|\w*session\w*|x-csrf-token|m1|ia1|ic1|"
    r"point|srid)\s*[:：=]|[^:：]+[:：]//"
)
#: the share of labelled values from which the label is taken off all of them
_LABELLED = 0.5
#: a column has few different labels: more of them among a hundred values are parts of the values (passwords: "Osdj#45")
_LABELS = 0.2


def tidy(values: pl.Series) -> pl.Series:
    """Return the values as half-width text without invisible characters, quotes or outer blanks."""
    return tidy_and_blank(values)[0]


def tidy_and_blank(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the values tidied, and which of them say nothing (nulls too): both by one walk over them."""
    if values.dtype != pl.String:
        values = values.cast(pl.String, strict=False)
    asked, empty = (
        values.alias("value")
        .to_frame()
        .select(pl.col("value").str.contains(_ASKED).fill_null(value=False), empty=pl.col("value").is_null())
    )
    if not asked.any():
        return values, empty
    if asked.all():
        return _tidied(values)
    # most values are as they should be, and looking whether they are is cheaper than putting them in order
    tidied, blank = _tidied(values.filter(asked))
    return _put_in(values, asked, tidied), _put_in(empty, asked, blank)


def _put_in(values: pl.Series, at: pl.Series, others: pl.Series) -> pl.Series:
    """The values, with others in their order where ``at`` is true."""
    chosen = at.to_numpy()
    places = np.arange(len(values))
    places[chosen] = np.arange(len(values), len(values) + len(others))
    return pl.concat([values, others.alias(values.name)]).gather(places)


def _tidied(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    value = pl.col("value")
    frame = pl.DataFrame({"value": values})
    # looking whether any value has a sign is cheaper than taking it out of each
    wide, invisible, opened = frame.select(
        wide=value.str.contains(_WIDE).any(),
        invisible=value.str.contains(_INVISIBLE).any(),
        opened=value.str.contains(_OPENED).any(),
    ).row(0)
    narrow = value.str.replace_many(list(_FULL), list(_HALF)) if wide else value
    shown = narrow.str.replace_all(_INVISIBLE, "") if invisible else narrow
    plain = shown.str.strip_chars().str.strip_chars("'\"`")
    if opened:
        plain = plain.str.replace(_ENCLOSED, "$1")
    plain = plain.str.replace(r"^(\d{6,})\.0+$", "$1")
    walked = (
        frame.lazy()
        .select(plain)
        .select(
            "value",
            empty=_blank(value).fill_null(value=True),
            written=value.str.contains(r"^[1-9]\.\d+[eE]\+?\d{1,2}$"),
        )
        .collect()
    )
    return _without_exponent(walked["value"].alias(values.name), walked["written"]), walked["empty"]


def _without_exponent(values: pl.Series, written: pl.Series) -> pl.Series:
    if not written.any():
        return values
    return pl.Series(
        values.name, [whole_number(one) if one is not None else None for one in values.to_list()], dtype=pl.String
    )


def whole_number(value: str) -> str:
    """Write ``1.3812345678E10`` out again where no digit was lost; anything else stays as it is."""
    found = _SCIENTIFIC.fullmatch(value)
    if found is None or len(found.group(2)) < 8 or len(found.group(2)) > int(found.group(3)):
        return value
    return (found.group(1) + found.group(2)).ljust(int(found.group(3)) + 1, "0")


def label_length(value: str) -> int:
    """How many characters the label before a value takes (``身份证：`` 4), 0 without one."""
    found = _LABEL.match(value)
    return found.end() if found and found.end() < len(value) and not _KEPT_LABEL.match(value) else 0


def unlabelled(values: Sequence[str]) -> list[str]:
    """Take the labels off where most values have one; a few colons in a column mean nothing."""
    lengths = [label_length(value) for value in values]
    labels = [value[:length] for value, length in zip(values, lengths, strict=True) if length]
    if len(labels) < _LABELLED * len(values) or len(set(labels)) > max(3, _LABELS * len(labels)):
        return list(values)
    return [value[length:] for value, length in zip(values, lengths, strict=True)]


def is_blank(values: pl.Series) -> pl.Series:
    """Which values say nothing: the words people write where nothing is known."""
    return values.to_frame("value").select(_blank(pl.col("value"))).to_series().alias(values.name)


def _blank(value: pl.Expr) -> pl.Expr:
    return value.str.to_lowercase().is_in(list(BLANKS))


def known(values: pl.Series) -> pl.Series:
    """Drop what says nothing: nulls, and the words people write in their place."""
    values = values.drop_nulls()
    return values.filter(~is_blank(values))


def without(values: pl.Series, strip: str, *, upper: bool = False) -> pl.Series:
    """Take separators of a type out of its values (``6222-0212 …``), and raise small letters."""
    if strip:
        values = values.str.replace_many(list(strip), [""] * len(strip))
    return values.str.to_uppercase() if upper else values


def masked_share(values: pl.Series) -> float:
    """How many of the values show only a part of themselves, 0 to 1."""
    if values.is_empty():
        return 0.0
    return float(values.str.contains(MASKED).sum()) / len(values)
