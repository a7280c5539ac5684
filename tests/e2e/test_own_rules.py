"""Own rules in the browser: written with a live count, agreed to by a second person, and the next line hits."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from audit.ingest.followers import ingest_file
from audit.ingest.formats import ParseOptions
from detectors.findings import Finding
from detectors.sigma.watching import Watch
from soc.clock import now
from soc.logstore import open_store
from soc.text import t
from tests.e2e.conftest import PC, PHONE, Site, Visit, keep_screenshot
from tests.e2e.looks import faults_of


def a_rule(rule_id: str, user: str, condition: str = "selection") -> str:
    return (
        f"title: Login of {user}\nid: {rule_id}\nlogsource:\n    category: authentication\n"
        f"detection:\n    selection:\n        user: {user}\n    condition: {condition}\nlevel: high\n"
    )


def take(site: Site, folder: Path, user: str, name: str) -> None:
    """Take in three failed logins of a user, as any file is."""
    begun, path = now() - timedelta(minutes=30), folder / f"{name}.log"
    told = [
        f"{(begun + timedelta(seconds=number)).isoformat()} h sshd[1]: Failed password for {user} from 10.9.9.9 port 22 ssh2"
        for number in range(3)
    ]
    path.write_text("\n".join(told) + "\n", encoding="utf-8")
    ingest_file(site.database, site.database.settings, path, "linux_auth", "440000", ParseOptions())


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lang", "theme", "size"), [("zh", "light", PC), ("en", "dark", PHONE), ("zh", "dark", PHONE), ("en", "light", PC)]
)
def test_a_rule_is_written_counted_agreed_to_and_hits_the_next_line(
    visit: Visit, site: Site, tmp_path: Path, lang: str, theme: str, size: tuple[int, int]
) -> None:
    rule_id, user, name = str(uuid4()), f"own-{lang}-{theme}", f"{lang}-{theme}"
    take(site, tmp_path, user, "before")
    window = visit("policy", lang=lang, theme=theme, size=size)
    page = window.page
    page.goto("/rules/own/")
    assert faults_of(window, lang) == []
    page.goto("/rules/own/edit")
    area = page.locator("[name=text]")
    area.fill(a_rule(rule_id, user, "nothing"))
    page.locator("#tried .problem").wait_for()
    area.fill(a_rule(rule_id, user))
    figure = page.locator("#tried .stat .figure").first
    figure.wait_for()
    assert figure.text_content() == "3"
    page.locator("#tried figure.chart").wait_for()
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"own-rules-edit-{name}", full=True)
    page.locator("main button.primary[type=submit]").last.click()
    page.wait_for_url("**/rules/own/")
    page.locator("form[action$='/rules/own/propose'] [name=reason]").fill("a new service account")
    page.locator("form[action$='/rules/own/propose'] button.primary").click()
    page.wait_for_url("**/approvals/*")
    waiting = page.url
    second = visit("commander", lang=lang, theme=theme, size=size).page
    second.goto(waiting)
    second.get_by_role("button", name=t("web.approvals.approve", lang), exact=True).first.click()
    second.wait_for_load_state("networkidle")
    page.goto("/rules/own/")
    page.get_by_text(rule_id).first.wait_for()
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"own-rules-{name}", full=True)
    take(site, tmp_path, user, "after")
    with site.database.read() as session:
        (finding,) = session.scalars(select(Finding).where(Finding.rule_id == f"own_440000_{rule_id}")).all()
    assert len(finding.events) == 3


def a_correlation(rule_id: str, called: str) -> str:
    return (
        f"title: Three of them\nid: {rule_id}\ncorrelation:\n    type: event_count\n    rules: [{called}]\n"
        "    group-by: [actor.user.name]\n    timespan: 1m\n    condition: {gte: 3}\nlevel: high\n"
    )


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lang", "theme", "size"), [("zh", "light", PC), ("en", "dark", PHONE), ("zh", "dark", PHONE), ("en", "light", PC)]
)
def test_a_correlation_is_written_upon_the_draft_agreed_to_and_told_on_its_page(
    visit: Visit, site: Site, tmp_path: Path, lang: str, theme: str, size: tuple[int, int]
) -> None:
    base, several, user, name = str(uuid4()), str(uuid4()), f"several-{lang}-{theme}", f"{lang}-{theme}"
    take(site, tmp_path, user, "before")
    window = visit("policy", lang=lang, theme=theme, size=size)
    page = window.page
    page.goto("/rules/own/edit")
    page.locator("[name=text]").fill(a_rule(base, user))
    page.locator("main button.primary[type=submit]").last.click()
    page.wait_for_url("**/rules/own/")
    page.goto("/rules/own/edit")
    area = page.locator("[name=text]")
    area.fill(a_correlation(several, "nobody"))
    page.locator("#tried .problem", has_text="nobody").wait_for()
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"own-correlation-wrong-{name}", full=True)
    area.fill(a_correlation(several, base))
    page.locator("#tried figure.chart").wait_for()
    figures = page.locator("#tried .stat .figure").all_text_contents()
    assert [one.strip() for one in figures[:3]] == ["3", "3", "1"]
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"own-correlation-edit-{name}", full=True)
    page.locator("main button.primary[type=submit]").last.click()
    page.wait_for_url("**/rules/own/")
    page.locator("form[action$='/rules/own/propose'] [name=reason]").fill("guessing")
    page.locator("form[action$='/rules/own/propose'] button.primary").click()
    page.wait_for_url("**/approvals/*")
    second = visit("commander", lang=lang, theme=theme, size=size).page
    second.goto(page.url)
    keep_screenshot(second, f"own-correlation-approval-{name}", full=True)
    second.get_by_role("button", name=t("web.approvals.approve", lang), exact=True).first.click()
    second.wait_for_load_state("networkidle")
    take(site, tmp_path, user, "after")
    Watch(site.database, open_store(site.database.settings)).turn()
    with site.database.read() as session:
        (finding,) = session.scalars(select(Finding).where(Finding.rule_id == f"own_440000_{several}")).all()
    assert finding.entity_name == user
    page.goto(f"/rules/own/show/own_440000_{several}")
    assert t("rules.last_hit", lang) in (page.locator("main").text_content() or "")
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"own-correlation-page-{name}", full=True)
    page.goto("/rules/own/")
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"own-correlation-list-{name}", full=True)
    page.goto("/rules/own/?q=guess")
    keep_screenshot(page, f"own-correlation-shared-{name}", full=True)
