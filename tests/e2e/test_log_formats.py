"""The format maker in the browser: lines are pasted, a format is proposed, tried and kept; each page in both languages and themes."""

import pytest

from tests.audit.ingest.maker.making import gate_lines
from tests.e2e.conftest import Visit, keep_screenshot
from tests.e2e.looks import faults_of

PHONE, PC = (390, 844), (1440, 900)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lang", "theme", "size"), [("zh", "light", PC), ("en", "dark", PHONE), ("zh", "dark", PHONE), ("en", "light", PC)]
)
def test_a_format_is_made_from_pasted_lines(visit: Visit, lang: str, theme: str, size: tuple[int, int]) -> None:
    window = visit("sysadmin", lang=lang, theme=theme, size=size)
    page, name = window.page, f"{lang}-{theme}"
    page.goto("/ingest/formats/edit")
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"log-formats-new-{name}", full=True)
    page.locator("[name=lines]").fill(gate_lines(6).decode() + "no line of it\n")
    page.locator("button[formaction$='/suggest']").click()
    page.locator("input[name=to]").first.wait_for()
    assert "clerk3" in str(page.locator("#tried").text_content())
    page.locator("[name=id]").fill(f"gate_{lang}_{theme}")
    page.locator("[name=zh]").fill(f"闸机 {lang} {theme}")
    page.locator("[name=en]").fill(f"Gate {lang} {theme}")
    page.locator("input[name=to]").nth(1).fill("dst_endpoint.hostname")
    page.locator("button[formaction$='/preview']").click()
    page.locator("#tried", has_text="dst_endpoint.hostname").wait_for()
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"log-formats-edit-{name}", full=True)
    page.locator("main button[type=submit].primary").last.click()
    page.wait_for_url("**/ingest/formats/")
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"log-formats-{name}", full=True)
