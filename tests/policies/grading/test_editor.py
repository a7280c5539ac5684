"""The editor of the policy: rules as forms, the whole as text, figures, two edits side by side."""

from typing import Any

import pytest
from sqlalchemy import select

from policies.grading.policy import default_body
from soc.db import Database
from soc.identity.actor import Role
from soc.versions.models import PolicyVersion, VersionStatus
from soc.yaml_text import read_yaml
from tests.browsing import Browser, SignIn, api, app, client, sign_in

__all__ = ["api", "app", "client", "sign_in"]

RULE = {"id": "own-rule", "outcome": "level", "level": "G4", "to": "columns", "any": ["mobile", "plate"], "rows": "100"}


def draft_of(database: Database) -> dict[str, Any]:
    with database.read() as session:
        found = session.scalars(select(PolicyVersion).where(PolicyVersion.status == VersionStatus.DRAFT)).one()
        return found.body


def rules_of(body: dict[str, Any]) -> dict[str, Any]:
    return {one["id"]: one for one in body["rules"]}


def put_in_force(sign_in: SignIn, *levels: str) -> None:
    """Two persons put other levels in force."""
    author = sign_in(Role.POLICY)
    author.send("/grading/levels", {"levels": list(levels)})
    address = author.send("/grading/draft/propose", {"reason": "先行"}).headers["Location"]
    second = sign_in(Role.POLICY)
    page = second.get(address).text
    digest = page.split('name="digest" value="')[1].split('"')[0]
    assert second.send(f"{address}/approve", {"digest": digest}).status_code == 302


@pytest.mark.parametrize(
    "path", ["rules/", "rules/new", "rules/name-phone-track", "draft/", "draft/text", "draft/figures", "versions"]
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_of_the_editor_opens_with_and_without_a_draft(sign_in: SignIn, path: str, lang: str) -> None:
    browser = sign_in(Role.POLICY)
    assert browser.get(f"/grading/{path}", headers={"Accept-Language": lang}).status_code == 200
    browser.send("/grading/levels", {"levels": ["type:uscc=G4"]})
    assert browser.get(f"/grading/{path}", headers={"Accept-Language": lang}).status_code == 200


def test_a_rule_typed_as_a_form_is_a_row_of_the_draft(sign_in: SignIn, database: Database) -> None:
    assert sign_in(Role.POLICY).send("/grading/rules/", RULE).status_code == 302
    assert rules_of(draft_of(database))["own-rule"] == {
        "id": "own-rule", "title": {}, "mark": "D", "basis": "",
        "when": {"any": ["mobile", "plate"], "rows": 100}, "then": {"level": "G4", "to": "columns"},
    }  # fmt: skip


def test_a_rule_with_a_fault_is_shown_again_as_it_was_typed(sign_in: SignIn, database: Database) -> None:
    answer = sign_in(Role.POLICY).send("/grading/rules/", RULE | {"name": "(", "table": "表名"})
    assert answer.status_code == 422
    assert "when/name" in answer.text
    assert 'value="表名"' in answer.text
    with database.read() as session:
        assert not session.scalars(select(PolicyVersion).where(PolicyVersion.status == VersionStatus.DRAFT)).all()


def test_a_shipped_rule_comes_out_of_its_form_as_it_went_in(sign_in: SignIn, database: Database) -> None:
    browser = sign_in(Role.POLICY)
    shipped = rules_of(dict(default_body()))["precise-individual-position-province"]
    form = {"id": shipped["id"], "was": shipped["id"], "outcome": "review", "review": "I", "mark": "D", "timed": "1"}
    form |= {"title_zh": shipped["title"]["zh"], "title_en": "changed", "basis": shipped["basis"]}
    form |= {
        key: [str(one) for one in value] if isinstance(value, list) else str(value)
        for key, value in shipped["when"].items()
        if key != "timed"
    }
    browser.send("/grading/rules/", form)
    kept = rules_of(draft_of(database))[shipped["id"]]
    assert kept == shipped | {"title": {"zh": shipped["title"]["zh"], "en": "changed"}}


def test_a_rule_is_taken_out(sign_in: SignIn, database: Database) -> None:
    sign_in(Role.POLICY).send("/grading/rules/statistics/delete")
    assert "statistics" not in rules_of(draft_of(database))


@pytest.mark.parametrize("path", ["/grading/rules/nowhere", "/grading/rules/nowhere/delete"])
def test_a_rule_that_is_not_there_is_missing(sign_in: SignIn, path: str) -> None:
    browser = sign_in(Role.POLICY)
    assert (browser.send(path) if path.endswith("delete") else browser.get(path)).status_code == 404


def test_a_rule_of_another_organisations_draft_looks_missing(sign_in: SignIn) -> None:
    sign_in(Role.POLICY, "440300").send("/grading/rules/", RULE)
    assert sign_in(Role.POLICY, "440100").get("/grading/rules/own-rule").status_code == 404


def test_the_whole_goes_out_as_text_and_comes_back_the_same(sign_in: SignIn) -> None:
    browser = sign_in(Role.POLICY)
    text = browser.get("/grading/policy.yaml").text
    assert read_yaml(text) == default_body()
    assert browser.send("/grading/draft/text", {"text": text}).headers["Location"].endswith("/grading/")


def test_every_fault_of_a_text_is_named_and_what_was_typed_stays(sign_in: SignIn) -> None:
    answer = sign_in(Role.POLICY).send("/grading/draft/text", {"text": "types: {mobile: G9, nobody: G1}\n# 我的批注"})
    assert answer.status_code == 422
    assert "types/mobile" in answer.text
    assert "types/nobody" in answer.text
    assert "我的批注" in answer.text


def test_a_text_that_is_no_yaml_is_said_to_be_none(sign_in: SignIn) -> None:
    assert sign_in(Role.POLICY).send("/grading/draft/text", {"text": "a: [1"}).status_code == 422


def test_figures_and_the_matrix_are_part_of_the_draft(sign_in: SignIn, database: Database) -> None:
    form = {
        "persons": "500",
        "sensitive_persons": "50",
        "volume": "9",
        "derived": ["masked=1"],
        "impact": ["public_interest/serious=C"],
    }
    sign_in(Role.POLICY).send("/grading/draft/figures", form)
    body = draft_of(database)
    assert (body["important"], body["volume"]) == ({"persons": 500, "sensitive_persons": 50}, 9)
    assert (body["derived"], body["impact"]) == ({"masked": 1}, {"public_interest": {"serious": "C"}})


class TestTwoEdits:
    """A draft that was overtaken."""

    @pytest.fixture
    def mine(self, sign_in: SignIn) -> Browser:
        browser = sign_in(Role.POLICY)
        browser.send("/grading/levels", {"levels": ["type:uscc=G2", "type:plate=G4"]})
        put_in_force(sign_in, "type:uscc=G3", "type:mobile=G4")
        return browser

    def test_proposing_it_leads_to_both_sides(self, mine: Browser) -> None:
        answer = mine.send("/grading/draft/propose", {"reason": "我的"})
        assert answer.headers["Location"].endswith("/grading/draft/compare")
        page = mine.get("/grading/draft/compare").text
        assert 'name="side:types/uscc"' in page
        assert 'name="side:types/plate"' not in page
        assert "types/mobile" in page

    def test_what_was_chosen_and_what_only_one_changed_make_the_new_draft(
        self, mine: Browser, database: Database
    ) -> None:
        assert mine.send("/grading/draft/compare", {"seen": "3", "side:types/uscc": "mine"}).status_code == 302
        levels = draft_of(database)["types"]
        assert (levels["uscc"], levels["plate"], levels["mobile"]) == ("G2", "G4", "G4")
        assert mine.send("/grading/draft/propose", {"reason": "合并后"}).headers["Location"].startswith("/approvals/")

    def test_one_that_was_overtaken_again_while_they_looked_is_refused(
        self, mine: Browser, sign_in: SignIn, database: Database
    ) -> None:
        put_in_force(sign_in, "type:email=G4")
        assert mine.send("/grading/draft/compare", {"seen": "3"}).status_code == 409
        assert draft_of(database)["types"]["uscc"] == "G2"
