"""Messages become batches of the register: the same ``accept`` that HTTP's batches go through."""

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from audit.ingest.formats import ParseOptions
from audit.ingest.own_formats import formats_of
from audit.ingest.receive.basket import Message
from audit.ingest.receive.counts import Counts
from audit.ingest.receive.heard import Ear
from audit.ingest.receive.sorting import PLAIN, Sorter
from audit.ingest.register import Incoming, accept
from audit.ingest.spool import Spool
from soc.db import Database, new_id
from soc.errors import UnavailableError
from soc.identity.actors import operator_actor

_log = logging.getLogger(__name__)
#: between tries while the disk or the database refuses
_PAUSE_SECONDS = 1.0
#: a stop waits so long for them; the supervisor's patience ends a little later
LAST_TRIES_SECONDS = 6.0


@dataclass(slots=True)
class Storage:
    """Where one listener's messages go; called from a thread of its own, one batch after another."""

    database: Database
    spool: Spool
    counts: Counts
    options: ParseOptions
    sorter: Sorter
    #: set when the process is to end; tries end a little later
    ending: threading.Event = field(default_factory=threading.Event)
    ear: Ear = field(default_factory=Ear)
    _until: float | None = None

    def store(self, messages: Sequence[Message]) -> None:
        """Make messages durable, trying until it works; only a stop gives up, and says how many were lost."""
        options = ParseOptions(self.options.timezone, self.options.prefix)
        for name, body in self._sorted(messages, options).items():
            key = f"{self.counts.name}/{new_id()}"  # equal lines of two batches are separate events
            batch = Incoming(self.counts.org, name, body, f"syslog {self.counts.name}", key, options)
            self._insist(batch)
        self.ear.hear(self.database, self.counts.org, self.counts.name, (one.sender for one in messages))

    def _sorted(self, messages: Sequence[Message], options: ParseOptions) -> dict[str, bytes]:
        """Sort into formats, the organisation's own among them; a database that is away is asked again."""
        while True:
            try:
                with formats_of(self.database, self.counts.org):
                    return self.sorter.sort(messages, options)
            except (UnavailableError, SQLAlchemyError):
                self.counts.trouble = "receive.trouble"
                if self._is_over():
                    return self.sorter.sort(messages, options)
                time.sleep(_PAUSE_SECONDS)

    def _insist(self, batch: Incoming) -> None:
        while True:
            try:
                accept(self.database, self.spool, batch, lambda session: operator_actor(session, "syslog"))
            except (UnavailableError, OSError, SQLAlchemyError) as error:
                self.counts.trouble = error.key if isinstance(error, UnavailableError) else "receive.trouble"
                if self._is_over():
                    _log.exception("messages lost at the stop", extra={"bytes": len(batch.body)})
                    self.counts.dropped += batch.body.count(b"\n")
                    return
                time.sleep(_PAUSE_SECONDS)
            except Exception:
                self._as_plain(batch)
                return
            else:
                self.counts.trouble = ""
                return

    def _as_plain(self, batch: Incoming) -> None:
        """A format that breaks on a batch must not keep the port waiting: what came is kept as plain syslog."""
        _log.exception("batch of a listener", extra={"format": batch.format, "listener": self.counts.name})
        if batch.format == PLAIN:
            self.counts.dropped += batch.body.count(b"\n")
            return
        self._insist(Incoming(batch.org, PLAIN, batch.body, batch.origin, batch.key, batch.options))

    def _is_over(self) -> bool:
        if not self.ending.is_set():
            return False
        if self._until is None:
            self._until = time.monotonic() + LAST_TRIES_SECONDS
        return time.monotonic() > self._until
