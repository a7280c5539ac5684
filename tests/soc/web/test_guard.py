"""Who may call a route."""

from apiflask import APIFlask
from sqlalchemy import select

from soc.db import Database
from soc.identity.actor import Role
from soc.trail import Act
from soc.trail.models import TrailEntry
from soc.web.guard import rule_of
from tests.browsing import Browser, SignIn


def test_every_route_says_who_may_call_it(app: APIFlask) -> None:
    silent = sorted({rule.endpoint for rule in app.url_map.iter_rules() if rule_of(app, rule.endpoint) is None})
    assert not silent


def test_a_route_that_says_nothing_is_closed(own_app: APIFlask) -> None:
    own_app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = own_app.test_client().get("/forgotten")
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_a_role_without_the_permission_is_refused_and_the_refusal_is_kept(sign_in: SignIn, database: Database) -> None:
    assert sign_in(Role.ANALYST).get("/people/").status_code == 403
    with database.read() as session:
        assert Act.ACCESS_DENIED in set(session.scalars(select(TrailEntry.act)))


def test_a_refused_change_is_kept_too(sign_in: SignIn, database: Database) -> None:
    browser = sign_in(Role.ANALYST)
    assert browser.send("/people/tokens", {"name": "x", "org": "440000", "scopes": "read"}).status_code == 403
    with database.read() as session:
        assert Act.ACCESS_DENIED in set(session.scalars(select(TrailEntry.act)))


def test_whoever_is_not_signed_in_is_led_to_the_door_and_back(client: Browser) -> None:
    assert client.get("/people/?sort=name").location == "/login?next=/people/?sort%3Dname"


def test_htmx_is_led_to_the_door_as_a_whole_page(client: Browser) -> None:
    answer = client.get("/people/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/login")
