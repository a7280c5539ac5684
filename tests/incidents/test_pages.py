from uuid import UUID

import pytest
from sqlalchemy import select

from incidents.alerts.intake import take_in
from incidents.alerts.models import Alert, AlertStatus
from incidents.cases.models import Incident
from incidents.policy import on_finding
from soc.db import Database
from soc.events import dispatch
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from tests.browsing import Api, SignIn
from tests.conftest import NOON
from tests.incidents.findings import finding


@pytest.fixture
def alert(database: Database) -> UUID:
    with database.write() as session:
        evil = finding(entity_name="<script>alert(1)</script>")
        return take_in(session, operator_actor(session), evil, at=NOON).id


@pytest.fixture
def incident(database: Database) -> UUID:
    with database.write() as session:
        on_finding(session, operator_actor(session), finding(score=92), at=NOON)
        found = session.scalars(select(Incident)).one().id
    dispatch(database)
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_of_alerts_and_incidents_is_drawn(
    sign_in: SignIn, alert: UUID, incident: UUID, database: Database, lang: str
) -> None:
    browser = sign_in(Role.COMMANDER, "440100")
    with database.read() as session:
        entity = session.get_one(Alert, alert).entity
    for path in (
        "/alerts/",
        "/alerts/?status=closed",
        "/alerts/?sleep=asleep&severity=high",
        f"/alerts/{alert}",
        f"/alerts/entities/{entity}",
        "/incidents/",
        f"/incidents/{incident}",
        f"/incidents/{incident}/review",
        f"/playbooks/incidents/{incident}",
        "/playbooks/",
    ):
        answer = browser.get(f"{path}{'&' if '?' in path else '?'}lang={lang}")
        assert answer.status_code == 200, (path, answer.text[:500])
        assert "<script>alert(1)" not in answer.text


def test_an_alert_is_opened_as_an_incident_from_its_page(sign_in: SignIn, alert: UUID, database: Database) -> None:
    answer = sign_in(Role.ANALYST, "440100").send(f"/alerts/{alert}/incident", follow_redirects=True)
    assert answer.status_code == 200
    with database.read() as session:
        assert session.get_one(Alert, alert).status is AlertStatus.IN_INCIDENT


def test_closing_without_a_reason_is_told_and_changes_nothing(sign_in: SignIn, alert: UUID, database: Database) -> None:
    answer = sign_in(Role.ANALYST, "440100").send(f"/alerts/{alert}/close", {"verdict": "benign", "note": ""})
    assert answer.status_code == 422
    with database.read() as session:
        assert session.get_one(Alert, alert).status is AlertStatus.NEW


def test_a_bulk_act_takes_the_whole_result_of_the_filter(sign_in: SignIn, database: Database) -> None:
    with database.write() as session:
        for number in range(60):
            take_in(session, operator_actor(session), finding(entity=f"e-{number}"), at=NOON)
    form = {"act": "benign", "whole": "1", "query": "severity=medium"}
    sign_in(Role.ANALYST, "440100").send("/alerts/bulk", form)
    with database.read() as session:
        assert {one.status for one in session.scalars(select(Alert))} == {AlertStatus.CLOSED}


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.LEADER])
def test_who_only_reads_changes_nothing(sign_in: SignIn, alert: UUID, role: Role) -> None:
    browser = sign_in(role, "440100")
    assert browser.get(f"/alerts/{alert}").status_code == 200
    assert browser.send(f"/alerts/{alert}/take").status_code == 403


def test_what_lies_outside_looks_missing_on_every_page(sign_in: SignIn, alert: UUID, incident: UUID) -> None:
    browser = sign_in(Role.COMMANDER, "440300")
    for path in (
        f"/alerts/{alert}",
        "/alerts/entities/e-0001",
        f"/incidents/{incident}",
        f"/incidents/{incident}/review",
        f"/playbooks/incidents/{incident}",
    ):
        assert browser.get(path).status_code == 404, path
    for path in (f"/alerts/{alert}/take", f"/incidents/{incident}/command"):
        assert browser.send(path).status_code == 404, path


def test_the_commander_works_an_incident_to_its_close_in_the_browser(
    sign_in: SignIn, incident: UUID, database: Database
) -> None:
    browser = sign_in(Role.COMMANDER, "440100")
    base = f"/incidents/{incident}"
    for path, form in (
        ("/command", {}),
        ("/grade", {"level": "larger", "persons": "1200000"}),
        ("/notes", {"text": "called the owner"}),
        ("/escalate", {"reason": "beyond us"}),
        ("/tasks", {"title": "Call", "kind": "response", "org": "440100", "due_at": "2026-12-01T10:00"}),
        ("/move", {"status": "contained"}),
        ("/move", {"status": "resolved"}),
        ("/review", {"cause": "a", "harm": "b", "measures": "c", "lessons": "d", "tasks": ""}),
        ("/move", {"status": "closed"}),
    ):
        answer = browser.send(base + path, form)
        assert answer.status_code == 302, (path, answer.text[-800:])
    assert browser.get(base).status_code == 200
    assert browser.send(base + "/export").json["status"] == "closed"  # type: ignore[index]
    with database.read() as session:
        assert session.get_one(Incident, incident).held_by == "440000"


def test_the_api_lists_and_changes_alerts(api: Api, alert: UUID) -> None:
    client = api("alerts.read", "alerts.write", org="440100")
    listed = client.get("/api/v1/alerts?status=new").json
    assert listed is not None
    assert [(one["id"], one["org"]) for one in listed["items"]] == [(str(alert), "440100")]
    changed = client.patch(f"/api/v1/alerts/{alert}", json={"status": "triaged", "add_tags": ["x"]})
    assert changed.json is not None
    assert (changed.json["status"], changed.json["tags"]) == ("triaged", ["x"])
    assert client.patch("/api/v1/alerts", json={"where_status": "triaged", "assignee": "li"}).json == {"changed": 1}


@pytest.mark.parametrize("field", ["score", "org", "id", "incident_id", "nonsense"])
def test_the_api_refuses_to_change_what_the_server_owns(api: Api, alert: UUID, field: str) -> None:
    client = api("alerts.write", "alerts.read", org="440100")
    assert client.patch(f"/api/v1/alerts/{alert}", json={field: 1}).status_code == 422


def test_the_api_shows_and_moves_incidents(api: Api, incident: UUID) -> None:
    client = api("incidents.read", "incidents.write", org="440100")
    listed = client.get("/api/v1/incidents").json
    assert listed is not None
    assert listed["total"] == 1
    assert client.get(f"/api/v1/incidents/{incident}").json["clocks"]  # type: ignore[index]
    moved = client.patch(f"/api/v1/incidents/{incident}", json={"status": "contained", "commander": "li"})
    assert moved.json is not None
    assert (moved.json["status"], moved.json["commander"]) == ("contained", "li")
    assert api("read", "write", org="440300").get(f"/api/v1/incidents/{incident}").status_code == 404


def test_an_entity_of_another_organisation_looks_missing(sign_in: SignIn, alert: UUID) -> None:
    stranger, owner = sign_in(Role.ANALYST, "440300"), sign_in(Role.ANALYST, "440100")
    there, absent = stranger.get("/alerts/entities/e-0001"), stranger.get("/alerts/entities/e-none")
    assert (there.status_code, absent.status_code) == (404, 404)
    assert "zhang" not in there.text
    assert owner.get("/alerts/entities/e-0001").status_code == 200
