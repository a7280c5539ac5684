"""What is wrong with a page as it stands: axe, the language, sideways scrolling, what the browser says."""

from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Error, Page

from tests.e2e.conftest import Watched

SERIOUS = {"serious", "critical"}
_AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
#: only what counts is asked for and comes back: a page's whole report is megabytes. Which colours stand on which takes four
#: fifths of the time
_ASK = """async ([part, serious, colours]) => {
    const counts = (one) => serious.includes(one.impact ?? serious[0]) && (colours || one.id !== "color-contrast");
    const rules = Object.fromEntries(axe._audit.rules.filter(one => !counts(one)).map(one => [one.id, {enabled: false}]));
    const found = await axe.run(part || document, {rules, resultTypes: ["violations"], elementRef: false});
    return found.violations.filter(one => serious.includes(one.impact)).map(one =>
        `axe ${one.id}: ${one.help}: ` + one.nodes.slice(0, 3).map(node => node.html.slice(0, 140)).join("; "));
}"""
#: what is on its way: parts that come after, charts drawn anew, colours that fade into others (what waits a minute is a
#: clock); "" where nothing is
_MOVING = """() => {
    const all = (what) => [...document.querySelectorAll(what)];
    const loose = (svg) => svg.getBoundingClientRect().width > svg.closest("[data-chart]").clientWidth + 1;
    const runs = (one) => one.playState === "running" && one.effect.getComputedTiming().endTime < 2000;
    return [
        ...(document.readyState === "complete" ? [] : [document.readyState]),
        ...all(".htmx-request, .htmx-settling, .htmx-swapping").map(one => one.cloneNode().outerHTML),
        ...all("[data-chart] .main-svg").filter(loose).map(() => "a chart that is not drawn anew"),
        ...document.getAnimations().filter(runs).map(one => "animation of " + one.effect.target?.outerHTML.slice(0, 140)),
    ].join(" ");
}"""


def settled(page: Page) -> None:
    """Wait until nothing on the page moves or is on its way; patiently, since a busy machine is no fault of the page."""
    try:
        page.wait_for_function(f"() => ({_MOVING})() === ''", timeout=30_000)
    except Error as error:
        raise AssertionError(f"{page.url} does not settle: {page.evaluate(_MOVING)}") from error


def faults_of(window: Watched, lang: str, part: str | None = None, *, colours: bool = True) -> list[str]:
    """Return what is wrong with the page, or with a ``part`` of it, with everything on it unfolded.

    Without ``colours`` everything but their contrast.
    """
    page = window.page
    page.evaluate("document.querySelectorAll('main details, #flyout details').forEach(one => { one.open = true })")
    settled(page)
    faults = [*_language(page, lang), *_width(page), *_axe(page, part, colours=colours)]
    faults += [f"console: {text}" for text in window.complaints]
    window.complaints.clear()
    return faults


def _language(page: Page, lang: str) -> list[str]:
    said = page.locator("html").get_attribute("lang") or ""
    return [] if said.startswith(lang) else [f"the html element names another language: {said}"]


def _width(page: Page) -> list[str]:
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"scrolls sideways by {wider} px"] if wider > 0 else []


def _axe(page: Page, part: str | None, *, colours: bool) -> list[str]:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_AXE)
    found: list[str] = page.evaluate(_ASK, [part, sorted(SERIOUS), colours])
    return found
