"""What every family of databases answers: how to connect, what there is, and how a table is read."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import polars as pl
from sqlalchemy.engine import URL

from detectors.discovery.sources.base import Sampling
from detectors.discovery.sources.coverage import Coverage
from detectors.discovery.sources.databases.found import Found, FoundColumn
from detectors.discovery.sources.databases.plan import Piece, Plan
from detectors.discovery.sources.databases.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: to connect, for one statement, for a lock, and how much longer than that we wait for a dead server."""

    connect: int = 8
    statement: int = 60
    lock: int = 3
    grace: int = 15


@dataclass(frozen=True, slots=True)
class Account:
    """What the account of a source is and may do; ``excess`` names rights a scan does not need."""

    user: str
    version: str
    excess: tuple[str, ...] = ()


@dataclass(slots=True)
class Family(ABC):
    """One family of databases at one address. A session is the driver's own connection, and only reads.

    ``tested`` says whether its tests ran on a real server; ``extra`` names what to install where the driver is
    not part of the installation.
    """

    url: URL
    limits: Limits = field(default_factory=Limits)
    tested: ClassVar[bool] = True
    extra: ClassVar[str | None] = None

    @abstractmethod
    def connect(self) -> Any:
        """Open a session that only reads, with time limits.

        Raises:
            Exception: the driver's own; see :meth:`reason`.
        """

    @abstractmethod
    def close(self, session: Any) -> None:
        """Close a session, whatever state it is in."""

    @abstractmethod
    def abort(self, session: Any) -> None:
        """End what a session is waiting for; called from another thread."""

    @abstractmethod
    def catalogue(self, session: Any) -> list[Found]:
        """List every table the account may see, by few statements however many tables there are."""

    @abstractmethod
    def plan(self, session: Any, found: Found, sampling: Sampling) -> Plan:
        """Decide how a table is read."""

    @abstractmethod
    def fetch(
        self, session: Any, found: Found, columns: Sequence[FoundColumn], piece: Piece, coverage: Coverage
    ) -> Iterator[pl.DataFrame]:
        """Carry out one piece in a short transaction of its own."""

    @abstractmethod
    def account(self, session: Any) -> Account:
        """Say who we are there and what we may do beyond reading."""

    @abstractmethod
    def trouble(self, error: Exception) -> tuple[Trouble, str] | None:
        """The kind of a driver's error and its code; None for what is no error of the source."""

    def refusal(self, error: Exception) -> str:
        """The message for a connection that failed; the driver's own words may hold the password."""
        text = str(error).lower()
        if any(word in text for word in ("password", "authentication", "access denied", "login failed", "ora-01017")):
            return "errors.source.password"
        if any(word in text for word in ("does not exist", "unknown database", "not a database", "ora-12514")):
            return "errors.source.no_database"
        return "errors.source.unreachable"

    def refresh(self, session: Any) -> Any:
        """Return a session that is ready for the next piece after an error that left it alive."""
        return session
