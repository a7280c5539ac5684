"""What a column's values are, without any of them: how many there are, and how many two columns share.

A sketch is made of keyed hashes (see :mod:`detectors.discovery.sketches`): HyperLogLog registers count
distinct values, one-permutation MinHash bins compare two sets. Both merge, so that a column may be
sketched in chunks and persons counted over an organisation. Without the installation's key nothing can
be looked up in a sketch, and it holds 256 numbers of 32 bits and 4,096 of 6, whatever was in the column.

Sources: Flajolet et al. (2007), HyperLogLog; Ertl (2017), improved raw estimation, arXiv:1702.01284;
Li, Owen & Zhang (2012), one permutation hashing; Shrivastava (2017), optimal densification.
"""

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: registers of the count: relative standard error 1.04/√4096 = 1.6%
PRECISION = 12
REGISTERS = 1 << PRECISION
#: bins of the comparison: standard error of a similarity at most 0.5/√256 = 3.1%
BINS = 256
EMPTY = np.uint32(0xFFFFFFFF)
_TOP = 64 - PRECISION
_VERSION = 1
_ALPHA = 1 / (2 * math.log(2))

Hashes = NDArray[np.uint64]


class SketchError(ValueError):
    """Bytes that are no sketch of ours."""


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """Registers (uint8, 4096) and bins (uint32, 256) of a set of hashes."""

    registers: NDArray[np.uint8]
    bins: NDArray[np.uint32]

    @classmethod
    def empty(cls) -> "Sketch":
        """The sketch of nothing."""
        return cls(np.zeros(REGISTERS, np.uint8), np.full(BINS, EMPTY, np.uint32))

    @classmethod
    def of(cls, hashes: Hashes) -> "Sketch":
        """Sketch a set of 64-bit hashes; what comes twice counts once."""
        made = cls.empty()
        if len(hashes):
            np.maximum.at(made.registers, (hashes >> np.uint64(_TOP)).astype(np.intp), _ranks(hashes))
            mixed = _mixed(hashes)
            values = np.minimum(mixed & np.uint64(0xFFFFFFFF), np.uint64(0xFFFFFFFE)).astype(np.uint32)
            np.minimum.at(made.bins, (mixed >> np.uint64(56)).astype(np.intp), values)
        return made

    def merge(self, other: "Sketch") -> "Sketch":
        """The sketch of both sets together."""
        return Sketch(np.maximum(self.registers, other.registers), np.minimum(self.bins, other.bins))

    def count(self) -> float:
        """How many different values there were."""
        return estimate(self.registers)

    def similarity(self, other: "Sketch") -> float:
        """The share of all values of both that both have (Jaccard), 0 to 1."""
        return float(similarities(self.bins[None], other.bins[None])[0])

    def contained(self, other: "Sketch") -> float:
        """The share of this one's values that the other has too, 0 to 1."""
        similarity, mine, theirs = self.similarity(other), self.count(), other.count()
        if not mine:
            return 0.0
        return min(1.0, similarity / (1 + similarity) * (mine + theirs) / mine)

    def pack(self) -> bytes:
        """A few hundred to 3,000 bytes."""
        return bytes([_VERSION]) + zlib.compress(self.registers.tobytes() + self.bins.astype("<u4").tobytes(), 6)

    @classmethod
    def unpack(cls, packed: bytes) -> "Sketch":
        """Read what :meth:`pack` wrote.

        Raises:
            SketchError: it is none.
        """
        try:
            raw = zlib.decompress(packed[1:])
        except zlib.error as error:
            raise SketchError("broken") from error
        if packed[:1] != bytes([_VERSION]) or len(raw) != REGISTERS + 4 * BINS:
            raise SketchError("of another kind")
        registers = np.frombuffer(raw, np.uint8, REGISTERS).copy()
        return cls(registers, np.frombuffer(raw, "<u4", BINS, REGISTERS).astype(np.uint32))


def _ranks(hashes: Hashes) -> NDArray[np.uint8]:
    """Place of the first one bit behind the register's number, from 1."""
    rest = (hashes << np.uint64(PRECISION)) | np.uint64(1 << (PRECISION - 1))
    high, low = (rest >> np.uint64(32)).astype(np.float64), (rest & np.uint64(0xFFFFFFFF)).astype(np.float64)
    length = np.where(high > 0, np.frexp(high)[1] + 32, np.frexp(low)[1])  # exact: 32 bits fit a double
    return (65 - length).astype(np.uint8)


def _mixed(hashes: Hashes) -> Hashes:
    """Other bits of the same hash (the finaliser of splitmix64), so that count and comparison do not lean on one another."""
    with np.errstate(over="ignore"):
        mixed = hashes + np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def estimate(registers: NDArray[np.uint8]) -> float:
    """The count that registers stand for, without bias from 0 up (Ertl 2017, algorithm 6)."""
    longest = 64 - PRECISION
    counts = np.bincount(registers, minlength=longest + 2).astype(float)
    if counts[0] == REGISTERS:
        return 0.0
    total = REGISTERS * _tau(1 - counts[longest + 1] / REGISTERS)
    for rank in range(longest, 0, -1):
        total = 0.5 * (total + counts[rank])
    total += REGISTERS * _sigma(counts[0] / REGISTERS)
    return float(_ALPHA * REGISTERS * REGISTERS / total) if total else math.inf


def _sigma(x: float) -> float:
    if x == 1:
        return math.inf
    y, z = 1.0, x
    while True:
        x *= x
        before, z = z, z + x * y
        y += y
        if z == before:
            return z


def _tau(x: float) -> float:
    if x in {0.0, 1.0}:
        return 0.0
    y, z = 1.0, 1 - x
    while True:
        x = math.sqrt(x)
        y *= 0.5
        before, z = z, z - (1 - x) ** 2 * y
        if z == before:
            return z / 3


def similarities(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Similarities of many pairs at once: bins are (pairs, 256) on either side."""
    filled = (one != EMPTY) | (other != EMPTY)
    same: NDArray[np.float64] = ((one == other) & filled).sum(axis=1) / np.maximum(1, filled.sum(axis=1))
    return same


def union(sketches: Sequence[Sketch]) -> Sketch:
    """All sets together."""
    whole = Sketch.empty()
    for one in sketches:
        whole = whole.merge(one)
    return whole


def alike(bins: NDArray[np.uint32], rows: int = 2) -> NDArray[np.int64]:
    """Pairs of sketches that may be similar, by bands of bins that agree.

    Args:
        bins: (sketches, 256), as they are; empty ones are filled from others first.
        rows: bins of a band. With 2 a pair of similarity 0.3 is missed once in 100,000 times, of 0.15 once in 20.

    Returns:
        (pairs, 2), places in ``bins``, the smaller first, each pair once.
    """
    dense = _densified(bins).astype(np.uint64)
    found: list[NDArray[np.int64]] = []
    for start in range(0, BINS, rows):
        band = dense[:, start].copy()
        for more in range(1, rows):
            band = (band << np.uint64(32)) | dense[:, start + more]
        found.append(_same(band))
    return np.unique(np.concatenate(found), axis=0) if found else np.empty((0, 2), np.int64)


#: sketches that share one band: more than these are a value that everybody has, and say nothing
_CROWD = 200


def _same(band: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Pairs of places with the same value."""
    order = np.argsort(band, kind="stable")
    ordered = band[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    ends = np.r_[starts[1:], len(ordered)]
    pairs: list[Any] = []
    for start, end in zip(starts[ends - starts > 1], ends[ends - starts > 1], strict=True):
        if end - start <= _CROWD:
            members = np.sort(order[start:end])
            left, right = np.triu_indices(len(members), 1)
            pairs.append(np.stack([members[left], members[right]], axis=1))
    return np.concatenate(pairs).astype(np.int64) if pairs else np.empty((0, 2), np.int64)


def _densified(bins: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Fill empty bins from others of the same sketch, by the same fixed path for every sketch."""
    dense = bins.copy()
    paths = _paths()
    for attempt in range(paths.shape[0]):
        empty = dense == EMPTY
        if not empty.any():
            break
        dense = np.where(empty, bins[:, paths[attempt]], dense)
    return dense


@cache
def _paths() -> NDArray[np.intp]:
    """For each attempt and bin, where an empty bin looks."""
    chance = np.random.default_rng(20170601)
    return np.stack([chance.permutation(BINS) for _ in range(64)])
