"""Writes a value from its shape: ``粤{A1}{d5}``, ``{%Y-%m-%d}``, ``{0001~9999}``, ``{是|否}``, ``{*goods}``, ``{resident}``."""

import re

from detectors.discovery.evaluation.third.documents import DOCUMENTS
from detectors.discovery.evaluation.third.machines import MACHINES
from detectors.discovery.evaluation.third.rows import Row

_TOKEN = re.compile(r"\{([^{}]+)\}")
_SIGNS = re.compile(r"([dAaNxXw])(\d+)")
_SPAN = re.compile(r"(-?\d+(?:\.\d+)?)~(-?\d+(?:\.\d+)?)(?:/(\d))?")
_ALPHABETS = {
    "d": "0123456789",
    "A": "ABCDEFGHJKLMNPQRSTUVWXYZ",
    "a": "abcdefghijklmnopqrstuvwxyz",
    "N": "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ",
    "x": "0123456789abcdef",
    "X": "0123456789ABCDEF",
    "w": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
}
_MAKERS = {**DOCUMENTS, **MACHINES}


def _number(row: Row, span: re.Match[str]) -> str:
    """Whole, or with ``places``; as many zeros before it as its lower end shows."""
    low, high, places = span.groups()
    if places:
        return f"{row.rng.uniform(float(low), float(high)):.{places}f}"
    drawn = str(row.rng.randint(int(low), int(high)))
    return drawn.zfill(len(low)) if low.startswith("0") else drawn


def _value(row: Row, token: str) -> str:
    if token in _MAKERS:
        return _MAKERS[token](row)
    if signs := _SIGNS.fullmatch(token):
        return row.signs(_ALPHABETS[signs[1]], int(signs[2]))
    if span := _SPAN.fullmatch(token):
        return _number(row, span)
    if token.startswith("*"):
        return written(row.pick(token[1:]), row)
    if token.startswith("%"):
        return row.moment.strftime(token)
    if token.startswith("seq"):
        return str(int(token[3:] or 0) + row.index)
    if "|" not in token:
        raise ValueError(token)
    return row.rng.choice(token.split("|"))


def written(shape: str, row: Row) -> str:
    """The shape with a value for each of its tokens.

    Raises:
        ValueError: nothing knows a token.
    """
    return _TOKEN.sub(lambda found: _value(row, found[1]), shape)
