"""The nightly look: what lasts is noticed once, in the trail and in the metrics, and concerns no person."""

from datetime import date, timedelta

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.behaviour.facts import EntityDay
from detectors.behaviour.store import add_days
from detectors.drift.jobs import collect
from detectors.drift.models import BehaviourDrift
from detectors.drift.service import LASTING, lasting_notices, latest, look
from detectors.findings import Finding
from soc.identity.actor import Actor, Role
from soc.trail import Act
from soc.trail.models import TrailEntry
from soc.workdays import is_workday
from tests.conftest import MakePerson
from tests.detectors.behaviour.days import facts, key

ORG = "440100"
FIRST = date(2026, 5, 11)  # a Monday; 端午 lies within the weeks that follow
PEOPLE = 40


def _looks(session: Session, operator: Actor, seed: int, *, times: float = 1.0) -> None:
    """Seven weeks: five to compare, then a look after each working day, in which everybody reads ``times`` as much."""
    chance = np.random.default_rng(seed)
    habits = chance.lognormal(3.5, 0.7, PEOPLE)
    for number in range(50):
        day = FIRST + timedelta(days=number)
        if not is_workday(day):
            continue
        much = times if number >= 36 else 1.0
        days = [
            EntityDay(key(f"p{person}"), day, facts(int(much * habit * chance.lognormal(0, 0.4)) + 1))
            for person, habit in enumerate(habits)
        ]
        add_days(session, ORG, days)
        if number >= 35:
            look(session, operator, ORG)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_nothing_changes_nothing_is_noticed(session: Session, operator: Actor, seed: int) -> None:
    _looks(session, operator, seed, times=1.0)
    assert latest(session, ORG) != []
    assert max(row.days_beyond for row in session.scalars(select(BehaviourDrift))) < LASTING
    assert lasting_notices(session, operator) == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_move_that_lasts_is_noticed_once_and_no_person_is_named(session: Session, operator: Actor, seed: int) -> None:
    _looks(session, operator, seed, times=3.0)
    (notice,) = lasting_notices(session, operator)
    assert notice.org == ORG
    assert {"weight", "grave"} <= set(notice.figures)
    assert FIRST + timedelta(days=35) <= notice.since <= FIRST + timedelta(days=45)
    entries = session.scalars(select(TrailEntry).where(TrailEntry.act == Act.DRIFT_NOTICED)).all()
    told = {entry.subject_id for entry in entries}
    assert len(entries) == len(told) >= 2
    assert session.scalars(select(Finding)).all() == []
    gauges = {(name, labels["figure"]): value for name, _, labels, value in collect(session, session.info["settings"])}
    assert gauges["guanlan_drift_lasting", "weight"] == 1.0
    assert gauges["guanlan_drift_moved", "weight"] > gauges["guanlan_drift_bound", "weight"]
    assert gauges["guanlan_drift_lasting", "hosts"] == 0.0


def test_a_day_is_looked_at_once(session: Session, operator: Actor) -> None:
    _looks(session, operator, 1)
    before = len(session.scalars(select(BehaviourDrift)).all())
    assert before > 0
    assert look(session, operator, ORG) == []
    assert len(session.scalars(select(BehaviourDrift)).all()) == before


def test_five_people_are_too_few_to_say_anything(session: Session, operator: Actor) -> None:
    for number in range(40):
        day = FIRST + timedelta(days=number)
        add_days(session, ORG, [EntityDay(key(f"p{person}"), day, facts(20)) for person in range(5)])
    assert look(session, operator, ORG) == []


def test_what_is_noticed_elsewhere_is_not_told(session: Session, operator: Actor, person: MakePerson) -> None:
    _looks(session, operator, 1, times=3.0)
    assert lasting_notices(session, person(Role.ANALYST, "440300")) == []
    assert lasting_notices(session, person(Role.ANALYST, ORG)) != []
