"""The first day: from the one-time password to two administrators."""

import re

from soc.identity.actor import Role
from tests.browsing import Browser, SignIn


def test_the_first_administrator_is_led_through_the_steps(sign_in: SignIn) -> None:
    page = sign_in(Role.SYSADMIN).get("/", follow_redirects=True)
    assert page.request.path == "/setup/"
    assert 'aria-current="step"' in page.text


def test_the_second_administrator_signs_in_with_the_password_shown_once(sign_in: SignIn, client: Browser) -> None:
    first = sign_in(Role.SYSADMIN)
    made = first.send("/setup/administrator", {"username": "anquan", "display_name": "孙永安"}).text
    password = re.findall(r'data-copy="([^"]+)"', made)[0]
    form = {"csrf_token": client.token("/login"), "username": "anquan", "password": password}
    assert client.post("/login", data=form).status_code == 302
    assert password not in first.get("/setup/").text


def test_a_third_administrator_takes_two_persons(sign_in: SignIn) -> None:
    first = sign_in(Role.SYSADMIN)
    sign_in(Role.SECADMIN)
    assert first.send("/setup/administrator", {"username": "third", "display_name": "x"}).status_code == 409


def test_with_two_administrators_the_day_begins_elsewhere(sign_in: SignIn) -> None:
    first = sign_in(Role.SYSADMIN)
    sign_in(Role.SECADMIN)
    assert first.get("/").location != "/setup/"
