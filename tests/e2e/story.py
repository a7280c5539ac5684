"""The story of the demo province in the browser: six persons, one theft, from the queue to the posture.

Not collected by ``make test`` yet: run it with ``pytest tests/e2e/story.py`` (about six minutes).
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PC, PHONE, Visit, Watched, keep_screenshot, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ANALYST, COMMANDER, SECOND, AUDITOR = "lin.fenxi", "zhou.zhihui", "he.zhihui", "xu.hegui"
POLICY, POLICY_SECOND, LEADER, OWNER = "chen.celue", "wu.celue", "huang.lingdao", "liang.shuyuan"
#: the states of a run that has ended, in the words of the page
ENDED = {"已完成", "失败", "已取消"}
#: (who looks, path): the main pages, each with the demo's data on it
PAGES = [
    (ANALYST, "/alerts/"),
    (ANALYST, "/logs/"),
    (COMMANDER, "/incidents/"),
    (COMMANDER, "/playbooks/"),
    (COMMANDER, "/approvals/?view=all"),
    (OWNER, "/ledger/queue"),
    (OWNER, "/ledger/sources"),
    (POLICY, "/grading/"),
    (POLICY, "/protection/"),
    (AUDITOR, "/trail/"),
    (LEADER, "/posture/"),
]
SHOWN = [
    pytest.param("zh", "dark", PC, id="zh-dark-pc"),
    pytest.param("en", "light", PC, id="en-light-pc"),
    pytest.param("zh", "light", PHONE, id="zh-light-phone"),
    pytest.param("en", "dark", PHONE, id="en-dark-phone"),
]


@dataclass(frozen=True)
class Demo:
    """A running ``soc up --demo``: where it answers, and its people's passwords."""

    url: str
    passwords: dict[str, str]


@pytest.fixture(scope="module")
def demo(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo as a newcomer starts it, on a home of its own; Ctrl-C has to end it cleanly."""
    home, port = tmp_path_factory.mktemp("demo"), free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SOC_")}
    environ |= {"SOC_HOME": str(home / "home"), "SOC_BIND": f"127.0.0.1:{port}", "SOC_LANG": "zh"}
    with (home / "up.log").open("w+", encoding="utf-8") as said:
        server = subprocess.Popen(
            [sys.executable, "-m", "soc", "up", "--demo"], env=environ, stdout=said, stderr=said, text=True
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", server, home / "up.log")
            yield Demo(f"http://127.0.0.1:{port}", passwords(environ))
            server.send_signal(signal.SIGINT)
            assert server.wait(timeout=30) == 0
        finally:
            server.kill()
        assert "Traceback" not in (home / "up.log").read_text(encoding="utf-8")


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def wait_for(url: str, server: subprocess.Popen[str], log: Path) -> None:
    """Wait until the installation answers; a server that ended is told with its last words."""
    for _ in range(600):
        assert server.poll() is None, log.read_text(encoding="utf-8")[-2000:]
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(1)
    pytest.fail(f"no answer in ten minutes: {log.read_text(encoding='utf-8')[-2000:]}")


def passwords(environ: dict[str, str]) -> dict[str, str]:
    """Return the passwords that ``soc demo users`` prints."""
    told = subprocess.run(
        [sys.executable, "-m", "soc", "demo", "users"], env=environ, capture_output=True, text=True, check=True
    )
    return {one["username"]: one["password"] for one in map(json.loads, told.stdout.splitlines())}


class People:
    """The persons of the story, each with a browser window of their own, opened when they are needed."""

    def __init__(self, demo: Demo, visit: Visit, **shown: Any) -> None:
        self._demo, self._visit, self._shown = demo, visit, shown
        self._windows: dict[str, Watched] = {}

    def window(self, username: str) -> Watched:
        """Return somebody's window, signed in."""
        if username not in self._windows:
            window = self._visit(url=self._demo.url, **self._shown)
            sign_in(window.page, username, self._demo.passwords[username])
            self._windows[username] = window
        return self._windows[username]

    def at(self, username: str, path: str) -> Page:
        """Open a page in somebody's window."""
        page = self.window(username).page
        page.goto(path)
        page.wait_for_load_state("load")
        return page

    def complaints(self) -> list[str]:
        """Return what any of the windows complained about."""
        return [f"{who}: {text}" for who, window in self._windows.items() for text in window.complaints]


def test_the_theft_goes_from_the_queue_to_the_posture(demo: Demo, visit: Visit) -> None:
    people = People(demo, visit)
    before = posture_figures(people, "before")
    incident = the_analyst_finds_the_theft(people)
    the_commander_works_the_incident(people, incident)
    the_review_makes_rectification_tasks(people, incident)
    the_owner_confirms_an_item(people)
    the_policy_is_changed_by_two_and_rolled_back(people)
    the_auditor_verifies_the_trail(people)
    after = posture_figures(people, "after")
    assert int(before["在办事件"]) >= 1
    assert int(after["整改未完成"]) >= int(before["整改未完成"]) + 2, (before, after)
    assert not people.complaints(), "\n".join(people.complaints())


def posture_figures(people: People, when: str) -> dict[str, str]:
    """The leader opens the posture: return its strip of figures by their names."""
    page = people.at(LEADER, "/posture/")
    page.locator(".chart .main-svg").first.wait_for()
    page.wait_for_load_state("networkidle")
    keep_screenshot(page, f"story-posture-{when}")
    names, figures = page.locator(".stat .name").all_inner_texts(), page.locator(".stat .figure")
    return {name: figures.nth(at).evaluate("e => e.firstChild.data").strip() for at, name in enumerate(names)}


def the_analyst_finds_the_theft(people: People) -> str:
    """The theft ranks above all that waits, says why, and its score opens; return its incident's address."""
    waiting = scores_of(people.at(ANALYST, "/alerts/"))
    keep_screenshot(people.window(ANALYST).page, "story-alerts")
    page = people.at(ANALYST, "/alerts/?status=in_incident")
    taken = scores_of(page)
    assert len(taken) >= 1, "the theft was not taken on as an incident"
    assert taken[0] > max(waiting, default=0), "something ordinary ranks above the theft"
    page.locator("tbody [data-open]").first.click()
    page.locator("#flyout-title").wait_for()
    flyout = page.locator("#flyout")
    assert flyout.locator("section").first.locator("li").count() >= 2, "a theft has more than one reason"
    expect(flyout.locator("details[open] tbody tr").first).to_be_visible()
    keep_screenshot(page, "story-alert-flyout")
    entity = flyout.locator("a[href^='/alerts/entities/']").first.get_attribute("href")
    address = flyout.locator("a[href^='/incidents/']").first.get_attribute("href")
    assert entity
    assert address, "the theft has no incident"
    keep_screenshot(people.at(ANALYST, entity), "story-entity")
    return address


def scores_of(page: Page) -> list[int]:
    """Return the scores of a list of alerts, in its order."""
    return [int(text) for text in page.locator("tbody .score").all_inner_texts()]


def the_commander_works_the_incident(people: People, incident: str) -> None:
    """Clocks run; every step of the playbook's run is worked, the acting ones with a second person."""
    page = people.at(COMMANDER, incident)
    assert page.locator(".clock[data-due]").count() >= 1, "no clock runs"
    page.get_by_role("button", name="由我指挥").click()
    for _ in range(60):
        page = people.at(COMMANDER, incident)
        page.wait_for_load_state("networkidle")
        if state_of_run(page) in ENDED:
            break
        keep_screenshot(page, "story-run-board", full=True)
        if not work_one_step(people, page):
            page.wait_for_timeout(1000)  # the worker takes the next step itself
    keep_screenshot(page, "story-run-board-done", full=True)
    assert state_of_run(page) == "已完成", page.locator("#run-board").inner_text()
    for name in ("标为已遏制", "标为已恢复"):
        page.get_by_role("button", name=name).click()
        page.wait_for_load_state("networkidle")


def state_of_run(page: Page) -> str:
    """Return the run's state in the words of the page."""
    page.locator("#run-board progress").first.wait_for()
    return page.locator("#run-board > .row .status").first.inner_text().strip()


def work_one_step(people: People, page: Page) -> bool:
    """Do what the board asks a person for next; false if nothing waits for one."""
    board = page.locator("#run-board")
    if board.get_by_text("待第二人同意").count():
        approve(people, SECOND)
        return True
    form = board.locator("form.form", has=page.locator("button[name=ok][value='1']")).first
    if not form.count():
        return False
    for field in form.locator("input[name^='out:']").all():
        field.fill("是" if "receipt" not in str(field.get_attribute("name")) else "粤网信-2026-1122")
    form.locator("input[name=note]").fill("已按预案办理")
    form.locator("button[name=ok][value='1']").click()
    page.wait_for_load_state("networkidle")
    return True


def approve(people: People, second: str) -> None:
    """A second person opens what waits first and agrees to it."""
    page = people.at(second, "/approvals/")
    page.locator("tbody [data-open]").first.click()
    page.locator("#flyout-title").wait_for()
    keep_screenshot(page, f"story-approval-{second}")
    page.locator("#flyout").get_by_role("button", name="批准并执行").click()
    page.wait_for_load_state("networkidle")


def the_review_makes_rectification_tasks(people: People, incident: str) -> None:
    """The review's lines become tasks of the incident."""
    page = people.at(COMMANDER, f"{incident}/review")
    for name, text in {
        "cause": "账号口令泄露",
        "harm": "个人信息外泄",
        "measures": "停用账号",
        "lessons": "口令定期更换",
    }.items():
        page.locator(f"textarea[name={name}]").fill(text)
    page.locator("textarea[name=tasks]").fill("更换全部数据库口令\n为导出接口加审批")
    page.locator("main .form-actions button[type=submit]").click()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("为导出接口加审批").first).to_be_visible()
    keep_screenshot(page, "story-incident-reviewed", full=True)


def the_owner_confirms_an_item(people: People) -> None:
    """The data owner's queue holds what waits for them; a confirmed column leaves it."""
    page = people.at(OWNER, "/ledger/queue")
    keep_screenshot(page, "story-ledger-queue")
    item = page.locator("tbody [data-open]").first.get_attribute("href")
    assert item
    page = people.at(OWNER, item)
    page.get_by_role("button", name="确认").first.click()
    page.wait_for_load_state("networkidle")
    page = people.at(OWNER, item)
    expect(page.locator("dl.facts .status", has_text="已确认")).to_be_visible()
    keep_screenshot(page, "story-ledger-item", full=True)


def the_policy_is_changed_by_two_and_rolled_back(people: People) -> None:
    """A grade is raised: what-if, a second person, in force; and the version before comes back the same way."""
    page = people.at(POLICY, "/grading/")
    select = page.locator("select[name=levels]").first
    old = str(select.input_value())
    new = next(str(v) for v in select.locator("option").evaluate_all("all => all.map(o => o.value)") if v != old)
    select.select_option(new)
    page.locator("main .form-actions button[type=submit]").first.click()
    page.wait_for_load_state("networkidle")
    keep_screenshot(page, "story-grading-what-if", full=True)
    propose_and_approve(people, page)
    assert people.at(POLICY, "/grading/").locator("select[name=levels]").first.input_value() == new
    superseded = page.locator("tr", has_text="已被取代").locator("a[href*='/grading/versions/']").first
    page = people.at(POLICY, str(superseded.get_attribute("href")))
    propose_and_approve(people, page)
    assert people.at(POLICY, "/grading/").locator("select[name=levels]").first.input_value() == old


def propose_and_approve(people: People, page: Page) -> None:
    """Give the reason, propose, and have the second policy administrator agree."""
    page.locator("textarea[name=reason]").fill("行业指南修订")
    page.locator("main form:has(textarea[name=reason]) button[type=submit]").click()
    page.wait_for_load_state("networkidle")
    approve(people, POLICY_SECOND)


def the_auditor_verifies_the_trail(people: People) -> None:
    """The trail is whole, and what the others did is in it."""
    page = people.at(AUDITOR, "/trail/")
    page.locator("button[hx-target='#verdict']").click()
    page.locator("#verdict .note").wait_for()
    assert not page.locator("#verdict .problem").count(), page.locator("#verdict").inner_text()
    assert page.locator("tbody tr").count() >= 10
    keep_screenshot(page, "story-trail")


@pytest.mark.parametrize(("lang", "theme", "size"), SHOWN)
def test_the_main_pages_stand_with_data_on_them(
    demo: Demo, visit: Visit, lang: str, theme: str, size: tuple[int, int]
) -> None:
    people, faults = People(demo, visit, lang=lang, theme=theme, size=size), []
    for who, path in PAGES:
        page = people.at(who, path)
        page.wait_for_load_state("networkidle")
        keep_screenshot(page, f"story-{lang}-{theme}-{size[0]}{path}")
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            faults.append(f"{path}: scrolls sideways by {wider} px")
        if not page.locator("main tbody tr").count():
            faults.append(f"{path}: nothing on it")
    assert not faults + people.complaints(), "\n".join(faults + people.complaints())
