"""The protection policy for scripts: read, checked, proposed, in the order people know; a second person puts it in force."""

from typing import Any

import pytest
from sqlalchemy import func, select

from policies.protection.policy import KIND, default_body
from policies.protection.service import install_default, policy_for
from soc.approvals.service import approve
from soc.clock import now
from soc.db import Database
from soc.errors import ForbiddenError
from soc.identity.actor import Role
from soc.identity.actors import actor_of, operator_actor
from soc.ledger.levels import Level
from soc.versions.models import PolicyVersion
from soc.versions.service import active
from soc.yaml_text import read_yaml, write_yaml
from tests.browsing import Api, api, app, client
from tests.conftest import add_test_person

__all__ = ["api", "app", "client"]

URL = "/api/v1/policies/protection"
PROVINCE, CITY, OTHER = "440000", "440100", "440300"
RULE = {
    "id": "plates-suppressed",
    "why": {"zh": "车牌不外显", "en": "no plates"},
    "types": ["plate"],
    "operator": "suppress",
}


def changed() -> dict[str, Any]:
    body = dict(default_body())
    return body | {"rules": [RULE, *body["rules"]]}


@pytest.fixture(autouse=True)
def _shipped(database: Database) -> None:
    with database.write() as session:
        install_default(session, operator_actor(session))


def versions_of(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(PolicyVersion)) or 0


def test_what_holds_is_read_in_the_order_of_the_shipped_document(api: Api) -> None:
    client = api("policies.read", org=CITY)
    told = client.get(URL).get_json()
    assert told["document"] == default_body()
    text = client.get(f"{URL}.yaml").text
    assert read_yaml(text) == default_body()
    assert text.index("\npurposes:") < text.index("\nrules:")
    assert [next(iter(one)) for one in read_yaml(text)["rules"]] == ["id"] * len(default_body()["rules"])


def test_a_proposal_holds_once_a_second_person_approved_it(api: Api, database: Database) -> None:
    client = api("policies.write", "policies.read")
    told = client.post(f"{URL}/versions", json={"document": changed(), "reason": "新规定"}).get_json()
    with database.write() as session, pytest.raises(ForbiddenError):
        approve(session, operator_actor(session), told["approval"], at=now())
    assert client.get(URL).get_json()["number"] == 1
    with database.write() as session:
        approve(session, actor_of(session, add_test_person(session, Role.POLICY, PROVINCE)), told["approval"], at=now())
    assert client.get(URL).get_json()["number"] == 2
    with database.read() as session:
        rule = next(
            one for one in policy_for(session, PROVINCE).rules if one.fits("plate", Level.G3, None, "operations")
        )
    assert rule.id == "plates-suppressed"


def test_a_check_names_every_fault_with_its_line_and_keeps_nothing(api: Api, database: Database) -> None:
    client, before = api("policies.write"), versions_of(database)
    text = write_yaml(changed() | {"colour": "red"}).replace("operator: suppress", "operator: paint", 1)
    told = client.post(f"{URL}/check", json={"text": text}).get_json()
    lines = {one["path"]: text.split("\n")[one["row"] - 1] for one in told["problems"]}
    assert set(lines) == {"colour", "rules/0/operator"}
    assert lines["colour"].startswith("colour:")
    assert lines["rules/0/operator"].strip().startswith("operator: paint")
    assert client.post(f"{URL}/versions", json={"text": text, "reason": "x"}).status_code == 422
    assert versions_of(database) == before


def test_whoever_stands_above_proposes_for_those_below_who_begin_with_what_held_for_them(
    api: Api, database: Database
) -> None:
    body = {"document": changed(), "reason": "x"}
    answer = api("policies.write").post(f"{URL}/versions", query_string={"org": CITY}, json=body)
    assert (answer.status_code, answer.get_json()["org"], answer.get_json()["number"]) == (201, CITY, 2)
    with database.read() as session:
        first = active(session, KIND, CITY)
        assert first is not None
        assert first.body == default_body()


@pytest.mark.parametrize("org", [OTHER, PROVINCE])
def test_an_organisation_outside_looks_missing(api: Api, database: Database, org: str) -> None:
    client, before = api("read", "write", org=CITY), versions_of(database)
    assert client.get(URL, query_string={"org": org}).status_code == 404
    body = {"document": changed(), "reason": "x"}
    assert client.post(f"{URL}/versions", query_string={"org": org}, json=body).status_code == 404
    assert versions_of(database) == before


def test_a_document_made_from_an_older_version_is_refused(api: Api, database: Database) -> None:
    client = api("policies.write", "policies.read")
    text = client.get(f"{URL}.yaml").text
    told = client.post(f"{URL}/versions", json={"document": changed(), "reason": "a"}).get_json()
    with database.write() as session:
        approve(session, actor_of(session, add_test_person(session, Role.POLICY, PROVINCE)), told["approval"], at=now())
    assert client.post(f"{URL}/versions", json={"text": text + "\n", "reason": "b"}).status_code == 409
