"""Who was heard last when, written now and then; and who is not heard any more, told once."""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from audit.ingest.receive.models import LogSender
from soc.clock import now
from soc.db import Database
from soc.errors import UnavailableError
from soc.events import Event, emit
from soc.identity.actor import Actor
from soc.jobs import JobContext
from soc.trail import Act, record

_log = logging.getLogger(__name__)
#: a sender's last word is written as often as this
_EVERY_SECONDS = 30.0
#: of one receiver; addresses of datagrams can be made up
_MOST_SENDERS = 2000
_MOST_REMEMBERED = 10_000
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class SenderFellSilent(Event):
    """Nothing came from a sender for as long as the settings say."""

    name: ClassVar[str] = "audit.sender_fell_silent"
    org: str
    receiver: str
    sender: str
    #: ISO 8601
    last_at: str


class Ear:
    """Notes who was heard; one a process. What it cannot write now it writes with the next word."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._noted: dict[tuple[str, str, str], float] = {}

    def hear(self, database: Database, org: str, receiver: str, senders: Iterable[str]) -> None:
        """Note senders of what was just made durable, those not noted lately."""
        at = time.monotonic()
        due = [
            one for one in set(senders) if at - self._noted.get((org, receiver, one), -_EVERY_SECONDS) >= _EVERY_SECONDS
        ]
        if not due:
            return
        try:
            with database.write() as session:
                note(session, org, receiver, due, at=now())
        except (SQLAlchemyError, UnavailableError):
            _log.warning("senders are not noted", extra={"receiver": receiver}, exc_info=True)
            return
        if len(self._noted) > _MOST_REMEMBERED:
            self._noted.clear()
        self._noted |= {(org, receiver, one): at for one in due}


def note(session: Session, org: str, receiver: str, senders: list[str], *, at: datetime) -> None:
    """Write that senders were heard; new ones while there are not too many."""
    mine = (LogSender.org == org, LogSender.receiver == receiver)
    known: set[str] = set()
    for first in range(0, len(senders), _AT_ONCE):
        some = LogSender.sender.in_(senders[first : first + _AT_ONCE])
        for row in session.scalars(select(LogSender).where(*mine, some)):
            row.last_at, row.silent_at = at, None
            known.add(row.sender)
    count = session.scalar(select(func.count()).select_from(LogSender).where(*mine)) or 0
    fresh = [one for one in senders if one not in known][: max(0, _MOST_SENDERS - count)]
    session.add_all(LogSender(org=org, receiver=receiver, sender=one, first_at=at, last_at=at) for one in fresh)


def tell_silent(session: Session, actor: Actor, after: timedelta, *, at: datetime) -> int:
    """Tell of each sender that was not heard for ``after``, once until it is heard again; return how many."""
    late = (LogSender.silent_at.is_(None), LogSender.last_at < at - after)
    found = list(session.scalars(select(LogSender).where(*late)))
    for one in found:
        one.silent_at = at
        record(session, actor, Act.SENDER_SILENT, one, after={"receiver": one.receiver})
        emit(session, SenderFellSilent(one.org, one.receiver, one.sender, one.last_at.isoformat()))
    return len(found)


def silence_job(context: JobContext) -> None:
    """Tell of who fell silent; the worker calls it every minute."""
    from soc.identity.actors import job_actor

    with context.database.write() as session:
        tell_silent(session, job_actor(session, "ingest.silence"), context.settings.silent_after, at=now())
