"""The list of everything that is still to be done: one's own and those below, what is due first."""

from datetime import timedelta

import pytest

from incidents.alerts.intake import take_in
from incidents.cases.models import TaskKind, TaskStatus
from incidents.cases.service import OpenIncident, open_incident
from incidents.cases.tasks import NewTask, open_task, set_task
from soc.clock import now
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from tests.browsing import SignIn
from tests.conftest import NOON
from tests.incidents.findings import finding

PROVINCE, CITY, SIBLING = "440000", "440100", "440300"


@pytest.fixture
def number(database: Database) -> str:
    """An incident of the province with tasks of two cities; its number."""
    with database.write() as session:
        actor = operator_actor(session)
        alerts = [take_in(session, actor, finding(org=org, entity=org), at=NOON).id for org in (CITY, SIBLING)]
        incident = open_incident(session, actor, OpenIncident(alerts), at=NOON)

        def todo(title: str, org: str, days: int | None, kind: TaskKind = TaskKind.RESPONSE) -> None:
            due = None if days is None else now() + timedelta(days=days)
            open_task(session, actor, incident.id, NewTask(title, org=org, due_at=due, kind=kind), at=now())

        todo("whenever", CITY, None)
        todo("next-week", CITY, 7, TaskKind.RECTIFICATION)
        todo("yesterday", CITY, -1)
        todo("elsewhere", SIBLING, 1)
        finished = open_task(session, actor, incident.id, NewTask("finished", org=CITY), at=NOON)
        set_task(session, actor, finished.id, TaskStatus.DONE, result="keys-changed", at=NOON)
        return incident.number


def order_of(page: str, *titles: str) -> list[str]:
    return sorted((one for one in titles if f">{one}<" in page), key=page.index)


def test_what_is_due_first_comes_first_and_what_is_never_due_last(sign_in: SignIn, number: str) -> None:
    page = sign_in(Role.COMMANDER, CITY).get("/incidents/tasks/").text
    assert order_of(page, "whenever", "next-week", "yesterday") == ["yesterday", "next-week", "whenever"]
    assert "keys-changed" in page
    assert number in page


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("state=overdue", ["yesterday"]),
        ("state=unfinished&kind=rectification", ["next-week"]),
        ("state=done", ["finished"]),
        ("q=week", ["next-week"]),
    ],
)
def test_it_is_narrowed_by_state_kind_and_words(sign_in: SignIn, number: str, asked: str, shown: list[str]) -> None:
    page = sign_in(Role.COMMANDER, CITY).get(f"/incidents/tasks/?{asked}").text
    assert order_of(page, "whenever", "next-week", "yesterday", "finished") == shown


def test_a_city_reads_no_task_of_another_and_the_province_reads_all(sign_in: SignIn, number: str) -> None:
    assert ">elsewhere<" not in sign_in(Role.COMMANDER, CITY).get("/incidents/tasks/").text
    assert ">whenever<" not in sign_in(Role.COMMANDER, SIBLING).get("/incidents/tasks/").text
    whole = sign_in(Role.COMMANDER, PROVINCE).get("/incidents/tasks/").text
    assert ">elsewhere<" in whole
    assert ">whenever<" in whole


def test_with_nothing_to_do_it_says_what_would_stand_there(sign_in: SignIn) -> None:
    page = sign_in(Role.COMMANDER, CITY).get("/incidents/tasks/?lang=en").text
    assert "No tasks yet" in page
    assert "what a review finds to put right" in page
