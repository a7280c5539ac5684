"""Looked-up subjects in the browser: who looked somebody up, and a watch from its proposal to its approval."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from soc.clock import now
from soc.logstore import open_store
from soc.subjects.tokens import current
from tests.contract import corpus
from tests.e2e.conftest import Site, Visit, a_site, keep_screenshot
from tests.e2e.looks import faults_of

PHONE, PC = (390, 844), (1440, 900)
ID, WRITTEN = "11010519491231002X", "110105 19491231 002x"
LOOKS = [("zh", "light", PC), ("en", "dark", PHONE)]


@pytest.fixture(scope="module")
def site(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own: nobody else looks anybody up."""
    with a_site(tmp_path_factory.mktemp("subjects")) as made:
        yield made


@pytest.fixture(scope="module")
def logged(site: Site) -> None:
    """Five look-ups of one subject."""
    token = current(site.database.settings).of_text(ID)
    rows: list[dict[str, object]] = [
        {
            "time": now() - timedelta(hours=place),
            "guanlan.subjects": [token],
            "guanlan.business": "GD-1" if place else None,
            "guanlan.person": "GD7",
            "actor.user.name": "zhang",
            "actor.app_name": "portal",
        }
        for place in range(5)
    ]
    events = [
        event | {"guanlan.org": "440100"} for event in corpus.numbered([r | {"guanlan.org": "x"} for r in rows], "s")
    ]
    open_store(site.database.settings).append(corpus.table(events), batch="s")


@pytest.mark.browser
@pytest.mark.usefixtures("logged")
@pytest.mark.parametrize(("lang", "theme", "size"), LOOKS)
def test_a_number_typed_into_the_form_tells_who_looked_it_up_and_stands_nowhere(
    visit: Visit, lang: str, theme: str, size: tuple[int, int]
) -> None:
    window = visit("analyst", lang=lang, theme=theme, size=size)
    page, kind = window.page, f"{lang}-{theme}-{size[0]}"
    page.goto("/logs/subject/")
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"subject-{kind}", full=True)
    page.locator("input[name=value]").fill(WRITTEN)
    page.locator("input[name=purpose]").fill("complaint 42")
    page.locator("form button[type=submit]").last.click()
    page.locator("tbody tr").first.wait_for()
    assert "zhang" in page.locator("tbody").inner_text()
    assert page.locator("input[name=value]").input_value() == ""
    assert WRITTEN not in page.content()
    assert "110105" not in page.url
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"subject-found-{kind}", full=True)
    page.locator("input[name=value]").fill("13800138000")
    page.locator("form button[type=submit]").last.click()
    page.locator(".empty").wait_for()
    assert faults_of(window, lang) == []


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "theme", "size"), LOOKS)
def test_a_watch_is_proposed_shown_without_its_number_and_refused_twice(
    visit: Visit, lang: str, theme: str, size: tuple[int, int]
) -> None:
    window = visit("analyst", lang=lang, theme=theme, size=size)
    page, kind = window.page, f"{lang}-{theme}-{size[0]}"
    page.goto("/watched/")
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"watched-{kind}", full=True)
    if not page.locator("input[name=value]").is_visible():
        page.locator("details.card summary").click()
    number = "13800138000" if size == PC else "13900139000"
    page.locator("input[name=value]").fill(number)
    for name, text in (("label", f"case {lang}"), ("owner", "Li")):
        page.locator(f"input[name={name}]").fill(text)
    page.locator("#f-reason").fill("threatened")
    page.locator("input[name=until]").fill((now() + timedelta(days=20)).date().isoformat())
    page.locator("details.card button[type=submit]").click()
    page.locator(f"td:has-text('case {lang}')").wait_for()
    assert number not in page.content()
    assert "mobile:" in page.locator("tbody").inner_text()
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"watched-list-{kind}", full=True)
