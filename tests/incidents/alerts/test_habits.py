from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.behaviour.facts import DayFacts
from detectors.behaviour.store import BehaviourDay
from incidents.alerts.habits import habit_of
from incidents.alerts.intake import take_in
from soc.db import Database
from soc.exposure import Basis, Figure
from soc.identity.actor import Actor, Role
from soc.identity.actors import operator_actor
from tests.browsing import SignIn
from tests.conftest import NOON
from tests.incidents.findings import finding

FIRST = date(2026, 11, 1)


def read(session: Session, place: int, rows: dict[int, int], *, org: str = "440100", table: str = "hr.staff") -> None:
    facts = DayFacts(reads=1, rows={rank: [n, n, n] for rank, n in rows.items()}, tables={table: 1.0})
    session.add(
        BehaviourDay(
            org="440000",
            reference=f"account:zhang_wei/{org}",
            day=FIRST + timedelta(days=place),
            kind="account",
            name="zhang_wei",
            account="zhang_wei",
            post="窗口受理",
            service=False,
            home=org,
            facts=facts.as_json(),
        )
    )
    session.flush()


def test_a_usual_day_is_told_from_the_days_before_the_last(session: Session, operator: Actor) -> None:
    for place in range(10):
        read(session, place, {2: 100 + place % 3})
    read(session, 10, {2: 50, 4: 60_000}, table="practitioner_archive")
    habit = habit_of(session, operator, "440100", "zhang_wei")
    assert habit is not None
    assert habit.usual is not None
    assert habit.usual[0] <= 100 <= habit.usual[1] < 200
    assert (habit.days[-1].grave, habit.days[-1].other) == (60_000, 50)
    first = {one.name: (one.days, one.first) for one in habit.tables}
    assert first == {"hr.staff": (10, FIRST), "practitioner_archive": (1, habit.newest)}


def test_a_day_with_a_copy_that_nobody_counted_says_so_and_how_much_it_may_be(
    session: Session, operator: Actor
) -> None:
    read(session, 0, {2: 5})
    day = session.scalars(select(BehaviourDay)).one()
    uncounted = DayFacts(reads=2, uncounted=1, rows={2: [5, 5, 5], 4: [0, 900, 200]})
    day.facts = uncounted.as_json()
    habit = habit_of(session, operator, "440100", "zhang_wei")
    assert habit is not None
    assert habit.newest_day.rows == Figure(5, 905, Basis.UNKNOWN)
    assert (habit.newest_day.likely, habit.newest_day.beyond) == (205, 700)
    uncounted.unbounded = 1
    day.facts = uncounted.as_json()
    open_ended = habit_of(session, operator, "440100", "zhang_wei")
    assert open_ended is not None
    assert (open_ended.newest_day.rows, open_ended.newest_day.beyond) == (Figure(5, None, Basis.UNKNOWN), 0)


def test_too_few_days_are_no_habit(session: Session, operator: Actor) -> None:
    read(session, 0, {2: 5})
    read(session, 1, {2: 5})
    habit = habit_of(session, operator, "440100", "zhang_wei")
    assert habit is not None
    assert habit.usual is None


def test_days_long_ago_and_those_of_another_organisation_do_not_count(session: Session, operator: Actor) -> None:
    read(session, 0, {2: 5})
    read(session, 45, {2: 7})
    read(session, 45, {2: 9_999}, org="440300")
    habit = habit_of(session, operator, "440100", "zhang_wei")
    assert habit is not None
    assert [one.rows for one in habit.days] == [Figure(7, 7)]


def test_of_an_entity_without_days_nothing_is_known(session: Session, operator: Actor) -> None:
    assert habit_of(session, operator, "440100", "nobody") is None


def test_the_entitys_page_shows_its_days_against_its_habit(sign_in: SignIn, database: Database) -> None:
    with database.write() as session:
        for place in range(9):
            read(session, place, {2: 100, 4: 3_000 if place == 8 else 0})
        alert: UUID = take_in(session, operator_actor(session), finding(), at=NOON).id
    browser = sign_in(Role.ANALYST, "440000")
    assert browser.get(f"/alerts/{alert}").status_code == 200
    page = browser.get("/alerts/entities/e-0001?lang=en").text
    assert "How many rows a day?" in page
    assert "3,100" in page
    assert "usually 100–100 rows" in page
    assert "窗口受理" in page
    below = sign_in(Role.ANALYST, "440100").get("/alerts/entities/e-0001?lang=en")
    assert below.status_code == 200
    assert "How many rows a day?" not in below.text, "days of the province's logs left their tier"
