"""A province's incident over two cities, handed down to one of them: what that city reads, and takes out."""

import json
from uuid import UUID

import pytest
from sqlalchemy import func, select

from incidents.alerts.intake import take_in
from incidents.cases.evidence import Exhibit, hand_over, take_evidence
from incidents.cases.models import Evidence, IncidentTask
from incidents.cases.service import OpenIncident, open_incident
from incidents.cases.tasks import NewTask, open_task
from incidents.cases.tiers import dispatch_down
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from tests.browsing import Api, Browser, SignIn
from tests.conftest import NOON
from tests.incidents.findings import finding
from tests.soc.web.unpacked import words_of

CITY, SIBLING, PROVINCE = "440100", "440300", "440000"


@pytest.fixture
def incident(database: Database) -> UUID:
    """One alert and one task of each city, and released evidence of the incident itself."""
    with database.write() as session:
        operator = operator_actor(session)
        titles = {org: {"key": "incidents.timeline.note", "params": {"text": f"seen-{org}"}} for org in (CITY, SIBLING)}
        alerts = [take_in(session, operator, finding(org=o, title=titles[o], entity=o), at=NOON).id for o in titles]
        found = open_incident(session, operator, OpenIncident(alerts), at=NOON)
        for org in titles:
            open_task(session, operator, found.id, NewTask(f"todo-{org}", org=org), at=NOON)
        piece = take_evidence(session, operator, found.id, Exhibit("piece.txt", b"of the incident"), at=NOON)
        hand_over(session, operator, piece.id, "city", "", at=NOON)
        dispatch_down(session, operator, found.id, CITY, "yours", at=NOON)
        assert found.org == PROVINCE
        return found.id


@pytest.fixture
def commander(sign_in: SignIn) -> Browser:
    return sign_in(Role.COMMANDER, CITY)


def test_the_export_holds_ones_own_alerts_and_tasks_and_no_other_citys(commander: Browser, incident: UUID) -> None:
    document = json.loads(words_of(commander.send(f"/incidents/{incident}/export")))
    assert [one["title"] for one in document["alerts"]] == [f"seen-{CITY}"]
    assert [one["org"] for one in document["tasks"]] == [CITY]


def test_the_page_and_the_interface_show_the_same(commander: Browser, api: Api, incident: UUID) -> None:
    page = commander.get(f"/incidents/{incident}").text
    document = api("incidents.read", org=CITY).get(f"/api/v1/incidents/{incident}").json
    assert f"seen-{CITY}" in page
    assert f"todo-{CITY}" in page
    assert f"seen-{SIBLING}" not in page
    assert f"todo-{SIBLING}" not in page
    assert [one["org"] for one in document["tasks"]] == [CITY]  # type: ignore[index]


def test_a_centre_that_is_given_a_task_sees_the_incident_and_does_the_task(
    sign_in: SignIn, incident: UUID, database: Database
) -> None:
    with database.read() as session:
        task = session.scalars(select(IncidentTask.id).where(IncidentTask.org == SIBLING)).one()
    sibling = sign_in(Role.COMMANDER, SIBLING)
    sibling.send(f"/incidents/tasks/{task}", {"status": "done", "result": "looked into"})
    page = sibling.get(f"/incidents/{incident}").text
    assert "looked into" in page
    assert f"todo-{CITY}" not in page


def test_who_handed_it_down_sees_both_cities(sign_in: SignIn, incident: UUID) -> None:
    document = json.loads(words_of(sign_in(Role.COMMANDER, PROVINCE).send(f"/incidents/{incident}/export")))
    assert {one["title"] for one in document["alerts"]} == {f"seen-{CITY}", f"seen-{SIBLING}"}
    assert {one["org"] for one in document["tasks"]} == {CITY, SIBLING}


def test_the_evidence_of_one_incident_brings_none_of_another(
    commander: Browser, incident: UUID, database: Database
) -> None:
    with database.write() as session:
        operator = operator_actor(session)
        alert = take_in(session, operator, finding(org=SIBLING, entity="other"), at=NOON)
        other = open_incident(session, operator, OpenIncident((alert.id,)), at=NOON)
        piece = take_evidence(session, operator, other.id, Exhibit("other.txt", b"of another incident"), at=NOON)
        hand_over(session, operator, piece.id, "sibling", "", at=NOON)
        assert session.scalar(select(func.count()).select_from(Evidence)) == 2
    taken = words_of(commander.send(f"/incidents/{incident}/evidence"))
    assert "of the incident" in taken
    assert "other" not in taken
