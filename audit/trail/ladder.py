"""An inclusion proof as a ladder: what is joined with what, rung by rung, up to the root.

Source: RFC 9162 §2.1.3.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from audit.trail.merkle import SHA256, Hasher


@dataclass(frozen=True, slots=True)
class Rung:
    """One step: the sibling, whether it stands on the left, and what the two give."""

    sibling: bytes
    left: bool
    gives: bytes


@dataclass(frozen=True, slots=True)
class Ladder:
    """The whole proof of one entry; ``holds`` if it ends at the signed root."""

    leaf: bytes
    rungs: tuple[Rung, ...]
    root: bytes

    @property
    def holds(self) -> bool:
        """Whether the last rung is the signed root."""
        return (self.rungs[-1].gives if self.rungs else self.leaf) == self.root


def ladder(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes, hasher: Hasher = SHA256) -> Ladder:
    """Walk a proof from the leaf's hash upwards."""
    here, last, found = index, size - 1, leaf
    rungs: list[Rung] = []
    for sibling in proof:
        left = bool(here & 1) or here == last
        found = hasher.node(sibling, found) if left else hasher.node(found, sibling)
        rungs.append(Rung(sibling, left, found))
        while left and not here & 1 and here:
            here, last = here >> 1, last >> 1
        here, last = here >> 1, last >> 1
    return Ladder(leaf, tuple(rungs), root)
