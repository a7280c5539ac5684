"""The pages of a table, an address and an application in the browser: from the search to each, with all their parts."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser

from incidents.alerts.intake import take_in
from soc.clock import now
from soc.identity.actors import operator_actor
from soc.logstore import open_store
from tests.e2e.conftest import PC, PHONE, Site, Visit, a_site, keep_screenshot
from tests.e2e.looks import faults_of, settled
from tests.incidents.entities import made
from tests.incidents.findings import finding
from tests.soc.ledger.made import PEOPLE, a_source, column, scanned, table

TABLE = "public.people"
#: peers of the table: as grave as it is
OTHERS = tuple(table(f"public.beside_{number}", column("id")) for number in range(12))
CLERKS = ("zhang_wei", "li_na", "wang_fang", "chen_jie", "yang_min", "app_portal")


@pytest.fixture(scope="module")
def site(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own, with forty days of a table's readers, a copy at their end and an alert of it."""
    with a_site(tmp_path_factory.mktemp("entities")) as found:
        with found.database.write() as session:
            actor = operator_actor(session)
            scanned(session, actor, a_source(session, actor, found.database.settings, made.CITY), PEOPLE, *OTHERS)
            told = finding(first_at=now(), last_at=now(), details={"tables": [TABLE]})
            take_in(session, actor, told, at=now())
        rows = [_read(place) for place in range(600)]
        rows += [made.copied(**_at(hours)) for hours in (1, 2)]
        rows += [made.event(class_uid=3002, **{**_at(hours), "status_id": 2}) for hours in (3, 4, 5)]
        rows += [_beside(place) for place in range(120)]
        made.stored(open_store(found.database.settings), rows)
        yield found


def _beside(place: int) -> dict[str, Any]:
    """What the peers of the table, of its network and of its application read."""
    number, rule = place % 12, {"guanlan.rules": ["rule-of-none"]} if place % 40 == 0 else {}
    names = {"guanlan.tables": [f"public.beside_{number}"], "src_endpoint.ip": f"10.1.2.{20 + number}"}
    return made.event(
        **{**_at(place + 0.5), **names, **rule, "actor.app_name": f"app-{number}", "guanlan.rows": 3 * place}
    )


def _at(hours: float) -> dict[str, Any]:
    return {"time": now() - timedelta(hours=hours), "guanlan.tables": [TABLE], "query_info.uid": f"fresh-{hours}"}


def _read(place: int) -> dict[str, Any]:
    who = CLERKS[place % (4 if place > 300 else 6)]
    asked = {
        "guanlan.asked_by": CLERKS[place % 3],
        "guanlan.asked_by_basis": "trace",
        "guanlan.asked_by_confidence": 95 if place % 5 else 30,
    }
    more = {"actor.user.name": who, "guanlan.person": f"GD{place % 6}", "guanlan.rows": 5 + place % 40}
    there = {"dst_endpoint.ip": "10.9.9.9", "dst_endpoint.port": 5432, "traffic.bytes_out": 1_000 * place}
    return made.event(**{**_at(1.7 * place + 6), **more, **there, **asked, "query_info.uid": f"shape-{place % 7}"})


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lang", "theme", "size"), [("zh", "light", PC), ("en", "dark", PC), ("zh", "dark", PHONE), ("en", "light", PHONE)]
)
def test_the_search_leads_to_each_page_and_each_is_whole(
    visit: Visit, lang: str, theme: str, size: tuple[int, int]
) -> None:
    window = visit("analyst", lang=lang, theme=theme, size=size)
    page = window.page
    for kind in ("tables", "addresses", "applications"):
        page.goto("/logs/?period=all&q=api.operation:SELECT")
        if kind == "applications":
            page.locator(".explore-list [data-open]").first.click()
            page.locator("#flyout-title").wait_for()
        page.locator(f"a[href*='/alerts/entities/{kind}/']:visible").first.click()
        page.wait_for_url(re.compile(f"/entities/{kind}/"))
        page.locator("#entity-hours").wait_for()
        page.locator("#work table.cards").first.wait_for()
        settled(page)
        keep_screenshot(page, f"entity-{kind}-{lang}-{theme}-{size[0]}", full=True)
        assert faults_of(window, lang) == [], kind


@pytest.mark.browser
def test_another_day_is_looked_at_and_a_figure_leads_to_its_events(visit: Visit) -> None:
    page = visit("analyst", lang="en").page
    page.goto("/logs/?period=all&q=api.operation:SELECT")
    page.locator("a[href*='/alerts/entities/tables/']").first.click()
    day = (now() - timedelta(days=3)).date().isoformat()
    page.locator("input[name=day]").fill(day)
    page.get_by_role("button", name="Look").click()
    page.wait_for_url(re.compile(f"day={day}"))
    page.locator("#entity-days").wait_for()
    shown = page.locator("#entity-days .note-line").inner_text()
    assert day[5:] in shown
    page.locator("td[data-label=Events] a").first.click()
    page.wait_for_url(re.compile("/logs/"))
    assert page.locator(".explore-list tbody tr").count() > 0
