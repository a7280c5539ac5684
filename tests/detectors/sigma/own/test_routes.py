"""Pages of own rules: written with a live count, approved by a second person, switched off with a reason; nothing for strangers."""

from typing import Any

import pyarrow as pa
import pytest
from apiflask import APIFlask
from sqlalchemy import select

from detectors.sigma.own import trying
from detectors.sigma.own.book import own_rules
from detectors.sigma.rules import LIBRARY, read_file
from detectors.sigma.service import keep_library
from soc.approvals.models import Approval
from soc.clock import now
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.identity.models import Person, PersonRole
from soc.logstore import open_store
from soc.ocsf.schema import EVENT_SCHEMA
from soc.versions.models import PolicyVersion
from tests.browsing import Browser, SignIn, api, app, client, sign_in
from tests.detectors.sigma.own.writing import CITY, COUNTY, RULE_ID, STRANGER, TAG, TEXT
from tests.detectors.sigma.test_stage import an_event

__all__ = ["api", "app", "client", "sign_in"]
HX = {"HX-Request": "true"}
SHIPPED = str(read_file(LIBRARY / "dump_tool.yml")[0].id)
SHIPPED_TITLE = read_file(LIBRARY / "dump_tool.yml")[0].title


@pytest.fixture(autouse=True)
def stored(app: APIFlask, database: Database) -> None:
    """Three events that the rule hits: two of a county, one of a stranger."""
    with database.write() as session:
        keep_library(session, operator_actor(session))
    events = [an_event("dump_tool", _event(number, org)) for number, org in enumerate((COUNTY, COUNTY, STRANGER))]
    rows = [{name: event.get(name) for name in EVENT_SCHEMA.names} for event in events]
    store = open_store(database.settings)
    store.append(pa.Table.from_pylist(rows, schema=EVENT_SCHEMA), batch="a")
    store.refresh()


def _event(number: int, org: str) -> dict[str, Any]:
    return {
        "metadata.uid": f"hit-{number}", "guanlan.org": org, "actor.app_name": "nightshift", "time": now(),
        "guanlan.batch": f"b{number}",
    }  # fmt: skip


def approve_last(database: Database, browser: Browser) -> int:
    with database.read() as session:
        approval = session.scalars(select(Approval).order_by(Approval.created_at.desc()).limit(1)).one()
    assert browser.get(f"/approvals/{approval.id}").status_code == 200
    return browser.send(f"/approvals/{approval.id}/approve", {"digest": approval.digest}).status_code


def shared(browser: Browser, **asked: str) -> str:
    """The page, narrowed to some of the shipped rules."""
    return browser.get("/rules/own/", query_string=asked).text


def test_a_fresh_page_says_what_to_do_and_shows_the_shipped_ones(sign_in: SignIn) -> None:
    browser = sign_in(Role.POLICY, CITY)
    assert "还没有自有规则" in shared(browser)
    assert SHIPPED in shared(browser, q=SHIPPED_TITLE)
    assert SHIPPED not in shared(browser, state="off")


def test_what_is_typed_is_counted_within_the_readers_scope_and_kept_nowhere(
    sign_in: SignIn, database: Database
) -> None:
    answer = sign_in(Role.POLICY, CITY).send("/rules/own/try", {"text": TEXT, "days": "7"}, headers=HX)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert 'class="figure">2<' in answer.text
    assert "hit-2" not in answer.text
    assert "application" in answer.text
    with database.read() as session:
        assert session.scalars(select(PolicyVersion).where(PolicyVersion.kind == "detection_rules")).all() == []


def test_events_are_named_to_those_who_may_read_logs_too(sign_in: SignIn, database: Database) -> None:
    browser = sign_in(Role.POLICY, CITY, "both")
    assert "/logs/hit-0" not in browser.send("/rules/own/try", {"text": TEXT}, headers=HX).text
    with database.write() as session:
        person = session.scalars(select(Person).where(Person.username == "both")).one()
        person.roles.append(PersonRole.of(Role.ANALYST))
    answer = browser.send("/rules/own/try", {"text": TEXT}, headers=HX).text
    assert ["/logs/hit-0" in answer, "/logs/hit-1" in answer, "/logs/hit-2" in answer] == [True, True, False]


def test_a_count_that_was_cut_short_says_so(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "MOST_READ", 0)
    assert "读取已到上限" in sign_in(Role.POLICY, CITY).send("/rules/own/try", {"text": TEXT}, headers=HX).text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEXT.replace("condition: selection", "condition: other"), "不是有效的规则"),
        (TEXT.replace("application: nightshift", r"application|re: '(?=x)y'"), "无法匹配"),
        ("a: [", "无法读取"),
        ("title: <script>alert(1)</script>", "不是有效的规则"),
    ],
)
def test_what_is_wrong_is_said_in_words_and_what_was_typed_stays(sign_in: SignIn, text: str, said: str) -> None:
    browser = sign_in(Role.POLICY, CITY)
    assert said in browser.send("/rules/own/try", {"text": text}, headers=HX).text
    answer = browser.send("/rules/own/keep", {"text": text})
    assert answer.status_code == 422
    assert said in answer.text or "须有自己的 id" in answer.text
    assert "<script>alert" not in answer.text


def test_it_goes_from_the_editor_into_force_by_a_second_person(sign_in: SignIn, database: Database) -> None:
    author, second = sign_in(Role.POLICY, CITY), sign_in(Role.COMMANDER, CITY)
    assert author.send("/rules/own/keep", {"text": TEXT}).status_code == 302
    assert "夜班工具" in author.get("/rules/own/").text
    assert author.send("/rules/own/propose", {"reason": "新规则"}).status_code == 302
    assert own_rules(database, CITY).rules == ()
    assert approve_last(database, second) == 302
    assert [one.rule_id for one in own_rules(database, COUNTY).rules] == [TAG]
    assert "夜班工具" in sign_in(Role.POLICY, COUNTY).get("/rules/own/").text
    assert "夜班工具" not in sign_in(Role.POLICY, STRANGER).get("/rules/own/").text
    assert "夜班工具" in sign_in(Role.ANALYST, COUNTY).get("/rules/").text
    assert "夜班工具" not in sign_in(Role.ANALYST, STRANGER).get("/rules/").text
    assert author.get(f"/rules/own/edit?name={RULE_ID}").status_code == 200
    assert sign_in(Role.POLICY, STRANGER).get(f"/rules/own/edit?name={RULE_ID}").status_code == 404


def test_a_shipped_rule_is_switched_off_with_a_reason_by_two_persons(sign_in: SignIn, database: Database) -> None:
    author, second = sign_in(Role.POLICY, CITY), sign_in(Role.COMMANDER, CITY)
    assert author.send("/rules/own/off", {"name": SHIPPED, "why": ""}).status_code == 422
    author.send("/rules/own/off", {"name": SHIPPED, "why": "夜间归档"})
    assert own_rules(database, CITY).off == frozenset()
    author.send("/rules/own/propose", {"reason": "夜间归档"})
    assert approve_last(database, second) == 302
    assert own_rules(database, CITY).off == {SHIPPED}
    assert "夜间归档" in shared(author, state="off")
    assert SHIPPED in shared(author, state="off")
    assert _off_in_list(sign_in, COUNTY)
    assert not _off_in_list(sign_in, STRANGER)
    assert "上级已停用" in shared(sign_in(Role.POLICY, COUNTY), state="off")


def _off_in_list(sign_in: SignIn, org: str) -> bool:
    return "本机构已停用" in sign_in(Role.ANALYST, org).get("/rules/", query_string={"q": SHIPPED_TITLE}).text


def test_a_copy_opens_in_the_editor(sign_in: SignIn) -> None:
    page = sign_in(Role.POLICY, CITY).get(f"/rules/own/edit?copy={SHIPPED}").text
    assert "derived" in page


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR, Role.SYSADMIN])
def test_others_write_no_rules(sign_in: SignIn, role: Role) -> None:
    assert sign_in(role, CITY).send("/rules/own/keep", {"text": TEXT}).status_code == 403
