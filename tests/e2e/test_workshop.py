"""The workshop in the browser: a recognizer is made and tried; each page as it looks, in both languages and themes."""

import pytest

from tests.e2e.conftest import Visit, keep_screenshot
from tests.e2e.looks import faults_of

PHONE, PC = (390, 844), (1440, 900)


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "theme", "size"), [("zh", "light", PC), ("en", "dark", PHONE)])
def test_a_recognizer_is_made_and_tried(visit: Visit, lang: str, theme: str, size: tuple[int, int]) -> None:
    window = visit("policy", lang=lang, theme=theme, size=size)
    page, name = window.page, f"{lang}-{theme}"
    page.goto("/recognizers/edit")
    for field, value in {
        "id": f"ferry_{lang}", "zh": f"渡轮证 {lang}", "en": f"Ferry pass {lang}", "pattern": r"FD-\d{4}-[A-Z]{2}",
        "positive": "FD-1234-AB\n登船 FD-1234-AB 已验", "negative": "FD-9999-ZZ",
    }.items():  # fmt: skip
        page.locator(f"[name={field}]").fill(value)
    page.locator("button[hx-post$='/try']").click()
    page.locator("#tried table").wait_for()
    assert page.locator("#tried tbody tr").count() == 3
    page.locator("main form details").first.evaluate("one => { one.open = true }")
    page.locator("[name=samples]").fill("AB12\nCD34\nEF56")
    page.locator("button[hx-post$='/suggest']").click()
    page.locator("#suggested .mono").wait_for()
    assert page.locator("#suggested .mono").text_content() == r"[A-Z]{2}\d{2}"
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"workshop-edit-{name}", full=True)
    page.locator("main button[type=submit].primary").last.click()
    page.wait_for_url("**/recognizers/")
    assert faults_of(window, lang) == []
    keep_screenshot(page, f"workshop-{name}", full=True)
