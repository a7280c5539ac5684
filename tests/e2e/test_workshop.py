"""The workshop in the browser: a recognizer is made and tried; each page as it looks, in both languages and themes."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from detectors.workshop.service import edit
from soc.approvals.service import approve
from soc.clock import now
from soc.identity.actor import Role
from soc.identity.actors import actor_of, operator_actor
from soc.identity.models import Person
from soc.jobs import run_one
from soc.ledger.own_types import KIND
from soc.ledger.sources import NewSource, ensure_source
from soc.versions.drafts import discard
from soc.versions.service import Order, submit
from tests.conftest import add_test_person
from tests.detectors.workshop.making import document, ferry_pass
from tests.e2e.conftest import Site, Visit, keep_screenshot
from tests.e2e.looks import faults_of

ORG = "440000"
PHONE, PC = (390, 844), (1440, 900)


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "theme", "size"), [("zh", "light", PC), ("en", "dark", PHONE)])
def test_a_recognizer_is_made_and_tried(visit: Visit, lang: str, theme: str, size: tuple[int, int]) -> None:
    window = visit("policy", lang=lang, theme=theme, size=size)
    page, name = window.page, f"{lang}-{theme}"
    page.goto("/recognizers/edit")
    for field, value in {
        "id": f"ferry_{lang}", "zh": f"渡轮证 {lang}", "en": f"Ferry pass {lang}", "pattern": r"FD-\d{4}-[A-Z]{2}",
        "positive": "FD-1234-AB\n登船 FD-1234-AB 已验", "negative": "FD-9999-ZZ",
    }.items():  # fmt: skip
        page.locator(f"[name={field}]").fill(value)
    page.locator("button[hx-post$='/try']").click()
    page.locator("#tried table").wait_for()
    assert page.locator("#tried tbody tr").count() == 3
    page.locator("main form details").first.evaluate("one => { one.open = true }")
    page.locator("[name=samples]").fill("AB12\nCD34\nEF56")
    page.locator("button[hx-post$='/suggest']").click()
    page.locator("#suggested .mono").wait_for()
    assert page.locator("#suggested .mono").text_content() == r"[A-Z]{2}\d{2}"
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"workshop-edit-{name}", full=True)
    page.locator("main button[type=submit].primary").last.click()
    page.wait_for_url("**/recognizers/")
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"workshop-{name}", full=True)


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "theme", "size"), [("zh", "dark", PC), ("en", "light", PHONE)])
def test_a_recognizer_is_tried_on_the_values_of_a_source(
    visit: Visit, site: Site, tmp_path: Path, lang: str, theme: str, size: tuple[int, int]
) -> None:
    _add_ferries(site, tmp_path)
    window = visit("policy", lang=lang, theme=theme, size=size)
    page = window.page
    page.goto("/recognizers/edit")
    for field, value in {"id": "pass_no", "zh": "通行证", "en": "Pass", "pattern": r"TK-\d{4}-[A-Z]{2}"}.items():
        page.locator(f"[name={field}]").fill(value)
    page.locator("[name=source]").select_option(index=1)
    page.locator("button[hx-post$='/trials']").click()
    page.locator("#tried [hx-trigger]").wait_for()
    keep_screenshot(page, f"workshop-trial-runs-{lang}-{theme}", full=True)
    assert run_one(site.database, "browser")
    page.locator("#tried tbody tr").wait_for()
    assert "c2" in str(page.locator("#tried tbody tr").first.text_content())
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"workshop-trial-{lang}-{theme}", full=True)


def _add_ferries(site: Site, folder: Path) -> None:
    with closing(sqlite3.connect(folder / "ferries.db")) as connection, connection:
        connection.execute("CREATE TABLE boarding (seat TEXT, c2 TEXT)")
        rows = [(f"row {at}", f"TK-{1000 + at}-{'ABCDEFGH'[at % 8]}{'KLMN'[at % 4]}") for at in range(60)]
        connection.executemany("INSERT INTO boarding VALUES (?, ?)", rows)
    with site.database.write() as session:
        order = NewSource(f"渡轮 {folder.name}", f"sqlite:///{folder / 'ferries.db'}", ORG)
        ensure_source(session, operator_actor(session), site.database.settings, order)


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "theme", "size"), [("zh", "light", PC), ("en", "dark", PHONE)])
def test_two_drafts_are_laid_side_by_side(
    visit: Visit, site: Site, lang: str, theme: str, size: tuple[int, int]
) -> None:
    _overtake(site, mark=f"{lang}{theme}")
    window = visit("policy", lang=lang, theme=theme, size=size)
    page = window.page
    page.goto("/recognizers/")
    page.locator("a[href$='/recognizers/compare']").click()
    page.locator("input[type=radio]").first.wait_for()
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"workshop-compare-{lang}-{theme}", full=True)
    page.locator("input[type=radio][value=mine]").first.check()
    page.locator("main button[type=submit].primary").last.click()
    page.wait_for_url("**/recognizers/")
    assert page.locator("a[href$='/recognizers/compare']").count() == 0


def _overtake(site: Site, *, mark: str) -> None:
    """Somebody else's document comes into force while the person has a draft on the one before."""
    with site.database.write() as session:
        mine = actor_of(session, session.scalars(select(Person).where(Person.username == "policy")).one())
        other = actor_of(session, add_test_person(session, Role.POLICY, ORG))
        second = actor_of(session, add_test_person(session, Role.COMMANDER, ORG))
        discard(session, mine, KIND, ORG)
        first = Order(document(ferry_pass(level="G1", context=[mark])), "first")
        approve(session, second, submit(session, other, KIND, ORG, first).id, at=now())
        cabin = ferry_pass(id="cabin", zh="舱房号", en="Cabin number", pattern=r"CF-\d{4}", words=[])
        berth = ferry_pass(id="berth", zh="泊位号", en="Berth number", pattern=r"BW-\d{4}", words=[])
        edit(session, mine, ORG, document(ferry_pass(level="G2", context=[mark]), berth))
        theirs = Order(document(ferry_pass(level="G4", context=[mark]), cabin), "second")
        approve(session, second, submit(session, other, KIND, ORG, theirs).id, at=now())
