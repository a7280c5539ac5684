"""The compliance officer's day: find, read, prove, export."""

import io
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select, text

from audit.trail.integrator import integrate
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.trail import Act, Subject, TrailEntry, record
from tests.browsing import Browser, SignIn
from tests.conftest import as_owner

HOSTILE = '<script>alert("x")</script>'


@pytest.fixture
def deeds(database: Database) -> list[int]:
    """Deeds in the province, a city and another city; the keys of their entries, in the log."""
    orgs = ("440000", "440100", "440300")
    with database.write() as session:
        actor = operator_actor(session)
        keys = [
            record(
                session,
                actor,
                Act.ALERT_CLOSED if org != "440300" else Act.INCIDENT_OPENED,
                Subject("alerts", f"thing-{org}", org),
                before={"status": "open"},
                after={"status": "closed", "by": {"reason": HOSTILE}},
                note=HOSTILE,
            )
            for org in orgs
        ]
    integrate(database, database.settings)
    return keys


@pytest.fixture
def officer(sign_in: SignIn, deeds: list[int]) -> Browser:
    return sign_in(Role.AUDITOR)


def test_the_officer_finds_every_deed(officer: Browser) -> None:
    page = officer.get("/trail/?lang=en").text
    assert "Alert closed" in page
    assert "thing-440300" in page


def test_a_family_of_acts_narrows_the_list(officer: Browser) -> None:
    page = officer.get("/trail/?area=incidents").text
    assert "thing-440300" in page
    assert "thing-440100" not in page


def test_an_id_is_found(officer: Browser) -> None:
    page = officer.get("/trail/?q=thing-440100").text
    assert "thing-440100" in page
    assert "thing-440300" not in page


def test_days_bound_the_list(officer: Browser) -> None:
    assert "thing-" not in officer.get("/trail/?until=2020-01-01").text
    assert "thing-" in officer.get("/trail/?since=2020-01-01").text


@pytest.mark.parametrize("args", ["since=yesterday", "area=nothing", "by=nobody"])
def test_a_filter_that_is_none_is_said_to_be_none(officer: Browser, args: str) -> None:
    assert officer.get(f"/trail/?{args}").status_code == 422


def test_an_officer_sees_their_own_centre_and_below(sign_in: SignIn, deeds: list[int]) -> None:
    page = sign_in(Role.AUDITOR, "440100").get("/trail/").text
    assert "thing-440100" in page
    assert "thing-440300" not in page
    assert "thing-440000" not in page


def test_a_strangers_entry_looks_as_if_there_were_none(sign_in: SignIn, deeds: list[int]) -> None:
    browser = sign_in(Role.AUDITOR, "440100")
    foreign, absent = (browser.get(f"/trail/{row}") for row in (deeds[2], 99_999))
    assert foreign.status_code == absent.status_code == 404
    assert browser.get(f"/trail/{deeds[1]}").status_code == 200


def test_an_entry_is_shown_with_its_proof(officer: Browser, deeds: list[int]) -> None:
    page = officer.get(f"/trail/{deeds[1]}?lang=en").text
    assert "The proof holds" in page
    assert "Seal holds" in page
    assert "<svg" in page


def test_what_an_entry_says_is_text_and_nothing_else(officer: Browser, deeds: list[int]) -> None:
    page = officer.get(f"/trail/{deeds[1]}").text
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page


def test_a_changed_entry_says_so(officer: Browser, deeds: list[int], database: Database) -> None:
    with as_owner(database) as connection:
        connection.execute(text("UPDATE trail_entries SET subject_id = 'x' WHERE id = :id"), {"id": deeds[1]})
    page = officer.get(f"/trail/{deeds[1]}?lang=en").text
    assert "Seal broken" in page
    assert "The proof fails" in page


def test_an_entry_that_waits_for_the_log_says_so(officer: Browser, database: Database) -> None:
    with database.write() as session:
        row = record(session, operator_actor(session), Act.ALERT_CLOSED, Subject("alerts", "new"))
    assert "Not in the log yet" in officer.get(f"/trail/{row}?lang=en").text


def test_the_whole_trail_is_verified_on_the_page(officer: Browser, deeds: list[int], database: Database) -> None:
    assert "Whole" in officer.get("/trail/verdict?lang=en").text
    with as_owner(database) as connection:
        connection.execute(text("UPDATE trail_entries SET act = 'x' WHERE id = :id"), {"id": deeds[1]})
    assert "Not whole" in officer.get("/trail/verdict?lang=en").text


def test_who_sees_a_part_is_not_told_how_much_there_is(sign_in: SignIn, deeds: list[int]) -> None:
    page = sign_in(Role.AUDITOR, "440100").get("/trail/verdict?lang=en").text
    assert "Whole: every entry" in page


def test_the_page_says_what_a_stolen_key_can_do(officer: Browser) -> None:
    page = officer.get("/trail/?lang=en").text
    assert "only a checkpoint witnessed by the tier above shows it" in page


def test_an_export_verifies_itself_and_is_recorded(officer: Browser, database: Database, tmp_path: Path) -> None:
    answer = officer.send("/trail/export?area=alerts")
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as pack:
        lines = pack.read("entries.jsonl").decode().splitlines()
    assert len(lines) == 2
    with database.read() as session:
        assert session.scalar(select(TrailEntry.id).where(TrailEntry.act == Act.TRAIL_EXPORTED)) is not None


@pytest.mark.parametrize("role", [Role.ANALYST, Role.LEADER, Role.SYSADMIN])
def test_others_have_no_business_here(sign_in: SignIn, deeds: list[int], role: Role) -> None:
    browser = sign_in(role)
    assert browser.get("/trail/").status_code == 403
    assert browser.send("/trail/export").status_code == 403
