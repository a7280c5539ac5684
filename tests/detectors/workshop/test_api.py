"""Own recognizers for scripts: read, checked, proposed; a second person puts them in force."""

from typing import Any

import pytest
from sqlalchemy import func, select

from soc.approvals.service import approve
from soc.clock import now
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import actor_of
from soc.ledger.own_types import sought
from soc.versions.models import PolicyVersion
from soc.yaml_text import write_yaml
from tests.browsing import Api, api, app, client, sign_in
from tests.conftest import add_test_person
from tests.detectors.workshop.making import CITY, document, ferry_pass

__all__ = ["api", "app", "client", "sign_in"]
URL = "/api/v1/recognizers"


def test_a_file_goes_the_whole_way_and_comes_back_as_it_was(api: Api, database: Database) -> None:
    client = api("policies.read", "policies.write", org=CITY)
    assert client.get(URL).get_json()["document"] == {"title": "", "recognizers": []}
    sent = document(ferry_pass())
    told = client.post(f"{URL}/versions", json={"text": write_yaml(sent), "reason": "渡轮"}).get_json()
    with database.write() as session:
        assert sought(session, CITY) == ()
        second = actor_of(session, add_test_person(session, Role.COMMANDER, CITY))
        approve(session, second, told["approval"], at=now())
        assert [one.id for one in sought(session, CITY)] == [f"own_{CITY}_ferry_pass"]
    assert client.get(URL).get_json()["document"] == sent
    assert client.get(f"{URL}.yaml").text.startswith(f"# recognizers {CITY} v1\n")


def test_each_fault_is_told_with_the_line_of_its_field(api: Api) -> None:
    text = write_yaml(document(ferry_pass(), ferry_pass(id="X", zh="甲", en="b", pattern=".*")))
    told = api("policies.write", org=CITY).post(f"{URL}/check", json={"text": text}).get_json()
    lines = text.splitlines()
    found = {one["path"]: lines[one["row"] - 1].strip() for one in told["problems"]}
    assert found == {"recognizers/1/id": "- id: X", "recognizers/1/pattern": "pattern: .*"}


def test_a_dictionary_of_twenty_thousand_words_fits_and_one_of_a_million_is_refused_by_name(
    api: Api, database: Database
) -> None:
    client = api("policies.write", org=CITY)

    def told(count: int) -> Any:
        words = [f"词{at}" for at in range(count)]
        return client.post(f"{URL}/check", json={"text": write_yaml(document(ferry_pass(pattern="", words=words)))})

    assert told(20_000).get_json()["problems"] == []
    assert [one["code"] for one in told(20_001).get_json()["problems"]] == ["workshop.problem.words"]
    assert told(1_000_000).status_code == 422
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(PolicyVersion).where(PolicyVersion.org == CITY)) == 0


@pytest.mark.parametrize("path", ["", ".yaml", "/versions", "/versions/1", "/versions/1/what-if"])
def test_another_organisation_s_look_missing(api: Api, path: str) -> None:
    assert api("read", org=CITY).get(URL + path, query_string={"org": "440300"}).status_code == 404


def test_a_token_that_reads_proposes_nothing(api: Api) -> None:
    body = {"document": document(ferry_pass()), "reason": "x"}
    assert api("policies.read", org=CITY).post(f"{URL}/versions", json=body).status_code == 403
