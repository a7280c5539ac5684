"""Parsed batches kept for the moment between taking in and working off, where one process does both.

Nothing depends on it: what is not here is parsed anew from the spool. Two threads may share it.
"""

import threading
from collections import OrderedDict

import polars as pl

from audit.ingest.spool import Place

#: bodies, in bytes, whose records are kept at most
MOST_BYTES = 16 << 20


class Recent:
    """The records of the newest batches of this process."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._held: OrderedDict[Place, tuple[int, list[pl.DataFrame]]] = OrderedDict()

    def put(self, place: Place, size: int, parsed: list[pl.DataFrame]) -> None:
        """Keep one batch's records; older ones go where they are too many."""
        with self._lock:
            self._held[place] = (size, parsed)
            while sum(held for held, _ in self._held.values()) > MOST_BYTES:
                self._held.popitem(last=False)

    def take(self, place: Place) -> list[pl.DataFrame] | None:
        """Return a batch's records, once."""
        with self._lock:
            return self._held.pop(place, (0, None))[1]
