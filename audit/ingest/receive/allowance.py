"""How often a format may be guessed: it costs half a second, and strangers must not make us guess all day."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Told = TypeVar("Told")

_IN_A_ROW = 30
_A_MINUTE = 30


class Allowance:
    """So many guesses in a row, and so many more each minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with all of them."""
        self._clock = clock
        self._left, self._since = float(_IN_A_ROW), clock()

    def take(self) -> bool:
        """Take one; False where there is none left for now."""
        at = self._clock()
        self._left = min(_IN_A_ROW, self._left + (at - self._since) * _A_MINUTE / 60)
        self._since = at
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Guesses(Generic[Told]):
    """What was guessed of the latest so many keys; a guess that finds nothing is not remembered."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with none."""
        self._most, self._allowance = most, Allowance(clock)
        self._told: OrderedDict[Hashable, Told] = OrderedDict()

    def told(self, key: Hashable, guess: Callable[[], Told | None]) -> Told | None:
        """Return what is known of a key, guessed now where it is not; None where that finds nothing or is not allowed."""
        if key in self._told:
            self._told.move_to_end(key)
            return self._told[key]
        found = guess() if self._allowance.take() else None
        if found is not None:
            self._told[key] = found
            if len(self._told) > self._most:
                self._told.popitem(last=False)
        return found
