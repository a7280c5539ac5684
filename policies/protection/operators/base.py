"""What every operator is."""

from collections.abc import Callable
from dataclasses import dataclass

from policies.protection.shapes import Shape
from soc.crypto import KeyRing

ONE_EACH_SIDE = Shape(keep_first=1, keep_last=1)


@dataclass(frozen=True, slots=True)
class Use:
    """What an operator is used with: whose keys, what for, and how much may stay."""

    ring: KeyRing
    purpose: str
    shape: Shape = ONE_EACH_SIDE


@dataclass(frozen=True, slots=True)
class Operator:
    """A way to protect one value; ``apply`` takes no None and gives None where nothing is shown.

    ``joins``: equal values give equal results and unequal ones unequal, so that joins still work.
    ``opens``: the value can be got back by whoever holds the key.
    """

    name: str
    apply: Callable[[str, Use], str | None]
    joins: bool = False
    opens: bool = False
