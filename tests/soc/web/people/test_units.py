"""Pages of units and of what somebody reaches, with the real application on both engines."""

from uuid import UUID

import pytest
from sqlalchemy import select

from soc.approvals.models import Approval
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.identity.models import BusinessLineGrant, Person
from soc.identity.reach import Reach, grant_line
from soc.tiers.models import Organisation
from soc.trail import Act
from soc.trail.models import TrailEntry
from tests.browsing import Browser, SignIn
from tests.conftest import add_test_person
from tests.soc.web.test_matrix import said

CITY, COUNTY, SIBLING, UNIT = "440100", "440103", "440300", "440100-01"
NEW = {"name": "道路运输处", "parent": CITY, "kind": "office", "line": "道路运输"}
CHANGES = {
    f"/people/units/{UNIT}": {"name": "改名", "kind": "office"},
    f"/people/units/{UNIT}/place": {"parent": COUNTY, "line": "", "reason": "x"},
    f"/people/units/{UNIT}/close": {},
    f"/people/units/{UNIT}/reopen": {},
}


@pytest.fixture
def admin(sign_in: SignIn) -> Browser:
    """The city's system administrator, who made a unit."""
    browser = sign_in(Role.SYSADMIN, CITY)
    assert browser.send("/people/units/", NEW).status_code == 302
    return browser


@pytest.fixture
def clerk(database: Database) -> UUID:
    with database.write() as session:
        return add_test_person(session, Role.ANALYST, COUNTY, "clerk").id


def the_unit(database: Database) -> Organisation:
    with database.read() as session:
        return session.get_one(Organisation, UNIT)


def agree(sign_in: SignIn, database: Database, org: str = CITY) -> int:
    """Let the security administrator agree to the one proposal; return the status of the answer."""
    with database.read() as session:
        approval = session.scalars(select(Approval).order_by(Approval.created_at.desc()).limit(1)).one()
    second = sign_in(Role.SECADMIN, org)
    shown = second.get(f"/approvals/{approval.id}")
    assert shown.status_code == 200
    return second.send(f"/approvals/{approval.id}/approve", {"digest": approval.digest, "note": ""}).status_code


def test_a_unit_is_listed_found_and_filtered(admin: Browser) -> None:
    assert "道路运输处" in admin.get("/people/units/").text
    assert UNIT in admin.get("/people/units/?q=道路&kind=office&state=open").text
    assert UNIT not in admin.get("/people/units/?kind=contractor").text
    assert UNIT not in admin.get("/people/units/?state=closed").text


def test_an_empty_list_says_why_and_what_comes_next(sign_in: SignIn) -> None:
    assert '/people/units/new"' in sign_in(Role.SECADMIN, CITY).get("/people/units/").text
    assert '/people/units/new"' not in sign_in(Role.AUDADMIN, CITY).get("/people/units/").text


def test_a_refused_unit_keeps_what_was_typed_and_says_at_which_field(admin: Browser, database: Database) -> None:
    answer = admin.send("/people/units/", {**NEW, "name": "港航处", "suffix": "a b"})
    assert answer.status_code == 422
    assert 'id="w-suffix"' in answer.text
    assert "港航处" in answer.text
    assert admin.send("/people/units/", {**NEW, "parent": SIBLING}).status_code == 404
    assert admin.send("/people/units/", NEW).status_code == 409
    with database.read() as session:
        assert session.scalars(select(Organisation.code).where(Organisation.kind.is_not(None))).all() == [UNIT]


def test_a_unit_is_renamed_by_one_and_moved_by_two(admin: Browser, sign_in: SignIn, database: Database) -> None:
    facts = {"name": "运输服务处", "name_en": "Transport services", "kind": "affiliate", "expires_on": "2030-12-31"}
    assert admin.send(f"/people/units/{UNIT}", facts).status_code == 302
    assert the_unit(database).name == "运输服务处"
    assert "Transport services" in admin.get(f"/people/units/{UNIT}?lang=en").text
    order = {"parent": COUNTY, "line": "水运", "reason": "改制"}
    assert admin.send(f"/people/units/{UNIT}/place", order).status_code == 302
    assert the_unit(database).parent_code == CITY
    assert agree(sign_in, database) == 302
    assert (the_unit(database).parent_code, the_unit(database).line) == (COUNTY, "水运")


def test_a_unit_with_people_in_it_stays_open_and_says_so(admin: Browser, database: Database) -> None:
    made = admin.send("/people/", {"username": "zhang", "display_name": "张", "org": UNIT})
    assert made.status_code == 200
    answer = admin.send(f"/people/units/{UNIT}/close")
    assert answer.status_code == 409
    assert "1" in answer.text
    assert the_unit(database).expires_at is None
    with database.read() as session:
        person = session.scalars(select(Person.id).where(Person.username == "zhang")).one()
    admin.send(f"/people/{person}/end")
    assert admin.send(f"/people/units/{UNIT}/close").status_code == 302
    assert the_unit(database).expires_at is not None
    assert f'value="{UNIT}"' not in admin.get("/people/new").text
    assert admin.send("/people/", {"username": "li", "display_name": "李", "org": UNIT}).status_code == 409
    assert admin.send(f"/people/units/{UNIT}/reopen").status_code == 302
    assert f'value="{UNIT}"' in admin.get("/people/new").text


@pytest.mark.usefixtures("admin")
@pytest.mark.parametrize("org", [SIBLING, COUNTY])
def test_a_stranger_finds_and_changes_none(sign_in: SignIn, database: Database, org: str) -> None:
    stranger = sign_in(Role.SYSADMIN, org)
    nothing = said(stranger.get("/people/units/440100-99"), "440100-99")
    assert nothing[0] == 404
    assert said(stranger.get(f"/people/units/{UNIT}"), UNIT) == nothing
    assert "道路运输处" not in stranger.get("/people/units/").text
    before = the_unit(database)
    for path, form in CHANGES.items():
        assert stranger.send(path, form).status_code == 404, path
    after = the_unit(database)
    assert (after.name, after.path, after.expires_at) == (before.name, before.path, None)


@pytest.mark.usefixtures("admin")
@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDADMIN])
def test_other_roles_change_nothing(sign_in: SignIn, role: Role) -> None:
    browser = sign_in(role, CITY)
    assert browser.get(f"/people/units/{UNIT}").status_code == (200 if role is Role.AUDADMIN else 403)
    for path, form in {"/people/units/": NEW, **CHANGES}.items():
        assert browser.send(path, form).status_code == 403, path


def test_a_line_is_granted_by_two_and_withdrawn_by_one(
    admin: Browser, sign_in: SignIn, database: Database, clerk: UUID
) -> None:
    order = {"line": "道路运输", "root": CITY, "reason": "专项检查"}
    assert admin.send(f"/people/{clerk}/lines", order).status_code == 302
    assert agree(sign_in, database) == 302
    with database.read() as session:
        grant = session.scalars(select(BusinessLineGrant)).one()
    assert str(grant.id) in admin.get(f"/people/{clerk}").text
    assert admin.send(f"/people/{clerk}/lines/withdraw", {"grant": str(grant.id)}).status_code == 302
    with database.read() as session:
        assert session.scalars(select(BusinessLineGrant)).all() == []
        acts = session.scalars(select(TrailEntry.act).where(TrailEntry.subject_id == str(clerk))).all()
    assert acts == [Act.LINE_GRANTED, Act.LINE_REVOKED]


def test_a_line_above_or_beside_ones_own_organisation_is_not_granted(admin: Browser, clerk: UUID) -> None:
    for root in ("440000", SIBLING):
        order = {"line": "道路运输", "root": root, "reason": "x"}
        assert admin.send(f"/people/{clerk}/lines", order).status_code == 404


def test_what_the_province_granted_the_city_does_not_withdraw(admin: Browser, database: Database, clerk: UUID) -> None:
    with database.write() as session:
        person = session.get_one(Person, clerk)
        grant = grant_line(session, operator_actor(session), person, Reach("道路运输", "440000")).id
    assert admin.send(f"/people/{clerk}/lines/withdraw", {"grant": str(grant)}).status_code == 403


def test_somebody_is_moved_by_two_and_sees_their_new_place(
    admin: Browser, sign_in: SignIn, database: Database, clerk: UUID
) -> None:
    assert admin.send(f"/people/{clerk}/move", {"org": UNIT, "reason": "轮岗"}).status_code == 302
    assert agree(sign_in, database) == 302
    with database.read() as session:
        assert session.get_one(Person, clerk).org == UNIT
    assert "道路运输处" in admin.get(f"/people/{clerk}").text


def test_nobody_of_another_city_moves_them_or_grants_them_a_line(sign_in: SignIn, clerk: UUID) -> None:
    stranger = sign_in(Role.SECADMIN, SIBLING)
    assert stranger.send(f"/people/{clerk}/move", {"org": SIBLING, "reason": "x"}).status_code == 404
    order = {"line": "x", "root": SIBLING, "reason": "x"}
    assert stranger.send(f"/people/{clerk}/lines", order).status_code == 404
    grant = {"grant": "018f0000-0000-7000-8000-00000000dead"}
    assert stranger.send(f"/people/{clerk}/lines/withdraw", grant).status_code == 404
