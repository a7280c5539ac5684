"""How often a format may be guessed: it costs half a second, and strangers must not make us guess all day."""

import time
from collections.abc import Callable

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
