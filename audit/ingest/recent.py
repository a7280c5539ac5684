"""Batches kept between taking in and working off, where one process does both: parsed, or as events already.

Nothing depends on it: what is not here is made anew from the spool. Two threads may share it: one takes in and makes
events of it, the other stores and analyses; what the first is at, the second leaves to it.
"""

import threading
from collections import OrderedDict

import polars as pl

from audit.ingest.spool import Place

#: bodies, in bytes, whose records are kept at most
MOST_BYTES = 16 << 20
#: batches that are kept as events
MOST_READY = 2


class Recent:
    """The records of the newest batches of this process."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._held: OrderedDict[Place, tuple[int, list[pl.DataFrame]]] = OrderedDict()
        self._at_it: set[Place] = set()
        self._ready: OrderedDict[Place, list[pl.DataFrame]] = OrderedDict()

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

    def places(self) -> list[Place]:
        """Return where the batches lie whose records are kept, oldest first."""
        with self._lock:
            return list(self._held)

    def begin(self, place: Place) -> list[pl.DataFrame] | None:
        """Take a batch's records to make events of them; whoever works off leaves it alone until :meth:`end`."""
        with self._lock:
            found = self._held.pop(place, (0, None))[1]
            if found is not None:
                self._at_it.add(place)
            return found

    def end(self, place: Place, events: list[pl.DataFrame] | None) -> None:
        """Keep the events, None where they could not be made; of batches that nobody came for only the latest."""
        with self._lock:
            self._at_it.discard(place)
            if events is not None:
                self._ready[place] = events
                while len(self._ready) > MOST_READY:
                    self._ready.popitem(last=False)

    def being_made(self, place: Place) -> bool:
        """Say whether a batch's events are just being made."""
        with self._lock:
            return place in self._at_it

    def ready(self, place: Place) -> list[pl.DataFrame] | None:
        """Return a batch's events, once."""
        with self._lock:
            return self._ready.pop(place, None)
