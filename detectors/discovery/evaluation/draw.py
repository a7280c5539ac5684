"""Drawing at random, reproducibly, from one of the two halves."""

from collections.abc import Sequence
from enum import StrEnum
from random import Random
from typing import TypeVar

T = TypeVar("T")

DIGITS, UPPER, LOWER = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"


class Half(StrEnum):
    """Which half of headers, families, styles and sentences is drawn from."""

    DEVELOPMENT = "development"
    HELDOUT = "heldout"


class Draw:
    """One stream of chance; what differs between the halves is asked for with ``split``."""

    def __init__(self, seed: int, half: Half = Half.DEVELOPMENT) -> None:
        """Two streams of one seed and half are the same."""
        self.half = half
        self.random = Random(f"{half.value}/{seed}")

    def split(self, development: T, heldout: T) -> T:
        """Return what belongs to this half."""
        return development if self.half is Half.DEVELOPMENT else heldout

    def pick(self, options: Sequence[T]) -> T:
        """Return one of them."""
        return self.random.choice(options)

    def chance(self, share: float) -> bool:
        """Return True in ``share`` of the cases."""
        return self.random.random() < share

    def between(self, low: int, high: int) -> int:
        """Return a whole number, both ends included."""
        return self.random.randint(low, high)

    def text(self, alphabet: str, count: int) -> str:
        """Return ``count`` characters of an alphabet."""
        return "".join(self.random.choices(alphabet, k=count))

    def digits(self, count: int, first: str = DIGITS) -> str:
        """Return ``count`` digits, the first of ``first``."""
        return self.pick(first) + self.text(DIGITS, count - 1)
