"""The wall: the posture's figures, no person, fetched again by itself."""

from datetime import timedelta

from soc.clock import now
from soc.db import Database
from soc.identity.actor import Role
from tests.browsing import SignIn
from tests.dashboards.posture.test_figures import an_alert
from tests.dashboards.reports.test_render import a_clock, an_incident


def test_it_names_organisations_and_incidents_but_no_person(sign_in: SignIn, database: Database) -> None:
    with database.write() as session:
        an_alert(session, "440100", rows_low=4321, last_at=now(), entity_name="张三", title_text="张三")
        incident = an_incident(session)
        a_clock(session, incident, due=timedelta(hours=2))
        number = incident.number
    page = sign_in(Role.LEADER).get("/wall/").text
    assert "4,321" in page
    assert number in page
    assert "张三" not in page


def test_the_part_that_is_fetched_again_is_no_whole_page(sign_in: SignIn) -> None:
    browser = sign_in(Role.LEADER)
    part = browser.get("/wall/", headers={"HX-Request": "true", "HX-Target": "wall"}).text
    whole = browser.get("/wall/").text
    assert "<html" not in part
    assert 'class="wall-head"' in part
    assert 'hx-trigger="every 30s"' in whole


def test_a_citys_wall_shows_its_counties_only(sign_in: SignIn, database: Database) -> None:
    with database.write() as session:
        number = an_incident(session, "440300").number
        a_clock(session, an_incident(session, "440103"), due=timedelta(hours=2))
    page = sign_in(Role.LEADER, "440100").get("/wall/").text
    assert number not in page
    assert "440103-" in page
