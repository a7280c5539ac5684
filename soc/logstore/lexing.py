"""What people type, brought to the letter of Lucene syntax before it is parsed.

Log searchers type paths, addresses and times bare: ``path:/admin/x``, ``ip:fe80::1``,
``time:>2026-10-01T08:00:00+08:00``, ``code:-1``. Lucene wants these escaped; here they are.
``/…/`` as a whole value stays what Lucene takes it for, a regular expression.
"""

import re
from dataclasses import dataclass

_PIECE = re.compile(
    r"""(?P<phrase>"(?:\\.|[^"\\])*")      # quoted: as it is
      | (?P<mark>[()\[\]{}\s])             # brackets and blanks: as they are
      | (?P<chunk>(?:\\.|[^()\[\]{}\s"\\])+)
      | (?P<rest>["\\])                    # a quote without its partner: the parser complains
    """,
    re.VERBOSE | re.DOTALL,
)
_SIGNED = re.compile(r"(?P<sign>[+\-!]*)(?P<body>.*)", re.DOTALL)
_NAMED = re.compile(r"(?P<name>(?:\\.|[^:\\/])+?):(?!//)(?P<value>.*)", re.DOTALL)
_COMPARED = re.compile(r"(?P<op>[<>]=?)?(?P<value>.*)", re.DOTALL)
_WORDS = {"&&": "AND", "||": "OR", "!": "NOT", "*:*": "*"}


@dataclass(frozen=True, slots=True)
class Lexed:
    """A text in Lucene's syntax; ``pieces`` are what was typed and what was made of it, from left to right."""

    pieces: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """What the parser reads."""
        return "".join(made for _, made in self.pieces)

    def origin(self, place: int) -> int:
        """Return the place in what was typed of a place in what the parser reads."""
        start = 0
        for typed, made in self.pieces:
            if place < len(made):
                return start + _within(typed, made, place)
            start, place = start + len(typed), place - len(made)
        return start


def _within(typed: str, made: str, place: int) -> int:
    """Return how far into a piece a place is: what was added are backslashes."""
    at = 0
    for one in made[:place]:
        at += at < len(typed) and typed[at] == one
    return min(at, max(len(typed) - 1, 0))


def lexed(text: str) -> Lexed:
    """Return ``text`` with bare values escaped."""
    out: list[tuple[str, str]] = []
    inside = False  # of a range, where a name cannot stand
    for piece in _PIECE.finditer(text):
        if piece["mark"]:
            inside = piece["mark"] in "[{" or (inside and piece["mark"] not in "]}")
        out += _chunk(piece["chunk"], inside) if piece["chunk"] else [(piece[0], piece[0])]
    return Lexed(tuple(out))


def _chunk(chunk: str, inside: bool) -> list[tuple[str, str]]:
    if chunk in _WORDS:
        return [(chunk, _WORDS[chunk])]
    if inside:
        return [(chunk, chunk if chunk == "TO" else _value(chunk))]
    signed = _SIGNED.fullmatch(chunk)
    if signed is None or not signed["body"]:
        return [(chunk, chunk)]
    sign, body = signed["sign"], signed["body"]
    named = _NAMED.fullmatch(body)
    made = f"{named['name']}:{_value(named['value'])}" if named else _value(body)
    return [(sign, sign.replace("!", "NOT ")), (body, made)] if sign else [(body, made)]


def _value(text: str) -> str:
    compared = _COMPARED.fullmatch(text)
    op, value = (compared["op"] or "", compared["value"]) if compared else ("", text)
    if len(value) > 1 and value.startswith("/") and value.endswith("/"):
        return op + value
    value = re.sub(r"(\\.)|([:/])", lambda found: found[1] or "\\" + found[2], value, flags=re.DOTALL)
    return op + re.sub(r"^([+\-!])(?=.)", r"\\\1", value)
