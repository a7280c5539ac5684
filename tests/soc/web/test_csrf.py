"""A change must come from our own pages."""

from soc.identity.actor import Role
from tests.browsing import Browser, SignIn


def test_a_change_without_the_token_is_refused(sign_in: SignIn) -> None:
    assert sign_in(Role.SYSADMIN).post("/logout").status_code == 403


def test_a_change_with_another_sessions_token_is_refused(sign_in: SignIn) -> None:
    other, victim = sign_in(Role.SYSADMIN), sign_in(Role.SYSADMIN)
    assert victim.post("/logout", data={"csrf_token": other.token()}).status_code == 403


def test_the_page_of_another_site_is_refused_even_with_the_token(sign_in: SignIn) -> None:
    browser = sign_in(Role.SYSADMIN)
    assert browser.send("/logout", headers={"Origin": "https://evil.example"}).status_code == 403
    assert browser.send("/logout", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_our_own_page_is_taken(sign_in: SignIn) -> None:
    browser = sign_in(Role.SYSADMIN)
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert browser.send("/logout", headers=headers).status_code == 302


def test_htmx_sends_the_token_as_a_header(sign_in: SignIn) -> None:
    browser = sign_in(Role.SYSADMIN)
    assert browser.post("/logout", headers={"X-CSRF-Token": browser.token()}).status_code == 302


def test_signing_in_needs_the_token_of_this_browser(client: Browser) -> None:
    assert client.post("/login", data={"username": "a", "password": "b"}).status_code == 403


def test_a_cookie_is_worth_nothing_on_the_api(sign_in: SignIn) -> None:
    assert sign_in(Role.SYSADMIN).get("/api/v1/openapi.json").status_code == 200
    assert sign_in(Role.SYSADMIN).get("/api/v1/logs").status_code in {401, 404}
