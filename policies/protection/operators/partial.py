"""Partial masks: enough stays to recognise a value one knows, not enough to learn it.

Whatever the shape says, two characters and a quarter of the value are hidden; a value too short for
its shape keeps a sixth on each side, and nothing where it has fewer than six characters.
"""

import re

from policies.protection.operators.base import Operator, Use
from policies.protection.shapes import Shape, Style

STAR = "*"
_COMPOUND = re.compile("欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|长孙|宇文|夏侯|端木|南宫|独孤|轩辕")
#: province, city, county: as far as an address may be told
_PLACE = re.compile(
    r"^(?:[^市区县]{1,10}?(?:省|自治区|特别行政区))?(?:[^区县]{1,12}?(?:市|自治州|地区|盟))?(?:.{1,10}?(?:区|县|旗|市))?"
)
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_YEAR = re.compile(r"(?:18|19|20)\d{2}")


def partial(value: str, use: Use) -> str:
    """Return the value with its greater part hidden, as its shape says."""
    text = value.strip()
    if not text:
        return value
    return _BY_STYLE[use.shape.style](text, use.shape)


def _count(text: str, shape: Shape) -> str:
    if shape.hide_last:
        first, last = max(0, len(text) - shape.hide_last), 0
    else:
        first, last = shape.keep_first, shape.keep_last
    if not _hides_enough(text, first + last):
        first = last = len(text) // 6
    return text[:first] + STAR * (len(text) - first - last) + text[len(text) - last :]


def _hides_enough(text: str, kept: int) -> bool:
    return len(text) - kept >= max(2, -(-len(text) // 4))


def _email(text: str, shape: Shape) -> str:
    local, at, domain = text.rpartition("@")
    if not at or not local:
        return STAR * len(text)
    return f"{local[0]}{STAR * 3}@{domain}" if len(local) > 1 else f"{STAR * 3}@{domain}"


def _name(text: str, shape: Shape) -> str:
    if len(text) == 1:
        return STAR
    if text.isascii():
        return " ".join(word[:1] + STAR * max(1, len(word) - 1) for word in text.split())
    kept = 2 if _COMPOUND.match(text) and len(text) > 2 else 1
    return text[:kept] + STAR * (len(text) - kept)


def _network(text: str, shape: Shape) -> str:
    head, separator, _ = text.rpartition("." if "." in text else ":")
    return f"{head}{separator}{STAR}" if separator else STAR * len(text)


def _place(text: str, shape: Shape) -> str:
    found = _PLACE.match(text)
    kept = found.group() if found else ""
    return (kept if len(kept) < len(text) else kept[: len(kept) // 2]) + STAR * 4


def _round(text: str, shape: Shape) -> str:
    # two decimals of a degree are about a kilometre
    return _NUMBER.sub(lambda one: f"{round(float(one.group()), 2):g}" if "." in one.group() else one.group(), text)


def _year(text: str, shape: Shape) -> str:
    found = _YEAR.search(text)
    if not found:
        return re.sub(r"\w", STAR, text)
    start, end = found.span()
    return re.sub(r"\w", STAR, text[:start]) + found.group() + re.sub(r"\w", STAR, text[end:])


_BY_STYLE = {
    Style.COUNT: _count,
    Style.EMAIL: _email,
    Style.NAME: _name,
    Style.NETWORK: _network,
    Style.PLACE: _place,
    Style.ROUND: _round,
    Style.YEAR: _year,
}

PARTIAL = Operator("partial", partial)
