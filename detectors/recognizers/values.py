"""Values as people really store them: full-width digits, blanks, quotes, masks; made comparable column-wise."""

import polars as pl

#: what people write where nothing is known
BLANKS = (
    "", "-", "--", "—", "/", "\\N", "null", "none", "nan", "n/a", "na", "nil", "无", "空", "未知", "不详", "暂无", "未填",
    "未填写", "(null)", "<null>", "?", "？", "*", "0",
)  # fmt: skip

_FULL = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000"
_HALF = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)) + " "
_INVISIBLE = r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]"
#: a value in which something was masked
MASKED = r"[*＊●×]{2,}|(?:[0-9A-Za-z])[Xx#]{4,}|[\p{Han}][*＊×○某][*＊×○某\p{Han}]?$|^[*＊]{1,2}\p{Han}{1,2}$"


def tidy(values: pl.Series) -> pl.Series:
    """Return the values as half-width text without invisible characters, quotes or outer blanks."""
    text = values.cast(pl.String, strict=False)
    narrow = text.str.replace_many(list(_FULL), list(_HALF)).str.replace_all(_INVISIBLE, "")
    return narrow.str.strip_chars().str.strip_chars("'\"`").str.replace(r"^(\d{6,})\.0+$", "$1")


def known(values: pl.Series) -> pl.Series:
    """Drop what says nothing: nulls, and the words people write in their place."""
    values = values.drop_nulls()
    return values.filter(~values.str.to_lowercase().is_in(list(BLANKS)))


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
