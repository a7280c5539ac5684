"""A COPY that no log counts is walked through every page that shows how much was exposed: none calls it nothing."""

import re
from datetime import timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from detectors.behaviour.facts import DayFacts
from detectors.behaviour.store import BehaviourDay
from incidents.alerts.models import Alert
from incidents.policy import on_finding
from soc.clock import now
from soc.db import Database
from soc.entities import TABLES, LogEntity, reference_of
from soc.exposure import NOT_KNOWN, Basis, Figure
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.ledger.models import LedgerItem
from soc.logstore import open_store
from soc.web.context import Kernel
from tests.browsing import SignIn
from tests.contract import corpus
from tests.incidents.findings import finding
from tests.soc.ledger.made import a_source, scanned

CITY = "440100"
BOUND = 54_321
SAID = re.compile(r"up to 54,321\s*(?:<[^>]*>|rows|\s)*unknown")


@pytest.fixture
def copied(app: APIFlask, database: Database) -> dict[str, str]:
    """An account copied a table of G4 data: its event, its day, its alert and the incident. Ids by what they are of."""
    kernel: Kernel = app.extensions["guanlan"]
    at = now() - timedelta(hours=2)
    with database.write() as session:
        actor = operator_actor(session)
        scanned(session, actor, a_source(session, actor, database.settings, CITY, "运政库"))
        facts = DayFacts(reads=1, uncounted=1, rows={4: [0, BOUND, BOUND]}, tables={"public.people": 1.0})
        whose = {"reference": "account:zhang_wei/440100", "name": "zhang_wei", "account": "zhang_wei", "post": "窗口"}
        kept = {"org": CITY, "day": at.date(), "kind": "account", "service": False, "home": CITY, **whose}
        session.add(BehaviourDay(**kept, facts=facts.as_json()))
        told = {"rows": Figure(0, BOUND, Basis.UNKNOWN), "persons": NOT_KNOWN, "level": "G4", "score": 95}
        alert = on_finding(session, actor, finding(**told, first_at=at, last_at=at), at=now())
        assert alert is not None
        phone = session.scalars(select(LedgerItem).where(LedgerItem.name == "phone")).one()
        ids = {
            "alert": str(alert.id),
            "entity": alert.entity,
            "incident": str(alert.incident_id),
            "item": str(phone.id),
            "table": reference_of(database.settings, LogEntity(TABLES, "public.people")),
        }
    event: dict[str, Any] = {
        "guanlan.org": CITY, "time": at, "actor.user.name": "zhang_wei", "api.operation": "COPY", "database.name": "gd",
        "guanlan.level": "G4", "guanlan.level_rank": 4, "guanlan.tables": ["public.people"], "guanlan.export": True,
        "guanlan.rows_basis": "unknown", "guanlan.rows_bound": BOUND,
    }  # fmt: skip
    made = corpus.numbered([event], "b")
    made[0]["guanlan.org"] = CITY
    open_store(kernel.settings).append(corpus.table(made), batch="b")
    return ids


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.ANALYST, "/alerts/"),
        (Role.ANALYST, "/alerts/{alert}"),
        (Role.ANALYST, "/alerts/entities/{entity}"),
        (Role.ANALYST, "/alerts/entities/tables/{table}"),
        (Role.ANALYST, "/alerts/entities/people/{table}"),
        (Role.COMMANDER, "/incidents/"),
        (Role.COMMANDER, "/incidents/{incident}"),
        (Role.ANALYST, "/logs/"),
        (Role.OWNER, "/ledger/{item}/readers"),
        (Role.LEADER, "/posture/"),
        (Role.LEADER, "/posture/reads"),
        (Role.LEADER, "/wall/"),
    ],
)
def test_the_page_says_how_much_it_may_be_and_that_it_is_unknown(
    sign_in: SignIn, copied: dict[str, str], role: Role, path: str
) -> None:
    joiner = "&" if "?" in path else "?"
    page = sign_in(role, CITY).get(f"{path.format(**copied)}{joiner}lang=en").text
    assert SAID.search(page), re.findall(r".{60}54,321.{60}", page)


def test_the_report_and_the_interfaces_say_it_too(sign_in: SignIn, copied: dict[str, str]) -> None:
    leader = sign_in(Role.LEADER, CITY)
    leader.get("/posture/?lang=en")
    assert SAID.search(leader.send("/reports/posture", {"days": "30"}).text)


def test_the_provinces_list_of_cities_says_it(sign_in: SignIn, copied: dict[str, str]) -> None:
    leader = sign_in(Role.LEADER)
    assert len(SAID.findall(leader.get("/posture/?lang=en").text)) >= 2
    assert len(SAID.findall(leader.get("/wall/?lang=en").text)) == 2


def test_persons_stand_beside_the_rows_as_a_figure_of_their_own(
    sign_in: SignIn, copied: dict[str, str], database: Database
) -> None:
    with database.write() as session:
        session.scalars(select(Alert)).one().persons = Figure(3, 777, Basis.ESTIMATED)
    for role, path in (
        (Role.LEADER, "/posture/"),
        (Role.LEADER, "/wall/"),
        (Role.ANALYST, "/alerts/entities/{entity}"),
    ):
        page = sign_in(role, CITY).get(f"{path.format(**copied)}?lang=en").text
        assert re.search(r"persons: 3–777\s+estimated", page), path
