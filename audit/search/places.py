"""What is being written at the caret of the query box: a condition, a value, a bound of a range, or what joins conditions."""

import re
from dataclasses import dataclass
from enum import StrEnum

_TOKEN = re.compile(
    r"""(?P<phrase>"(?:\\.|[^"\\])*"?)
      | (?P<open>[(\[{])
      | (?P<close>[)\]}])
      | (?P<blank>\s)
      | (?P<word>(?:\\.|[^()\[\]{}\s"\\])+)
      | (?P<rest>\\)
    """,
    re.VERBOSE | re.DOTALL,
)
OPERATORS = frozenset({"AND", "OR", "NOT", "TO", "&&", "||", "!"})
_COMPARED = re.compile(r"[<>]=?")
_RANGES = "[{"


class Wanted(StrEnum):
    """What may be written at a place."""

    NOTHING = "nothing"
    #: where a condition may begin
    CONDITION = "condition"
    #: behind a condition: what joins, or closes; a word begins another condition
    JOIN = "join"
    #: a value of ``field``
    VALUE = "value"
    #: what ``field`` is compared with, in a range or behind > and <
    BOUND = "bound"
    #: within a range, between its bounds
    TO = "to"
    #: the end of a range
    END = "end"


@dataclass(frozen=True, slots=True)
class Place:
    """What is written at the caret: from ``start`` up to ``end`` a suggestion takes its place.

    ``pre`` is how it begins, ``field`` whose value it is, ``lead`` what stays before a value that is taken,
    ``depth`` how many brackets are open.
    """

    start: int
    end: int
    wanted: Wanted
    field: str = ""
    pre: str = ""
    lead: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class _Open:
    """An open bracket, and the field whose values it holds."""

    mark: str
    field: str
    words: int = 0


def place_in(text: str, caret: int) -> Place:
    """Read what is written before the caret.

    Args:
        text: the whole query, as far as it is written.
        caret: characters before the caret.
    """
    caret = min(max(caret, 0), len(text))
    start, end = _start(text, caret), _end(text, caret)
    brackets, said, waiting = _before(text[:start])
    if brackets and brackets[-1].mark in _RANGES:
        return _in_range(text, start, caret, end, brackets[-1])
    depth = len(brackets)
    if waiting:
        return _value(Place(start, end, Wanted.VALUE, waiting, depth=depth), text[start:caret], "")
    while start < caret and text[start] in "-+!":
        start += 1
    within = brackets[-1].field if brackets else ""
    place = Place(start, end, Wanted.JOIN if said else Wanted.CONDITION, within, depth=depth)
    return _condition(place, text[start:caret])


def _start(text: str, caret: int) -> int:
    """Return where the word at the caret begins; blanks and brackets within quotes belong to it."""
    start = 0
    for found in _TOKEN.finditer(text, 0, caret):
        if found.lastgroup in ("blank", "open", "close"):
            start = found.end()
    return start


def _end(text: str, caret: int) -> int:
    """Return where it ends."""
    place = 0
    for found in _TOKEN.finditer(text):
        place = found.start() if found.lastgroup in ("blank", "open", "close") else found.end()
        if found.lastgroup in ("blank", "open", "close") and place >= caret:
            return place
    return len(text)


def _before(text: str) -> tuple[list[_Open], bool, str]:
    """Return what is open at the end of a text, whether a condition ends there, and the field whose value is due."""
    brackets: list[_Open] = []
    said, waiting = False, ""
    for found in _TOKEN.finditer(text):
        kind, one = found.lastgroup, found[0]
        if kind == "open":
            brackets.append(_Open(one, waiting or (brackets[-1].field if brackets else "")))
            said, waiting = False, ""
        elif kind == "close":
            if brackets:
                brackets.pop()
            said, waiting = True, ""
        elif kind != "blank":
            if brackets and brackets[-1].mark in _RANGES:
                last = brackets[-1]
                brackets[-1] = _Open(last.mark, last.field, last.words + 1)
            waiting = one.lstrip("-+!")[:-1] if kind == "word" and one.endswith(":") else ""
            said = one not in OPERATORS and not waiting
    return brackets, said, waiting


def _in_range(text: str, start: int, caret: int, end: int, of: _Open) -> Place:
    wanted = (Wanted.BOUND, Wanted.TO, Wanted.BOUND, Wanted.END)[min(of.words, 3)]
    return Place(start, end, wanted, of.field, text[start:caret])


def _condition(place: Place, own: str) -> Place:
    name, colon, rest = own.partition(":")
    if colon and '"' not in name:
        return _value(Place(place.start, place.end, Wanted.VALUE, name, depth=place.depth), rest, f"{name}:")
    if own in OPERATORS or re.search(r'["*?<>\\]', own):
        return Place(place.start, place.end, Wanted.NOTHING)
    return Place(place.start, place.end, place.wanted, place.field, own, depth=place.depth)


def _value(place: Place, written: str, lead: str) -> Place:
    """A value, of which so much is written; what is compared keeps its sign."""
    compared = _COMPARED.match(written)
    if compared:
        return Place(
            place.start,
            place.end,
            Wanted.BOUND,
            place.field,
            written[compared.end() :],
            lead + compared[0],
            place.depth,
        )
    if written[:1] in ("*", "(") or re.search(r'^"(?:\\.|[^"\\])*"', written, re.DOTALL):
        return Place(place.start, place.end, Wanted.NOTHING)
    pre = re.sub(r"\\(.)", r"\1", written.removeprefix('"'), flags=re.DOTALL)
    return Place(place.start, place.end, Wanted.VALUE, place.field, pre, lead, place.depth)
