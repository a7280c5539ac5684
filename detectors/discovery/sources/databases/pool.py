"""Sessions of one source: kept for the next table, thrown away when they broke, and not asked for without end."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from detectors.discovery.sources.base import SourceUnreachableError
from detectors.discovery.sources.databases.family import Family
from detectors.discovery.sources.databases.trouble import SourceLostError, Trouble, TroubleError
from detectors.discovery.sources.databases.watch import bounded
from soc.errors import SocError

#: pauses between attempts to connect again, in seconds
_PAUSES = (0.2, 1.0, 3.0)


class Pool:
    """Idle sessions; a reading takes one for each of its statements and puts it back."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self._idle: list[Any] = []
        self._lock = threading.Lock()
        self._lost = False

    @contextmanager
    def session(self, table: str = "") -> Iterator[Any]:
        """Lend a session; an error in the block closes it, unless the engine says that it lives on.

        Raises:
            TroubleError: what the engine objected to, by kind.
            SourceUnreachableError: the first connection failed.
            SourceLostError: the source answered before and does so no more.
        """
        session = self._taken()
        try:
            yield session
        except GeneratorExit:
            self._family.close(session)
            raise
        except Exception as error:
            self._after(session, error, table)
            raise  # what is no error of the source, or was told already
        else:
            self._put(session)

    def _after(self, session: Any, error: Exception, table: str) -> None:
        """Keep or close the session an error came from, and raise what it means."""
        if isinstance(error, TroubleError):
            self._family.close(session)
            return
        trouble = self._family.trouble(error)
        if trouble is None or trouble[0] in {Trouble.LOST, Trouble.SLOW}:
            self._family.close(session)
        else:
            with suppress(Exception):
                self._put(self._family.refresh(session))
        if trouble is not None:
            raise TroubleError(trouble[0], table, trouble[1]) from error

    def _put(self, session: Any) -> None:
        with self._lock:
            self._idle.append(session)

    def _taken(self) -> Any:
        with self._lock:
            if self._idle:
                return self._idle.pop()
            if self._lost:
                raise self.lost()
        return self._connected()

    def _connected(self) -> Any:
        limits = self._family.limits
        try:
            with bounded(limits.connect + limits.grace, lambda: None, ""):
                session = self._family.connect()
        except SocError:
            raise
        except Exception as error:
            raise SourceUnreachableError(self._family.refusal(error), host=self._host) from None
        return session

    def again(self, attempt: int) -> bool:
        """Try to reach the source once more after a connection broke; tell whether it answers.

        Idle sessions of before are closed: the server that had them is likely gone.
        """
        self.close()
        for pause in _PAUSES[attempt:]:
            time.sleep(pause)
            with suppress(SocError):
                self._put(self._connected())
                return True
        self._lost = True
        return False

    def lost(self) -> SourceLostError:
        """The error for everything that is asked for once the source is gone."""
        return SourceLostError("errors.source.lost", host=self._host)

    @property
    def _host(self) -> str:
        return self._family.url.host or self._family.url.database or ""

    def close(self) -> None:
        """Close what is idle."""
        with self._lock:
            idle, self._idle = self._idle, []
        for session in idle:
            with suppress(Exception):
                self._family.close(session)
