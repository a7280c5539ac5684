"""The pages of weak spots, and the look that a worker takes."""

from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from detectors.weaknesses.jobs import look_and_keep
from detectors.weaknesses.models import SpotRun, SpotStatus, WeakSpot
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.jobs import JobRun
from soc.ledger.sources import NewSource, add_source
from tests.browsing import SignIn, api, app, client, sign_in

__all__ = ["api", "app", "client", "sign_in"]
CITY = "440100"


@pytest.fixture
def source(database: Database, tmp_path: Path) -> str:
    """A folder of a city in which a dump lies open; it was looked at."""
    folder = tmp_path / "share"
    folder.mkdir()
    (folder / "people.sql").write_text("x")
    (folder / "people.sql").chmod(0o644)
    with database.write() as session:
        made = add_source(session, operator_actor(session), database.settings, NewSource("共享", str(folder), CITY))
        actor, name = operator_actor(session), str(made.id)
    look_and_keep(database, actor, UUID(name), None)
    return name


def spot(database: Database, check: str) -> WeakSpot:
    with database.read() as session:
        return session.scalars(select(WeakSpot).where(WeakSpot.check == check)).one()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_opens(sign_in: SignIn, source: str, database: Database, lang: str) -> None:
    browser = sign_in(Role.POLICY, CITY)
    for path in ("", "sources", "import", str(spot(database, "file.readable_dumps").id)):
        answer = browser.get(f"/weaknesses/{path}", headers={"Accept-Language": lang})
        assert answer.status_code == 200, path


def test_a_spot_says_what_is_weak_and_how_it_is_mended(sign_in: SignIn, source: str, database: Database) -> None:
    page = sign_in(Role.OWNER, CITY).get(f"/weaknesses/{spot(database, 'file.readable_dumps').id}").text
    assert "people.sql" in page
    assert "chmod 600" in page


def test_a_spot_is_handed_out_and_borne_by_those_who_may(sign_in: SignIn, source: str, database: Database) -> None:
    path = f"/weaknesses/{spot(database, 'file.dumps').id}"
    owner = sign_in(Role.OWNER, CITY)
    owner.send(f"{path}/task", {"assignee": "运维", "due": "2099-01-01"})
    assert spot(database, "file.dumps").status is SpotStatus.TASK
    assert owner.send(f"{path}/except", {"why": "x", "until": "2099-01-01"}).status_code == 403
    policy = sign_in(Role.POLICY, CITY)
    policy.send(f"{path}/except", {"why": "测试机", "until": "2099-01-01"})
    assert spot(database, "file.dumps").status is SpotStatus.EXCEPTED
    policy.send(f"{path}/reopen")
    assert spot(database, "file.dumps").status is SpotStatus.OPEN


def test_a_look_is_ordered_as_a_run(sign_in: SignIn, source: str, database: Database) -> None:
    sign_in(Role.OWNER, CITY).send(f"/weaknesses/sources/{source}/look")
    with database.read() as session:
        assert [one.job for one in session.scalars(select(JobRun))] == ["weaknesses.look"]
        assert session.scalars(select(SpotRun)).one().looked >= 4


def test_results_of_another_scanner_are_taken_in(sign_in: SignIn, source: str, database: Database) -> None:
    raw = b"rule,title,severity\nR1,<script>alert(1)</script>,high\n,no rule,low\n"
    browser = sign_in(Role.OWNER, CITY)
    form = {"source": source, "tool": "扫描器", "rule": "rule", "title": "title", "severity": "severity"}
    answer = browser.send("/weaknesses/import", form | {"file": (BytesIO(raw), "a.csv")})
    assert "3" in answer.text
    assert spot(database, "扫描器:R1").severity == 4
    assert "<script>alert(1)" not in browser.get("/weaknesses/").text


def test_a_file_of_nothing_is_refused_in_words(sign_in: SignIn, source: str) -> None:
    answer = sign_in(Role.OWNER, CITY).send(
        "/weaknesses/import", {"source": source, "file": (BytesIO(b"{"), "a.sarif")}
    )
    assert answer.status_code == 422
