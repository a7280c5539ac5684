"""Merkle trees as in RFC 6962: roots, inclusion and consistency proofs, and their verification.

A tree is seen through :class:`Nodes`: the hashes of its complete subtrees. All functions are
pure and serve both trees, the SHA-256 one that C2SP tlog-tiles asks for and the SM3 one beside it.

Source: RFC 6962 §2.1 (hashes, proofs); RFC 9162 §2.1.3–2.1.4 (verification).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from soc.crypto.digests import sm3


@dataclass(frozen=True, slots=True)
class Hasher:
    """The digest of a tree."""

    name: str
    digest: Callable[[bytes], bytes]

    def leaf(self, data: bytes) -> bytes:
        """Return the hash of a leaf."""
        return self.digest(b"\x00" + data)

    def node(self, left: bytes, right: bytes) -> bytes:
        """Return the hash of an inner node."""
        return self.digest(b"\x01" + left + right)

    @property
    def empty(self) -> bytes:
        """The root of the tree without leaves."""
        return self.digest(b"")


SHA256 = Hasher("sha256", lambda data: sha256(data).digest())
SM3 = Hasher("sm3", sm3)


class Nodes(Protocol):
    """A tree's complete subtrees."""

    def node(self, level: int, index: int) -> bytes:
        """Return the hash over leaves ``index << level`` to ``(index + 1) << level``."""


class LeafNodes:
    """The subtrees of a list of leaf hashes, in memory."""

    def __init__(self, hashes: Sequence[bytes], hasher: Hasher = SHA256) -> None:
        """Take the leaf hashes, first first."""
        self._levels = [list(hashes)]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            pairs = zip(below[::2], below[1::2], strict=False)
            self._levels.append([hasher.node(left, right) for left, right in pairs])

    def node(self, level: int, index: int) -> bytes:
        """Return the hash of a complete subtree."""
        return self._levels[level][index]


def root(nodes: Nodes, size: int, hasher: Hasher = SHA256) -> bytes:
    """Return the root over the first ``size`` leaves."""
    return _range(nodes, 0, size, hasher) if size else hasher.empty


def inclusion_proof(nodes: Nodes, index: int, size: int, hasher: Hasher = SHA256) -> tuple[bytes, ...]:
    """Return the audit path of leaf ``index`` in the tree of ``size`` leaves, from the leaf upwards.

    Raises:
        IndexError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise IndexError(index)
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_range(nodes, middle, high, hasher))
            high = middle
        else:
            path.append(_range(nodes, low, middle, hasher))
            low = middle
    return tuple(reversed(path))


def consistency_proof(nodes: Nodes, old: int, new: int, hasher: Hasher = SHA256) -> tuple[bytes, ...]:
    """Return the proof that the tree of ``new`` leaves only adds to that of ``old``.

    Raises:
        IndexError: ``old`` is larger than ``new``, or negative.
    """
    if not 0 <= old <= new:
        raise IndexError(old)
    if old in (0, new):
        return ()
    path: list[bytes] = []
    low, high, whole = 0, new, True
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(_range(nodes, middle, high, hasher))
            high = middle
        else:
            path.append(_range(nodes, low, middle, hasher))
            low, whole = middle, False
    return tuple(reversed(path if whole else [*path, _range(nodes, low, high, hasher)]))


def includes(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], tree_root: bytes, hasher: Hasher = SHA256
) -> bool:
    """Whether ``proof`` shows the leaf hash at ``index`` of the tree with this root (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last, found = index, size - 1, leaf
    for one in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = hasher.node(one, found)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = hasher.node(found, one)
        here, last = here >> 1, last >> 1
    return last == 0 and found == tree_root


def extends(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes], hasher: Hasher = SHA256
) -> bool:
    """Whether ``proof`` shows that the new tree only adds to the old one (RFC 9162 §2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == hasher.empty
    if not 0 < old < new or not (proof or old & (old - 1) == 0):
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    was = now = path[0]
    for one in path[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            was, now = hasher.node(one, was), hasher.node(one, now)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            now = hasher.node(now, one)
        here, last = here >> 1, last >> 1
    return last == 0 and was == old_root and now == new_root


def _split(count: int) -> int:
    """Return the largest power of two below ``count``."""
    return 1 << (count - 1).bit_length() - 1


def _range(nodes: Nodes, low: int, high: int, hasher: Hasher) -> bytes:
    count = high - low
    if count & (count - 1) == 0 and low % count == 0:
        level = count.bit_length() - 1
        return nodes.node(level, low >> level)
    middle = low + _split(count)
    return hasher.node(_range(nodes, low, middle, hasher), _range(nodes, middle, high, hasher))
