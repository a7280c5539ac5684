"""One database: its tables, its account, and the sessions behind both."""

from functools import partial
from types import TracebackType

from detectors.discovery.sources.base import SourceUnreachableError, Table
from detectors.discovery.sources.databases.family import Account, Family
from detectors.discovery.sources.databases.found import Found
from detectors.discovery.sources.databases.pool import Pool
from detectors.discovery.sources.databases.reading import TableReader
from detectors.discovery.sources.databases.trouble import TroubleError
from detectors.discovery.sources.databases.watch import bounded


class Database:
    """A database that is being looked at; close it, or use it in a ``with`` block."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self._pool = Pool(family)

    def tables(self) -> list[Table]:
        """Every table, view and index the account may see, by name; nothing of them is read.

        Raises:
            SourceUnreachableError: it does not answer, or refuses us.
        """
        return [self._table(one) for one in sorted(self.found(), key=lambda one: one.shown)]

    def found(self) -> list[Found]:
        """What the catalogue says of every table."""
        try:
            with self._pool.session() as session, bounded(self._patience, partial(self.family.abort, session), ""):
                return self.family.catalogue(session)
        except TroubleError as error:
            raise SourceUnreachableError("errors.source.catalogue", host=self._host, code=error.code or "-") from error

    def account(self) -> Account:
        """Who we are there, and what we may do beyond reading."""
        try:
            with self._pool.session() as session, bounded(self._patience, partial(self.family.abort, session), ""):
                return self.family.account(session)
        except TroubleError as error:
            raise SourceUnreachableError("errors.source.catalogue", host=self._host, code=error.code or "-") from error

    def _table(self, found: Found) -> Table:
        return Table(
            name=found.shown,
            read=TableReader(self.family, self._pool, found).read,
            comments={one.name: one.comment for one in found.columns},
            kind=found.kind,
            comment=found.comment,
            types={one.name: one.type for one in found.columns},
            state=found.state,
        )

    @property
    def _patience(self) -> int:
        return 2 * self.family.limits.statement + self.family.limits.grace

    @property
    def _host(self) -> str:
        return self.family.url.host or self.family.url.database or ""

    def close(self) -> None:
        """Close the sessions."""
        self._pool.close()

    def __enter__(self) -> "Database":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()
