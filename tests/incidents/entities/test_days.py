"""An entity's days: a count for each, what is usual before the one looked at, and the hours of the week."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from incidents.entities.days import Days, days_of
from incidents.entities.looking import look
from incidents.entities.window import window_of
from soc.entities import ADDRESS, LogEntity
from soc.errors import InputError
from soc.identity.actor import Actor
from soc.logstore.port import LogStore
from tests.conftest import NOON
from tests.incidents.entities import made

CHINA = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 22)


def days(session: Session, actor: Actor, store: LogStore, day: str = "") -> Days:
    window = window_of(day, at=NOON, zone=CHINA)
    seen = look(store, session, actor, LogEntity(ADDRESS, made.ADDRESS), window)
    return days_of(store, seen.lately, window)


def busy(each: dict[int, int]) -> list[dict[str, object]]:
    """So many events on the day that lies so many days back."""
    return [made.event(back) for back, count in each.items() for _ in range(count)]


def test_a_day_beyond_what_is_usual_before_it_is_told(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    store = made.stored(either_store, busy({**{back: 3 + back % 2 for back in range(1, 9)}, 0: 0, 9: 3}))
    made.stored(store, [made.event(hours / 24) for hours in range(1, 10) for _ in range(4)], "today")
    found = days(session, operator, store)
    assert found.looked_at == TODAY
    assert found.usual is not None
    assert found.usual[0] <= 3 <= found.usual[1] < 12
    assert (found.count, found.beyond) == (36, True)
    assert found.counts[0] == (TODAY - timedelta(days=9), 3)
    assert len(found.counts) == 10


def test_another_day_is_looked_at_against_the_days_before_it_alone(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    store = made.stored(either_store, busy({**dict.fromkeys(range(2, 10), 2), 1: 50}))
    found = days(session, operator, store, "2026-11-20")
    assert (found.looked_at, found.count, found.usual, found.beyond) == (date(2026, 11, 20), 2, (2, 2), False)
    assert found.counts[-1][0] == date(2026, 11, 20)


def test_days_begin_at_the_zones_midnight_and_hours_are_the_zones(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    late = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)  # Saturday the 21st, half past midnight in China
    store = made.stored(either_store, [made.event(time=late)])
    found = days(session, operator, store)
    assert found.counts == ((date(2026, 11, 21), 1), (TODAY, 0))
    assert [(day, hour) for day, row in enumerate(found.hours) for hour, count in enumerate(row) if count] == [(5, 0)]


def test_older_than_ninety_days_and_too_few_days_are_no_habit(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    store = made.stored(either_store, busy({120: 5, 2: 1, 1: 1}))
    found = days(session, operator, store)
    assert [count for _, count in found.counts] == [1, 1, 0]
    assert found.usual is None
    assert not found.beyond


def test_without_events_there_are_no_days(session: Session, operator: Actor, either_store: LogStore) -> None:
    assert days(session, operator, either_store).counts == ()


@pytest.mark.parametrize("written", ["yesterday", "2026-13-01", "2026-11-23", "0001-01-01", "9999-12-31"])
def test_what_is_no_day_up_to_today_is_refused(written: str) -> None:
    with pytest.raises(InputError):
        window_of(written, at=NOON, zone=CHINA)
