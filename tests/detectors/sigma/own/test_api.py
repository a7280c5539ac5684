"""Own detection rules for scripts: counted, checked, proposed; a second person puts them in force."""

import pyarrow as pa
import pytest
from sqlalchemy import func, select

from detectors.sigma.own.book import own_rules
from soc.approvals.service import approve
from soc.clock import now
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import actor_of
from soc.logstore import open_store
from soc.ocsf.schema import EVENT_SCHEMA
from soc.versions.models import PolicyVersion
from soc.yaml_text import write_yaml
from tests.browsing import Api, api, app, client, sign_in
from tests.conftest import add_test_person
from tests.detectors.sigma.own.writing import CITY, COUNTY, STRANGER, TAG, TEXT, own
from tests.detectors.sigma.test_stage import an_event

__all__ = ["api", "app", "client", "sign_in"]
URL = "/api/v1/detection-rules"


def stored(database: Database) -> None:
    """Three events that the rule hits: two of a county, one of a stranger."""
    events = [
        an_event(
            "dump_tool",
            {
                "metadata.uid": f"hit-{number}", "guanlan.org": org, "actor.app_name": "nightshift", "time": now(),
                "guanlan.batch": f"b{number}",
            },
        )
        for number, org in enumerate((COUNTY, COUNTY, STRANGER))
    ]  # fmt: skip
    rows = [{name: event.get(name) for name in EVENT_SCHEMA.names} for event in events]
    store = open_store(database.settings)
    store.append(pa.Table.from_pylist(rows, schema=EVENT_SCHEMA), batch="a")
    store.refresh()


def test_a_document_goes_the_whole_way_and_comes_back_as_it_was(api: Api, database: Database) -> None:
    client = api("policies.read", "policies.write", org=CITY)
    assert client.get(URL).get_json()["document"] == {"title": "", "rules": []}
    sent = {"title": "night", "rules": [own()]}
    told = client.post(f"{URL}/versions", json={"text": write_yaml(sent), "reason": "夜班"}).get_json()
    assert own_rules(database, CITY).rules == ()
    with database.write() as session:
        second = actor_of(session, add_test_person(session, Role.COMMANDER, CITY))
        approve(session, second, told["approval"], at=now())
    assert [one.rule_id for one in own_rules(database, CITY).rules] == [TAG]
    assert client.get(URL).get_json()["document"] == sent
    assert client.get(f"{URL}/versions/1/what-if").status_code == 200


def test_a_fault_is_told_and_nothing_is_kept(api: Api, database: Database) -> None:
    faulty = {"title": "", "rules": [own(TEXT.replace("condition: selection", "condition: nothing"))]}
    told = api("policies.write", org=CITY).post(f"{URL}/check", json={"document": faulty}).get_json()
    assert [one["path"] for one in told["problems"]] == ["rules/0/text"]
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(PolicyVersion).where(PolicyVersion.org == CITY)) == 0


def test_what_a_rule_would_have_hit_is_counted_within_the_scope_and_no_event_is_named(
    api: Api, database: Database
) -> None:
    stored(database)
    told = api("policies.write", org=CITY).post(f"{URL}/count", json={"text": TEXT, "days": 30})
    found = told.get_json()
    assert (found["problems"], found["count"]["hits"], found["count"]["cut"]) == ([], 2, False)
    assert sum(one["hits"] for one in found["count"]["days"]) == 2
    assert "hit-0" not in told.text
    below = api("policies.write", org=CITY).post(f"{URL}/count?org={COUNTY}", json={"text": TEXT}).get_json()
    assert below["count"]["hits"] == 2
    assert api("policies.write", org=CITY).post(f"{URL}/count?org={STRANGER}", json={"text": TEXT}).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [({"text": "title: x"}, 200), ({"text": TEXT, "days": 8}, 422), ({"text": TEXT, "more": 1}, 422), ({}, 422)],
)
def test_a_rule_that_cannot_be_counted_says_why(api: Api, body: dict[str, object], status: int) -> None:
    answer = api("policies.write", org=CITY).post(f"{URL}/count", json=body)
    assert answer.status_code == status
    if status == 200:
        told = answer.get_json()
        assert told["problems"]
        assert told["count"] is None


@pytest.mark.parametrize("path", ["", ".yaml", "/versions", "/versions/1", "/versions/1/what-if"])
def test_another_organisation_s_look_missing(api: Api, path: str) -> None:
    assert api("read", org=CITY).get(URL + path, query_string={"org": STRANGER}).status_code == 404


def test_a_token_that_reads_proposes_and_counts_nothing(api: Api) -> None:
    reader = api("policies.read", org=CITY)
    body = {"document": {"title": "", "rules": [own()]}, "reason": "x"}
    assert reader.post(f"{URL}/versions", json=body).status_code == 403
    assert reader.post(f"{URL}/count", json={"text": TEXT}).status_code == 403
