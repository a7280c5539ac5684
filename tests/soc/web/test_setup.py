"""The first day: from the one-time password to two administrators."""

import re

import pytest
from sqlalchemy import select

from soc.centre import Centre, centre_of, home_org
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import job_actor, operator_actor
from soc.identity.models import Person
from soc.text import t
from soc.trail import Act
from soc.trail.models import TrailEntry
from tests.browsing import Browser, SignIn


def test_the_first_administrator_is_led_through_the_steps(sign_in: SignIn) -> None:
    page = sign_in(Role.SYSADMIN).get("/", follow_redirects=True)
    assert page.request.path == "/setup/"
    assert 'aria-current="step"' in page.text


def test_the_second_administrator_signs_in_with_the_password_shown_once(sign_in: SignIn, client: Browser) -> None:
    first = sign_in(Role.SYSADMIN)
    made = first.send("/setup/administrator", {"username": "anquan", "display_name": "孙永安"}).text
    password = re.findall(r'data-copy="([^"]+)"', made)[0]
    form = {"csrf_token": client.token("/login"), "username": "anquan", "password": password}
    assert client.post("/login", data=form).status_code == 302
    assert password not in first.get("/setup/").text


def test_a_third_administrator_takes_two_persons(sign_in: SignIn) -> None:
    first = sign_in(Role.SYSADMIN)
    sign_in(Role.SECADMIN)
    assert first.send("/setup/administrator", {"username": "third", "display_name": "x"}).status_code == 409


def test_with_two_administrators_the_day_begins_elsewhere(sign_in: SignIn) -> None:
    first = sign_in(Role.SYSADMIN)
    sign_in(Role.SECADMIN)
    assert first.get("/").location != "/setup/"


CITY, SIBLING, PROVINCE = "440100", "440300", "440000"
STEP = 'aria-current="step"'


def at_step(browser: Browser, step: str) -> bool:
    """Whether the set-up stands at a step."""
    page = browser.get("/setup/?lang=zh").text
    return t(f"web.setup.step.{step}", "zh") in page.partition(STEP)[2].partition("</li>")[0]


def where_admin_stands(database: Database, username: str = "admin") -> str:
    with database.read() as session:
        return session.scalars(select(Person.org).where(Person.username == username)).one()


def facts_told(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        acts = (Act.SYSTEM_CHANGED, Act.PERSON_CHANGED)
        query = select(TrailEntry.act, TrailEntry.org).where(TrailEntry.act.in_(acts)).order_by(TrailEntry.id)
        return [(str(act), org) for act, org in session.execute(query)]


def test_the_centre_is_asked_for_and_everything_after_belongs_to_it(
    sign_in: SignIn, database: Database, client: Browser
) -> None:
    first = sign_in(Role.SYSADMIN, username="admin")
    assert at_step(first, "organisation")
    assert first.send("/setup/organisation", {"code": CITY, "name": "广州交通数据中心"}).status_code == 302
    assert at_step(first, "administrator")
    assert where_admin_stands(database) == CITY
    assert facts_told(database) == [(Act.SYSTEM_CHANGED, CITY), (Act.PERSON_CHANGED, CITY)]
    assert "广州交通数据中心" in first.get("/people/?lang=zh").text
    assert "广州交通数据中心" in client.get("/login?lang=zh").text
    assert "Guangzhou Transport Data Security Centre" in client.get("/login?lang=en").text
    first.send("/setup/administrator", {"username": "anquan", "display_name": "孙永安"})
    assert where_admin_stands(database, "anquan") == CITY
    assert SIBLING not in first.get("/people/new").text


def test_a_name_that_is_left_empty_is_the_centres_own(sign_in: SignIn, database: Database) -> None:
    sign_in(Role.SYSADMIN).send("/setup/organisation", {"code": "440103"})
    with database.read() as session:
        found = centre_of(session)
    assert found == Centre("440103", "荔湾区交通数据安全中心", "Liwan District Transport Data Security Centre")


def test_a_city_chosen_by_mistake_is_left_again_until_there_is_a_second_administrator(
    sign_in: SignIn, database: Database
) -> None:
    first = sign_in(Role.SYSADMIN, username="admin")
    for code in (SIBLING, CITY, PROVINCE, CITY):
        assert first.send("/setup/organisation", {"code": code}).status_code == 302
        assert where_admin_stands(database) == code
    sign_in(Role.SECADMIN, CITY)
    assert first.send("/setup/organisation", {"code": PROVINCE}).status_code == 404
    assert f'value="{SIBLING}"' not in first.get("/setup/organisation").text
    assert where_admin_stands(database) == CITY


def test_a_name_that_was_not_given_follows_the_centre_when_it_changes(sign_in: SignIn, database: Database) -> None:
    first = sign_in(Role.SYSADMIN)
    first.send("/setup/organisation", {"code": SIBLING, "name": "深圳数据中心"})
    page = first.get("/setup/organisation?lang=zh").text
    assert 'name="name" type="text" value="深圳数据中心"' in page
    assert 'name="name_en" type="text" value=""' in page
    assert t("web.setup.centre_code_hint", "zh") in page
    sign_in(Role.SECADMIN, SIBLING)
    assert t("web.setup.centre_code_hint", "zh") not in first.get("/setup/organisation?lang=zh").text


def test_somebody_else_of_a_city_chooses_nothing_above_it(sign_in: SignIn) -> None:
    browser = sign_in(Role.SYSADMIN, CITY)
    for code in (PROVINCE, SIBLING, "999999"):
        assert browser.send("/setup/organisation", {"code": code}).status_code == 404


def test_an_installation_that_is_past_the_step_is_not_asked_and_may_still_answer(
    sign_in: SignIn, database: Database
) -> None:
    first = sign_in(Role.SYSADMIN, username="admin")
    sign_in(Role.SECADMIN)
    assert at_step(first, "source")
    assert t("app.short", "zh") in first.get("/people/?lang=zh").text
    assert first.send("/setup/organisation", {"code": CITY, "name": "新名称"}).status_code == 302
    assert where_admin_stands(database) == PROVINCE
    assert facts_told(database) == [(Act.SYSTEM_CHANGED, CITY)]
    assert "新名称" in first.get("/people/?lang=zh").text


def test_a_name_that_is_too_long_is_refused_and_a_choice_is_kept_once(sign_in: SignIn, database: Database) -> None:
    first = sign_in(Role.SYSADMIN)
    assert first.send("/setup/organisation", {"code": CITY, "name": "名" * 81}).status_code == 422
    for _ in range(2):
        first.send("/setup/organisation", {"code": PROVINCE, "name": "省中心"})
    assert facts_told(database) == [(Act.SYSTEM_CHANGED, PROVINCE)]


@pytest.mark.parametrize("role", [Role.SECADMIN, Role.AUDADMIN, Role.ANALYST])
def test_only_the_system_administrator_says_which_centre(sign_in: SignIn, role: Role) -> None:
    assert sign_in(role).send("/setup/organisation", {"code": CITY}).status_code == 403


def test_what_the_command_line_brings_is_the_centres_where_no_organisation_is_named(
    sign_in: SignIn, database: Database
) -> None:
    sign_in(Role.SYSADMIN).send("/setup/organisation", {"code": CITY})
    with database.read() as session:
        assert home_org(session, operator_actor(session)) == CITY
        assert home_org(session, job_actor(session, "x")) == PROVINCE
