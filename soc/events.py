"""News between rooms: a transactional outbox.

An event is written in the transaction of the change it tells of. The dispatcher gives it
to every subscriber, each in a write transaction of its own that also writes the receipt:
a handler's effects and its receipt stand or fall together, so each event works once.
A handler that fails is tried again, later each time, and does not hold up the others.
"""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, exists, insert, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from soc.acting import SystemPath
from soc.clock import now
from soc.db import Database, Identified, Model, new_id
from soc.identity.actors import job_actor
from soc.ledger.own_types import known_to
from soc.ledger.types import knowing
from soc.registry import rooms
from soc.room import Subscription, resolve

_log = logging.getLogger(__name__)
_FIRST_RETRY = timedelta(seconds=2)
_SLOWEST_RETRY = timedelta(hours=1)
#: deliveries of one event to one subscriber before it waits for a person
MOST_ATTEMPTS = 12


@dataclass(frozen=True, slots=True)
class Event:
    """Base of every event; fields are str, int, float, bool, None or lists of them."""

    name: ClassVar[str]

    def payload(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return asdict(self)

    @classmethod
    def read(cls, payload: dict[str, Any]) -> Self:
        """Build the event from its stored payload; fields it has lost are ignored."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in payload.items() if name in known})


class OutboxEvent(Identified, Model):
    """An event as it waits for its subscribers."""

    __tablename__ = "outbox"
    name: Mapped[str]
    payload: Mapped[dict[str, Any]]
    emitted_at: Mapped[datetime]


class Delivery(Identified, Model):
    """The receipt of one subscriber, or the count of its failures."""

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("event_id", "subscriber"),)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("outbox.id", ondelete="CASCADE"), index=True)
    subscriber: Mapped[str]
    done_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    error: Mapped[str | None]


def emit(session: Session, event: Event) -> None:
    """Tell of a change, in the change's own transaction."""
    session.add(OutboxEvent(name=event.name, payload=event.payload(), emitted_at=now()))


def emit_each(session: Session, events: Sequence[Event]) -> None:
    """Tell of several changes with one statement, in their order."""
    at = now()
    rows = [{"id": new_id(), "name": event.name, "payload": event.payload(), "emitted_at": at} for event in events]
    if rows:
        session.execute(insert(OutboxEvent), rows)


def subscriptions() -> list[tuple[type[Event], Subscription]]:
    """Return every subscription with the event class it names."""
    return [(resolve(one.event), one) for room in rooms() for one in room.subscriptions]


def dispatch(database: Database, *, limit: int = 500) -> int:
    """Deliver what waits, upwards too; return how many deliveries were done."""
    database = database.acting_for(SystemPath.OUTBOX)
    return sum(_dispatch_one(database, kind, one, limit) for kind, one in subscriptions())


def _dispatch_one(database: Database, kind: type[Event], subscription: Subscription, limit: int) -> int:
    with database.read() as session:
        waiting = _waiting(session, kind.name, subscription.handler, limit)
    return sum(_deliver(database, kind, subscription.handler, event_id) for event_id in waiting)


def _waiting(session: Session, name: str, subscriber: str, limit: int) -> list[UUID]:
    mine = (Delivery.event_id == OutboxEvent.id) & (Delivery.subscriber == subscriber)
    settled = mine & (
        Delivery.done_at.is_not(None) | (Delivery.retry_at > now()) | (Delivery.attempts >= MOST_ATTEMPTS)
    )
    query = select(OutboxEvent.id).where(OutboxEvent.name == name, ~exists().where(settled))
    return list(session.scalars(query.order_by(OutboxEvent.id).limit(limit)))


def _deliver(database: Database, kind: type[Event], subscriber: str, event_id: UUID) -> bool:
    try:
        with database.write() as session:
            return _handle(session, kind, subscriber, event_id)
    except Exception as error:  # a room's handler may fail in any way; the others must still be served
        _log.exception("handler failed", extra={"subscriber": subscriber, "event": str(event_id)})
        with database.write() as session:
            _put_off(session, subscriber, event_id, error)
        return False


def _handle(session: Session, kind: type[Event], subscriber: str, event_id: UUID) -> bool:
    event = session.get(OutboxEvent, event_id)
    if event is None:
        return False
    receipt = _receipt(session, subscriber, event_id)
    if receipt.done_at is not None:
        return False
    receipt.done_at = now()
    with knowing(lambda: known_to(session, None)):
        resolve(subscriber)(session, job_actor(session, f"on {kind.name}"), kind.read(event.payload))
    return True


def _receipt(session: Session, subscriber: str, event_id: UUID) -> Delivery:
    """Return the one receipt of this event and subscriber, held until the transaction ends.

    Two dispatchers meet here: the second waits for the first, and then finds what became of it.
    """
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    fresh = {"id": new_id(), "event_id": event_id, "subscriber": subscriber, "attempts": 0}
    session.execute(insert(Delivery).values(fresh).on_conflict_do_nothing())
    mine = select(Delivery).where(Delivery.event_id == event_id, Delivery.subscriber == subscriber)
    return session.scalars(mine.with_for_update()).one()


def _put_off(session: Session, subscriber: str, event_id: UUID, error: Exception) -> None:
    receipt = _receipt(session, subscriber, event_id)
    if receipt.done_at is not None:  # another dispatcher has served it meanwhile
        return
    receipt.attempts += 1
    receipt.error = f"{type(error).__name__}: {error}"[:500]
    receipt.retry_at = now() + min(_FIRST_RETRY * 2**receipt.attempts, _SLOWEST_RETRY)


def forget_delivered(session: Session, before: datetime) -> int:
    """Remove events that every subscriber has had, emitted before an instant; return how many."""
    owed = {kind.name for kind, _ in subscriptions()}
    undone = exists().where(Delivery.event_id == OutboxEvent.id, Delivery.done_at.is_(None))
    had = exists().where(Delivery.event_id == OutboxEvent.id)
    query = select(OutboxEvent).where(OutboxEvent.emitted_at < before, ~undone, had | OutboxEvent.name.not_in(owed))
    gone = list(session.scalars(query.limit(5000)))
    for event in gone:
        session.delete(event)
    return len(gone)
