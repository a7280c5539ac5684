"""What a form answers with, where that is a page: refusals that keep what was typed, and what is shown only once.

No address leads there, so the tour cannot go there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from apiflask import APIFlask

from soc.identity.actor import Role
from tests.e2e.conftest import Site, Visit, Watched
from tests.e2e.test_tour import LOOKS, in_each_look

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@dataclass(frozen=True)
class Answer:
    """A form on a page: what is put into it so that a page comes back, and what that page then says."""

    endpoint: str
    role: Role | None
    page: str
    status: int
    given: Mapping[str, str] = field(default_factory=dict)
    #: a file's field, where one is asked for
    file: str = ""


BAD = "a: ["
ANSWERS = (
    Answer("login.sign_in", None, "/login", 401, {"username": "nobody", "password": "wrong"}),
    Answer("account.change_password", Role.ANALYST, "/account/password", 422, {"old": "x", "new": "y", "again": "z"}),
    Answer("account.set_second_factor", Role.ANALYST, "/account/second-factor", 422, {"code": "000000"}),
    Answer("people.create", Role.SYSADMIN, "/people/new", 422, {"username": "a b", "display_name": "x"}),
    Answer("people.make_token", Role.SYSADMIN, "/people/tokens", 200, {"name": "gateway", "scopes": "logs.write"}),
    Answer("log_subjects.search", Role.ANALYST, "/logs/subject/", 422, {"value": "x", "purpose": "complaint"}),
    Answer("sources.add", Role.SYSADMIN, "/sources/", 422, {"name": "x", "url": "gopher://x"}),
    Answer("weaknesses.take_in", Role.POLICY, "/weaknesses/import", 422, {"tool": "x"}, file="file"),
    Answer("workshop.keep", Role.POLICY, "/recognizers/edit", 422, {"id": "A B", "pattern": "("}),
    Answer("log_formats.suggest", Role.SYSADMIN, "/ingest/formats/edit", 422),
    Answer("log_formats.import_one", Role.SYSADMIN, "/ingest/formats/", 422, file="file"),
    Answer("pulls.create", Role.SYSADMIN, "/ingest/pulls/new?kind=bucket", 422, {"name": "x", "address": "gopher://x"}),
    Answer("playbooks.import_file", Role.COMMANDER, "/playbooks/", 422, file="file"),
    Answer("grading_draft.set_text", Role.POLICY, "/grading/draft/text", 422, {"text": BAD}),
    Answer("grading_rules.keep", Role.POLICY, "/grading/rules/new", 422, {"id": "x", "name": "("}),
    Answer("protection_draft.set_text", Role.POLICY, "/protection/draft/text", 422, {"text": BAD}),
    Answer(
        "protection_rules.keep", Role.POLICY, "/protection/rule", 422, {"id": "a/b", "why_zh": "新", "why_en": "new"}
    ),
    Answer("ledger_interfaces.add", Role.OWNER, "/ledger/interfaces/", 422, {"method": "GET", "path": "no path"}),
    Answer("ledger_lineage.store", Role.OWNER, "/ledger/lineage", 200, {"sql": "SELECT 1", "name": "x"}),
)
#: a form leads where its button says, else where it says itself
_FILL = """([action, given]) => {
    const posting = [...document.forms].filter(one => one.getAttribute("method") === "post");
    const buttons = posting.flatMap(one => [...one.elements]).filter(one => one.type === "submit");
    const leads = one => new URL(one.hasAttribute("formaction") ? one.formAction : one.form.action).pathname;
    const button = buttons.find(one => leads(one) === action);
    if (!button) return buttons.map(leads).join(" ") || "none";
    button.dataset.pressed = "";
    const form = button.form;
    form.dataset.sent = "";
    form.noValidate = true;
    for (const [name, value] of Object.entries(given))
        for (const one of form.querySelectorAll(`[name="${name}"]`))
            if (one.type === "checkbox") one.checked = one.value === value; else one.value = value;
    return "";
}"""


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.endpoint)
def test_the_answer_pleases_the_browser_and_axe(site: Site, visit: Visit, answer: Answer) -> None:
    # one language each: the words of every page are looked at in both by the tour
    lang = list(LOOKS)[ANSWERS.index(answer) % 2]
    window = visit(answer.role.value if answer.role else None, lang=lang, theme="")
    LOOKS[lang][0].put_on(window.page)
    window.page.goto(answer.page)
    assert sent(window, path_of(site.app, answer.endpoint), answer) == answer.status
    faults = in_each_look(window, LOOKS[lang], f"answer-{answer.endpoint}")
    assert not faults, "\n".join(faults)


def sent(window: Watched, action: str, answer: Answer) -> int:
    """Send a form of the page as a person would who is not stopped by the browser; return the status of what comes."""
    page = window.page
    found = page.evaluate(_FILL, [action, dict(answer.given)])
    assert not found, f"no button leads to {action}, only to {found}"
    form = page.locator("form[data-sent]")
    if answer.file:
        form.locator(f"input[name={answer.file}]").set_input_files(
            {"name": "x.json", "mimeType": "application/json", "buffer": b"{"}
        )
    with page.expect_navigation() as coming:
        form.evaluate("form => form.requestSubmit([...form.elements].find(one => 'pressed' in one.dataset))")
    response = coming.value
    assert response is not None
    return response.status


def path_of(app: APIFlask, endpoint: str) -> str:
    """Return the address that an endpoint takes a POST at."""
    return next(one.rule for one in app.url_map.iter_rules(endpoint) if "POST" in (one.methods or set()))
