"""The page of the sources: what may be registered there, and what a page must never show."""

import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url

from detectors.discovery.routes import SCAN_JOB
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.jobs import JobRun
from soc.ledger.models import Source
from soc.ledger.sources import NewSource, add_source
from tests import conftest
from tests.browsing import SignIn

needs_postgres = [
    pytest.mark.postgres,
    pytest.mark.skipif(not conftest.POSTGRES, reason="needs PostgreSQL: SOC_TEST_POSTGRES_URL is not set"),
]


def sources(database: Database) -> list[Source]:
    with database.read() as session:
        return list(session.scalars(select(Source)))


@pytest.mark.parametrize("url", ["/etc/passwd", "sqlite:////etc/passwd", "SQLite:///state.db", "duckdb:///x.duckdb"])
def test_a_page_registers_no_file_of_the_machine(sign_in: SignIn, database: Database, url: str) -> None:
    answer = sign_in(Role.SYSADMIN).send("/sources/?lang=en", {"name": "x", "url": url, "org": "440000"})
    assert answer.status_code == 422
    assert "command line" in answer.text
    assert sources(database) == []


@pytest.mark.parametrize("url", ["gopher://db/x", "not a url", "postgresql://reader:pw@169.254.169.254/x"])
def test_what_is_no_database_is_refused_and_its_address_not_shown_again(
    sign_in: SignIn, database: Database, url: str
) -> None:
    answer = sign_in(Role.SYSADMIN).send("/sources/", {"name": "x", "url": url, "org": "440000"})
    assert answer.status_code in {400, 403, 422, 503}
    assert "reader:pw" not in answer.text
    assert sources(database) == []


@pytest.mark.parametrize("mark", [pytest.param(None, marks=needs_postgres)])
def test_a_database_that_answers_is_kept_and_its_scan_ordered(sign_in: SignIn, database: Database, mark: None) -> None:
    form = {"name": "hr", "url": conftest.POSTGRES, "org": "440100"}
    browser = sign_in(Role.SYSADMIN)
    assert browser.send("/sources/", form).status_code == 302
    (source,) = sources(database)
    assert (source.name, source.org, source.kind) == ("hr", "440100", "postgresql")
    with database.read() as session:
        ordered = session.scalars(select(JobRun).where(JobRun.job == SCAN_JOB)).one()
    assert (ordered.params, ordered.org) == ({"source": str(source.id)}, "440100")
    page = browser.get("/sources/?lang=en").text
    assert "hr" in page
    assert "The account is a superuser" in page
    assert str(make_url(str(conftest.POSTGRES)).password) not in page


@pytest.mark.parametrize("mark", [pytest.param(None, marks=needs_postgres)])
def test_a_name_that_is_taken_and_an_organisation_outside_are_refused(
    sign_in: SignIn, database: Database, mark: None
) -> None:
    browser = sign_in(Role.SYSADMIN, "440100")
    form = {"name": "hr", "url": conftest.POSTGRES, "org": "440100"}
    assert browser.send("/sources/", form).status_code == 302
    assert browser.send("/sources/", form).status_code == 409
    assert browser.send("/sources/", form | {"org": "440300"}).status_code == 404
    assert len(sources(database)) == 1


def test_the_page_is_the_system_administrators(sign_in: SignIn) -> None:
    assert sign_in(Role.ANALYST).get("/sources/").status_code == 403


def test_a_kind_that_was_never_tried_on_a_real_server_is_labelled(sign_in: SignIn, database: Database) -> None:
    with database.write() as session:
        actor = operator_actor(session)
        url = "oracle://u:p@127.0.0.1:1521/?service_name=X"
        add_source(session, actor, database.settings, NewSource("old", url, "440100"))
    page = sign_in(Role.SYSADMIN).get("/sources/?lang=en").text
    assert "Untested: this kind of source was never tried on a real server" in page
