"""The persons of a story: each in a browser window of their own, all in one language."""

from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import Locator, Page

from soc.text import t
from tests.e2e.conftest import Visit, Watched, sign_in

#: asks somebody who signs in for the second factor too, where the installation wants one
SecondFactor = Callable[[Page, str], None]


class People:
    """Windows are opened when they are needed; ``shown`` is how all of them look."""

    def __init__(
        self,
        url: str,
        passwords: Mapping[str, str],
        visit: Visit,
        *,
        second_factor: SecondFactor | None = None,
        **shown: Any,
    ) -> None:
        self._url, self._passwords, self._visit, self._shown = url, passwords, visit, shown
        self._second_factor = second_factor
        self._windows: dict[str, Watched] = {}
        self.lang: str = shown.get("lang", "zh")

    def window(self, username: str) -> Watched:
        """Return somebody's window, signed in."""
        if username not in self._windows:
            window = self._visit(url=self._url, **self._shown)
            sign_in(window.page, username, self._passwords[username])
            if self._second_factor is not None:
                self._second_factor(window.page, username)
            self._windows[username] = window
        return self._windows[username]

    def at(self, username: str, path: str) -> Page:
        """Open a page in somebody's window."""
        page = self.window(username).page
        page.goto(path)
        page.wait_for_load_state("load")
        return page

    def say(self, key: str, **params: Any) -> str:
        """Return a text as these people read it."""
        return t(key, self.lang, **params)

    def press(self, place: Page | Locator, key: str, **params: Any) -> None:
        """Press the first button with this text, and wait for what comes of it."""
        place.get_by_role("button", name=self.say(key, **params), exact=True).first.click()
        page = place if isinstance(place, Page) else place.page
        page.wait_for_load_state("networkidle")

    def complaints(self) -> list[str]:
        """Return what any of the windows complained about."""
        return [f"{who}: {text}" for who, window in self._windows.items() for text in window.complaints]
