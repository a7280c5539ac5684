"""Shapes of cells: ``(this|that)`` chooses, one sign stands for one place, ``[...]`` for something made for the row.

``#`` a digit, ``$`` a digit but 0, ``?`` a capital, ``^`` a digit or capital, ``%`` and ``~`` hexadecimal in capitals
and small letters, ``&`` any letter or digit.
"""

import re
from datetime import timedelta

from detectors.discovery.evaluation.strangers.row import Row
from detectors.discovery.evaluation.strangers.writers import WRITERS

_CHOICE = re.compile(r"\(([^()]*)\)")
_PART = re.compile(r"\[([^\[\]]+)\]|([#$?^%~&])")
_RANGE = re.compile(r"(-?\d+(?:\.(\d+))?)\.\.(-?\d+(?:\.\d+)?)")
_CAPITALS, _SMALL, _DIGITS = "ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789"
_SIGNS = {
    "#": _DIGITS,
    "$": _DIGITS[1:],
    "?": _CAPITALS,
    "^": _DIGITS + _CAPITALS,
    "%": _DIGITS + "ABCDEF",
    "~": _DIGITS + "abcdef",
    "&": _DIGITS + _CAPITALS + _SMALL,
}


def shaped(shape: str, row: Row) -> str:
    """A cell of the row in that shape.

    Raises:
        ValueError: a name in brackets is unknown.
    """
    while found := _CHOICE.search(shape):
        shape = shape[: found.start()] + row.chance.choice(found[1].split("|")) + shape[found.end() :]
    return _PART.sub(lambda found: _named(found[1], row) if found[1] else row.chance.choice(_SIGNS[found[2]]), shape)


def _named(name: str, row: Row) -> str:
    if name in WRITERS:
        return WRITERS[name](row)
    match name[0], name[1:]:
        case ".", rest:
            return row.word(rest)
        case "n", width if not width or width.isdigit():
            return f"{row.index + 1:0{width or 1}d}"
        case "=", form:
            return row.at.strftime(form)
        case "*", form:
            return row.born.strftime(form)
        case "%", _:
            return (row.at + timedelta(seconds=row.chance.randrange(500 * 86400))).strftime(name)
    return _between(name, row)


def _between(name: str, row: Row) -> str:
    if not (found := _RANGE.fullmatch(name)):
        raise ValueError(f"no writer {name!r}")
    if found[2]:
        return f"{row.chance.uniform(float(found[1]), float(found[3])):.{len(found[2])}f}"
    return str(row.chance.randint(int(found[1]), int(found[3])))
