"""Values that look sensitive, masked in running text without a checksum: rather one too many.

What the recognizers say of a column is exact and slow; here is what every stored log line
passes. A whole column is first searched once for anything that could be one of these
(``suspects``), and only the few texts that have it are gone through.
"""

import re

import polars as pl

from soc.masking.suspects import KEYS, PROVINCES, suspects

#: after a key that is a word of its own and =, all up to a separator is its value
_KEYED = rf"(?i)(^|[^a-z0-9])((?:{KEYS})=)[^&\s\x1c-\x1f\"';]+"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # an ASCII letter or digit, a Han character or its percent form begins a value
    (re.compile(r"(?<!\d)([1-9]\d{5})(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(\d{3}[\dXx])(?!\d)"), r"\1********\2"),
    (re.compile(r"(?<!\d)((?:86)?1[3-9]\d)\d{4}(\d{4})(?!\d)"), r"\1****\2"),
    (re.compile(r"(?<!\d)([3-6]\d{5})\d{6,9}(\d{4})(?!\d)"), r"\1******\2"),
    (re.compile(r"([A-Za-z0-9_])[A-Za-z0-9_.+-]*(@|%40)(?=[A-Za-z0-9-]+\.)"), r"\1***\2"),
    (re.compile(rf"([{PROVINCES}][A-HJ-NP-Z])[·• ]?[A-HJ-NP-Z0-9]{{3,4}}([A-HJ-NP-Z0-9]{{2}})(?![A-Z0-9])"), r"\1***\2"),
    (re.compile(r"(%E[4-9](?:%[0-9A-Fa-f]{2}){2}[A-HJ-NP-Z])[A-HJ-NP-Z0-9]{3,4}([A-HJ-NP-Z0-9]{2})(?![A-Z0-9])"), r"\1***\2"),
)  # fmt: skip
_NUMBERED, _MAILED, _PLATED, _ENCODED = _RULES[:3], _RULES[3:4], _RULES[4:5], _RULES[5:]
_DIGITS = re.compile(r"\d{11}")
#: what a text must have before any of the rules is worth trying: they are slow, most texts short of it
_WORTH_IT = r"\d{11}|@|%40|%E|[^\x00-\x7F]"


def mask_text(text: str) -> str:
    """Return ``text`` with everything that looks sensitive masked; applied twice it is the same."""
    return str(_shown(pl.Series([text], dtype=pl.String))[0])


def masked(texts: pl.Series, among: pl.Series | None = None) -> pl.Series:
    """Mask a whole column; nulls stay.

    Args:
        texts: the column.
        among: the rows to look at, where it is known already which hold nothing (``suspects`` of
            a text that this one is a part of).
    """
    rows = (suspects(texts) if among is None else among).arg_true()
    found = texts.gather(rows)
    shown = _shown(found)
    if shown.equals(found, check_names=False):
        return texts  # nothing in this column; writing it anew would copy it whole
    # the masked texts go behind the others and are picked from there: nothing else is copied
    places = pl.int_range(len(texts), dtype=pl.UInt32, eager=True)
    places = places.scatter(rows, pl.int_range(len(texts), len(texts) + len(shown), dtype=pl.UInt32, eager=True))
    return pl.concat([texts, shown.alias(texts.name)], rechunk=True).gather(places)


def _shown(texts: pl.Series) -> pl.Series:
    """Mask texts: keyed values first, since most long numbers stand behind a key and are gone by then."""
    shown = texts.str.replace_all(_KEYED, "${1}${2}***")
    rows = shown.str.contains(_WORTH_IT).fill_null(value=False).arg_true()
    if not len(rows):
        return shown
    left = shown.gather(rows)
    known = {text: _by_rules(text) for text in left.unique()}
    return shown.scatter(rows, pl.Series([known[text] for text in left], dtype=pl.String))


def _by_rules(text: str) -> str:
    text = _replaced(text, _NUMBERED) if _DIGITS.search(text) else text
    text = _replaced(text, _MAILED) if "@" in text or "%40" in text else text
    text = _replaced(text, _PLATED) if not text.isascii() else text
    return _replaced(text, _ENCODED) if "%E" in text else text


def _replaced(text: str, rules: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for pattern, shown in rules:
        text = pattern.sub(shown, text)
    return text
