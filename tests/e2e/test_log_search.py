"""The log search in the browser: facets narrow, an event leads to its neighbours, the query box completes by keyboard."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from soc.clock import now
from soc.logstore import open_store
from tests.contract import corpus
from tests.e2e.conftest import Site, Visit, a_site, keep_screenshot
from tests.e2e.looks import faults_of

PHONE, PC = (390, 844), (1440, 900)
CITY = "440100"


@pytest.fixture(scope="module")
def site(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own: what is around an event is whatever else was logged."""
    with a_site(tmp_path_factory.mktemp("searched")) as made:
        yield made


@pytest.fixture(scope="module")
def logged(site: Site) -> None:
    """Sixty events of Guangzhou's within the last hours."""
    rows: list[dict[str, object]] = [
        {
            "time": now() - timedelta(minutes=3 * place, seconds=20),
            "message": f"SELECT name, id_card FROM public.residents WHERE region = ? -- 第 {place} 次查询",
            "actor.user.name": "yz_reader" if place % 4 else "app_portal",
            "src_endpoint.ip": f"10.20.{place % 3}.7",
            "api.operation": "SELECT" if place % 5 else "COPY",
            "guanlan.tables": ["public.residents"] if place % 2 else ["public.residents", "public.driver_license"],
            "guanlan.level": "G4" if place % 3 else "G2",
            "guanlan.rows": 12 * place,
            "status_id": 1 if place % 7 else 2,
        }
        for place in range(60)
    ]
    made = [event | {"guanlan.org": CITY} for event in corpus.numbered(_named(rows), "searched")]
    open_store(site.app.extensions["guanlan"].settings).append(corpus.table(made), batch="searched")


def _named(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return [row | {"guanlan.org": CITY} for row in rows]


def query_of(page: Page) -> str:
    """Return what stands in the query box."""
    return page.locator("#f-q").input_value()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lang", "theme", "size"), [("zh", "light", PC), ("en", "dark", PC), ("zh", "dark", PHONE), ("en", "light", PHONE)]
)
def test_a_facet_narrows_the_search_and_an_event_leads_to_its_neighbours(
    visit: Visit, logged: None, lang: str, theme: str, size: tuple[int, int]
) -> None:
    window = visit("analyst", lang=lang, theme=theme, size=size)
    page = window.page
    kind = f"{lang}-{theme}-{size[0]}"
    page.goto("/logs/?q=public.residents&period=24h")
    page.locator("#facets .facet").first.wait_for(state="attached")
    keep_screenshot(page, f"logs-{kind}", full=True)
    assert faults_of(window, lang) == []
    if size == PHONE:
        page.locator(".explore-open").click()
        keep_screenshot(page, f"logs-facets-{kind}")
    page.locator("#facets a[href*='app_portal']:not(.without)").click()
    page.wait_for_url(re.compile("app_portal"))
    assert query_of(page) == 'public.residents AND actor.user.name:"app_portal"'
    page.locator("#facets .on").wait_for(state="attached")
    if size == PHONE:
        page.locator(".explore-open").click()
    page.locator("#facets a.without[href*='COPY']").click()
    page.wait_for_url(re.compile("COPY"))
    assert query_of(page) == 'public.residents AND actor.user.name:"app_portal" AND NOT api.operation:"COPY"'
    shown = page.locator(".explore-list tbody tr")
    assert shown.count() == 12
    shown.first.locator("[data-open]").click()
    page.locator("#flyout-title").wait_for()
    keep_screenshot(page, f"logs-flyout-{kind}")
    assert faults_of(window, lang, "#flyout") == []
    page.locator("#flyout a[href*='by=account']").click()
    page.wait_for_url(re.compile("/around"))
    assert page.locator("tr.here").count() == 1
    assert page.locator("tbody tr").count() > 10
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"logs-around-{kind}", full=True)
    page.locator(".list-bar a[href*='by=log']").click()
    page.wait_for_url(re.compile("by=log"))
    expect(page.locator(".list-bar [aria-current]")).to_have_attribute("href", re.compile("by=log"))
    page.locator(".list-foot a[rel=next]").click()
    page.wait_for_url(re.compile("searched-00"))
    assert page.locator("tbody tr").count() == 41
    assert not window.complaints


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "theme", "size"), [("zh", "light", PC), ("en", "dark", PHONE)])
def test_the_query_box_completes_fields_and_values_by_keyboard(
    visit: Visit, logged: None, lang: str, theme: str, size: tuple[int, int]
) -> None:
    window = visit("analyst", lang=lang, theme=theme, size=size)
    page = window.page
    page.goto("/logs/?period=24h")
    box, options = page.get_by_role("combobox").and_(page.locator("#f-q")), page.locator("#f-q-list [role=option]")
    box.press_sequentially("public.residents AND 账号" if lang == "zh" else "public.residents AND account")
    expect(options.first).to_contain_text("actor.user.name")
    expect(box).to_have_attribute("aria-expanded", "true")
    keep_screenshot(page, f"logs-complete-fields-{lang}-{theme}")
    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    assert query_of(page) == "public.residents AND actor.user.name:"
    expect(options.first).to_contain_text("yz_reader")
    keep_screenshot(page, f"logs-complete-values-{lang}-{theme}")
    assert faults_of(window, lang) == []
    box.press_sequentially("app")
    expect(options).to_have_text([re.compile("app_portal"), re.compile(r"app\*")])
    box.press("Escape")
    expect(page.locator("#f-q-list")).to_be_hidden()
    assert query_of(page) == "public.residents AND actor.user.name:app"
    box.press("ArrowUp")
    expect(options).to_have_count(2)
    box.press("ArrowDown")
    box.press("Enter")
    assert query_of(page) == 'public.residents AND actor.user.name:"app_portal" '
    expect(options).to_have_text([re.compile("^AND"), re.compile("^OR"), re.compile("^AND NOT")])
    keep_screenshot(page, f"logs-complete-joins-{lang}-{theme}")
    box.press("ArrowUp")
    box.press("Enter")
    assert query_of(page) == 'public.residents AND actor.user.name:"app_portal" AND NOT '
    expect(options.first).to_contain_text("NOT")
    box.press_sequentially("guanlan.rows:[")
    expect(options).to_have_count(1)
    box.press("Backspace")
    expect(options.filter(has_text="[ TO ]")).to_have_count(1)
    box.press_sequentially("[0 ")
    expect(options).to_have_text([re.compile("^TO")])
    box.press("ArrowDown")
    box.press("Enter")
    box.press_sequentially("100]")
    assert query_of(page) == 'public.residents AND actor.user.name:"app_portal" AND NOT guanlan.rows:[0 TO 100]'
    box.press("Enter")
    page.wait_for_url(re.compile("app_portal"))
    assert page.locator(".explore-list tbody tr").count() == 12
    assert not window.complaints


@pytest.mark.browser
def test_what_stands_behind_the_caret_stays_and_whole_words_of_the_syntax_suggest_nothing(
    visit: Visit, logged: None
) -> None:
    page = visit("analyst", lang="en").page
    page.goto("/logs/?period=24h")
    box, options = page.locator("#f-q"), page.locator("#f-q-list [role=option]")
    box.fill("(status_id: OR a)")
    box.evaluate("one => one.setSelectionRange(11, 11)")
    box.press("ArrowDown")
    expect(options.first).to_contain_text("Success")
    box.press("ArrowDown")
    box.press("Enter")
    assert query_of(page) == '(status_id:"1" OR a)'
    for written in ("AND", '"actor', "http_response.code:>4", 'message:"a b" NOT'):
        box.fill("")
        box.press_sequentially(written)
        page.wait_for_timeout(400)
        expect(page.locator("#f-q-list")).to_be_hidden()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lang", "theme", "size"), [("zh", "light", PC), ("en", "dark", PC), ("zh", "dark", PHONE), ("en", "light", PHONE)]
)
def test_a_wrong_query_points_at_the_character_and_the_help_is_reached_by_keyboard(
    visit: Visit, logged: None, lang: str, theme: str, size: tuple[int, int]
) -> None:
    window = visit("analyst", lang=lang, theme=theme, size=size)
    page = window.page
    page.goto('/logs/?q=message:"%F0%9F%98%80" AND guanlan.rows:many&period=24h')
    box = page.locator("#f-q")
    expect(page.locator(".wrong-query mark")).to_have_text("many")
    expect(box).to_be_focused()
    assert box.evaluate("one => one.value.slice(one.selectionStart, one.selectionEnd)") == "many"
    keep_screenshot(page, f"logs-wrong-{lang}-{theme}-{size[0]}")
    box.press("Tab")
    expect(page.locator(".syntax-help > summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".syntax-help tbody tr").last).to_be_visible()
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"logs-help-{lang}-{theme}-{size[0]}", full=True)
    page.locator(".syntax-help a").nth(1).press("Enter")
    page.wait_for_url(re.compile("public.residents"))
    assert page.locator(".explore-list tbody tr").count() == 50
    assert [one for one in window.complaints if "422" not in one] == []
