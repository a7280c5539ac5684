"""Input made to break: nesting without end, bombs, foreign addresses, tokens that do not hold."""

import gzip
import io
import json
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from detectors.discovery.sources.base import SourceRefusedError, SourceUnreachableError
from detectors.discovery.sources.guard import checked
from playbooks.models import Playbook
from soc.clock import now
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.models import ApiToken
from soc.versions.models import PolicyVersion
from tests.browsing import Api, SignIn

DEEP = 50_000
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "host",
    [
        "2852039166",  # 169.254.169.254 as one number
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "169.254.43518",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::a9fe:a9fe]",  # NAT64
        "[2002:a9fe:a9fe::1]",  # 6to4
        "127.0.0.1,169.254.169.254",
        "%2Fvar%2Frun%2Fpostgresql",
    ],
)
def test_a_forbidden_address_is_known_in_any_writing(host: str) -> None:
    with pytest.raises((SourceRefusedError, SourceUnreachableError)):
        checked(f"postgresql://u:p@{host}/x")


@pytest.mark.parametrize("query", ["(" * 300 + "a", "NOT " * 400 + "a", '"' * 999, "a:" * 400, "\\" * 500])
def test_a_query_nested_without_end_is_refused(api: Api, query: str) -> None:
    assert api("logs.read").get("/api/v1/logs", query_string={"q": query}).status_code in {200, 422}


@pytest.mark.parametrize("body", ["[" * DEEP, '{"a":' * DEEP, "[" * DEEP + "]" * DEEP], ids=["lists", "maps", "whole"])
def test_json_nested_without_end_is_refused(api: Api, body: str) -> None:
    answer = api("write").patch("/api/v1/alerts", data=body, content_type="application/json")
    assert answer.status_code in {400, 422}


@pytest.mark.parametrize("text", ["[" * DEEP, '{"type":' * DEEP, "1" * 10_000], ids=["lists", "maps", "number"])
def test_a_playbook_nested_without_end_stores_nothing(sign_in: SignIn, database: Database, text: str) -> None:
    form = {"file": (io.BytesIO(text.encode()), "a.json")}
    answer = sign_in(Role.COMMANDER, "440100").send("/playbooks/import", form, content_type="multipart/form-data")
    assert answer.status_code == 422
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Playbook)) == 0


@pytest.mark.parametrize("page", ["/protection/draft/text", "/grading/draft/text"])
def test_a_bomb_of_aliases_is_no_policy(sign_in: SignIn, database: Database, page: str) -> None:
    browser = sign_in(Role.POLICY)
    with database.read() as session:
        before = session.scalar(select(func.count()).select_from(PolicyVersion))
    answer = browser.send(page, {"text": BOMB})
    assert "note problem" in answer.text
    assert answer.status_code == 422
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(PolicyVersion)) == before


@pytest.mark.parametrize("name", ["ocsf", "nginx", "pgaudit"])
def test_a_batch_of_rubbish_is_kept_aside_and_not_swallowed(api: Api, name: str) -> None:
    lines = ["{" * DEEP, json.dumps({"time": "x" * 9_000}), "\ufffd" * 99, '{"class_uid":1e999}', "a\0b"]
    body = gzip.compress("\n".join(lines).encode())
    answer = api("logs.write").post(f"/api/v1/logs/{name}", data=body, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 200
    told = answer.get_json()
    assert told["accepted"] + told["quarantined"] >= 1


@pytest.mark.parametrize("name", ["..", "%2e%2e%2f%2e%2e%2fetc", "nginx%00", "nginx/../../x", "a" * 5_000])
def test_a_format_is_a_name_and_no_path(api: Api, name: str) -> None:
    assert api("logs.write").post(f"/api/v1/logs/{name}", data=b"x").status_code in {404, 405, 422}


@pytest.mark.parametrize("change", ["expires_at", "revoked_at"])
def test_a_token_past_its_end_opens_nothing_and_says_what_to_do(api: Api, database: Database, change: str) -> None:
    client = api("read")
    assert client.get("/api/v1/alerts").status_code == 200
    with database.write() as session:
        setattr(session.scalars(select(ApiToken)).one(), change, now() - timedelta(seconds=1))
    answer = client.get("/api/v1/alerts", headers={"Accept-Language": "en"})
    assert answer.status_code == 401
    assert "token" in answer.get_json()["detail"].lower()


@pytest.mark.parametrize("secret", ["x" * 7_000, "gl_" + "é" * 500, "gl_\x00", "gl_' OR 1=1 --", "a b c"])
def test_a_flood_of_foreign_tokens_costs_nothing_but_401s(client: FlaskClient, secret: str) -> None:
    for _ in range(5):
        headers = {"Authorization": f"Bearer {secret}".encode().decode("latin-1")}
        assert client.get("/api/v1/alerts", headers=headers).status_code == 401


def test_a_cursor_made_by_hand_reaches_nothing(api: Api) -> None:
    client = api("logs.read", org="440100")
    for cursor in ("' OR 1=1", "eyJvcmciOiI0NDAwMDAifQ==", "../../x", "[" * 1_900, "\u0000"):
        assert client.get("/api/v1/logs", query_string={"cursor": cursor}).status_code == 422
