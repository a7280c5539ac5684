"""Where somebody works and the business lines they see: given by two persons, withdrawn by one."""

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from soc.approvals.models import ApprovalStatus
from soc.approvals.service import approve
from soc.clock import now
from soc.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from soc.identity.actor import Actor, Role
from soc.identity.actors import actor_of
from soc.identity.models import Person
from soc.identity.persons import end_person, propose_roles
from soc.identity.reach import Reach, grant_line, lines_held, propose_line, propose_move, withdraw_line
from soc.tiers import Organisation, scope_codes
from soc.tiers.models import UnitKind
from soc.tiers.units import NewUnit, add_unit, close_unit
from soc.trail import Act
from soc.trail.models import TrailEntry
from tests.conftest import MakePerson, add_test_person

PROVINCE, CITY, COUNTY, SIBLING = "440000", "440100", "440103", "440300"


@pytest.fixture
def unit(session: Session, operator: Actor) -> Organisation:
    """A unit of a county's, for roads."""
    order = NewUnit(parent=COUNTY, name="道路科", kind=UnitKind.OFFICE, line="road")
    return add_unit(session, operator, order, at=now())


@pytest.fixture
def clerk(session: Session) -> Person:
    return add_test_person(session, Role.ANALYST, "440104", "clerk")


def acts_on(session: Session, person: Person) -> list[str]:
    query = select(TrailEntry.act).where(TrailEntry.subject_id == str(person.id)).order_by(TrailEntry.id)
    return [str(act) for act in session.scalars(query)]


def test_a_line_is_seen_once_a_second_person_agreed(
    session: Session, person: MakePerson, unit: Organisation, clerk: Person
) -> None:
    asks, agrees = person(Role.SYSADMIN, org=CITY), person(Role.SECADMIN, org=CITY)
    approval = propose_line(session, asks, clerk.id, Reach("road", CITY), reason="专项")
    assert unit.code not in scope_codes(session, actor_of(session, clerk))
    approve(session, agrees, approval.id, at=now())
    seen = scope_codes(session, actor_of(session, clerk))
    assert unit.code in seen
    assert COUNTY not in seen
    assert acts_on(session, clerk) == [Act.LINE_GRANTED]


@pytest.mark.usefixtures("unit")
@pytest.mark.parametrize("root", [PROVINCE, SIBLING, "440303"])
def test_nobody_grants_a_line_beyond_their_own_reach(
    session: Session, person: MakePerson, clerk: Person, root: str
) -> None:
    with pytest.raises(NotFoundError):
        propose_line(session, person(Role.SECADMIN, org=CITY), clerk.id, Reach("road", root), reason="x")


@pytest.mark.usefixtures("unit")
def test_a_second_person_of_less_reach_cannot_agree(session: Session, person: MakePerson, clerk: Person) -> None:
    approval = propose_line(session, person(Role.SECADMIN, org=CITY), clerk.id, Reach("road", CITY), reason="x")
    with pytest.raises(NotFoundError):
        approve(session, person(Role.SECADMIN, org=clerk.org), approval.id, at=now())
    assert lines_held(session, clerk) == []


@pytest.mark.usefixtures("unit")
def test_a_person_of_another_city_looks_missing(session: Session, person: MakePerson, clerk: Person) -> None:
    stranger = person(Role.SECADMIN, org=SIBLING)
    with pytest.raises(NotFoundError):
        propose_line(session, stranger, clerk.id, Reach("road", SIBLING), reason="x")
    with pytest.raises(NotFoundError):
        propose_move(session, stranger, clerk.id, SIBLING, reason="x")


def test_somebody_seen_by_a_granted_line_is_not_ones_own_to_move(
    session: Session, person: MakePerson, operator: Actor, unit: Organisation
) -> None:
    admin = session.get_one(Person, UUID(person(Role.SECADMIN, org=SIBLING).id))
    grant_line(session, operator, admin, Reach("road", PROVINCE))
    theirs = add_test_person(session, Role.ANALYST, unit.code, None)
    with pytest.raises(NotFoundError):
        propose_move(session, actor_of(session, admin), theirs.id, SIBLING, reason="x")


@pytest.mark.usefixtures("unit")
def test_a_line_that_no_unit_belongs_to_or_that_is_held_is_refused(
    session: Session, person: MakePerson, operator: Actor, clerk: Person
) -> None:
    admin = person(Role.SECADMIN, org=CITY)
    with pytest.raises(InputError, match="line_unknown"):
        propose_line(session, admin, clerk.id, Reach("raod", CITY), reason="x")
    grant_line(session, operator, clerk, Reach("road", CITY))
    with pytest.raises(ConflictError, match="line_held"):
        propose_line(session, admin, clerk.id, Reach("road", CITY), reason="x")


def test_a_line_is_withdrawn_by_one_and_at_once(
    session: Session, person: MakePerson, operator: Actor, unit: Organisation, clerk: Person
) -> None:
    grant = grant_line(session, operator, clerk, Reach("road", CITY))
    withdraw_line(session, person(Role.SYSADMIN, org=CITY), clerk.id, grant.id)
    assert unit.code not in scope_codes(session, actor_of(session, clerk))
    assert acts_on(session, clerk) == [Act.LINE_GRANTED, Act.LINE_REVOKED]


def test_what_a_centre_above_granted_only_that_centre_withdraws(
    session: Session, person: MakePerson, operator: Actor, clerk: Person
) -> None:
    grant = grant_line(session, operator, clerk, Reach("road", PROVINCE))
    with pytest.raises(ForbiddenError, match="line_from_above"):
        withdraw_line(session, person(Role.SECADMIN, org=CITY), clerk.id, grant.id)
    other = add_test_person(session, Role.ANALYST, CITY, None)
    with pytest.raises(NotFoundError):
        withdraw_line(session, operator, other.id, grant.id)


def test_somebody_works_elsewhere_once_a_second_person_agreed(
    session: Session, person: MakePerson, unit: Organisation, clerk: Person
) -> None:
    asks, agrees = person(Role.SYSADMIN, org=CITY), person(Role.SECADMIN, org=CITY)
    roles = propose_roles(session, asks, clerk.id, frozenset({Role.COMMANDER}), reason="x")
    approval = propose_move(session, asks, clerk.id, unit.code, reason="轮岗")
    assert clerk.org == "440104"
    approve(session, agrees, approval.id, at=now())
    assert clerk.org == unit.code
    assert Act.PERSON_CHANGED in acts_on(session, clerk)
    assert roles.status is ApprovalStatus.VOID


@pytest.mark.parametrize("target", [PROVINCE, SIBLING, "440303"])
def test_nobody_is_moved_beyond_the_reach_of_whoever_asks(
    session: Session, person: MakePerson, clerk: Person, target: str
) -> None:
    with pytest.raises(NotFoundError):
        propose_move(session, person(Role.SECADMIN, org=CITY), clerk.id, target, reason="x")


def test_nobody_is_moved_into_a_closed_unit_or_where_they_are_or_after_their_end(
    session: Session, person: MakePerson, operator: Actor, unit: Organisation, clerk: Person
) -> None:
    admin = person(Role.SECADMIN, org=CITY)
    close_unit(session, operator, unit.code, at=now())
    with pytest.raises(ConflictError, match=r"error\.closed"):
        propose_move(session, admin, clerk.id, unit.code, reason="x")
    with pytest.raises(InputError, match="there_already"):
        propose_move(session, admin, clerk.id, clerk.org, reason="x")
    end_person(session, admin, clerk.id)
    with pytest.raises(ConflictError, match=r"error\.ended"):
        propose_move(session, admin, clerk.id, CITY, reason="x")


def test_a_move_that_was_overtaken_does_not_happen(session: Session, person: MakePerson, clerk: Person) -> None:
    approval = propose_move(session, person(Role.SECADMIN, org=CITY), clerk.id, CITY, reason="x")
    clerk.org = COUNTY
    decided = approve(session, person(Role.SECADMIN, org=CITY), approval.id, at=now())
    assert (decided.status, clerk.org) == (ApprovalStatus.VOID, COUNTY)
