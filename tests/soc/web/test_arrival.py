"""Language, look and focus of a request."""

import pytest

from soc.identity.actor import Role
from soc.web.cookies import SHOWN, Shown
from tests.browsing import Browser, SignIn


def test_the_page_says_its_language(client: Browser) -> None:
    assert '<html lang="en"' in client.get("/login?lang=en").text
    assert '<html lang="zh' in client.get("/login?lang=zh").text


def test_the_language_stays_chosen(client: Browser) -> None:
    client.get("/login?lang=en")
    assert '<html lang="en"' in client.get("/login").text


@pytest.mark.parametrize(("accepted", "lang"), [("en-GB,en;q=0.8", "en"), ("zh-CN", "zh"), ("fr", "zh"), ("", "zh")])
def test_without_a_choice_the_browser_decides(client: Browser, accepted: str, lang: str) -> None:
    assert f'<html lang="{lang}' in client.get("/login", headers={"Accept-Language": accepted}).text


def test_an_unknown_language_changes_nothing(client: Browser) -> None:
    assert '<html lang="zh' in client.get("/login?lang=xx", headers={"Accept-Language": "zh"}).text


def test_the_theme_stays_chosen(client: Browser) -> None:
    client.get("/login?theme=dark")
    assert 'data-theme="dark"' in client.get("/login").text
    assert "data-theme" not in client.get("/login?theme=auto").text


def test_what_the_cookie_holds_is_checked() -> None:
    assert Shown.read("lang:de|theme:<script>|rail:wide|org:../../x|nothing") == Shown()
    shown = Shown("en", "dark", "narrow", "440100")
    assert Shown.read(shown.text()) == shown


def test_a_focus_outside_ones_organisations_changes_nothing(sign_in: SignIn) -> None:
    browser = sign_in(Role.SYSADMIN, "440100")
    browser.get("/frame/focus/440300")
    cookie = browser.get_cookie(SHOWN)
    assert cookie is None or "440300" not in cookie.value


def test_a_forged_focus_shows_nothing_more(sign_in: SignIn) -> None:
    browser = sign_in(Role.SYSADMIN, "440100")
    sign_in(Role.ANALYST, "440300", "somebody-in-shenzhen")
    browser.set_cookie(SHOWN, "org:440300")
    assert "somebody-in-shenzhen" not in browser.get("/people/").text


def test_a_focus_narrows_the_lists(sign_in: SignIn) -> None:
    browser = sign_in(Role.SYSADMIN, "440000", "somebody-at-the-province")
    sign_in(Role.ANALYST, "440103", "somebody-below")
    assert "somebody-at-the-province" in browser.get("/people/").text
    browser.get("/frame/focus/440100")
    narrowed = browser.get("/people/").text
    assert "somebody-below" in narrowed
    assert ">somebody-at-the-province<" not in narrowed


def test_the_switcher_lists_only_ones_own_and_below(sign_in: SignIn) -> None:
    listed = sign_in(Role.SYSADMIN, "440100").get("/frame/organisations").text
    assert "440103" in listed
    assert "440300" not in listed
    assert "440000" not in listed
