from sqlalchemy import func, select

from soc.db import Database
from soc.identity.actor import Role
from soc.trail import Act
from soc.trail.models import TrailEntry
from tests.browsing import SignIn


def made(database: Database) -> int:
    with database.read() as session:
        query = select(func.count()).select_from(TrailEntry).where(TrailEntry.act == Act.REPORT_MADE.value)
        return session.scalar(query) or 0


def test_a_leader_takes_the_report_home_and_the_trail_knows(sign_in: SignIn, database: Database) -> None:
    answer = sign_in(Role.LEADER, "440100").send("/reports/posture", {"org": "440103", "days": "7"})
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "440103" in answer.text
    assert made(database) == 1


def test_a_neighbours_report_looks_as_if_there_were_none(sign_in: SignIn, database: Database) -> None:
    browser = sign_in(Role.LEADER, "440100")
    for org in ("440300", "440000", "nowhere"):
        assert browser.send("/reports/posture", {"org": org, "days": "7"}).status_code == 404
    assert made(database) == 0
