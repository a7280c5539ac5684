"""Signing in and out as a browser does it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from soc.clock import now
from soc.crypto.sealing import seal
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.login import TOTP_STEP_SECONDS, totp
from soc.identity.models import Person
from soc.trail import Act
from soc.trail.models import TrailEntry
from soc.web.cookies import SESSION
from tests.browsing import Browser, SignIn
from tests.conftest import PASSWORD, add_test_person

SECRET = b"twenty bytes exactly"


@pytest.fixture
def username(database: Database) -> str:
    with database.write() as session:
        return add_test_person(session, Role.SYSADMIN, "440000", "wang").username


def give_password(client: Browser, username: str, password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]
    token = client.token("/login")
    return client.post("/login", data={"csrf_token": token, "username": username, "password": password, **more})


def test_a_stranger_is_led_to_one_text_and_one_password_field(client: Browser) -> None:
    page = client.get("/", follow_redirects=True).text
    assert page.count('type="text"') == 1
    assert page.count('type="password"') == 1


def test_the_right_password_opens_the_pages(client: Browser, username: str) -> None:
    assert give_password(client, username).status_code == 302
    assert "<nav" in client.get("/", follow_redirects=True).text


def test_a_wrong_password_says_no_more_than_a_wrong_name(client: Browser, username: str) -> None:
    wrong, nobody = (give_password(client, name, "not-the-password") for name in (username, "nobody-at-all"))
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.text.split('role="alert">')[1][:40] == nobody.text.split('role="alert">')[1][:40]


def test_an_empty_password_is_refused(client: Browser, username: str) -> None:
    assert give_password(client, username, "").status_code == 401


def test_the_account_is_locked_after_too_many_tries(client: Browser, username: str, database: Database) -> None:
    for _ in range(database.settings.lockout_after):
        give_password(client, username, "not-the-password")
    assert give_password(client, username).status_code == 429


def test_sign_in_leads_back_to_the_page_that_was_asked_for(client: Browser, username: str) -> None:
    assert give_password(client, username, next="/jobs/?status=done").location == "/jobs/?status=done"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_sign_in_never_leads_to_another_site(client: Browser, username: str, target: str) -> None:
    assert give_password(client, username, next=target).location == "/"


def test_the_session_id_changes_at_sign_in(client: Browser, username: str) -> None:
    client.set_cookie(SESSION, "an-id-an-attacker-planted")
    give_password(client, username)
    cookie = client.get_cookie(SESSION)
    assert cookie is not None
    assert cookie.value != "an-id-an-attacker-planted"


def test_the_session_cookie_is_out_of_reach_of_scripts(client: Browser, username: str) -> None:
    headers = give_password(client, username).headers.getlist("Set-Cookie")
    cookie = next(one for one in headers if one.startswith(SESSION))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_copied_cookie_is_worth_nothing_after_sign_out(client: Browser, username: str) -> None:
    give_password(client, username)
    cookie = client.get_cookie(SESSION)
    assert cookie is not None
    client.send("/logout")
    client.set_cookie(SESSION, cookie.value)
    assert client.get("/account/").status_code == 302


def test_signing_out_is_in_the_trail(client: Browser, username: str, database: Database) -> None:
    give_password(client, username)
    client.send("/logout")
    with database.read() as session:
        acts = list(session.scalars(select(TrailEntry.act).order_by(TrailEntry.id)))
    assert acts[-1] == Act.SIGNED_OUT


def test_with_a_second_factor_the_password_alone_opens_nothing(
    client: Browser, username: str, database: Database
) -> None:
    enrol(database, username)
    answer = give_password(client, username)
    assert answer.status_code == 200
    assert 'name="code"' in answer.text
    assert client.get("/account/").status_code == 302


def test_the_code_completes_the_sign_in_and_is_good_once(client: Browser, username: str, database: Database) -> None:
    enrol(database, username)
    page = give_password(client, username).text
    step = page.split('name="step" value="')[1].split('"')[0]
    code = totp(SECRET, int(now().timestamp()) // TOTP_STEP_SECONDS)
    form = {"csrf_token": client.token("/login"), "step": step, "code": code}
    assert client.post("/login/code", data=form).status_code == 302
    client.delete_cookie(SESSION)
    assert client.post("/login/code", data=form).status_code == 401


def test_the_sealed_first_step_tells_nobody_the_password(client: Browser, username: str, database: Database) -> None:
    enrol(database, username)
    assert PASSWORD not in give_password(client, username).text


def test_a_step_that_was_altered_begins_again(client: Browser, username: str) -> None:
    form = {"csrf_token": client.token("/login"), "step": "bm90IHNlYWxlZA==", "code": "123456"}
    assert client.post("/login/code", data=form).location == "/login"


def test_a_one_time_password_must_be_changed_first(client: Browser, username: str, database: Database) -> None:
    with database.write() as session:
        session.scalars(select(Person).where(Person.username == username)).one().must_change_password = True
    give_password(client, username)
    assert client.get("/people/").location.startswith("/account/password")
    form = {"old": PASSWORD, "new": "another-good-9-phrase", "again": "another-good-9-phrase"}
    assert client.send("/account/password", form).status_code == 302
    assert client.get("/people/").status_code == 200


def test_a_new_password_ends_the_persons_other_sessions(sign_in: SignIn, app, database: Database) -> None:  # type: ignore[no-untyped-def]
    here = sign_in(Role.SYSADMIN, username="two-desks")
    there = app.test_client()
    give_password(there, "two-desks")
    here.send("/account/password", {"old": PASSWORD, "new": "another-good-9-phrase", "again": "another-good-9-phrase"})
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200


def enrol(database: Database, username: str) -> None:
    with database.write() as session:
        person = session.scalars(select(Person).where(Person.username == username)).one()
        person.totp_secret = seal(database.settings, "totp", SECRET, person.id.bytes)
        person.totp_last_step = int((now() - timedelta(hours=1)).timestamp()) // TOTP_STEP_SECONDS
