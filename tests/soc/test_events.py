import time
from dataclasses import dataclass
from threading import Thread
from typing import ClassVar

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from soc import events
from soc.clock import now
from soc.db import Database
from soc.events import Delivery, Event, OutboxEvent, dispatch, emit
from soc.identity.actor import Actor
from soc.room import Subscription


@dataclass(frozen=True, slots=True)
class Rang(Event):
    name: ClassVar[str] = "test.rang"
    times: int


HEARD: list[int] = []
OTHERS: list[Thread] = []
DATABASES: list[Database] = []
FAILING: list[str] = []


def hear(session: Session, actor: Actor, event: Rang) -> None:
    HEARD.append(event.times)


def stumble(session: Session, actor: Actor, event: Rang) -> None:
    emit(session, Rang(99))
    if FAILING:
        raise RuntimeError(FAILING[0])


@pytest.fixture(autouse=True)
def _listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    HEARD.clear()
    FAILING.clear()
    here = "tests.soc.test_events"
    listeners = [(Rang, Subscription(f"{here}:Rang", f"{here}:hear"))]
    monkeypatch.setattr(events, "subscriptions", lambda: listeners)


def hear_while_another_dispatches(session: Session, actor: Actor, event: Rang) -> None:
    """Hold the receipt until a second dispatcher waits for it."""
    HEARD.append(event.times)
    if not OTHERS:
        OTHERS.append(Thread(target=dispatch, args=(DATABASES[0],)))
        OTHERS[0].start()
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        deadline = time.monotonic() + 20
        while session.scalar(waiting) == 0 and time.monotonic() < deadline:
            session.execute(text("SELECT pg_stat_clear_snapshot()"))


def ring(database: Database, times: int) -> None:
    with database.write() as session:
        emit(session, Rang(times))


def test_a_subscriber_hears_each_event_once_however_often_it_is_dispatched(database: Database) -> None:
    ring(database, 1)
    ring(database, 2)
    assert dispatch(database) == 2
    assert dispatch(database) == 0
    assert HEARD == [1, 2]


def test_an_event_of_a_change_that_was_rolled_back_is_never_heard(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as session:
        emit(session, Rang(1))
        raise RuntimeError
    dispatch(database)
    assert HEARD == []


# SQLite lets one writer in at a time: the two never meet there
@pytest.mark.parametrize("engine_name", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_two_dispatchers_at_once_serve_an_event_once_and_neither_fails(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    here = "tests.soc.test_events"
    listener = Subscription(f"{here}:Rang", f"{here}:hear_while_another_dispatches")
    monkeypatch.setattr(events, "subscriptions", lambda: [(Rang, listener)])
    OTHERS.clear()
    DATABASES[:] = [database]
    ring(database, 1)
    assert dispatch(database) == 1
    OTHERS[0].join(timeout=20)
    assert HEARD == [1]
    assert not caplog.records
    with database.read() as session:
        receipt = session.scalars(select(Delivery)).one()
    assert (receipt.attempts, receipt.error) == (0, None)


def test_a_failing_handler_leaves_nothing_behind_and_is_tried_again_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = "tests.soc.test_events"
    monkeypatch.setattr(events, "subscriptions", lambda: [(Rang, Subscription(f"{here}:Rang", f"{here}:stumble"))])
    FAILING.append("away")
    ring(database, 1)
    assert dispatch(database) == 0
    with database.read() as session:
        assert session.scalars(select(OutboxEvent.payload)).all() == [{"times": 1}]
        receipt = session.scalars(select(Delivery)).one()
    assert receipt.attempts == 1
    assert receipt.retry_at is not None
    assert receipt.retry_at > now()
    assert receipt.done_at is None
    assert "away" in (receipt.error or "")


def test_delivered_news_is_forgotten_and_waiting_news_is_not(database: Database) -> None:
    ring(database, 1)
    dispatch(database)
    ring(database, 2)
    with database.write() as session:
        assert events.forget_delivered(session, now()) == 1
    with database.read() as session:
        assert session.scalars(select(OutboxEvent.payload)).all() == [{"times": 2}]
