"""The days of the six persons, as steps of one story: what each does in the browser, and what they must find there.

A step asserts what its person needs to see; it works in either language, by the texts of the catalogues.
"""

import json
import os
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from soc.text import catalogue
from tests.e2e.conftest import keep_in
from tests.e2e.people import People

#: what the reasons of a theft have to say, each by one of these
_REASONS = (
    ("exposed",),
    ("persons", "persons_unbounded"),
    ("times_habit", "times_habit_grave"),
    ("peers",),
    ("new_tables", "new_shapes", "odd_hours", "first_export", "new_address"),
)


@dataclass(frozen=True)
class Cast:
    """Who plays: user names; each second person is another one than the first."""

    analyst: str
    commander: str
    second: str
    auditor: str
    policy: str
    policy_second: str
    leader: str
    owner: str


@dataclass(frozen=True)
class Story:
    """A story under way: its people, who plays what, the name of its screenshots and where they are kept."""

    people: People
    cast: Cast
    name: str
    #: where nobody names another place
    pictures: Path

    def keep(self, page: Page, what: str, *, full: bool = False) -> None:
        """Keep a picture of the page."""
        keep_in(os.environ.get("SOC_TEST_SCREENSHOTS") or self.pictures, page, f"story-{self.name}-{what}", full=full)


def posture_figures(story: Story, when: str) -> dict[str, int]:
    """The leader opens the posture: return its strip of figures by their names."""
    page = story.people.at(story.cast.leader, "/posture/")
    page.locator(".chart .main-svg").first.wait_for()
    page.wait_for_load_state("networkidle")
    story.keep(page, f"posture-{when}", full=True)
    names, figures = page.locator(".stat .name").all_inner_texts(), page.locator(".stat .figure")
    told = [figures.nth(at).evaluate("e => e.firstChild.data").strip().replace(",", "") for at in range(len(names))]
    return {name: int(figure) for name, figure in zip(names, told, strict=True) if figure.isdigit()}


def the_reasons_say_everything(story: Story, reasons: list[str]) -> None:
    """How much, how many persons at most, how far above one's own habit and the peers', and what was new."""
    for kinds in _REASONS:
        patterns = [_pattern(story, f"behaviour.reason.{kind}") for kind in kinds]
        assert any(re.search(one, reason) for one in patterns for reason in reasons), (kinds, reasons)


def _pattern(story: Story, key: str) -> str:
    """Return what a text looks like whatever its parameters are."""
    entry = catalogue()[key]
    words = entry.zh if story.people.lang == "zh" else entry.en
    return ".+".join(re.escape(part) for part in re.split(r"\{[^}]*\}", words))


def the_analyst_finds_the_theft(story: Story, thief: str) -> str:
    """The theft ranks first and above all others, says why, and its score opens; return its incident's address."""
    page = story.people.at(story.cast.analyst, "/alerts/")
    story.keep(page, "alerts")
    rows, scores = page.locator("tbody tr"), scores_of(page)
    expect(rows.first).to_contain_text(thief)
    assert rows.filter(has_text=thief).count() == 1, "the theft stands more than once in the queue"
    assert scores[0] > max(scores[1:], default=0), f"something ordinary ranks as high: {scores}"
    rows.first.locator("[data-open]").click()
    page.locator("#flyout-title").wait_for()
    flyout = page.locator("#flyout")
    the_reasons_say_everything(story, flyout.locator("section").first.locator("li").all_inner_texts())
    expect(flyout.locator("details[open] tbody tr").first).to_be_visible()
    story.keep(page, "alert-flyout")
    entity = flyout.locator("a[href^='/alerts/entities/']").first.get_attribute("href")
    address = flyout.locator("a[href^='/incidents/']").first.get_attribute("href")
    assert entity
    assert address, "the theft has no incident"
    story.keep(story.people.at(story.cast.analyst, entity), "entity", full=True)
    return address


def scores_of(page: Page) -> list[int]:
    """Return the scores of a list of alerts, in its order."""
    return [int(text) for text in page.locator("tbody .score").all_inner_texts()]


def the_commander_takes_over(story: Story, incident: str, centre: str) -> None:
    """The incident stands at the right centre and its clocks run."""
    page = story.people.at(story.cast.commander, incident)
    expect(page.locator("main")).to_contain_text(centre)
    assert page.locator(".clock[data-due]").count() >= 1, "no clock runs"
    story.people.press(page, "incidents.act.take")
    expect(page.locator("main")).to_contain_text(story.people.say("incidents.timeline.assigned", name="")[:2])


def the_playbook_is_worked_to_its_end(story: Story, incident: str, *, watch: dict[str, object] | None = None) -> None:
    """Every step of the run is worked; where a step acts, a second person agrees first.

    ``watch`` names a step by part of its text; its callable is called once the step is done.
    """
    watched = dict(watch or {})
    page = story.people.at(story.cast.commander, incident)
    for _ in range(120):
        board = board_of(page)
        for text in [text for text in watched if step_done(board, text)]:
            watched.pop(text)()  # type: ignore[operator]
        if run_over(story, board):
            break
        story.keep(page, "run-board", full=True)
        if not work_one_step(story, page):
            page.wait_for_timeout(500)  # the worker takes the next step itself
        page = story.people.at(story.cast.commander, incident)
    story.keep(page, "run-board-done", full=True)
    expect(board_of(page).locator("> .row .status").first).to_have_text(say(story, "playbooks.run_status.succeeded"))
    assert not watched, f"never done: {list(watched)}"


def say(story: Story, key: str) -> str:
    """Return a text as the story's people read it."""
    return story.people.say(key)


def board_of(page: Page) -> Locator:
    """Return the run board, which is fetched after the page."""
    page.locator("#run-board progress").first.wait_for()
    return page.locator("#run-board")


def run_over(story: Story, board: Locator) -> bool:
    """Tell whether the run has ended, well or badly."""
    ended = {say(story, f"playbooks.run_status.{state}") for state in ("succeeded", "failed", "cancelled")}
    return board.locator("> .row .status").first.inner_text().strip() in ended


def step_done(board: Locator, text: str) -> bool:
    """Tell whether a step whose name holds ``text`` has ended."""
    return bool(board.locator("li[data-state=succeeded]", has_text=text).count())


def work_one_step(story: Story, page: Page) -> bool:
    """Do what the board asks a person for next; false if nothing waits for one."""
    board = page.locator("#run-board")
    if board.locator("li[data-state=approval]").count():
        approve(story, story.cast.second)
        return True
    form = board.locator("form.form", has=page.locator("button[name=ok][value='1']")).first
    if not form.count():
        return False
    for field in form.locator("input[name^='out:']").all():
        field.fill("2026-1122")
    for field in form.locator("select[name^='out:']").all():
        field.select_option("true")
    form.locator("input[name=note]").fill("已按预案办理" if story.people.lang == "zh" else "Done as the playbook says")
    form.locator("button[name=ok][value='1']").click()
    page.wait_for_load_state("networkidle")
    return True


def approve(story: Story, second: str) -> None:
    """A second person opens what waits first and agrees to it."""
    page = story.people.at(second, "/approvals/")
    page.locator("tbody [data-open]").first.click()
    page.locator("#flyout-title").wait_for()
    story.keep(page, f"approval-{second}")
    story.people.press(page.locator("#flyout"), "web.approvals.approve")


def the_released_evidence_is_taken_away(story: Story, incident: str) -> None:
    """What two persons let go can be downloaded, and is a package with its manifest."""
    page = story.people.at(story.cast.commander, incident)
    with page.expect_download() as download:
        story.people.press(page, "incidents.act.package")
    with zipfile.ZipFile(download.value.path()) as package:
        manifest = json.loads(package.read("manifest.json"))
        assert all(package.read(piece["file"]) for piece in manifest["evidence"])
    assert manifest["evidence"]


def the_incident_is_contained_and_resolved(story: Story, incident: str) -> None:
    """The commander moves the incident on."""
    page = story.people.at(story.cast.commander, incident)
    for key in ("incidents.act.contained", "incidents.act.resolved"):
        story.people.press(page, key)


def the_review_makes_rectification_tasks(story: Story, incident: str) -> None:
    """The review's lines become rectification tasks of the incident."""
    page = story.people.at(story.cast.commander, f"{incident}/review")
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
    assert page.locator(".tag", has_text=say(story, "incidents.task_kind.rectification")).count() >= 2
    story.keep(page, "incident-reviewed", full=True)


def the_owner_confirms_an_item(story: Story) -> None:
    """The data owner's queue holds what waits for them; a line they accept is confirmed and no longer waits."""
    page = story.people.at(story.cast.owner, "/ledger/queue")
    page.wait_for_load_state("networkidle")
    story.keep(page, "ledger-queue")
    waiting = int(page.locator("#queue-left").inner_text().replace(",", ""))
    line = page.locator("[data-queue] > [data-item]:not([data-done])").first
    item, place = line.locator("a.what").get_attribute("href"), line.get_attribute("id")
    assert item
    line.locator("[data-act=accept]").click()
    expect(page.locator(f"#{place}[data-done]")).to_be_visible()
    assert int(page.locator("#queue-left").inner_text().replace(",", "")) < waiting
    page = story.people.at(story.cast.owner, item)
    expect(page.locator("dl.facts .status", has_text=say(story, "ledger.status.confirmed"))).to_be_visible()
    story.keep(page, "ledger-item", full=True)


def the_policy_is_changed_by_two_and_rolled_back(story: Story) -> None:
    """A grade is raised: what-if, a second person, in force; and the version before comes back the same way."""
    people, policy = story.people, story.cast.policy
    page = people.at(policy, "/grading/")
    story.keep(page, "grading")
    select = page.locator("select[name=levels]").first
    old = str(select.input_value())
    may = select.locator("option:not([disabled])").evaluate_all("all => all.map(o => o.value)")
    new = next(str(value) for value in may if value != old)
    select.select_option(new)
    page.locator("main .form-actions button[type=submit]").first.click()
    page.wait_for_load_state("networkidle")
    story.keep(page, "grading-what-if", full=True)
    propose_and_approve(story, page)
    assert people.at(policy, "/grading/").locator("select[name=levels]").first.input_value() == new
    versions = people.at(policy, "/grading/versions")
    superseded = versions.locator("tr", has_text=say(story, "grading.status.superseded")).locator("a").first
    page = people.at(policy, str(superseded.get_attribute("href")))
    propose_and_approve(story, page)
    assert people.at(policy, "/grading/").locator("select[name=levels]").first.input_value() == old


def the_protection_is_changed_by_two(story: Story) -> None:
    """A rule is made in its form, tried on the ledger, agreed to by a second person, and decides from then on."""
    people, policy = story.people, story.cast.policy
    page = people.at(policy, "/protection/rule")
    page.locator("input[name=id]").fill("commanders-see-none")
    page.locator("input[name=why_zh]").fill("指挥人员不看联系方式")
    page.locator("input[name=why_en]").fill("Commanders see no contacts")
    page.locator("input[name=roles][value=commander]").check()
    page.locator("main form details summary").first.click()
    page.locator("input[name=types][value=mobile]").check()
    page.locator("select[name=operator]").select_option("suppress")
    page.locator("main form:has(input[name=why_zh]) .form-actions button[type=submit]").click()
    page.wait_for_load_state("networkidle")
    expect(page.locator("main")).to_contain_text("rules/commanders-see-none")
    story.keep(page, "protection-what-if", full=True)
    propose_and_approve(story, page)
    page = people.at(policy, "/protection/")
    expect(page.locator("tr[id^=rule-]").first).to_have_id("rule-commanders-see-none")
    story.keep(page, "protection", full=True)


def propose_and_approve(story: Story, page: Page) -> None:
    """Give the reason, propose, and have the second policy administrator agree."""
    page.locator("textarea[name=reason]").fill("行业指南修订")
    page.locator("main form:has(textarea[name=reason]) button[type=submit]").click()
    page.wait_for_load_state("networkidle")
    approve(story, story.cast.policy_second)


def the_auditor_proves_the_trail(story: Story) -> None:
    """The trail is whole, what the others did is in it, and an entry proves itself."""
    page = story.people.at(story.cast.auditor, "/trail/")
    page.locator("button[hx-target='#verdict']").click()
    page.locator("#verdict .note").wait_for()
    assert not page.locator("#verdict .problem").count(), page.locator("#verdict").inner_text()
    assert page.locator("tbody tr").count() >= 10
    story.keep(page, "trail")
    page.locator("tbody [data-open]").last.click()
    page.locator("#flyout-title").wait_for()
    expect(page.locator("#flyout .status", has_text=say(story, "trail.proof_ok"))).to_be_visible()
    story.keep(page, "trail-proof")
    with page.expect_download() as download:
        page.keyboard.press("Escape")
        story.people.press(page, "trail.export")
    assert download.value.path().stat().st_size > 1000
