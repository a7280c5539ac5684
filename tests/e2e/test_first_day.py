"""The first day of an empty installation, walked in the browser: from the one-time password to the first log.

``soc up`` without ``--demo``: password, organisation, second administrator, first source (a real
PostgreSQL), first log, and the first person whose role two administrators give.
"""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from soc.identity.login import TOTP_STEP_SECONDS, totp
from soc.installation import FIRST_ADMIN
from soc.running import Running, environ_of, running
from soc.text import t
from soc.web.cookies import SESSION
from tests.e2e.conftest import PC, PHONE, Watched, keep_screenshot, open_window, sign_in
from tests.e2e.looks import faults_of
from tests.e2e.province import empty_database
from tests.e2e.running import first_password

pytestmark = [pytest.mark.browser, pytest.mark.postgres, pytest.mark.slow]
PASSWORD = "orchard-17-lighthouse-key"
CITY, UNIT = "440100", "道路运输处"
LINE = (
    "2026-11-25 09:{minute:02d}:00.000 CST [4711] db=hr,user=reader,app=psql,client=10.44.1.9 LOG:  AUDIT: "
    'SESSION,{minute},1,READ,SELECT,TABLE,public.staff,"SELECT * FROM staff",<not logged>,3\n'
)


@dataclass
class Walk:
    """Somebody's window, and what was wrong with the pages on the way."""

    window: Watched
    lang: str
    faults: list[str] = field(default_factory=list)

    @property
    def page(self) -> Page:
        """The page as it stands."""
        return self.window.page

    def look(self, what: str) -> None:
        """Keep a picture of the page, and whatever axe and the browser say of it."""
        self.page.wait_for_load_state("networkidle")
        keep_screenshot(self.page, f"first-day-{self.lang}-{what}", full=True)
        self.faults += [f"{what}: {fault}" for fault in faults_of(self.window, self.lang)]

    def say(self, key: str, **params: str | int) -> str:
        """Return a text as this person reads it."""
        return t(key, self.lang, **params)

    def fill(self, **values: str) -> None:
        """Fill the fields of the page's form and send it."""
        for name, value in values.items():
            self.page.locator(f"main [name={name}], form [name={name}]").first.fill(value)
        last = f"form:has([name={list(values)[-1]}]) button[type=submit]"
        self.page.locator(last).first.click()
        self.page.wait_for_load_state("networkidle")

    def follow(self, key: str) -> None:
        """Follow the link with this text."""
        self.page.get_by_role("link", name=self.say(key)).first.click()
        self.page.wait_for_load_state("networkidle")

    def one_time(self) -> str:
        """Return the one-time password that this page alone shows."""
        return str(self.page.locator("[data-copy]").first.get_attribute("data-copy"))

    def own_password(self, old: str) -> None:
        """Replace a one-time password by one of one's own."""
        self.fill(old=old, new=PASSWORD, again=PASSWORD)


#: opens a window for somebody with their password
Arrive = Callable[[str, str], Walk]


@pytest.fixture
def staff() -> Iterator[str]:
    """The URL of a small database of people, for a source that really answers."""
    with empty_database("first_day") as url:
        engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE staff (name text, mobile text, id_card text)"))
            rows = [{"n": f"张伟{i}", "m": f"1380013{i:04d}", "c": "11010519491231002X"} for i in range(40)]
            connection.execute(text("INSERT INTO staff VALUES (:n, :m, :c)"), rows)
        engine.dispose()
        yield url


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Running]:
    """An installation that nobody has touched."""
    with running(environ_of(tmp_path / "home")) as started:
        yield started


@pytest.mark.parametrize(
    ("lang", "theme", "size"), [("zh", "light", PC), ("en", "dark", PHONE)], ids=["zh-pc", "en-phone"]
)
def test_the_first_administrator_comes_from_nothing_to_the_first_log(
    empty: Running, staff: str, tmp_path: Path, chromium: Browser, lang: str, theme: str, size: tuple[int, int]
) -> None:
    def arrive(username: str, password: str) -> Walk:
        walk = Walk(open_window(chromium, empty.url, size=size, lang=lang, theme=theme), lang)
        walk.page.goto("/")
        walk.look(f"door-{username}")
        sign_in(walk.page, username, password)
        return walk

    admin = arrive(FIRST_ADMIN, first_password(empty))
    admin.look("password-due")
    admin.own_password(first_password(empty))
    admin.page.goto("/")
    assert admin.page.url.endswith("/setup/")
    the_centre(admin)
    second = the_second_administrator(admin, arrive)
    the_first_source(admin, staff)
    the_first_log(admin, tmp_path)
    the_first_unit(admin)
    clerk = the_first_person(admin, second, arrive)
    faults = admin.faults + second.faults + clerk.faults
    assert not faults, "\n".join(faults)


def the_centre(admin: Walk) -> None:
    """Say that this is the city's installation; every page says so from then on, and only the city is offered."""
    step = admin.page.locator(".stepper [aria-current]")
    expect(step).to_contain_text(admin.say("web.setup.step.organisation"))
    admin.look("setup-organisation")
    admin.page.locator("select[name=code]").select_option(CITY)
    admin.page.get_by_role("button", name=admin.say("web.setup.centre_confirm")).click()
    admin.page.wait_for_load_state("networkidle")
    expect(step).to_contain_text(admin.say("web.setup.step.administrator"))
    place = "广州市" if admin.lang == "zh" else "Guangzhou"
    expect(admin.page.locator(".brand small")).to_have_text(admin.say("centre.default_name", place=place))
    admin.page.goto("/setup/organisation")
    admin.look("setup-organisation-again")
    admin.page.goto("/setup/")


def the_first_unit(admin: Walk) -> None:
    """Make an office of the city's, where the first person will work."""
    admin.page.goto("/people/units/")
    admin.look("units-empty")
    admin.follow("units.add")
    admin.look("unit-new")
    admin.fill(line="道路运输", name=UNIT)
    expect(admin.page.locator("tbody tr")).to_contain_text(UNIT)
    admin.page.locator("#flyout-title").wait_for()
    admin.look("unit")


def the_second_administrator(admin: Walk, arrive: Arrive) -> Walk:
    """Make the security administrator, who comes with a second factor of their own."""
    admin.look("setup-administrator")
    admin.fill(display_name="孙永安", username="anquan")
    admin.look("setup-made")
    second = arrive("anquan", admin.one_time())
    second.own_password(admin.one_time())
    second.page.goto("/account/second-factor")
    second.look("second-factor")
    secret = base64.b32decode(str(second.page.locator("input[name=secret]").input_value()))
    step = int(datetime.now(UTC).timestamp()) // TOTP_STEP_SECONDS
    second.fill(code=totp(secret, step))
    second.page.context.clear_cookies(name=SESSION)
    sign_in(second.page, "anquan", PASSWORD)
    second.look("code")
    second.fill(code=totp(secret, step + 1))  # the first code is used up
    assert second.page.locator("nav a").count(), "the second factor did not let its owner in"
    return second


def the_first_source(admin: Walk, url: str) -> None:
    """Register a database: what cannot be one is refused in words, a real one is scanned at once."""
    admin.page.goto("/setup/")
    admin.look("setup-source")
    admin.follow("web.setup.go")
    admin.look("source-form")
    admin.fill(name="hr", url="sqlite:////etc/passwd")
    expect(admin.page.locator(".note.problem")).to_have_text(admin.say("sources.error.files"))
    wrong = make_url(url).set(password="wrong").render_as_string(hide_password=False)
    admin.fill(name="hr", url=wrong)
    expect(admin.page.locator(".note.problem")).to_be_visible()
    assert "wrong" not in admin.page.content(), "the page shows a password that was typed"
    admin.look("source-refused")
    admin.fill(name="hr", url=url)
    expect(admin.page.locator("tbody tr")).to_contain_text("hr")
    scanned = admin.page.locator("tbody tr time")
    for _ in range(60):
        if scanned.count():
            break
        admin.page.wait_for_timeout(500)  # the worker scans
        admin.page.reload()
    expect(scanned).to_be_visible()
    admin.look("source-scanned")


def the_first_log(admin: Walk, folder: Path) -> None:
    """Upload a log whose format nobody names; a line that cannot be read is put aside, the others are kept."""
    admin.page.goto("/setup/")
    admin.look("setup-log")
    admin.follow("web.setup.go")
    admin.look("ingest-empty")
    log = folder / "postgresql.log"
    log.write_text("".join(LINE.format(minute=minute) for minute in range(10, 30)), encoding="utf-8")
    admin.page.locator("input[type=file]").set_input_files(log)
    admin.page.locator("form:has(input[type=file]) button[type=submit]").click()
    admin.page.wait_for_load_state("networkidle")
    expect(admin.page.locator("tbody tr").first).to_contain_text("postgresql.log")
    expect(admin.page.locator("tbody tr").first).to_contain_text("20")
    admin.look("ingest-first")
    done = admin.page.get_by_text(admin.say("web.setup.all_done"), exact=True)
    for _ in range(60):
        admin.page.goto("/setup/")
        if done.count():
            break
        admin.page.wait_for_timeout(500)  # the worker makes it searchable
    expect(done).to_be_visible()
    admin.look("setup-done")


def the_first_person(admin: Walk, second: Walk, arrive: Arrive) -> Walk:
    """One administrator makes a person and asks for their role, the other one agrees; then the day can begin."""
    admin.page.goto("/people/new")
    admin.look("person-new")
    offered = admin.page.locator("select[name=org] option")
    expect(offered.first).to_have_attribute("value", CITY)
    admin.page.locator("select[name=org]").select_option(f"{CITY}-01")
    admin.fill(username="lin.fenxi", display_name="林晓岚")
    admin.look("person-made")
    password = admin.one_time()
    admin.page.goto("/people/")
    admin.look("people")
    admin.page.locator("[data-open]", has_text="林晓岚").first.click()
    admin.page.locator("#flyout-title").wait_for()
    admin.look("person")
    admin.page.locator("#flyout input[value=analyst]").check()
    admin.page.locator("#f-reason").fill("新入职")
    admin.page.locator("#flyout form:has(#f-reason) button[type=submit]").click()
    admin.page.wait_for_load_state("networkidle")
    second.page.goto("/approvals/")
    second.page.locator("[data-open]").first.click()
    second.page.locator("#flyout-title").wait_for()
    second.look("role-asked")
    second.page.locator("#flyout").get_by_role("button", name=second.say("web.approvals.approve")).click()
    second.page.wait_for_load_state("networkidle")
    clerk = arrive("lin.fenxi", password)
    clerk.own_password(password)
    clerk.page.goto("/")
    expect(clerk.page.locator("h1")).to_have_text(clerk.say("alerts.title"))
    clerk.look("alerts-empty")
    return clerk
