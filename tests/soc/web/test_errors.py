"""Errors: the same words for people, htmx and the API, each in its form."""

import pytest
from apiflask import APIFlask
from flask import Blueprint

from soc.acting import Acting, SystemPath
from soc.errors import ConflictError, InputError, LimitError, NotFoundError, SocError, UnavailableError
from soc.identity.actor import Role
from soc.identity.actors import job_actor
from soc.statesession import act_as
from soc.trail import Act, record
from soc.web.context import current_session
from soc.web.guard import public
from tests.browsing import Browser, SignIn
from tests.conftest import add_test_person

RAISED: dict[str, Exception] = {
    "missing": NotFoundError(),
    "input": InputError("errors.page_number", page="x"),
    "conflict": ConflictError("errors.status.409"),
    "limit": LimitError("errors.status.429"),
    "away": UnavailableError("errors.status.503"),
    "wordless": SocError("errors.no.such.words"),
    "broken": RuntimeError("password=hunter2 in the trace"),
}


@pytest.fixture
def app(own_app: APIFlask) -> APIFlask:
    """One that pages may be planted in."""
    return own_app


@pytest.fixture
def client(app: APIFlask) -> Browser:
    bp = Blueprint("faulty", __name__)

    def fail(name: str) -> str:
        raise RAISED[name]

    def write(status: int) -> tuple[str, int]:
        act_as(current_session(), Acting.system(SystemPath.SETUP))  # nobody is signed in here
        made = add_test_person(current_session(), Role.ANALYST, "440000", f"made-{status}")
        record(current_session(), job_actor(current_session(), "test"), Act.PERSON_CREATED, made)
        return "", status

    bp.add_url_rule("/fail/<name>", "page", public(fail))
    bp.add_url_rule("/api/v1/fail/<name>", "api", fail)
    bp.add_url_rule("/write/<int:status>", "write", public(write), methods=["POST"])
    app.register_blueprint(bp)
    made = app.test_client()
    assert isinstance(made, Browser)
    return made


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("missing", 404),
        ("input", 422),
        ("conflict", 409),
        ("limit", 429),
        ("away", 503),
        ("wordless", 500),
        ("broken", 500),
    ],
)
def test_each_error_has_its_status_and_its_words(client: Browser, name: str, status: int) -> None:
    for path in (f"/fail/{name}", f"/api/v1/fail/{name}"):
        assert client.get(path).status_code == status
    assert client.get(f"/api/v1/fail/{name}").json["detail"]  # type: ignore[index]


def test_what_broke_is_told_to_nobody(client: Browser) -> None:
    for path in ("/fail/broken", "/api/v1/fail/broken"):
        assert "hunter2" not in client.get(path).text


def test_the_reader_is_told_when_to_come_back(client: Browser) -> None:
    assert client.get("/fail/away").headers["Retry-After"] == "10"


def test_the_api_answers_problem_json(client: Browser) -> None:
    answer = client.get("/api/v1/fail/input", headers={"Accept-Language": "en"})
    assert answer.mimetype == "application/problem+json"
    assert answer.json == {
        "type": "about:blank", "title": "Unprocessable Entity", "status": 422, "detail": "x is no page number.",
    }  # fmt: skip


def test_htmx_gets_a_toast_and_keeps_its_page(client: Browser) -> None:
    answer = client.get("/fail/conflict", headers={"HX-Request": "true"})
    assert answer.mimetype == "text/plain"
    assert "X-Toast" in answer.headers


def test_an_item_that_never_was_reads_as_one_outside(client: Browser, sign_in: SignIn) -> None:
    browser = sign_in(Role.SYSADMIN, "440100")
    absent = browser.get("/people/018f0000-0000-7000-8000-000000000000")
    assert absent.status_code == 404


def test_a_refused_request_leaves_nothing_and_a_good_one_commits(client: Browser, sign_in: SignIn) -> None:
    for status in (204, 409):
        client.post(f"/write/{status}", data={"csrf_token": client.token("/login")})
    people = sign_in(Role.SYSADMIN).get("/people/").text
    assert "made-204" in people
    assert "made-409" not in people


def test_a_wrong_method_says_which_ones_are_taken(sign_in: SignIn) -> None:
    assert "POST" in sign_in(Role.SYSADMIN).get("/logout").headers["Allow"]
