"""Every page in both languages, both themes, on PC and phone: no complaint of the browser, none of axe."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.conftest import PC, PHONE, Visit, keep_screenshot

#: (who looks, path); a room adds the pages that its own data does not need
PAGES = [
    (None, "/login"),
    ("sysadmin", "/account/"),
    ("sysadmin", "/account/password"),
    ("sysadmin", "/account/second-factor"),
    ("sysadmin", "/people/"),
    ("sysadmin", "/people/?role=analyst"),
    ("sysadmin", "/people/new"),
    ("sysadmin", "/people/tokens"),
    ("secadmin", "/approvals/"),
    ("secadmin", "/approvals/?view=all"),
    ("sysadmin", "/jobs/"),
    ("sysadmin", "/no-such-page"),
]
SHOWN = [
    pytest.param("zh", "light", PC, id="zh-light-pc"),
    pytest.param("en", "dark", PC, id="en-dark-pc"),
    pytest.param("zh", "dark", PHONE, id="zh-dark-phone"),
    pytest.param("en", "light", PHONE, id="en-light-phone"),
]
SERIOUS = {"serious", "critical"}


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "theme", "size"), SHOWN)
def test_pages_please_the_browser_and_axe(visit: Visit, lang: str, theme: str, size: tuple[int, int]) -> None:
    windows = {who: visit(who, size=size, lang=lang, theme=theme) for who in {who for who, _ in PAGES}}
    faults: list[str] = []
    for who, path in PAGES:
        window = windows[who]
        window.page.goto(path)
        window.page.wait_for_load_state("networkidle")
        keep_screenshot(window.page, f"{lang}-{theme}-{size[0]}-{who or 'anyone'}{path}")
        faults += [f"{path}: {fault}" for fault in faults_of(window.page, lang)]
        faults += [f"{path}: console: {text}" for text in window.complaints]
        window.complaints.clear()
    assert not faults, "\n".join(faults)


def faults_of(page: Page, lang: str) -> list[str]:
    """Return what is wrong with the page as it stands."""
    faults = []
    if not page.locator("html").get_attribute("lang", timeout=2000).startswith(lang):  # type: ignore[union-attr]
        faults.append("the html element names another language")
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wider > 0:
        faults.append(f"scrolls sideways by {wider} px")
    for violation in Axe().run(page).response["violations"]:
        if violation["impact"] in SERIOUS:
            where = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
            faults.append(f"axe {violation['id']}: {violation['help']}: {where}")
    return faults


@pytest.mark.browser
def test_a_row_opens_in_the_flyout_and_stands_in_the_address(visit: Visit) -> None:
    window = visit("sysadmin")
    window.page.goto("/people/")
    window.page.locator("[data-open]").first.click()
    window.page.locator("#flyout-title").wait_for()
    assert "open=" in window.page.url
    address = window.page.url
    window.page.keyboard.press("Escape")
    assert "open=" not in window.page.url
    window.page.goto(address)
    window.page.locator("#flyout-title").wait_for()
    keep_screenshot(window.page, "flyout")
    assert not window.complaints


@pytest.mark.browser
def test_the_slash_key_leads_to_the_search(visit: Visit) -> None:
    window = visit("sysadmin")
    window.page.goto("/people/")
    window.page.keyboard.press("/")
    assert window.page.evaluate("document.activeElement.id") == "search"


@pytest.mark.browser
def test_the_switcher_narrows_the_pages_to_a_city(visit: Visit) -> None:
    window = visit("sysadmin")
    window.page.goto("/people/")
    window.page.locator(".orgs > summary").click()
    window.page.locator(".orgs [data-filter-list]").fill("440100")
    keep_screenshot(window.page, "switcher")
    window.page.locator(".orgs .panel a:visible").first.click()
    window.page.wait_for_load_state("networkidle")
    assert "广州" in window.page.locator(".orgs .where").inner_text()
    assert window.page.locator("tbody tr").count() == 0
    assert not window.complaints
