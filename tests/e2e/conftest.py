"""A real browser before a real server: what people see, and what the browser complains about.

Chromium is the one that ``SOC_TEST_CHROMIUM`` names; screenshots go to ``SOC_TEST_SCREENSHOTS``.
"""

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import make_server

from config.settings import Settings
from soc.acting import SystemPath
from soc.app import create_app
from soc.db import Database
from soc.identity.actor import Role
from soc.installation import open_installation
from soc.running import Running, environ_of, running
from tests.conftest import PASSWORD, add_test_person
from tests.e2e.running import cut_off

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PC, PHONE = (1440, 900), (390, 844)


@dataclass
class Watched:
    """A page, and everything the browser complained about while it was open."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def note(self, message: ConsoleMessage) -> None:
        """Keep errors, policy violations among them; a refused request is the page's own business."""
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(f"{message.text} {message.location}")


@dataclass(frozen=True)
class Site:
    """A running installation and its people: user names are ``<role>``, the password ``PASSWORD``."""

    url: str
    database: Database
    app: APIFlask


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, started once."""
    path = os.environ.get("SOC_TEST_CHROMIUM")
    if not path or not Path(path).exists():
        pytest.skip("needs Chromium: SOC_TEST_CHROMIUM is not set")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that all tests of the browser share; who counts what stands there has one of their own (:func:`a_site`)."""
    with a_site(tmp_path_factory.mktemp("site")) as made:
        yield made


@contextmanager
def a_site(home: Path) -> Iterator[Site]:
    """Make a fresh installation with one person a role, served on a free port."""
    settings = Settings.load({"SOC_HOME": str(home)})
    with closing(open_installation(settings).acting_for(SystemPath.OPERATOR)) as database:
        with database.write() as session:
            for role in Role:
                add_test_person(session, role, "440000", role.value)
        app = create_app(settings, database)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Site(f"http://127.0.0.1:{server.server_port}", database, app)
        server.shutdown()
        thread.join(timeout=10)


@pytest.fixture(scope="session")
def demo(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The demo as a newcomer starts it, on a home of its own; their first try is killed outright after the first step."""
    environ = environ_of(tmp_path_factory.mktemp("demo") / "home")
    cut_off(environ, "[2/6]", "--demo")
    with running(environ, "--demo") as started:
        yield started


Visit = Callable[..., Watched]


def open_window(
    chromium: Browser, base: str, *, size: tuple[int, int] = PC, lang: str = "zh", theme: str = "light"
) -> Watched:
    """Open a browser window of one's own, which closes with its context."""
    locale = "zh-CN" if lang == "zh" else "en-GB"
    context = chromium.new_context(
        base_url=base, viewport={"width": size[0], "height": size[1]}, locale=locale, accept_downloads=True
    )
    context.add_cookies([{"name": "soc_ui", "value": f"lang:{lang}|theme:{theme}", "url": base}])
    watched = Watched(context.new_page())
    watched.page.on("console", watched.note)
    watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    return watched


@pytest.fixture
def visit(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Open a browser window of one's own, signed in as ``username`` where one is given; no window may have complained.

    Without a ``url`` it is the small site with one person a role, made only where it is asked for.
    """
    opened: list[Watched] = []

    def one(username: str | None = None, *, url: str = "", **shown: Any) -> Watched:
        base = url or request.getfixturevalue("site").url
        opened.append(open_window(chromium, base, **shown))
        if username:
            sign_in(opened[-1].page, username)
        return opened[-1]

    yield one
    complaints = [text for window in opened for text in window.complaints]
    for window in opened:
        window.page.context.close()
    assert not complaints, "\n".join(complaints)


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Fill the sign-in form."""
    page.goto("/login")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(password)
    page.locator("form button[type=submit]").click()
    page.wait_for_load_state("networkidle")


def keep_screenshot(page: Page, name: str, *, full: bool = False) -> None:
    """Keep what the page looks like, where somebody asked for it."""
    keep_in(os.environ.get("SOC_TEST_SCREENSHOTS"), page, name, full=full)


def keep_in(folder: str | Path | None, page: Page, name: str, *, full: bool = False) -> None:
    """Keep what the page looks like in a folder, if there is one."""
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{re.sub(r'[^a-z0-9-]+', '-', name)}.png"), full_page=full)
