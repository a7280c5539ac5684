"""What is wrong with a page as it stands: axe, the language, sideways scrolling, what the browser says."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.conftest import Watched

SERIOUS = {"serious", "critical"}


def faults_of(window: Watched, lang: str, part: str | None = None) -> list[str]:
    """Return what is wrong with the page, or with a ``part`` of it, with everything on it unfolded."""
    page = window.page
    page.evaluate("document.querySelectorAll('main details, #flyout details').forEach(one => { one.open = true })")
    faults = [*_language(page, lang), *_width(page), *_axe(page, part)]
    faults += [f"console: {text}" for text in window.complaints]
    window.complaints.clear()
    return faults


def _language(page: Page, lang: str) -> list[str]:
    said = page.locator("html").get_attribute("lang", timeout=2000) or ""
    return [] if said.startswith(lang) else [f"the html element names another language: {said}"]


def _width(page: Page) -> list[str]:
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"scrolls sideways by {wider} px"] if wider > 0 else []


def _axe(page: Page, part: str | None) -> list[str]:
    faults = []
    for violation in Axe().run(page, context=part, options={"resultTypes": ["violations"]}).response["violations"]:
        if violation["impact"] in SERIOUS:
            where = "; ".join(node["html"][:140] for node in violation["nodes"][:3])
            faults.append(f"axe {violation['id']}: {violation['help']}: {where}")
    return faults
