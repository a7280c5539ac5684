"""The ledger's explorer and its map in the browser: facets narrow, and each page as it looks, in both languages and themes."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from soc.clock import now
from soc.identity.actors import operator_actor
from soc.ledger.models import LedgerItem
from soc.logstore import open_store
from tests.contract import corpus
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


@pytest.fixture(scope="module")
def accessed(site: Site, filled: None) -> None:
    """Two accounts read the phones of Guangzhou's people."""
    rows: list[dict[str, object]] = [
        {
            "time": now() - timedelta(hours=place + 1),
            "actor.user.name": name,
            "guanlan.person": person,
            "database.name": "gd",
            "guanlan.tables": ["public.people"],
            "guanlan.columns": ["public.people.phone"],
            "guanlan.rows": 1_200 * (place + 1),
            "guanlan.org": CITY,
        }
        for place, (name, person) in enumerate([("yz_reader", "李四"), ("app_portal", None), ("yz_reader", "李四")])
    ]
    made = [event | {"guanlan.org": CITY} for event in corpus.numbered(rows, "accessed")]
    open_store(site.app.extensions["guanlan"].settings).append(corpus.table(made), batch="accessed")


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "theme", "size"), [("zh", "light", PC), ("en", "dark", PHONE)])
def test_an_item_says_who_accesses_it_and_its_table_can_be_put_forward(
    visit: Visit, site: Site, accessed: None, lang: str, theme: str, size: tuple[int, int]
) -> None:
    with site.database.read() as session:
        phone = session.scalars(select(LedgerItem).where(LedgerItem.name == "phone").order_by(LedgerItem.id)).first()
    assert phone is not None
    window = visit("analyst", lang=lang, theme=theme, size=size)
    page = window.page
    page.goto(f"/ledger/{phone.id}")
    page.locator(".readers table").wait_for()
    assert page.locator(".readers tbody tr").count() == 2
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"item-{lang}-{theme}", full=True)
    page.locator(".readers a[href^='/alerts/accounts']").first.click()
    page.wait_for_url(re.compile(r"/alerts/\?q=yz_reader"))
    window = visit("policy", lang=lang, theme=theme, size=size)
    page = window.page
    page.goto(f"/ledger/tables/{phone.table_id}")
    page.locator("details:has(form[action*='/reviews/tables/']) > summary").click()
    page.locator(".readers table").wait_for()
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"table-{lang}-{theme}", full=True)
    page.goto(f"/scans/sources/{phone.source_id}")
    page.locator("details:has(form[action$='/budget']) > summary").click()
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"budget-{lang}-{theme}", full=True)
    page.goto("/ledger/interfaces/")
    # other tests of this site have sources of their own
    page.locator("select[name=source]").select_option(str(phone.source_id))
    page.locator("input[name=path]").fill(f"/people/{{id}}/{lang}")
    page.locator("input[name=purpose]").fill("窗口办理查询")
    page.locator("textarea[name=returns]").fill("public.people.sfzh\npublic.people.phone")
    page.locator("form:has(textarea[name=returns]) button[type=submit]").click()
    page.wait_for_url(re.compile("/ledger/tables/"))
    page.goto("/ledger/interfaces/")
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"interfaces-{lang}-{theme}", full=True)
    assert not window.complaints
