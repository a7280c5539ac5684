"""The page of ingest."""

from sqlalchemy import select

from audit.ingest.models import IngestBatch, QuarantinedRecords
from soc.identity.actor import Role
from tests.audit.ingest.at_work import Installation, nginx
from tests.browsing import SignIn, app, client, sign_in  # noqa: F401 - fixtures


def test_a_batch_shows_its_bad_records_masked(at_work: Installation, sign_in: SignIn) -> None:  # noqa: F811
    at_work.send(nginx("/a") + b"half a line of 13800138000\n")
    with at_work.database.read() as session:
        batch = session.scalars(select(IngestBatch)).one()
    browser = sign_in(Role.SYSADMIN)
    assert str(batch.id) in browser.get("/ingest/?lang=en").text
    shown = browser.get(f"/ingest/{batch.id}").text
    assert "138****8000" in shown
    assert "13800138000" not in shown


def test_reading_again_what_is_still_bad_changes_nothing(at_work: Installation, sign_in: SignIn) -> None:  # noqa: F811
    at_work.send(nginx("/a") + b"half\n")
    at_work.work()
    with at_work.database.read() as session:
        entry = session.scalars(select(QuarantinedRecords)).one()
    answer = sign_in(Role.SYSADMIN).send(f"/ingest/quarantine/{entry.id}/replay")
    assert answer.status_code == 302
    assert len(at_work.stored()) == 1
    with at_work.database.read() as session:
        assert session.get_one(QuarantinedRecords, entry.id).lines == [[1, 1]]


def test_the_empty_page_says_what_to_do(at_work: Installation, sign_in: SignIn) -> None:  # noqa: F811
    assert "soc logs ingest" in sign_in(Role.ANALYST).get("/ingest/?lang=en").text


def test_the_list_is_narrowed_by_the_formats_that_came_in_and_no_others(
    at_work: Installation,
    sign_in: SignIn,  # noqa: F811
) -> None:
    at_work.send(nginx("/a"), org="440100")
    at_work.send(b"x\n", name="zeek_dns")
    at_work.work()
    browser = sign_in(Role.ANALYST, org="440100")
    page = browser.get("/ingest/").text
    assert "format=nginx" in page
    assert "format=zeek_dns" not in page
    assert "format=pgaudit" not in page
    assert browser.get("/ingest/?format=nginx").status_code == 200
    assert browser.get("/ingest/?format=pgaudit").status_code == 200
    assert browser.get("/ingest/?format=no-such").status_code == 422
