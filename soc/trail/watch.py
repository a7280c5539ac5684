"""Watching the writes themselves: does every transaction that changes something leave an entry?

Not the services are watched but the statements that reach the database: a transaction of the
product that inserts, updates or deletes in any table but the technical ones, and commits without
an entry of the trail, is an offence. The test suite watches all of its sessions with this.

A transaction is the product's where product code commits it; what a test prepares by its own
hand needs no entry, unless it is watched strictly.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import Connection, Engine, event

from soc.db import Model
from soc.trail.models import TrailEntry

ENTRIES = TrailEntry.__tablename__
#: bookkeeping of the machinery: who is signed in, what waits, who leads, what has been delivered
TECHNICAL = frozenset(
    {
        "alembic_version",
        "deliveries",
        "installation_facts",
        "job_rhythms",
        "job_runs",
        "leases",
        "login_counters",
        "token_refusals",
        "outbox",
        "web_sessions",
        # an ingest batch is registered by its own hash, and counted in its log source's entry
        "ingest_batches",
        "ingest_files",
        "ingest_quarantine",
        # ids of documents of such batches, and when a sender was heard last: that it fell silent has an entry
        "ingest_documents",
        "ingest_senders",
        # how far a pull is, and what of its source it knows: what it brought is registered as batches
        "ingest_pull_progress",
        "ingest_pulled_documents",
        "ingest_pulled_objects",
        # how far a scan is and what its tables gave: its order and its result have entries
        "discovery_readings",
        "discovery_scans",
        # what rules cost and found, habits and how they moved, are sums over the log store, and can be built anew from it
        "asked_traces",
        "behaviour_batches",
        "behaviour_days",
        "behaviour_drifts",
        "correlation_bursts",
        "rule_counters",
        # what of the stored events correlations have still to look at; what they find has entries
        "correlation_marks",
        # interfaces as the logs show them are sums over the log store; what people decide on them has entries
        "interface_marks",
        "seen_interfaces",
        # the effect register only guards against doing a recorded step twice
        "playbook_effects",
    }
)
_WRITE = re.compile(
    r'\s*(?:WITH\b.*?\)\s*)?(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)"?',
    re.IGNORECASE | re.DOTALL,
)
#: frames that stand between whoever commits and the driver
_THROUGH = ("/site-packages/", "/contextlib.py", "/soc/db.py", "/soc/trail/watch.py", "<")  # "<": generated code


@dataclass(frozen=True, slots=True)
class Offence:
    """A transaction that changed tables and told nobody."""

    tables: frozenset[str]
    committed_by: str


@dataclass
class Watch:
    """What was seen while watching."""

    exempt: frozenset[str]
    strict: bool
    offences: list[Offence] = field(default_factory=list)

    @property
    def _key(self) -> str:
        # two may watch the same connection
        return f"trail.written.{id(self)}"

    def statement(self, connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        """Note the table a statement writes to."""
        found = _WRITE.match(statement)
        if found and found[1] in Model.metadata.tables:
            connection.info.setdefault(self._key, set()).add(found[1])

    def commit(self, connection: Connection) -> None:
        """Judge a transaction at its end."""
        written: set[str] = connection.info.pop(self._key, set())
        silent = written - self.exempt
        if not silent or ENTRIES in written:
            return
        who = _whose(sys._getframe(1))
        if _is_migration(who):
            return
        if self.strict or not _is_test(who):
            self.offences.append(Offence(frozenset(silent), f"{who.f_code.co_filename}:{who.f_lineno}"))

    def rollback(self, connection: Connection) -> None:
        """Forget a transaction that came to nothing."""
        if connection.invalidated:
            return  # the server ended it; what it knew went with it
        connection.info.pop(self._key, None)


@contextmanager
def watching(*, exempt: frozenset[str] = TECHNICAL, strict: bool = False) -> Iterator[Watch]:
    """Watch every engine of this process; ``offences`` holds what was found.

    Args:
        exempt: tables that may change without an entry.
        strict: judge transactions that test code commits, too.
    """
    watch = Watch(exempt, strict)
    heard = (("before_cursor_execute", watch.statement), ("commit", watch.commit), ("rollback", watch.rollback))
    for name, listener in heard:
        event.listen(Engine, name, listener)
    try:
        yield watch
    finally:
        for name, listener in heard:
            event.remove(Engine, name, listener)


def _whose(frame: FrameType) -> FrameType:
    while frame.f_back is not None and any(part in frame.f_code.co_filename for part in _THROUGH):
        frame = frame.f_back
    return frame


def _is_migration(frame: FrameType) -> bool:
    """A revision that fills its new columns from the old ones says nothing anew."""
    return Path(frame.f_code.co_filename).as_posix().endswith("/soc/migrate.py")


def _is_test(frame: FrameType) -> bool:
    return "/tests/" in Path(frame.f_code.co_filename).as_posix()
