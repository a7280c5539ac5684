"""The ledger's explorer and its map in the browser: facets narrow, and each page as it looks, in both languages and themes."""

import re

import pytest

from soc.identity.actors import operator_actor
from tests.e2e.conftest import Site, Visit, keep_screenshot
from tests.e2e.looks import faults_of
from tests.soc.ledger.made import CITY, a_source, scanned

PHONE, PC = (390, 844), (1440, 900)


@pytest.fixture(scope="module")
def filled(site: Site) -> None:
    """Five items of Guangzhou's."""
    with site.database.write() as session:
        actor = operator_actor(session)
        scanned(session, actor, a_source(session, actor, site.app.extensions["guanlan"].settings, CITY, "运政库"))


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "theme", "size"), [("zh", "light", PC), ("en", "dark", PHONE)])
def test_a_facet_narrows_the_list_and_the_map_leads_into_it(
    visit: Visit, filled: None, lang: str, theme: str, size: tuple[int, int]
) -> None:
    window = visit("policy", lang=lang, theme=theme, size=size)
    page = window.page
    page.goto("/ledger/")
    before = page.locator(".explore-list tbody tr").count()
    assert faults_of(window, lang) == []
    if size == PHONE:
        page.locator(".explore-open").click()
    page.locator("#explore-side a[href*='type=mobile']").first.click()
    page.wait_for_url(re.compile("type=mobile"))
    assert 0 < page.locator(".explore-list tbody tr").count() < before
    keep_screenshot(page, f"explorer-{lang}-{theme}", full=True)
    page.goto("/ledger/map")
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"map-{lang}-{theme}", full=True)
    page.locator(".treemap:visible .tile").first.click()
    page.wait_for_url(re.compile(r"/ledger/\?.*level="))
    assert page.locator(".explore-list tbody tr").count() > 0
    assert not window.complaints
