"""Telling messages apart on a connection: by their counted length or by the line's end (RFC 6587).

A sender may do either, and one port takes both: each message's own beginning says which. Digits
and a blank are a length; everything else ends where its line ends. However the bytes are cut into
reads, the messages are the same. No more than one message's length is held.
"""

import re

from config.listeners import Framing
from soc.errors import InputError

#: a length of more digits than this is no length
_MOST_DIGITS = 9
_COUNT = re.compile(rb"([1-9]\d{0,8}) ")
_MAYBE_COUNT = re.compile(rb"[1-9]\d{0,8}")
#: what may stand between messages and at their ends
ENDS = b"\r\n\0"


class FramingError(InputError):
    """The connection does not keep to counted lengths: where a message begins cannot be known any more."""


class Framer:
    """The messages of one connection, out of whatever the reads brought."""

    def __init__(self, longest: int, framing: Framing = Framing.AUTO) -> None:
        """Begin; of a message longer than ``longest`` bytes its beginning is kept and the rest let go."""
        self.cut = 0
        self._longest, self._framing = longest, framing
        self._held = bytearray()
        self._at = 0
        #: bytes of an over-long counted message still to be let go; of a line: up to its end
        self._skip = 0
        self._skip_line = False
        self._found: list[bytes] = []

    def feed(self, data: bytes) -> list[bytes]:
        """Take what a read brought; return the messages that are whole now, without their ends.

        Raises:
            FramingError: a length was due and something else came; what was whole before is lost with it.
        """
        self._held += data
        while self._step():
            pass
        del self._held[: self._at]
        self._at = 0
        found, self._found = self._found, []
        return found

    def end(self) -> bytes | None:
        """Return what stands behind the last whole message: a line without its end, or half a message."""
        rest = bytes(self._held)
        self._held.clear()
        if self._skip or self._skip_line:
            return None
        head = _COUNT.match(rest) if self._framing is not Framing.LINES else None
        return (rest[head.end() :] if head else rest).strip(ENDS)[: self._longest] or None

    def _step(self) -> bool:
        """Take one message, or go on with what is let go; False where more must come first."""
        if self._skip:
            return self._let_go()
        if self._skip_line:
            return self._let_line_go()
        self._pass_ends()
        if self._at == len(self._held):
            return False
        if self._framing is Framing.LINES:
            return self._line()
        head = _COUNT.match(self._held, self._at)
        if head is not None:
            return self._counted(int(head[1]), head.end())
        if self._may_become_count():
            return False
        if self._framing is Framing.OCTETS:
            raise FramingError("receive.error.framing")
        return self._line()

    def _pass_ends(self) -> None:
        while self._at < len(self._held) and self._held[self._at] in ENDS:
            self._at += 1

    def _may_become_count(self) -> bool:
        digits = _MAYBE_COUNT.match(self._held, self._at)
        return digits is not None and digits.end() == len(self._held)

    def _counted(self, length: int, begin: int) -> bool:
        kept = min(length, self._longest)
        if len(self._held) - begin < kept:
            return False
        self._add(self._held[begin : begin + kept])
        self._at = begin + kept
        self._skip = length - kept
        self.cut += self._skip > 0
        return True

    def _line(self) -> bool:
        end = self._held.find(b"\n", self._at, self._at + self._longest + 1)
        if end >= 0:
            self._add(self._held[self._at : end])
            self._at = end + 1
            return True
        if len(self._held) - self._at <= self._longest:
            return False
        self._add(self._held[self._at : self._at + self._longest])
        self._at += self._longest
        self._skip_line = True
        self.cut += 1
        return True

    def _let_go(self) -> bool:
        gone = min(self._skip, len(self._held) - self._at)
        self._at += gone
        self._skip -= gone
        return self._skip == 0

    def _let_line_go(self) -> bool:
        end = self._held.find(b"\n", self._at)
        self._at = len(self._held) if end < 0 else end + 1
        self._skip_line = end < 0
        return not self._skip_line

    def _add(self, text: bytearray) -> None:
        message = bytes(text).strip(ENDS)
        if message:
            self._found.append(message)
