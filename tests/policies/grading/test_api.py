"""The grading policy for scripts: read, checked, proposed; a second person puts it in force, and nobody else."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from policies.grading.policy import KIND, default_body
from policies.grading.service import install_default
from soc.approvals.models import Approval
from soc.approvals.service import approve
from soc.clock import now
from soc.db import Database
from soc.errors import ForbiddenError
from soc.identity.actor import Role
from soc.identity.actors import actor_of, operator_actor
from soc.trail.models import TrailEntry
from soc.versions.models import PolicyVersion
from soc.versions.service import active
from soc.yaml_text import read_yaml, write_yaml
from tests.browsing import Api, SignIn, api, app, client, sign_in
from tests.conftest import add_test_person

__all__ = ["api", "app", "client", "sign_in"]

URL = "/api/v1/policies/grading"
PROVINCE, CITY, OTHER = "440000", "440100", "440300"


def changed(**levels: str) -> dict[str, Any]:
    body = dict(default_body())
    return body | {"types": body["types"] | levels}


@pytest.fixture(autouse=True)
def _shipped(database: Database) -> None:
    with database.write() as session:
        install_default(session, operator_actor(session))


def count(database: Database, model: type[Any]) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_the_policy_that_holds_is_read_as_json_and_as_yaml(api: Api) -> None:
    client = api("policies.read", org=CITY)
    told = client.get(URL).get_json()
    assert (told["org"], told["number"], told["document"]["types"]["mobile"]) == (CITY, None, "G3")
    text = client.get(f"{URL}.yaml")
    assert text.mimetype == "application/yaml"
    assert read_yaml(text.text) == told["document"]


def test_a_proposal_waits_for_a_second_person_and_is_in_the_trail(api: Api, database: Database) -> None:
    client = api("policies.write", "policies.read")
    entries = count(database, TrailEntry)
    answer = client.post(f"{URL}/versions", json={"document": changed(uscc="G4"), "reason": "新规定"})
    told = answer.get_json()
    assert (answer.status_code, told["status"], told["number"], told["base"]) == (201, "proposed", 2, 1)
    assert client.get(URL).get_json()["number"] == 1
    with database.read() as session:
        acts = [one.act for one in session.scalars(select(TrailEntry).order_by(TrailEntry.id))][entries:]
    assert {"version.drafted", "approval.proposed"} <= set(acts)
    with database.write() as session:
        second = actor_of(session, add_test_person(session, Role.POLICY, PROVINCE))
        approve(session, second, told["approval"], at=now())
    assert client.get(URL).get_json()["document"]["types"]["uscc"] == "G4"


def test_a_token_approves_nothing(api: Api, database: Database) -> None:
    told = api("policies.write").post(f"{URL}/versions", json={"text": write_yaml(changed(uscc="G4")), "reason": "x"})
    with database.write() as session, pytest.raises(ForbiddenError):
        approve(session, operator_actor(session), told.get_json()["approval"], at=now())


def test_every_fault_comes_at_once_with_its_line_and_nothing_is_kept(api: Api, database: Database) -> None:
    client, before = api("policies.write"), count(database, PolicyVersion)
    text = "title: x\ntypes:\n  mobile: G9\ncolour: red\n"
    checked = client.post(f"{URL}/check", json={"text": text}).get_json()
    assert {(one["path"], one["row"]) for one in checked["problems"]} == {("colour", 4), ("types/mobile", 3)}
    assert checked["what_if"] is None
    refused = client.post(f"{URL}/versions", json={"text": text, "reason": "x"})
    assert refused.status_code == 422
    assert {one["field"] for one in refused.get_json()["errors"]} == {"colour", "types/mobile"}
    assert count(database, PolicyVersion) == before


def test_a_good_document_is_checked_with_what_it_would_change(api: Api) -> None:
    told = api("policies.write").post(f"{URL}/check", json={"document": changed(uscc="G4")}).get_json()
    assert told["problems"] == []
    assert told["what_if"]["changed"] == 0


def test_a_city_is_told_where_it_would_be_laxer(api: Api) -> None:
    told = api("policies.write", org=CITY).post(f"{URL}/check", json={"document": changed(mobile="G1")}).get_json()
    assert [one["path"] for one in told["problems"]] == ["types/mobile"]


def test_a_document_made_from_an_older_version_is_refused_and_undoes_nobody_s_edit(
    api: Api, database: Database
) -> None:
    client = api("policies.write", "policies.read")
    text = client.get(f"{URL}.yaml").text
    told = client.post(f"{URL}/versions", json={"document": changed(uscc="G4"), "reason": "a"}).get_json()
    with database.write() as session:
        approve(session, actor_of(session, add_test_person(session, Role.POLICY, PROVINCE)), told["approval"], at=now())
    late = text.replace("mobile: G3", "mobile: G4")
    assert late != text
    assert client.post(f"{URL}/versions", json={"text": late, "reason": "b"}).status_code == 409
    assert client.post(f"{URL}/versions", json={"text": late, "reason": "b", "base": 1}).status_code == 409
    assert client.post(f"{URL}/versions", json={"text": late, "reason": "b", "base": 2}).status_code == 201


def test_what_holds_already_is_not_proposed_again(api: Api) -> None:
    assert api("policies.write").post(
        f"{URL}/versions", json={"document": dict(default_body()), "reason": "x"}
    ).status_code == 409  # fmt: skip


def test_versions_are_listed_without_their_documents_and_read_one_by_one(api: Api) -> None:
    client = api("policies.write", "policies.read")
    client.post(f"{URL}/versions", json={"document": changed(uscc="G4"), "reason": "a"})
    listed = client.get(f"{URL}/versions").get_json()
    assert [(one["number"], one["status"]) for one in listed["items"]] == [(2, "proposed"), (1, "active")]
    assert "document" not in listed["items"][0]
    assert client.get(f"{URL}/versions/2").get_json()["document"]["types"]["uscc"] == "G4"
    assert client.get(f"{URL}/versions/2/what-if").get_json()["items"] == 0
    assert client.get(f"{URL}/versions/9").status_code == 404
    assert client.get(f"{URL}/versions/99999999999999999999").status_code == 404


@pytest.mark.parametrize("org", [OTHER, PROVINCE, "000000", "x' OR 1=1"])
def test_an_organisation_outside_looks_missing_whatever_is_asked(api: Api, database: Database, org: str) -> None:
    client, before = api("read", "write", org=CITY), count(database, PolicyVersion)
    paths = (URL, f"{URL}.yaml", f"{URL}/versions", f"{URL}/versions/1", f"{URL}/versions/1/what-if")
    assert {client.get(path, query_string={"org": org}).status_code for path in paths} == {404}
    body = {"document": changed(uscc="G4")}
    assert client.post(f"{URL}/check", query_string={"org": org}, json=body).status_code == 404
    assert client.post(f"{URL}/versions", query_string={"org": org}, json=body | {"reason": "x"}).status_code == 404
    assert count(database, PolicyVersion) == before


def test_whoever_stands_above_proposes_for_those_below(api: Api, database: Database) -> None:
    answer = api("policies.write").post(
        f"{URL}/versions", query_string={"org": CITY}, json={"document": changed(uscc="G4"), "reason": "x"}
    )
    assert (answer.status_code, answer.get_json()["org"]) == (201, CITY)
    with database.read() as session:
        first = active(session, KIND, CITY)
        assert first is not None
        assert first.body == dict(default_body())


@pytest.mark.parametrize("scope", ["ledger.read", "ledger.write", "logs.write"])
def test_a_token_of_another_area_reads_and_writes_nothing(api: Api, scope: str) -> None:
    client = api(scope)
    assert client.get(URL).status_code == 403
    assert client.post(f"{URL}/versions", json={"document": {}, "reason": "x"}).status_code == 403


def test_a_token_that_reads_proposes_nothing(api: Api, database: Database) -> None:
    body = {"document": changed(uscc="G4"), "reason": "x"}
    assert api("policies.read").post(f"{URL}/versions", json=body).status_code == 403
    assert count(database, Approval) == 0


@pytest.mark.parametrize(
    "body",
    [
        {"reason": "x"},
        {"document": {}, "text": "a: 1", "reason": "x"},
        {"document": {}, "reason": ""},
        {"document": {}, "reason": "x", "status": "active"},
        {"document": [], "reason": "x"},
        {"document": {"title": "\x00"}, "reason": "x"},
        {"document": {"volume": 1e400}, "reason": "x"},
        {"text": "a: &a [*a]", "reason": "x"},
        {"text": "\ud800", "reason": "x"},
        {"text": "volume: 9", "reason": "\x00"},
        {"text": "volume: 9", "reason": "\ud800"},
        {"document": {}, "reason": "x", "base": -1},
        {"document": {}, "reason": "x", "starts_at": "2026-01-01T00:00:00"},
        {"document": {}, "reason": "x", "starts_at": "0001-01-01T00:00:00+14:00"},
    ],
)
def test_a_body_that_cannot_be_used_is_422(api: Api, body: dict[str, Any]) -> None:
    answer = api("policies.write").post(f"{URL}/versions", data=json.dumps(body), content_type="application/json")
    assert answer.status_code == 422


def test_the_page_s_file_says_its_version(sign_in: SignIn) -> None:
    assert sign_in(Role.POLICY).get("/grading/policy.yaml").text.startswith("# grading 440000 v1\n")
