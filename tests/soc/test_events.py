from dataclasses import dataclass
from typing import ClassVar

import pytest
from sqlalchemy import select
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
