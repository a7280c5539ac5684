"""The log's files, as C2SP tlog-tiles lays them out.

A tile holds up to 256 hashes of one level (0, 8, 16 …: ``tile/<L>/<N>``); an unfinished one stands
at ``<N>.p/<W>``. ``tile/entries/<N>`` holds the leaves themselves, each after its 16-bit length.
Files beyond the signed size are drafts of a run that was cut off, and are written over.

Source: C2SP tlog-tiles v1.0.0.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.trail.merkle import SHA256, Hasher

WIDTH = 256
HASH_SIZE = 32


class TileError(LookupError):
    """A tile is missing, cut or of a foreign length."""


def tile_path(level: int | str, index: int, width: int = WIDTH) -> str:
    """Return a tile's path below the log's folder, e.g. ``tile/0/x001/x234/067.p/5``."""
    text = f"{index:03d}"
    text = text.zfill(-(-len(text) // 3) * 3)
    groups = [text[start : start + 3] for start in range(0, len(text), 3)]
    name = "/".join([f"x{group}" for group in groups[:-1]] + [groups[-1]])
    return f"tile/{level}/{name}" + ("" if width == WIDTH else f".p/{width}")


@dataclass(frozen=True, slots=True)
class Tiles:
    """One tree's files below ``folder``."""

    folder: Path
    hasher: Hasher = SHA256

    def hashes(self, level: int, index: int, width: int) -> list[bytes]:
        """Return the first ``width`` hashes of a tile.

        Raises:
            TileError: the tile is not there, or shorter.
        """
        data = self._found(level, index, width)
        if len(data) % HASH_SIZE or len(data) < width * HASH_SIZE:
            raise TileError(tile_path(level, index, width))
        return [data[start : start + HASH_SIZE] for start in range(0, width * HASH_SIZE, HASH_SIZE)]

    def leaves(self, index: int, width: int) -> list[bytes]:
        """Return the first ``width`` leaves of an entry bundle.

        Raises:
            TileError: the bundle is not there, or shorter.
        """
        leaves = list(_unbundled(self._found("entries", index, width)))
        if len(leaves) < width:
            raise TileError(tile_path("entries", index, width))
        return leaves[:width]

    def all_leaves(self, size: int) -> Iterator[bytes]:
        """Yield the first ``size`` leaves."""
        for index, width in bundles(size):
            yield from self.leaves(index, width)

    def append(self, size: int, leaves: Sequence[bytes], *, bundle: bool = True) -> None:
        """Put ``leaves`` behind the first ``size``; earlier files stay as they are."""
        if bundle:
            self._append_bundles(size, leaves)
        level, added = 0, [self.hasher.leaf(leaf) for leaf in leaves]
        while added:
            added = self._append_level(level, size, added)
            level, size = level + 1, size // WIDTH

    def tidy(self, before: int, now: int) -> None:
        """Remove unfinished tiles of an earlier size that a later one replaced."""
        levels: list[int | str] = ["entries", *range(8)]
        for level in levels:
            span = WIDTH ** (level if isinstance(level, int) else 0)
            old, new = before // span, now // span
            if old % WIDTH and old != new:
                path = self.folder / tile_path(level, old // WIDTH, old % WIDTH)
                path.unlink(missing_ok=True)
                if old // WIDTH != new // WIDTH and path.parent.is_dir() and not any(path.parent.iterdir()):
                    path.parent.rmdir()

    def _append_level(self, level: int, size: int, added: list[bytes]) -> list[bytes]:
        index, width = divmod(size, WIDTH)
        pending = (self.hashes(level, index, width) if width else []) + added
        full: list[bytes] = []
        for start in range(0, len(pending), WIDTH):
            tile = pending[start : start + WIDTH]
            write_durably(self.folder / tile_path(level, index, len(tile)), b"".join(tile))
            index += 1
            if len(tile) == WIDTH:
                full.append(subtree(tile, self.hasher))
        return full

    def _append_bundles(self, size: int, leaves: Sequence[bytes]) -> None:
        index, width = divmod(size, WIDTH)
        pending = [*(self.leaves(index, width) if width else []), *leaves]
        for start in range(0, len(pending), WIDTH):
            part = pending[start : start + WIDTH]
            data = b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in part)
            write_durably(self.folder / tile_path("entries", index, len(part)), data)
            index += 1

    def _found(self, level: int | str, index: int, width: int) -> bytes:
        # an unfinished tile of this width may have been replaced by a wider one since
        exact, full = tile_path(level, index, width), tile_path(level, index)
        folder = (self.folder / tile_path(level, index, 1)).parent
        wider = (f"{tile_path(level, index, other)}" for other in _widths(folder) if other > width)
        for path in (exact, full, *wider):
            try:
                return (self.folder / path).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                continue
        raise TileError(exact)


class TileNodes:
    """A tree's complete subtrees, read from its tiles."""

    def __init__(self, tiles: Tiles, size: int) -> None:
        """Look at the first ``size`` leaves."""
        self._tiles, self._size = tiles, size
        self._read: dict[tuple[int, int], list[bytes]] = {}

    def node(self, level: int, index: int) -> bytes:
        """Return the hash of a complete subtree.

        Raises:
            TileError: its tile is missing or cut.
        """
        if level % 8:
            left, right = self.node(level - 1, 2 * index), self.node(level - 1, 2 * index + 1)
            return self._tiles.hasher.node(left, right)
        tile = self._tile(level // 8, index // WIDTH)
        return tile[index % WIDTH]

    def _tile(self, level: int, index: int) -> list[bytes]:
        key = (level, index)
        if key not in self._read:
            count = self._size // WIDTH**level
            self._read[key] = self._tiles.hashes(level, index, min(WIDTH, count - index * WIDTH))
        return self._read[key]


def bundles(size: int) -> Iterator[tuple[int, int]]:
    """Yield index and width of every bundle, or tile of level 0, of a log of ``size`` entries."""
    for index in range(-(-size // WIDTH)):
        yield index, min(WIDTH, size - index * WIDTH)


def subtree(hashes: Sequence[bytes], hasher: Hasher) -> bytes:
    """Return the hash over a full tile."""
    while len(hashes) > 1:
        hashes = [hasher.node(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def write_durably(path: Path, data: bytes) -> None:
    """Write a file so that a crash leaves the old one or the new, and the new one stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with aside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _unbundled(data: bytes) -> Iterator[bytes]:
    start = 0
    while start + 2 <= len(data):
        end = start + 2 + int.from_bytes(data[start : start + 2], "big")
        if end > len(data):
            return
        yield data[start + 2 : end]
        start = end


def _widths(folder: Path) -> Iterable[int]:
    if not folder.is_dir():
        return ()
    return sorted(int(path.name) for path in folder.iterdir() if path.name.isdecimal())
