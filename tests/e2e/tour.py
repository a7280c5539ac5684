"""Every page of every role, with the demo's data on it: both languages, both themes, PC and phone.

The list is made from the URL map (see atlas.py). Each page is walked in all four looks by the role
that may do most there; a list also in one look by every other role that may open it.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from config.settings import Settings
from incidents.alerts.models import Alert
from incidents.alerts.service import comment
from incidents.cases.models import Incident
from incidents.cases.tasks import NewTask, open_task
from soc.acting import SystemPath
from soc.app import create_app
from soc.clock import now
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import actor_of, operator_actor
from soc.identity.models import Person
from soc.identity.persons import propose_roles
from soc.identity.tokens import create_token
from soc.installation import FIRST_ADMIN
from soc.jobs import enqueue
from soc.logstore import open_store
from tests.e2e import atlas
from tests.e2e.conftest import PC, PHONE, Visit, Watched, keep_screenshot, open_window, sign_in
from tests.e2e.looks import faults_of
from tests.e2e.running import Running, first_password, passwords

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("tour")]
NEW_PASSWORD = "river-stone-41-lantern"


@dataclass(frozen=True)
class Look:
    """How a page is shown."""

    lang: str
    theme: str
    size: tuple[int, int]

    @property
    def name(self) -> str:
        """For files and messages."""
        return f"{self.lang}-{self.theme}-{'pc' if self.size == PC else 'phone'}"


LOOKS = [Look("zh", "light", PC), Look("en", "dark", PC), Look("zh", "dark", PHONE), Look("en", "light", PHONE)]


@dataclass(frozen=True)
class Tour:
    """Where to go, and how each role gets in."""

    url: str
    stops: tuple[atlas.Stop, ...]
    users: dict[Role, tuple[str, str]]


@pytest.fixture(scope="session")
def tour(demo: Running) -> Tour:
    """The pages of the running demo, and one person of each role."""
    settings = Settings.load(dict(demo.environ))
    furnish(settings)
    known = passwords(demo) | {FIRST_ADMIN: NEW_PASSWORD}
    with closing(Database.open(settings).acting_for(SystemPath.OPERATOR)) as database, database.write() as session:
        people = session.scalars(select(Person).where(Person.org == "440000").order_by(Person.created_at)).all()
        users = {held.role: (one.username, known[one.username]) for one in reversed(people) for held in one.roles}
        actors = {held.role: actor_of(session, one) for one in reversed(people) for held in one.roles}
        ground = atlas.Ground(session, open_store(settings), actors)
        found = tuple(atlas.stops(create_app(settings, database), ground))
    return Tour(demo.url, found, users)


def furnish(settings: Settings) -> None:
    """Put there what the demo has not by itself: a proposal that waits, a token, a job's run, what people wrote."""
    with closing(Database.open(settings).acting_for(SystemPath.OPERATOR)) as database, database.write() as session:
        operator = operator_actor(session)
        someone = session.scalars(select(Person).where(Person.username == "gz.fenxi")).one()
        secadmin = session.scalars(select(Person).where(Person.username == "sun.anquan")).one()
        propose_roles(session, actor_of(session, secadmin), someone.id, frozenset({Role.COMMANDER}), reason="轮岗")
        create_token(session, operator, "440100", ("logs.write",), demo=True)
        enqueue(session, operator, "upkeep", {})
        alert = session.scalars(select(Alert).order_by(Alert.score.desc()).limit(1)).one()
        comment(session, operator, alert.id, "已电话联系本人，正在核实。", at=now())
        incident = session.scalars(select(Incident).limit(1)).one()
        open_task(session, operator, incident.id, NewTask("核实导出文件去向"), at=now())


@pytest.fixture(scope="session")
def admin(demo: Running, chromium: Browser) -> None:
    """The first administrator sets a password of their own; the page that asks for it is looked at too."""
    window = open_window(chromium, demo.url)
    sign_in(window.page, FIRST_ADMIN, first_password(demo))
    keep_screenshot(window.page, "tour-password-due")
    assert not faults_of(window, "zh")
    for name, value in (("old", first_password(demo)), ("new", NEW_PASSWORD), ("again", NEW_PASSWORD)):
        window.page.locator(f"input[name={name}]").fill(value)
    window.page.locator("form:has(input[name=again]) button[type=submit]").click()
    window.page.wait_for_load_state("networkidle")
    window.page.context.close()


def test_the_demo_has_a_person_of_each_role(tour: Tour) -> None:
    assert set(tour.users) == set(Role)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_every_page_pleases_the_browser_and_axe(tour: Tour, admin: None, visit: Visit, look: Look) -> None:
    faults: list[str] = []
    for role in (None, *Role):
        window = visit(url=tour.url, size=look.size, lang=look.lang, theme=look.theme)
        if role is not None:
            sign_in(window.page, *tour.users[role])
            faults += unvisited(window.page, tour, role)
        for stop, path in mine(tour, role, look):
            faults += looked_at(window, look, f"{role.value if role else 'anyone'} {path}", path, stop.reader == role)
        window.page.context.close()
    assert not faults, "\n".join(faults)


def mine(tour: Tour, role: Role | None, look: Look) -> Iterator[tuple[atlas.Stop, str]]:
    """Return the pages a role walks in this look: its own in every look, the others in one look each."""
    for stop in tour.stops:
        if stop.reader == role:
            yield from ((stop, path) for path in stop.paths)
        elif role in stop.others and LOOKS[(len(stop.endpoint) + list(Role).index(role)) % len(LOOKS)] == look:
            yield stop, stop.paths[0]


def unvisited(page: Page, tour: Tour, role: Role) -> list[str]:
    """Return the lines of somebody's menu that the tour would not walk."""
    walked = {
        path.partition("?")[0] for stop in tour.stops if role in (stop.reader, *stop.others) for path in stop.paths
    }
    lines = page.locator("nav a").evaluate_all("all => all.map(one => new URL(one.href).pathname)")
    return [f"{role.value}: the menu leads to {line}, which is on no tour" for line in lines if line not in walked]


def looked_at(window: Watched, look: Look, what: str, path: str, thorough: bool) -> list[str]:
    """Open a page and say what is wrong with it, and with the item that its first row opens."""
    page = window.page
    answer = page.goto(path)
    page.wait_for_load_state("networkidle")
    # a page that says within itself what is wrong with the question is a page all the same
    if answer is None or (answer.status >= 400 and not (answer.status == 422 and "?" in path)):
        return [f"{look.name} {what}: answers {answer and answer.status}"]
    keep_screenshot(page, f"tour-{look.name}-{what}", full=True)
    faults = faults_of(window, look.lang)
    rows = page.locator("[data-open]")
    if thorough and "?" not in path and rows.count():
        rows.first.click()
        page.locator("#flyout-title").wait_for()
        page.wait_for_load_state("networkidle")
        keep_screenshot(page, f"tour-{look.name}-{what}-flyout")
        faults += [f"flyout: {fault}" for fault in faults_of(window, look.lang, "#flyout")]
    return [f"{look.name} {what}: {fault}" for fault in faults]


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_error_pages_please_the_browser_and_axe(tour: Tour, visit: Visit, look: Look) -> None:
    window = visit(url=tour.url, size=look.size, lang=look.lang, theme=look.theme)
    outside = {"/no-such-page": 404, "/incidents/": 401}
    inside = {"/no-such-page": 404, "/people/": 403, "/alerts/018f0000-0000-7000-8000-00000000dead": 404}
    faults = failing(window, look, outside)
    sign_in(window.page, *tour.users[Role.ANALYST])
    faults += failing(window, look, inside)
    assert not faults, "\n".join(faults)


def failing(window: Watched, look: Look, pages: dict[str, int]) -> list[str]:
    """Return what is wrong with pages that refuse: another answer than expected, or how they look."""
    faults = []
    for path, status in pages.items():
        answer = window.page.goto(path)
        window.page.wait_for_load_state("networkidle")
        keep_screenshot(window.page, f"tour-{look.name}-error-{status}-{path}")
        if answer is None or answer.status not in {status, 200}:
            faults.append(f"{path} answers {answer and answer.status}, not {status}")
        faults += [f"{look.name} {path}: {fault}" for fault in faults_of(window, look.lang)]
    return faults
