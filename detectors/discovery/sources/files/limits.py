"""How far files within files are followed: depth, members, bytes, and how much a byte may unpack to."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from detectors.discovery.sources.base import UnreadableError
from detectors.discovery.sources.files.handle import Handle, of_bytes, shown

_BLOCK = 1 << 20
_SMALL = 8 << 20  # bytes that are kept in memory; more go to the disk
_UNSUSPICIOUS = 64 << 20  # bytes that may be unpacked from next to nothing


@dataclass(slots=True)
class Left:
    """What may still be unpacked of one file that was given; shared by all that lies in it."""

    bytes: int = 8 << 30
    members: int = 20_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one file that was given."""

    depth: int = 4
    member: int = 4 << 30
    ratio: int = 250
    left: Left = field(default_factory=Left)

    def deeper(self) -> "Limits":
        """The limits of what lies one level down; the budget is the same."""
        return replace(self, depth=self.depth - 1)

    def enter(self, file: Handle) -> None:
        """Go into a file that holds others.

        Raises:
            UnreadableError: it lies too deep.
        """
        if self.depth <= 0:
            raise UnreadableError("errors.discovery.too_deep", path=file.name)

    def take(self, name: str) -> None:
        """Count one member.

        Raises:
            UnreadableError: there were too many.
        """
        self.left.members -= 1
        if self.left.members < 0:
            raise UnreadableError("errors.discovery.too_many", path=name)


@contextmanager
def unpacked(path: str, source: BinaryIO, limits: Limits, *, packed: int | None = None) -> Iterator[Handle]:
    """The bytes of a stream as a file, gone when the block ends.

    Args:
        path: what to call it.
        source: the stream.
        limits: what may still be unpacked.
        packed: how many bytes it takes packed, where that is known.

    Raises:
        UnreadableError: it is too large, or out of all proportion to what it takes packed.
    """
    with tempfile.SpooledTemporaryFile(max_size=_SMALL) as memory:
        size = 0
        while block := source.read(_BLOCK):
            size += len(block)
            _check(path, size, len(block), limits, packed)
            if size > _SMALL:
                break
            memory.write(block)
        memory.seek(0)
        if not block:
            yield of_bytes(path, memory.read())
            return
        with tempfile.TemporaryDirectory(prefix="guanlan-") as folder:
            copy = Path(folder) / "member"
            with copy.open("wb") as target:
                while kept := memory.read(_BLOCK):
                    target.write(kept)
                while block:
                    target.write(block)
                    block = source.read(_BLOCK)
                    size += len(block)
                    _check(path, size, len(block), limits, packed)
            yield Handle(shown(path), size, lambda: copy.open("rb"), copy)


def _check(path: str, size: int, more: int, limits: Limits, packed: int | None) -> None:
    name = shown(path.rsplit("/", 1)[-1])
    limits.left.bytes -= more
    if packed is not None and size > _UNSUSPICIOUS and size > packed * limits.ratio:
        raise UnreadableError("errors.discovery.bomb", path=name)
    if size > limits.member or limits.left.bytes < 0:
        raise UnreadableError("errors.discovery.too_large", path=name)
