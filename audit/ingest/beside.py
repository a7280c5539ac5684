"""What is accepted is worked off beside the accepting, one stretch of work at a time."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self


class Beside:
    """Does one piece of work in a thread of its own while the caller goes on to the next.

    A caller that is faster waits: no more than one batch is ever worked on and one taken in, so memory stays flat.
    An error of the work reaches the caller, at its next call or at the end.
    """

    def __init__(self) -> None:
        """Begin with nothing to do."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="beside")
        self._going: Future[object] | None = None

    def do(self, work: Callable[[], object]) -> None:
        """Begin ``work`` once what was begun before is done."""
        self.wait()
        self._going = self._thread.submit(work)

    def wait(self) -> None:
        """Wait for what was begun; raises what it raised."""
        going, self._going = self._going, None
        if going is not None:
            going.result()

    def __enter__(self) -> Self:
        """Open."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Wait for the work; where the caller failed already, its error is the one to tell."""
        try:
            if kind is None:
                self.wait()
        finally:
            self._thread.shutdown()
