"""The policy administrator changes how data is shown, with a second person."""

from sqlalchemy import select

from policies.protection.policy import KIND, default_body
from policies.protection.service import install_default, policy_for
from soc.approvals.models import Approval
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.versions import service as versions
from soc.yaml_text import read_mapping, write_yaml
from tests.browsing import Browser, SignIn


def changed(operator: str = "suppress") -> str:
    body = default_body()
    rules = [rule | {"operator": operator} if rule["id"] == "level-three" else rule for rule in body["rules"]]
    return write_yaml(body | {"rules": rules})


def in_force(database: Database) -> str:
    with database.read() as session:
        return next(rule.operator for rule in policy_for(session, "440000").rules if rule.id == "level-three")


def installed(database: Database) -> None:
    with database.write() as session:
        install_default(session, operator_actor(session))


def approve_last(database: Database, browser: Browser) -> int:
    with database.read() as session:
        approval = session.scalars(select(Approval).order_by(Approval.created_at.desc()).limit(1)).one()
    return browser.send(f"/approvals/{approval.id}/approve", {"digest": approval.digest}).status_code


def test_the_rules_and_what_they_show_are_on_the_page(sign_in: SignIn, database: Database) -> None:
    installed(database)
    page = sign_in(Role.POLICY).get("/protection/").text
    assert "3 级数据默认部分遮盖" in page
    assert "138****8000" in page
    assert "13800138000" in page  # what the data owner sees


def as_text(browser: Browser, operator: str = "suppress") -> int:
    """Keep the changed document as the person's draft and propose it."""
    assert browser.send("/protection/draft/text", {"text": changed(operator)}).status_code == 302
    return browser.send("/protection/draft/propose", {"reason": "收紧"}).status_code


RULE = {
    "id": "clerks",
    "why_zh": "窗口人员只见部分",
    "why_en": "Clerks see a part",
    "operator": "partial",
    "levels": ["G2", "G3"],
    "roles": ["analyst"],
    "purposes": ["operations"],
}


def test_a_change_takes_effect_when_a_second_person_agrees(sign_in: SignIn, database: Database) -> None:
    installed(database)
    author, second = sign_in(Role.POLICY), sign_in(Role.POLICY)
    assert as_text(author) == 302
    assert in_force(database) == "partial"
    assert approve_last(database, author) == 403
    assert approve_last(database, second) == 302
    assert in_force(database) == "suppress"


def test_a_rule_made_in_the_form_is_a_draft_that_shows_what_it_would_do(sign_in: SignIn, database: Database) -> None:
    installed(database)
    author, second = sign_in(Role.POLICY), sign_in(Role.POLICY)
    assert author.send("/protection/rules", RULE).headers["Location"].endswith("/protection/draft/")
    draft = author.get("/protection/draft/?lang=en").text
    assert "rules/clerks" in draft
    assert "What it would do to the ledger" in draft
    table = author.get("/protection/?lang=en").text
    assert table.index("Clerks see a part") < table.index("Important and core data")
    assert "one change not proposed yet" in table
    assert "clerks" not in second.get("/protection/").text, "a draft is its author's alone"
    author.send("/protection/draft/propose", {"reason": "窗口"})
    approve_last(database, second)
    with database.read() as session:
        assert policy_for(session, "440000").rules[0].id == "clerks"


def test_moving_a_rule_alone_is_a_change_that_can_be_proposed(sign_in: SignIn, database: Database) -> None:
    installed(database)
    author, second = sign_in(Role.POLICY), sign_in(Role.POLICY)
    answer = author.send("/protection/rules/secrets/move", {"by": "-1"})
    assert answer.headers["Location"].endswith("/protection/#rule-secrets")
    assert "rules/( order )" in author.get("/protection/draft/").text
    author.send("/protection/draft/propose", {"reason": "次序"})
    approve_last(database, second)
    with database.read() as session:
        assert [one.id for one in policy_for(session, "440000").rules[:2]] == ["secrets", "graver-than-general"]


def test_a_faulty_rule_is_refused_and_what_was_typed_stays(sign_in: SignIn, database: Database) -> None:
    installed(database)
    author = sign_in(Role.POLICY)
    for wrong in ({"operator": "blur"}, {"id": "a/b"}, {"roles": ["nobody"]}, {"id": "secrets"}):
        answer = author.send("/protection/rules", RULE | wrong)
        assert answer.status_code == 422, wrong
        assert "窗口人员只见部分" in answer.text
    grave = RULE | {"operator": "clear", "levels": ["G4"], "purposes": []}
    assert author.send("/protection/rules", grave).status_code == 422
    assert "not proposed yet" not in author.get("/protection/?lang=en").text


def test_a_rule_is_changed_in_its_form_and_removed(sign_in: SignIn, database: Database) -> None:
    installed(database)
    author = sign_in(Role.POLICY)
    form = author.get("/protection/rules/level-three").text
    assert 'value="level-three"' in form
    changed_rule = RULE | {"id": "level-three", "was": "level-three", "behind": "."}
    author.send("/protection/rules", changed_rule)
    assert "Clerks see a part" in author.get("/protection/?lang=en").text
    author.send("/protection/rules/level-three/delete")
    assert "level-three" not in author.get("/protection/?lang=en").text
    author.send("/protection/draft/discard")
    assert "level-three" in author.get("/protection/?lang=en").text
    assert author.get("/protection/rules/nothing").status_code == 404


def test_how_much_of_a_type_stays_is_changed_and_taken_back(sign_in: SignIn, database: Database) -> None:
    installed(database)
    author = sign_in(Role.POLICY)
    assert "138****8000" in author.get("/protection/shapes/").text
    author.send("/protection/shapes/", {"type": "mobile", "way": "keep", "first": "0", "last": "2"})
    assert "*********00" in author.get("/protection/shapes/").text
    author.send("/protection/shapes/", {"type": "mobile", "way": "hide_last", "hidden": "8"})
    assert "138********" in author.get("/protection/shapes/").text
    author.send("/protection/shapes/", {"type": "mobile", "way": "usual"})
    assert "1*********0" in author.get("/protection/shapes/").text
    assert author.send("/protection/shapes/", {"type": "nothing", "way": "usual"}).status_code == 404
    assert author.send("/protection/shapes/", {"type": "mobile", "way": "count"}).status_code == 422


def test_two_who_changed_it_at_once_are_laid_side_by_side(sign_in: SignIn, database: Database) -> None:
    installed(database)
    one, other = sign_in(Role.POLICY), sign_in(Role.POLICY)
    one.send("/protection/rules", RULE)
    assert as_text(other) == 302
    approve_last(database, one)
    assert one.send("/protection/draft/propose", {"reason": "窗口"}).headers["Location"].endswith("/compare")
    beside = one.get("/protection/draft/compare").text
    assert "rules/level-three" in beside
    assert one.send("/protection/draft/compare", {"seen": "3"}).status_code == 302
    assert one.send("/protection/draft/propose", {"reason": "窗口"}).status_code == 302
    approve_last(database, other)
    with database.read() as session:
        policy = policy_for(session, "440000")
    assert policy.rules[0].id == "clerks"
    assert in_force(database) == "suppress"


def test_the_document_in_force_comes_as_a_file(sign_in: SignIn, database: Database) -> None:
    installed(database)
    answer = sign_in(Role.AUDITOR).get("/protection/policy.yaml")
    assert read_mapping(answer.text).body == default_body()


def test_an_earlier_version_can_be_put_in_force_again(sign_in: SignIn, database: Database) -> None:
    installed(database)
    author, second = sign_in(Role.POLICY), sign_in(Role.POLICY)
    as_text(author)
    approve_last(database, second)
    assert "提请恢复此版本" in author.get("/protection/versions/1").text
    author.send("/protection/versions/1/return", {"reason": "影响业务"})
    approve_last(database, second)
    assert in_force(database) == "partial"
    with database.read() as session:
        assert [one.number for one in versions.history(session, KIND, "440000")] == [3, 2, 1]


def test_a_faulty_document_is_refused_with_every_fault(sign_in: SignIn, database: Database) -> None:
    answer = sign_in(Role.POLICY).send("/protection/draft/text", {"text": changed("blur")})
    assert answer.status_code == 422
    assert "/operator" in answer.text
    with database.read() as session:
        assert versions.history(session, KIND, "440000") == []


def test_what_is_no_yaml_is_said_to_be_none(sign_in: SignIn) -> None:
    browser = sign_in(Role.POLICY)
    for text in ("a: [", "- x", "a: &a [1]\nb: *a", "x" * 300):
        answer = browser.send("/protection/draft/text", {"text": text})
        assert answer.status_code == 422
        assert "note problem" in answer.text


def test_who_may_only_read_cannot_change(sign_in: SignIn) -> None:
    browser = sign_in(Role.AUDITOR)
    assert browser.get("/protection/").status_code == 200
    assert browser.get("/protection/rules/secrets").status_code == 200
    assert browser.get("/protection/draft/text").status_code == 403
    for path, form in (
        ("/protection/draft/text", {"text": changed()}),
        ("/protection/rules", RULE),
        ("/protection/rules/secrets/delete", {}),
        ("/protection/rules/secrets/move", {"by": "1"}),
        ("/protection/shapes/", {"type": "mobile", "way": "usual"}),
    ):
        assert browser.send(path, form).status_code == 403, path
