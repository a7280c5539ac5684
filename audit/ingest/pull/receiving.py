"""Where what a turn pulled goes: the register of every batch, with the mark in the same transaction."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from audit.ingest.formats import ParseOptions
from audit.ingest.pipeline import spool_of
from audit.ingest.pull.holding import Grip, StoppedError
from audit.ingest.pull.models import LogPull, PullProgress
from audit.ingest.receipts import Receipt
from audit.ingest.register import Incoming, accept
from config.settings import Settings
from soc.errors import SocError
from soc.identity.actor import Actor
from soc.identity.actors import job_actor

_log = logging.getLogger(__name__)
JOB = "ingest.pulls"
#: reads whatever line it is given, or keeps it aside with a reason
_LAST_RESORT = "shipper_json"
Also = Callable[[Session, PullProgress], None]


@dataclass(slots=True)
class Turned:
    """What a turn did so far; ``whole`` where the source was read to its end."""

    accepted: int = 0
    quarantined: int = 0
    #: documents that were read before
    seen: int = 0
    skipped: int = 0
    whole: bool = False


@dataclass(slots=True)
class Receiving:
    """One turn's way into the register; ``pull`` is as it was when the turn began."""

    grip: Grip
    settings: Settings
    pull: LogPull
    progress: PullProgress
    until: float
    turned: Turned = field(default_factory=Turned)

    @property
    def is_over(self) -> bool:
        """Whether the turn's time is used up."""
        return time.monotonic() > self.until

    def register(self, format_name: str, body: bytes, key: str, also: Also) -> None:
        """Make a batch durable; ``also`` writes the mark in the same transaction, on the progress it is given.

        Raises:
            StoppedError: the pull is not this turn's any more; nothing was written.
            UnavailableError: the disk or the database refuses; nothing was written.
        """
        try:
            self._register(format_name, body, key, also)
        except (SocError, SQLAlchemyError, OSError, StoppedError):
            raise
        except Exception:
            # a format that breaks on a batch must not hold up all that comes after it
            _log.exception("batch of a pull", extra={"format": format_name, "pull": self.pull.name})
            if format_name == _LAST_RESORT:
                raise
            self._register(_LAST_RESORT, body, key, also)

    def _register(self, format_name: str, body: bytes, key: str, also: Also) -> None:
        options = ParseOptions(timezone=self.settings.timezone)
        pull = self.pull
        batch = Incoming(pull.org, format_name, body, f"pull:{pull.name}"[:200], key, options)
        written = []

        def move(session: Session, receipt: Receipt) -> None:
            row = self.grip.row(session)
            row.records += receipt.accepted
            row.quarantined += receipt.quarantined
            also(session, row)
            written.append(receipt)

        accept(self.grip.database, spool_of(self.settings), batch, _actor, move)
        if written:
            self.turned.accepted += written[0].accepted
            self.turned.quarantined += written[0].quarantined
        else:  # the register has it already: the mark alone moves
            self.move(also)

    def move(self, also: Also) -> None:
        """Write the mark where there is nothing to register.

        Raises:
            StoppedError: the pull is not this turn's any more.
        """
        with self.grip.database.write() as session:
            also(session, self.grip.row(session))


def _actor(session: Session) -> Actor:
    return job_actor(session, JOB)
