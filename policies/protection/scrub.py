"""Replacing what is recognised inside a text: numbers in remarks, addresses in messages.

Only shapes that are specific by themselves are sought here; a name in a sentence needs the text
engine, and a column that holds names is recognised as such.
"""

import re
from collections.abc import Callable

Replace = Callable[[str], str | None]

#: \b does not part Han characters from digits
_EDGE, _END = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
_YMD = r"(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PATTERNS = (
    rf"{_EDGE}[1-9]\d{{5}}{_YMD}\d{{3}}[0-9Xx]{_END}",  # resident id
    rf"{_EDGE}(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{{4}}[- ]?\d{{4}}{_END}",  # mobile
    rf"{_EDGE}(?:62|4\d|5[1-5]|3[47])\d{{2}}(?:[ -]?\d{{4}}){{2,3}}(?:[ -]?\d{{1,3}})?{_END}",  # bank card
    r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}",  # e-mail
    rf"[{_PROVINCES}][A-HJ-NP-Z][·• ]?[A-HJ-NP-Z0-9]{{4,5}}[A-HJ-NP-Z0-9挂学警港澳]{_END}",  # plate
    rf"{_EDGE}(?=[A-HJ-NPR-Z]*\d)[A-HJ-NPR-Z0-9]{{8}}[0-9X][A-HJ-NPR-Z0-9]{{4}}\d{{4}}{_END}",  # VIN
    rf"{_EDGE}(?:E[A-HJ-NP-Z]\d{{7}}|[EG]\d{{8}}){_END}",  # passport
)
_ANY = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS))


def scrub(text: str, replace: Replace) -> str:
    """Return the text with everything recognised in it replaced; what ``replace`` gives None for is starred out."""
    return _ANY.sub(lambda found: _replaced(found.group(), replace), text)


def holds_any(text: str) -> bool:
    """Whether something in the text would be replaced."""
    return _ANY.search(text) is not None


def _replaced(value: str, replace: Replace) -> str:
    made = replace(value)
    return "*" * len(value) if made is None else made
