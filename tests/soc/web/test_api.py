"""The JSON API's base: tokens, scopes, unknown fields, lists."""

import json
from typing import Any
from uuid import UUID

import pytest
from apiflask import APIFlask
from apiflask.fields import String
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from soc.db import Database
from soc.identity.actor import Role
from soc.identity.models import Person
from soc.tiers.models import Share
from soc.tiers.scope import within
from soc.web.api import ApiSchema, ListArgs, Listing, api_blueprint, item, list_of
from soc.web.context import current_actor
from soc.web.guard import requires
from tests.browsing import Api
from tests.conftest import add_test_person


class Thing(ApiSchema):
    name = String(required=True)


@pytest.fixture
def app(own_app: APIFlask) -> APIFlask:
    """One that pages may be planted in."""
    return own_app


@pytest.fixture(autouse=True)
def people_api(app: APIFlask, database: Database) -> None:
    """An API like a room's: a list of persons by scope, and one that takes a thing."""
    bp = api_blueprint("try", __name__, "try")

    @bp.get("/people")
    @bp.input(ListArgs, location="query")
    @bp.output(Listing)
    @requires("alerts.read")
    def people(query_data: dict[str, Any]) -> dict[str, Any]:
        query = within(current_actor(), Person).order_by(Person.id)
        return list_of(query, lambda row: item(row, name=row.username), query_data)

    @bp.post("/things")
    @bp.input(Thing)
    @requires("alerts.write")
    def things(json_data: dict[str, Any]) -> dict[str, Any]:
        return json_data

    app.register_blueprint(bp)
    with database.write() as session:
        for org in ("440000", "440100", "440103", "440300"):
            add_test_person(session, Role.ANALYST, org, f"p-{org}")


def read(answer: TestResponse) -> Any:
    """Return the answer's JSON."""
    return answer.get_json()


def test_without_a_token_nothing_is_said(client: FlaskClient) -> None:
    answer = client.get("/api/v1/people")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Bearer nonsense", "Basic YTpi", "Bearer", "gl_x"])
def test_a_token_that_does_not_hold_is_401(client: FlaskClient, header: str) -> None:
    assert client.get("/api/v1/people", headers={"Authorization": header}).status_code == 401


def test_a_scope_of_another_area_is_403(api: Api) -> None:
    assert api("logs.read").get("/api/v1/people").status_code == 403


def test_a_list_counts_only_what_the_caller_may_see(api: Api) -> None:
    found = read(api("alerts.read", org="440100").get("/api/v1/people"))
    assert found["total"] == 2
    assert {one["org"] for one in found["items"]} == {"440100", "440103"}
    assert found["next"] is None


def test_next_leads_through_the_whole_list_once(api: Api) -> None:
    client, seen = api("read"), []
    after: str | None = ""
    while after is not None:
        page = read(client.get(f"/api/v1/people?limit=3&next={after}"))
        seen += [one["name"] for one in page["items"]]
        after = page["next"]
    assert sorted(seen) == ["p-440000", "p-440100", "p-440103", "p-440300"]


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "next=x", "next=-1", "colour=red"])
def test_arguments_it_does_not_know_are_422(api: Api, query: str) -> None:
    assert api("read").get(f"/api/v1/people?{query}").status_code == 422


def test_an_item_says_whose_it_is_and_who_else_sees_it(api: Api, database: Database) -> None:
    mine = read(api("read", org="440100").get("/api/v1/people"))["items"][0]
    with database.write() as session:
        session.add(Share(kind="persons", item_id=UUID(mine["id"]), org="440300", owner=mine["org"]))
    assert read(api("read", org="440100").get("/api/v1/people"))["items"][0]["shared_with"] == ["440300"]
    shared = next(
        one for one in read(api("read", org="440300").get("/api/v1/people"))["items"] if one["id"] == mine["id"]
    )
    assert shared["shared_with"] == ["440300"]


def test_a_field_nobody_declared_is_refused_by_name(api: Api) -> None:
    answer = api("write").post("/api/v1/things", json={"name": "a", "org": "440000"})
    assert answer.status_code == 422
    assert [one["field"] for one in read(answer)["errors"]] == ["org"]


@pytest.mark.parametrize("body", ["{", "[]", "null", '"x"', "\x00"])
def test_a_body_that_is_no_object_is_refused(api: Api, body: str) -> None:
    answer = api("write").post("/api/v1/things", data=body, content_type="application/json")
    assert answer.status_code in {400, 422}


@pytest.mark.parametrize("name", ["a\x00b", "\ud800", "x\udfff", "\x00"])
def test_a_text_that_no_store_keeps_is_refused_and_breaks_nothing(api: Api, name: str) -> None:
    body = json.dumps({"name": name})
    assert api("write").post("/api/v1/things", data=body, content_type="application/json").status_code == 422


def test_a_character_written_as_a_pair_is_whole(api: Api) -> None:
    body = json.dumps({"name": "NaN 😀"})
    assert "\\ud83d" in body
    answer = api("write").post("/api/v1/things", data=body, content_type="application/json")
    assert answer.get_json() == {"name": "NaN 😀"}


def test_the_openapi_document_tells_of_the_api_alone(client: FlaskClient) -> None:
    document = read(client.get("/api/v1/openapi.json"))
    assert document["openapi"].startswith("3.")
    assert all(path.startswith("/api/v1/") for path in document["paths"])
    assert "/api/v1/people" in document["paths"]
