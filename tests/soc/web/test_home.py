"""Where each person's day begins: ``/`` leads to the first line of their menu."""

import re

import pytest
from sqlalchemy import select

from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.identity.models import Person
from soc.identity.persons import install_roles
from tests.browsing import SignIn

DAYS = {
    Role.ANALYST: "/alerts/",
    Role.COMMANDER: "/incidents/",
    Role.AUDITOR: "/trail/",
    Role.POLICY: "/grading/",
    Role.LEADER: "/posture/",
    Role.OWNER: "/ledger/queue",
}


@pytest.mark.parametrize(("role", "path"), DAYS.items(), ids=str)
def test_each_persons_day_begins_at_their_own_work(role: Role, path: str, sign_in: SignIn) -> None:
    assert sign_in(role).get("/").location == path


@pytest.mark.parametrize("role", DAYS, ids=str)
def test_a_page_marks_its_own_line_however_the_lines_stand(role: Role, sign_in: SignIn) -> None:
    page = sign_in(role).get(DAYS[role]).text
    marked = re.findall(r'<a[^>]+href="([^"]+)"[^>]*aria-current="page"', page)
    assert DAYS[role] in marked
    assert set(marked) == {DAYS[role]}


def test_who_has_two_roles_begins_with_the_more_urgent(sign_in: SignIn, database: Database) -> None:
    browser = sign_in(Role.LEADER, username="both")
    with database.write() as session:
        person = session.scalars(select(Person).where(Person.username == "both")).one()
        install_roles(session, operator_actor(session), person, frozenset({Role.COMMANDER}))
    assert browser.get("/").location == "/incidents/"
