"""The pages of important data: judged in the browser, the register as a workbook, the report form."""

from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from policies.reviews.models import ImportantReview, ReviewStatus
from soc.db import Database
from soc.identity.actor import Role
from soc.ledger.levels import Level
from soc.ledger.models import LedgerTable
from tests.browsing import Api, SignIn, api, app, client, sign_in
from tests.conftest import NOON
from tests.soc.web.rows import make_row

__all__ = ["api", "app", "client", "sign_in"]
CITY = "440100"


@pytest.fixture
def review(database: Database) -> str:
    """A candidate of a city, its table named like a formula."""
    with database.write() as session:
        table = make_row(session, LedgerTable, CITY)
        assert isinstance(table, LedgerTable)
        table.name = "=cmd|' /C calc'!A0"
        made = ImportantReview(
            org=CITY,
            table_id=table.id,
            level=Level.IMPORTANT,
            reasons=["important.persons", "core.rule:r1"],
            opened_at=NOON,
        )
        session.add(made)
        session.flush()
        return str(made.id)


def status_of(database: Database) -> ReviewStatus:
    with database.read() as session:
        return session.scalars(select(ImportantReview)).one().status


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_opens(sign_in: SignIn, review: str, lang: str) -> None:
    browser = sign_in(Role.POLICY, CITY)
    for path in ("", "register", review, f"{review}/form"):
        assert browser.get(f"/ledger/reviews/{path}", headers={"Accept-Language": lang}).status_code == 200, path


def test_a_candidate_goes_from_judgement_to_answer(sign_in: SignIn, review: str, database: Database) -> None:
    browser = sign_in(Role.POLICY, CITY)
    browser.send(f"/ledger/reviews/{review}/judge", {"level": "I", "why": "全市从业人员"})
    assert status_of(database) is ReviewStatus.IDENTIFIED
    browser.send(f"/ledger/reviews/{review}/report", {"number": "1 号", "day": "2026-11-20"})
    assert status_of(database) is ReviewStatus.REPORTED
    browser.send(f"/ledger/reviews/{review}/answer", {"text": "确认", "recognised": "1"})
    assert status_of(database) is ReviewStatus.RECOGNISED


def test_one_who_may_only_read_sees_no_form_and_may_not_judge(sign_in: SignIn, review: str, database: Database) -> None:
    browser = sign_in(Role.OWNER, CITY)
    assert "/judge" not in browser.get(f"/ledger/reviews/{review}").text
    assert browser.send(f"/ledger/reviews/{review}/judge", {"level": "I", "why": "x"}).status_code == 403
    assert status_of(database) is ReviewStatus.OPEN


def test_the_register_is_a_workbook_in_which_nothing_runs(sign_in: SignIn, review: str) -> None:
    browser = sign_in(Role.POLICY, CITY)
    browser.send(f"/ledger/reviews/{review}/judge", {"level": "C", "why": "=1+1"})
    answer = browser.send("/ledger/reviews/register.xlsx")
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    (line,) = list(sheet.iter_rows(min_row=2, values_only=True))
    assert line[0] == "'=cmd|' /C calc'!A0"
    assert "'=1+1" in line
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_script_lists_and_judges(api: Api, review: str, database: Database) -> None:
    client = api("policies.write", "ledger.read", org=CITY)
    listed = client.get("/api/v1/ledger/reviews?status=open").json
    assert listed is not None
    assert [one["id"] for one in listed["items"]] == [review]
    told = client.patch(f"/api/v1/ledger/reviews/{review}", json={"level": None, "why": "测试库"})
    assert told.json is not None
    assert told.json["status"] == "dismissed"
    assert status_of(database) is ReviewStatus.DISMISSED


def test_a_script_may_not_set_what_is_not_its_to_set(api: Api, review: str) -> None:
    client = api("write", "read", org=CITY)
    change = {"level": "I", "why": "x", "judged_by": "局长"}
    assert client.patch(f"/api/v1/ledger/reviews/{review}", json=change).status_code == 422
