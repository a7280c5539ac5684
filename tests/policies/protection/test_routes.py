"""The policy administrator changes how data is shown, with a second person."""

from sqlalchemy import select

from policies.protection.policy import KIND, default_body
from policies.protection.service import install_default, policy_for
from soc.approvals.models import Approval
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.versions import service as versions
from soc.yaml_text import write_yaml
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


def test_a_change_takes_effect_when_a_second_person_agrees(sign_in: SignIn, database: Database) -> None:
    installed(database)
    author, second = sign_in(Role.POLICY), sign_in(Role.POLICY)
    assert author.send("/protection/propose", {"text": changed(), "reason": "收紧"}).status_code == 302
    assert in_force(database) == "partial"
    assert approve_last(database, author) == 403
    assert approve_last(database, second) == 302
    assert in_force(database) == "suppress"


def test_an_earlier_version_can_be_put_in_force_again(sign_in: SignIn, database: Database) -> None:
    installed(database)
    author, second = sign_in(Role.POLICY), sign_in(Role.POLICY)
    author.send("/protection/propose", {"text": changed(), "reason": "收紧"})
    approve_last(database, second)
    assert "提请恢复此版本" in author.get("/protection/versions/1").text
    author.send("/protection/versions/1/return", {"reason": "影响业务"})
    approve_last(database, second)
    assert in_force(database) == "partial"
    with database.read() as session:
        assert [one.number for one in versions.history(session, KIND, "440000")] == [3, 2, 1]


def test_a_faulty_document_is_refused_with_every_fault(sign_in: SignIn, database: Database) -> None:
    answer = sign_in(Role.POLICY).send("/protection/propose", {"text": changed("blur"), "reason": "x"})
    assert answer.status_code == 422
    assert "/operator" in answer.text
    with database.read() as session:
        assert versions.history(session, KIND, "440000") == []


def test_what_is_no_yaml_is_said_to_be_none(sign_in: SignIn) -> None:
    browser = sign_in(Role.POLICY)
    for text in ("a: [", "- x", "a: &a [1]\nb: *a", "x" * 300):
        answer = browser.send("/protection/try", {"text": text})
        assert answer.status_code == 200
        assert "note problem" in answer.text


def test_a_document_is_tried_without_being_kept(sign_in: SignIn, database: Database) -> None:
    assert "台账" in sign_in(Role.POLICY).send("/protection/try", {"text": changed()}).text
    with database.read() as session:
        assert versions.history(session, KIND, "440000") == []


def test_who_may_only_read_cannot_change(sign_in: SignIn) -> None:
    browser = sign_in(Role.AUDITOR)
    assert browser.get("/protection/").status_code == 200
    assert browser.get("/protection/edit").status_code == 403
    assert browser.send("/protection/propose", {"text": changed()}).status_code == 403
