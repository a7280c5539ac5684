"""A limit on our side: a server that neither answers nor ends is left, whatever time limits it was told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from detectors.discovery.sources.databases.trouble import Trouble, TroubleError

T = TypeVar("T")


class Abandoned:
    """Whether the wait was ended by us."""

    def __init__(self) -> None:
        self.ended = False


@contextmanager
def bounded(seconds: float, abort: Callable[[], None], table: str) -> Iterator[None]:
    """Let the block wait for ``seconds``; then ``abort`` is called, and what it breaks is told as too slow."""
    state = Abandoned()

    def end() -> None:
        state.ended = True
        abort()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if state.ended:
            raise TroubleError(Trouble.SLOW, table, "timeout") from error
        raise
    finally:
        timer.cancel()


def bounded_each(items: Iterator[T], seconds: float, abort: Callable[[], None], table: str) -> Iterator[T]:
    """Bound the wait for each item; the time the consumer takes in between does not count."""
    while True:
        with bounded(seconds, abort, table):
            item = next(items, None)
        if item is None:
            return
        yield item
