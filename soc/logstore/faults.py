"""Where a text that is no query goes wrong, and what to mend there; asked only once the parser has refused it.

The parser says where it could not go on, which is often far behind the mistake: of a quote that
is never closed it complains at the end. Here the text is read once, from the left, and the first
place that cannot be right is told.
"""

import re
from dataclasses import dataclass, field

from soc.logstore.errors import QueryError

_TOKEN = re.compile(
    r"""(?P<phrase>"(?:\\.|[^"\\])*")
      | (?P<quote>")
      | (?P<open>[(\[{])
      | (?P<close>[)\]}])
      | (?P<blank>\s+)
      | (?P<word>(?:\\.|[^()\[\]{}\s"\\])+)
      | (?P<escape>\\)
    """,
    re.VERBOSE | re.DOTALL,
)
_BINARY, _UNARY = frozenset({"AND", "OR", "&&", "||"}), frozenset({"NOT", "!", "+", "-"})
_CLOSES = {"(": ")", "[": "]", "{": "}"}
#: a field or a comparison that its value has to follow
_WAITS = re.compile(r"(?:\\.|[^:\\])+:(?P<op>[<>]=?)?|[<>]=?")
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of the text: what it is, where it begins, what is written."""

    kind: str
    at: int
    text: str


def fault_in(text: str) -> QueryError | None:
    """Return the first fault of a text, with its place; None where nothing of what is known here is wrong."""
    try:
        _Reading(text).read()
    except QueryError as fault:
        return fault
    return None


def _fault(what: str, token: _Token, **params: str) -> QueryError:
    return QueryError(f"errors.logstore.fault.{what}", part=token.text[:_SHOWN], **params).at_place(
        token.at, len(token.text)
    )


@dataclass
class _Reading:
    """Reads once: what is open, and what the last token leaves to be said."""

    text: str
    opened: list[_Token] = field(default_factory=list)
    #: the operator or bracket behind which a condition must come
    before: _Token | None = None
    #: the field or comparison whose value must come
    waiting: _Token | None = None
    #: within a range: its words so far
    bounds: list[_Token] = field(default_factory=list)
    fresh: bool = True

    def read(self) -> None:
        for found in _TOKEN.finditer(self.text):
            token = _Token(str(found.lastgroup), found.start(), found[0])
            if token.kind != "blank":
                self._next(token)
        self._end()

    def _next(self, token: _Token) -> None:
        match token.kind:
            case "quote" | "escape":
                raise _fault(token.kind, token)
            case "open":
                self._open(token)
            case "close":
                self._close(token)
            case _ if self._in_range:
                self.bounds.append(token)
            case _:
                self._word(token)

    @property
    def _in_range(self) -> bool:
        return bool(self.opened) and self.opened[-1].text != "("

    def _open(self, token: _Token) -> None:
        if self._in_range:
            raise _fault("range", self.opened[-1])
        self.opened.append(token)
        self.bounds = []
        self.before, self.waiting, self.fresh = token, None, token.text == "("

    def _close(self, token: _Token) -> None:
        if not self.opened:
            raise _fault("close", token)
        opened = self.opened[-1]
        # a range may take in one end and leave out the other
        if (token.text == ")") != (opened.text == "("):
            raise _fault("open", opened, close=_CLOSES[opened.text])
        self._whole(opened, token)
        self.opened.pop()
        self.before, self.fresh = None, False

    def _whole(self, opened: _Token, closing: _Token) -> None:
        """Look at what a bracket holds."""
        if opened.text != "(":
            if [one.text == "TO" for one in self.bounds] != [False, True, False]:
                raise _fault("range", _Token("open", opened.at, self.text[opened.at : closing.at + 1]))
            return
        self._said()
        if self.before is not None:
            raise _fault("empty" if self.before is opened else "right", self.before)

    def _word(self, token: _Token) -> None:
        if token.kind == "word" and token.text in _BINARY:
            self._said()
            if self.fresh:
                raise _fault("left", token)
            self.before, self.fresh = token, True
        elif token.kind == "word" and token.text in _UNARY:
            self._said()
            self.before, self.fresh = token, True
        else:
            self.waiting = token if token.kind == "word" and _WAITS.fullmatch(token.text) else None
            self.before, self.fresh = None, False

    def _said(self) -> None:
        """Complain of a field or a comparison without its value."""
        if self.waiting is not None:
            raise _fault("value" if self.waiting.text.endswith(":") else "compared", self.waiting)

    def _end(self) -> None:
        self._said()
        if self.before is not None and self.before.kind == "word":
            raise _fault("right", self.before)
        if self.opened:
            raise _fault("open", self.opened[-1], close=_CLOSES[self.opened[-1].text])
