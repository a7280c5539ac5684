"""Looking into a large text at places drawn by the seed, one in each stretch of it: old and new are both seen."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from detectors.discovery.sources.files.encodings import Charset
from detectors.discovery.sources.files.handle import Handle

COUNT = 96
PIECE = 128 << 10


@dataclass(frozen=True, slots=True)
class Stretches:
    """The start of a file and a block of each stretch of it."""

    pieces: tuple[bytes, ...]

    @classmethod
    def of(cls, file: Handle, seed: int, *, count: int = COUNT, size: int = PIECE) -> "Stretches":
        """Read the blocks of a file."""
        chooser = random.Random(seed)  # noqa: S311 - a sample has to be repeatable, not secret
        stretch = max(1, file.size // count)
        found = []
        with file.open() as opened:
            found.append(opened.read(size * 2))
            for number in range(1, count):
                place = number * stretch + chooser.randrange(max(1, stretch - size))
                opened.seek(place - place % 4)  # on the border of a unit of UTF-16 or UTF-32
                found.append(opened.read(size))
        return cls(tuple(found))

    def bodies(self, charset: Charset) -> Iterator[bytes]:
        """The whole lines of each block; nothing where a block lies within one line."""
        newline = "\n".encode(charset.name)
        for number, piece in enumerate(self.pieces):
            start = charset.mark if not number else _after(piece, newline, charset.unit)
            end = _last(piece, newline, charset.unit)
            yield piece[start:end] if 0 <= start < end else b""


def estimated(seen: int, read: int, size: int) -> int:
    """How many a file of ``size`` bytes has of what was ``seen`` in the ``read`` ones."""
    return round(seen * size / read) if read else 0


def text_of(body: bytes, charset: Charset) -> str:
    """Decode whole units, with one kind of line end."""
    whole = len(body) // charset.unit * charset.unit
    return charset.decode(body[:whole]).replace("\r\n", "\n").replace("\r", "\n")


def _after(piece: bytes, newline: bytes, unit: int) -> int:
    """The place after the first line end that stands on the border of a unit."""
    place = piece.find(newline)
    while place >= 0 and place % unit:
        place = piece.find(newline, place + 1)
    return place + len(newline) if place >= 0 else -1


def _last(piece: bytes, newline: bytes, unit: int) -> int:
    place = piece.rfind(newline)
    while place >= 0 and place % unit:
        place = piece.rfind(newline, 0, place)
    return place + len(newline) if place >= 0 else -1
