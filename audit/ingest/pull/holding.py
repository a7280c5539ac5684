"""One turn at a time on one pull, in whichever process: a lease, looked at again in each transaction that writes.

A process that was away for long (a paused machine, a slow disk) finds its lease gone and writes nothing more.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from audit.ingest.pull.models import LogPull, PullProgress
from soc.db import Database
from soc.jobs import Lease, hold

#: longer than one request and one registration take together
SPAN = timedelta(seconds=60)


class StoppedError(Exception):
    """The pull was paused, changed, removed, or is another process's now: this turn writes nothing more."""


def lease_of(pull_id: UUID) -> str:
    """Return the name of a pull's lease."""
    return f"pull:{pull_id}"


@dataclass(frozen=True, slots=True)
class Grip:
    """A turn's hold on a pull."""

    database: Database
    pull_id: UUID
    edition: int
    holder: str
    clock: Callable[[], datetime]

    @property
    def lease(self) -> str:
        """The lease's name."""
        return lease_of(self.pull_id)

    def taken(self) -> bool:
        """Take the lease; False where another turn has it."""
        with self.database.write() as session:
            return hold(session, self.lease, self.holder, at=self.clock(), span=SPAN)

    def row(self, session: Session) -> PullProgress:
        """Return what is written of the pull, its lease renewed in this very transaction.

        Raises:
            StoppedError: see there.
        """
        # whoever is changing it at this moment holds it: a turn in the midst of a registration waits for nobody
        found = session.get(LogPull, self.pull_id, with_for_update={"skip_locked": True})
        if found is None or found.paused_at is not None or found.edition != self.edition:
            raise StoppedError
        if not hold(session, self.lease, self.holder, at=self.clock(), span=SPAN):
            raise StoppedError
        return session.scalars(select(PullProgress).where(PullProgress.pull_id == self.pull_id)).one()

    @contextmanager
    def writing(self) -> Iterator[PullProgress]:
        """Write how the pull fares and nothing else."""
        with self.database.write() as session:
            yield self.row(session)

    def let_go(self) -> None:
        """Give the lease back."""
        mine = (Lease.name == self.lease) & (Lease.holder == self.holder)
        with self.database.write() as session:
            session.execute(update(Lease).where(mine).values(until=self.clock() - timedelta(seconds=1)))
