"""Reads ``{token:argument}`` in a kind's line: digits, letters, ranges, dates, words, and the makers of values."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from detectors.discovery.evaluation.second.papers import PAPERS
from detectors.discovery.evaluation.second.subjects import Subject
from detectors.discovery.evaluation.second.things import THINGS

_TOKEN = re.compile(r"\{(\w+)(?::([^}]*))?\}")
_SIGNS = MappingProxyType(
    {
        "L": "ABCDEFGHJKLMNPQRSTUVWXYZ",
        "X": "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ",
        "h": "0123456789abcdef",
        "H": "0123456789ABCDEF",
        "b": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        "d": "0123456789",
    }
)


def _number(s: Subject, argument: str) -> str:
    """``1..99`` a whole number, ``0..99/2`` with two places after the point."""
    span, _, places = argument.partition("/")
    low, high = span.split("..")
    if places:
        return f"{s.rng.uniform(float(low), float(high)):.{places}f}"
    return str(s.rng.randint(int(low), int(high)))


def _padded(s: Subject, argument: str) -> str:
    """``1..99/4``: a whole number with zeros before it."""
    span, _, width = argument.partition("/")
    return _number(s, span).zfill(int(width))


_SHAPES: Mapping[str, Callable[[Subject, str], str]] = MappingProxyType(
    {
        "n": _number,
        "z": _padded,
        "date": lambda s, argument: s.moment.strftime(argument),
        "epoch": lambda s, argument: str(int(s.moment.timestamp())) + s.digits(int(argument or 0)),
        "any": lambda s, argument: s.rng.choice(argument.split("|")),
        "list": lambda s, argument: s.pick(argument),
        "seq": lambda s, argument: str(int(argument) + s.index),
    }
)


def filled(template: str, subject: Subject) -> str:
    """The template with each token's value in its place."""

    def value(found: re.Match[str]) -> str:
        token, argument = found[1], found[2] or ""
        if token in _SIGNS:
            return "".join(subject.rng.choices(_SIGNS[token], k=int(argument)))
        if token in _SHAPES:
            return _SHAPES[token](subject, argument)
        return (PAPERS.get(token) or THINGS[token])(subject)

    return _TOKEN.sub(value, template)
