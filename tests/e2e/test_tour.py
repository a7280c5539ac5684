"""Every page of every role, with the demo's data on it: both languages, both themes, PC and phone.

The list is made from the URL map (see atlas.py). Each page is walked in all four looks by the role
that may do most there; a page that a menu leads to also in one look by every other role that may open it.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from config.settings import Settings
from soc.acting import SystemPath
from soc.app import create_app
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import actor_of
from soc.identity.models import Person
from soc.installation import FIRST_ADMIN
from soc.logstore import open_store
from soc.running import Running, environ_of, running
from tests.e2e import atlas
from tests.e2e.conftest import PC, PHONE, Visit, Watched, keep_screenshot, open_window, sign_in
from tests.e2e.furnish import furnish
from tests.e2e.looks import faults_of, settled
from tests.e2e.running import first_password, passwords

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NEW_PASSWORD = "river-stone-41-lantern"
#: who walks: somebody who has not signed in, then each role
WALKERS = (None, *Role)


@dataclass(frozen=True)
class Look:
    """How a page is shown; the theme is the one that the system asks for."""

    lang: str
    theme: str
    size: tuple[int, int]

    @property
    def name(self) -> str:
        """For files and messages."""
        return f"{self.lang}-{self.theme}-{'pc' if self.size == PC else 'phone'}"

    def put_on(self, page: Page) -> None:
        """Show the page that stands there in this theme and size."""
        page.emulate_media(color_scheme="dark" if self.theme == "dark" else "light", reduced_motion="reduce")
        page.set_viewport_size({"width": self.size[0], "height": self.size[1]})
        settled(page)


#: two looks of each language, so that a page is asked for once a language
LOOKS = {
    "zh": (Look("zh", "light", PC), Look("zh", "dark", PHONE)),
    "en": (Look("en", "dark", PC), Look("en", "light", PHONE)),
}
ALL_LOOKS = LOOKS["zh"] + LOOKS["en"]


@dataclass(frozen=True)
class Tour:
    """Where to go, and how each role gets in."""

    url: str
    stops: tuple[atlas.Stop, ...]
    users: dict[Role, tuple[str, str]]


@pytest.fixture(scope="module")
def province(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A demo of the tour's own: what is put there for it stands in nobody's story."""
    with running(environ_of(tmp_path_factory.mktemp("tour") / "home"), "--demo") as started:
        yield started


@pytest.fixture(scope="module")
def tour(province: Running, chromium: Browser) -> Tour:
    """The pages of the demo, and one person of each role; the first administrator has a password of their own."""
    settings = Settings.load(dict(province.environ))
    furnish(province)
    first_sign_in(chromium, province)
    known = passwords(province) | {FIRST_ADMIN: NEW_PASSWORD}
    with closing(Database.open(settings).acting_for(SystemPath.OPERATOR)) as database, database.write() as session:
        people = session.scalars(select(Person).where(Person.org == "440000").order_by(Person.created_at)).all()
        users = {held.role: (one.username, known[one.username]) for one in reversed(people) for held in one.roles}
        actors = {held.role: actor_of(session, one) for one in reversed(people) for held in one.roles}
        ground = atlas.Ground(session, open_store(settings), actors)
        found = tuple(atlas.stops(create_app(settings, database), ground))
    return Tour(province.url, found, users)


def first_sign_in(chromium: Browser, province: Running) -> None:
    """The first administrator sets a password of their own; the page that asks for it is looked at too."""
    window = open_window(chromium, province.url)
    sign_in(window.page, FIRST_ADMIN, first_password(province))
    keep_screenshot(window.page, "tour-password-due")
    assert not faults_of(window, "zh")
    for name, value in (("old", first_password(province)), ("new", NEW_PASSWORD), ("again", NEW_PASSWORD)):
        window.page.locator(f"input[name={name}]").fill(value)
    window.page.locator("form:has(input[name=again]) button[type=submit]").click()
    window.page.wait_for_load_state("networkidle")
    window.page.context.close()


def test_the_demo_has_a_person_of_each_role(tour: Tour) -> None:
    assert set(tour.users) == set(Role)


@pytest.mark.parametrize("lang", LOOKS)
@pytest.mark.parametrize("role", WALKERS, ids=lambda role: role.value if role else "anyone")
def test_every_page_pleases_the_browser_and_axe(tour: Tour, visit: Visit, role: Role | None, lang: str) -> None:
    window = visit(url=tour.url, lang=lang, theme="")
    faults: list[str] = []
    if role is not None:
        sign_in(window.page, *tour.users[role])
        faults += unvisited(window.page, tour, role)
    for number, (stop, path, looks) in enumerate(mine(tour, role, lang)):
        what = f"{role.value if role else 'anyone'} {path}"
        faults += looked_at(
            window, looks, what, path, with_flyout=stop.reader == role and "?" not in path, first=number == 0
        )
    assert not faults, "\n".join(faults)


def mine(tour: Tour, role: Role | None, lang: str) -> Iterator[tuple[atlas.Stop, str, tuple[Look, ...]]]:
    """Return the pages a role walks in a language, and how: its own in every look, the others in one look each."""
    for stop in tour.stops:
        if stop.reader == role:
            yield from ((stop, path, LOOKS[lang]) for path in stop.paths)
        elif role in stop.others:
            look = ALL_LOOKS[(len(stop.endpoint) + list(Role).index(role)) % len(ALL_LOOKS)]
            if look.lang == lang:
                yield stop, stop.paths[0], (look,)


def unvisited(page: Page, tour: Tour, role: Role) -> list[str]:
    """Return the lines of somebody's menu that the tour would not walk."""
    walked = {
        path.partition("?")[0] for stop in tour.stops if role in (stop.reader, *stop.others) for path in stop.paths
    }
    lines = page.locator("nav a").evaluate_all("all => all.map(one => new URL(one.href).pathname)")
    return [f"{role.value}: the menu leads to {line}, which is on no tour" for line in lines if line not in walked]


def looked_at(
    window: Watched, looks: tuple[Look, ...], what: str, path: str, *, with_flyout: bool, first: bool
) -> list[str]:
    """Open a page once and say what is wrong with it in each look, and with the item that its first row opens."""
    page = window.page
    looks[0].put_on(page)
    answer = page.goto(path)
    # a page that says within itself what is wrong with the question is a page all the same
    if answer is None or (answer.status >= 400 and not (answer.status == 422 and "?" in path)):
        return [f"{what}: answers {answer and answer.status}"]
    faults = in_each_look(window, looks, what, first=first)
    rows = page.locator("[data-open]")
    if with_flyout and rows.count():
        looks[0].put_on(page)
        rows.first.click()
        page.locator("#flyout-title").wait_for()
        faults += in_each_look(window, looks, f"{what} flyout", "#flyout")
    return faults


def in_each_look(
    window: Watched, looks: tuple[Look, ...], what: str, part: str | None = None, *, first: bool = False
) -> list[str]:
    """Return what is wrong with what stands there, in each look.

    A phone shows a page in the colours of the PC: both themes' are held against each other there, and on a phone those of
    the frame, on the ``first`` page.
    """
    faults = []
    for look in looks:
        look.put_on(window.page)
        keep_screenshot(window.page, f"tour-{what}-{look.name}", full=part is None)
        found = faults_of(window, look.lang, part, colours=first or look.size == PC)
        faults += [f"{look.name} {what}: {fault}" for fault in found]
    return faults


@pytest.mark.parametrize("lang", LOOKS)
def test_error_pages_please_the_browser_and_axe(tour: Tour, visit: Visit, lang: str) -> None:
    window = visit(url=tour.url, lang=lang, theme="")
    outside = {"/no-such-page": 404, "/incidents/": 401}
    inside = {"/no-such-page": 404, "/people/": 403, "/alerts/018f0000-0000-7000-8000-00000000dead": 404}
    faults = failing(window, LOOKS[lang], outside)
    sign_in(window.page, *tour.users[Role.ANALYST])
    faults += failing(window, LOOKS[lang], inside)
    assert not faults, "\n".join(faults)


def failing(window: Watched, looks: tuple[Look, ...], pages: dict[str, int]) -> list[str]:
    """Return what is wrong with pages that refuse: another answer than expected, or how they look."""
    faults = []
    for path, status in pages.items():
        answer = window.page.goto(path)
        if answer is None or answer.status not in {status, 200}:
            faults.append(f"{path} answers {answer and answer.status}, not {status}")
        faults += in_each_look(window, looks, f"error-{status}-{path}")
    return faults
