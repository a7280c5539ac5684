"""Pages of exceptions: from an alert to a proposal that shows what it would keep back, and to its end."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from incidents.exceptions.models import ExceptionStatus, FindingException
from soc.approvals.models import Approval
from soc.clock import now
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from tests.browsing import SignIn
from tests.incidents.exceptions.telling import CITY, RECENT, raised

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def told(database: Database) -> UUID:
    """The alert of a finding."""
    with database.write() as session:
        tables = {"tables": ["toll.etc_user", EVIL]}
        _, alert = raised(session, operator_actor(session), details=tables, first_at=RECENT, last_at=RECENT)
        assert alert is not None
        return alert.id


def form(**changes: Any) -> dict[str, Any]:
    given = {
        "detectors": ["drip"], "reason": "每晚备份", "owner": "", "until": "2099-01-01", "score_at_most": "60",
        "tables": ["toll.etc_user", EVIL], "rows_at_most": "2000", "from_hour": "", "to_hour": "",
    }  # fmt: skip
    return given | changes


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_form_starts_from_what_the_alert_tells(sign_in: SignIn, told: UUID, lang: str) -> None:
    browser = sign_in(Role.ANALYST, CITY)
    page = browser.get(f"/alerts/{told}?lang={lang}")
    assert f"/alerts/exceptions/new/{told}" in page.text
    shown = browser.get(f"/alerts/exceptions/new/{told}?lang={lang}")
    assert shown.status_code == 200
    assert 'name="detectors" value="drip" checked' in shown.text
    assert 'value="1200"' in shown.text  # 900 rows, and a quarter more
    assert EVIL not in shown.text


def test_a_look_keeps_what_was_typed_and_proposes_nothing(sign_in: SignIn, told: UUID, database: Database) -> None:
    browser = sign_in(Role.ANALYST, CITY)
    owner = _name(browser, told)
    seen = browser.send(f"/alerts/exceptions/preview/{told}", form(owner=owner, rows_at_most="10"))
    assert seen.status_code == 200
    assert "过去 90 天没有符合这些条件的发现" in seen.text
    assert "每晚备份" in seen.text
    with database.read() as session:
        assert not session.scalars(select(FindingException)).all()


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"until": "2099-01-01"}, "366"),
        ({"until": "x"}, "日期"),
        ({"anybody": "1", "rows_at_most": ""}, "记录上限"),
        ({"from_hour": "3"}, "起止时间"),
        ({"owner": "nobody_here"}, "没有这个人"),
        ({"slipped": "in"}, "改好后再看"),
        ({"detectors": "rule/none"}, "不是同一个"),
    ],
    ids=str,
)
def test_a_wrong_form_says_what_to_mend_and_keeps_what_was_typed(
    sign_in: SignIn, told: UUID, database: Database, changes: dict[str, str], word: str
) -> None:
    browser = sign_in(Role.ANALYST, CITY)
    soon = {"owner": _name(browser, told), "until": _soon()}
    answer = browser.send(f"/alerts/exceptions/new/{told}", form(**(soon | changes)))
    assert answer.status_code == 422
    assert word in answer.text
    assert "每晚备份" in answer.text
    with database.read() as session:
        assert not session.scalars(select(FindingException)).all()


def test_it_is_proposed_agreed_to_and_ended_from_the_pages(sign_in: SignIn, told: UUID, database: Database) -> None:
    analyst, commander = sign_in(Role.ANALYST, CITY), sign_in(Role.COMMANDER, CITY)
    given = form(owner=_name(analyst, told), until=_soon())
    assert analyst.send(f"/alerts/exceptions/new/{told}", given).status_code == 302
    with database.read() as session:
        exception, approval = session.scalars(select(FindingException)).one(), session.scalars(select(Approval)).one()
    shown = commander.get(f"/approvals/{approval.id}")
    assert "1 条发现、1 条告警（其中属实 0 条，未处理 1 条）" in shown.text
    assert "svc_backup" in shown.text
    assert commander.send(f"/approvals/{approval.id}/approve", {"digest": approval.digest}).status_code == 302
    assert "生效中" in analyst.get("/alerts/exceptions/?state=active").text
    assert "svc_backup" not in analyst.get("/alerts/").text
    with database.write() as session:
        raised(session, operator_actor(session), details={"tables": ["toll.etc_user"]})
    page = analyst.get(f"/alerts/exceptions/{exception.id}")
    assert "已隐藏 1 条发现" in page.text
    assert analyst.send(f"/alerts/exceptions/{exception.id}/end", {"note": "下线"}).status_code == 302
    with database.read() as session:
        assert session.get_one(FindingException, exception.id).status is ExceptionStatus.ENDED


def test_who_only_reads_alerts_sees_them_and_changes_none(sign_in: SignIn, told: UUID) -> None:
    auditor = sign_in(Role.AUDITOR, CITY)
    assert auditor.get("/alerts/exceptions/").status_code == 200
    assert auditor.get(f"/alerts/exceptions/new/{told}").status_code == 403
    assert auditor.send(f"/alerts/exceptions/new/{told}", form()).status_code == 403


def test_another_city_finds_neither_alert_nor_finding(sign_in: SignIn, told: UUID) -> None:
    stranger = sign_in(Role.ANALYST, "440300")
    assert stranger.get(f"/alerts/exceptions/new/{told}").status_code == 404
    assert stranger.send(f"/alerts/exceptions/preview/{told}", form()).status_code == 404
    assert stranger.send(f"/alerts/exceptions/new/{told}", form()).status_code == 404
    assert stranger.get("/alerts/exceptions/new/x").status_code == 404


def _name(browser: Any, told: UUID) -> str:
    """Who is signed in: the owner that the form offers first."""
    text: str = browser.get(f"/alerts/exceptions/new/{told}").text
    start = text.index('<select id="f-owner"')
    return text[text.index('<option value="', start) + 15 :].split('"', maxsplit=1)[0]


def _soon() -> str:
    return (now() + timedelta(days=30)).date().isoformat()
