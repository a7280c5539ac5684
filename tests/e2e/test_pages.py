"""How the kernel's pages behave in the browser; every page is looked at by the tour (test_tour.py)."""

import pytest

from tests.e2e.conftest import Visit, keep_screenshot


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
