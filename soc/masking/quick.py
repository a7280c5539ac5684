"""Values that look sensitive, masked in running text without a checksum: rather one too many.

What the recognizers say of a column is exact and slow; here is what every stored log line
passes. A whole column is first searched once for anything that could be one of these, and only
the few texts that have it are gone through.
"""

import re

import polars as pl

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
_SECRET_KEYS = "password|passwd|pwd|secret|token|access_token|api_?key|sessionid"
_PERSON_KEYS = "name|xm|real_?name|full_?name|person_?name|id_?card|sfzh?|phone|mobile|tel|address|addr"
#: one pass that says where a text needs a closer look; no look-around, for a linear engine
_SUSPECT = (
    rf"[0-9]{{11}}|@|%40|[{_PROVINCES}][A-Z]|%E[4-9]%[0-9A-Fa-f]{{2}}%[0-9A-Fa-f]{{2}}[A-Z]"
    rf"|(?i:(?:{_SECRET_KEYS}|{_PERSON_KEYS})=)"
)
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # after = an ASCII letter or digit, a Han character or its percent form begins a value
    (re.compile(rf"(?i)(?<![a-z0-9])((?:{_SECRET_KEYS}|{_PERSON_KEYS})=)[^&\s\"';]+"), r"\1***"),
    (re.compile(r"(?<!\d)([1-9]\d{5})(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(\d{3}[\dXx])(?!\d)"), r"\1********\2"),
    (re.compile(r"(?<!\d)((?:86)?1[3-9]\d)\d{4}(\d{4})(?!\d)"), r"\1****\2"),
    (re.compile(r"(?<!\d)([3-6]\d{5})\d{6,9}(\d{4})(?!\d)"), r"\1******\2"),
    (re.compile(r"([A-Za-z0-9_])[A-Za-z0-9_.+-]*(@|%40)(?=[A-Za-z0-9-]+\.)"), r"\1***\2"),
    (re.compile(rf"([{_PROVINCES}][A-HJ-NP-Z])[·• ]?[A-HJ-NP-Z0-9]{{3,4}}([A-HJ-NP-Z0-9]{{2}})(?![A-Z0-9])"), r"\1***\2"),
    (re.compile(r"(%E[4-9](?:%[0-9A-Fa-f]{2}){2}[A-HJ-NP-Z])[A-HJ-NP-Z0-9]{3,4}([A-HJ-NP-Z0-9]{2})(?![A-Z0-9])"), r"\1***\2"),
)  # fmt: skip


#: what a text must have before the rules of the same place are worth trying: they are slow, most texts short of it
_DIGITS = re.compile(r"\d{11}")
_KEYED, _NUMBERED, _MAILED, _PLATED, _ENCODED = _RULES[:1], _RULES[1:4], _RULES[4:5], _RULES[5:6], _RULES[6:]


def mask_text(text: str) -> str:
    """Return ``text`` with everything that looks sensitive masked; applied twice it is the same."""
    text = _replaced(text, _KEYED) if "=" in text else text
    # after the keyed ones, since most long numbers stand behind a key and are gone by now
    text = _replaced(text, _NUMBERED) if _DIGITS.search(text) else text
    text = _replaced(text, _MAILED) if "@" in text or "%40" in text else text
    text = _replaced(text, _PLATED) if not text.isascii() else text
    return _replaced(text, _ENCODED) if "%E" in text else text


def _replaced(text: str, rules: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for pattern, shown in rules:
        text = pattern.sub(shown, text)
    return text


def suspects(texts: pl.Series) -> pl.Series:
    """Tell which texts have anything that could be sensitive; null has not."""
    return texts.str.contains(_SUSPECT).fill_null(value=False)


def masked(texts: pl.Series, among: pl.Series | None = None) -> pl.Series:
    """Mask a whole column; nulls stay.

    Args:
        texts: the column.
        among: the rows to look at, where it is known already which hold nothing (``suspects`` of
            a text that this one is a part of).
    """
    rows = (suspects(texts) if among is None else among).arg_true()
    found = texts.gather(rows)
    if found.null_count() == len(found):
        return texts
    known = {text: mask_text(text) for text in found.unique().drop_nulls()}
    if all(text == hidden for text, hidden in known.items()):
        return texts  # nothing in this column; writing it anew would copy it whole
    shown = pl.Series([None if text is None else known[text] for text in found], dtype=pl.String)
    # the masked texts go behind the others and are picked from there: nothing else is copied
    places = pl.int_range(len(texts), dtype=pl.UInt32, eager=True)
    places = places.scatter(rows, pl.int_range(len(texts), len(texts) + len(shown), dtype=pl.UInt32, eager=True))
    return pl.concat([texts, shown.alias(texts.name)], rechunk=True).gather(places)
