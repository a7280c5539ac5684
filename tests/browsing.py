"""Fixtures of the web tests: the application on a real database, people signed in, tokens."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from soc.clock import now
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.identity.tokens import create_token
from soc.web import sessions
from soc.web.application import make_app, serve
from soc.web.cookies import SESSION
from tests.conftest import add_test_person
from tests.drawn import charts_of, check_chart

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"|name="csrf-token" content="([^"]+)"')


class Browser(FlaskClient):
    """A client that fills forms as a page would: with the page's own token; charts that cannot be drawn break it."""

    def open(self, *args: Any, **more: Any) -> TestResponse:
        """Send a request; whatever charts the answer has are checked."""
        answer = super().open(*args, **more)
        if answer.mimetype == "text/html":
            for document in charts_of(answer.text):
                check_chart(document)
        return answer

    def token(self, path: str = "/account/password") -> str:
        """Return the token that a page's forms carry."""
        found = _TOKEN.search(self.get(path, follow_redirects=True).text)
        assert found is not None, f"no form on {path}"
        return found.group(1) or found.group(2)

    def send(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Post a form with its token."""
        return self.post(path, data={"csrf_token": self.token(), **(data or {})}, **more)


SignIn = Callable[..., Browser]
Api = Callable[..., FlaskClient]


@pytest.fixture
def app(database: Database) -> APIFlask:
    """The application of a fresh installation; a process makes one, which answers for each test's in turn."""
    made = _the_app()
    serve(made, database.settings, database)
    return made


@pytest.fixture
def own_app(database: Database) -> APIFlask:
    """One of this test's own, for what changes it: pages that are planted."""
    made = _to_be_tried(make_app())
    serve(made, database.settings, database)
    return made


@cache
def _the_app() -> APIFlask:
    return _to_be_tried(make_app())


def _to_be_tried(made: APIFlask) -> APIFlask:
    made.testing = False  # errors become responses, as for people
    made.test_client_class = Browser
    return made


@pytest.fixture
def client(app: APIFlask) -> Browser:
    """Somebody who is not signed in."""
    made = app.test_client()
    assert isinstance(made, Browser)
    return made


@pytest.fixture
def sign_in(app: APIFlask, database: Database) -> SignIn:
    """Sign somebody of a role at an organisation in, and return their browser."""

    def signed_in(role: Role = Role.ANALYST, org: str = "440000", username: str | None = None) -> Browser:
        with database.write() as session:
            person = add_test_person(session, role, org, username)
            value = sessions.start(session, person.id, database.settings, at=now())
        browser = app.test_client()
        assert isinstance(browser, Browser)
        browser.set_cookie(SESSION, value)
        return browser

    return signed_in


@pytest.fixture
def api(app: APIFlask, database: Database) -> Api:
    """Return a client of the JSON API with a token of ``scopes`` for ``org``."""

    def with_token(*scopes: str, org: str = "440000") -> FlaskClient:
        with database.write() as session:
            made = create_token(session, operator_actor(session), org, scopes or ("read", "write"), demo=True)
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {made.token}"
        return client

    return with_token
