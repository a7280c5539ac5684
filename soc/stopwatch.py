"""How long the parts of a piece of work take together."""

import time
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager


@contextmanager
def timed(spent: MutableMapping[str, float], name: str) -> Iterator[None]:
    """Add the seconds (by the clock) that this block takes to those of ``name``, also where it fails."""
    began = time.perf_counter()
    try:
        yield
    finally:
        spent[name] = spent.get(name, 0.0) + time.perf_counter() - began
