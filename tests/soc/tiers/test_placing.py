"""Where a unit stands, and its business line: proposed by one, agreed to by another."""

import pytest
from sqlalchemy.orm import Session

from soc.approvals.models import Approval, ApprovalStatus
from soc.approvals.service import approve
from soc.clock import now
from soc.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from soc.identity.actor import Actor, Role
from soc.identity.actors import actor_of
from soc.tiers import scope_codes
from soc.tiers.models import Organisation, UnitKind
from soc.tiers.placing import Placing, place_unit, propose_placing
from soc.tiers.units import NewUnit, add_unit, close_unit
from tests.conftest import MakePerson, add_test_person

CITY, COUNTY, SIBLING = "440100", "440103", "440300"


@pytest.fixture
def admin(person: MakePerson) -> Actor:
    return person(Role.SYSADMIN, org=CITY)


def unit_of(session: Session, actor: Actor, parent: str = CITY, name: str = "客运处", line: str = "") -> Organisation:
    return add_unit(session, actor, NewUnit(parent=parent, name=name, kind=UnitKind.OFFICE, line=line), at=now())


def test_a_second_person_lets_a_unit_move_with_all_that_is_below_it(
    session: Session, admin: Actor, person: MakePerson
) -> None:
    unit = unit_of(session, admin)
    below = unit_of(session, admin, unit.code, "票务科")
    county = actor_of(session, add_test_person(session, Role.ANALYST, COUNTY, None))
    assert unit.code not in scope_codes(session, county)
    approval = propose_placing(session, admin, Placing(unit.code, COUNTY, "road"), reason="改制")
    assert unit.parent_code == CITY
    approve(session, person(Role.SECADMIN, org=CITY), approval.id, at=now())
    assert (unit.parent_code, unit.line) == (COUNTY, "road")
    assert [unit.path, below.path] == [
        "/440000/440100/440103/440100-01/",
        "/440000/440100/440103/440100-01/440100-01-01/",
    ]
    assert {unit.code, below.code} <= scope_codes(session, county)


def test_nobody_moves_a_unit_alone(session: Session, admin: Actor, person: MakePerson) -> None:
    proposer = person(Role.SECADMIN, org=CITY)
    approval = propose_placing(session, proposer, Placing(unit_of(session, admin).code, COUNTY), reason="x")
    with pytest.raises(ForbiddenError):
        approve(session, proposer, approval.id, at=now())
    with pytest.raises(ForbiddenError):
        approve(session, admin, approval.id, at=now())


@pytest.mark.parametrize("target", [SIBLING, "440000", "440303"])
def test_a_unit_is_not_moved_out_of_ones_own_organisation(session: Session, admin: Actor, target: str) -> None:
    unit = unit_of(session, admin)
    with pytest.raises(NotFoundError):
        propose_placing(session, admin, Placing(unit.code, target), reason="x")


def test_a_unit_of_others_looks_missing(session: Session, admin: Actor, person: MakePerson) -> None:
    unit = unit_of(session, admin)
    with pytest.raises(NotFoundError):
        propose_placing(session, person(Role.SYSADMIN, org=SIBLING), Placing(unit.code, SIBLING), reason="x")


def test_a_second_person_of_less_reach_does_not_let_it_through(
    session: Session, admin: Actor, person: MakePerson
) -> None:
    unit = unit_of(session, admin, COUNTY)
    approval = propose_placing(session, admin, Placing(unit.code, CITY), reason="x")
    with pytest.raises(NotFoundError):
        approve(session, person(Role.SECADMIN, org=COUNTY), approval.id, at=now())


def test_a_unit_stands_neither_below_itself_nor_below_a_closed_one(session: Session, admin: Actor) -> None:
    unit = unit_of(session, admin)
    below, closed = unit_of(session, admin, unit.code), unit_of(session, admin, CITY, "旧处")
    close_unit(session, admin, closed.code, at=now())
    for target in (unit.code, below.code):
        with pytest.raises(InputError, match="below_itself"):
            propose_placing(session, admin, Placing(unit.code, target), reason="x")
    with pytest.raises(ConflictError, match=r"error\.closed"):
        propose_placing(session, admin, Placing(unit.code, closed.code), reason="x")


def test_what_changes_nothing_is_not_proposed(session: Session, admin: Actor) -> None:
    unit = unit_of(session, admin, line="road")
    with pytest.raises(InputError, match=r"error\.same"):
        propose_placing(session, admin, Placing(unit.code, CITY, "road"), reason="x")


def test_a_placing_ends_the_others_that_were_asked_for(session: Session, admin: Actor, person: MakePerson) -> None:
    unit = unit_of(session, admin)
    other: Approval = propose_placing(session, admin, Placing(unit.code, COUNTY), reason="x")
    place_unit(session, admin, Placing(unit.code, CITY, "road"))
    assert other.status is ApprovalStatus.VOID
    with pytest.raises(ConflictError):
        approve(session, person(Role.SECADMIN, org=CITY), other.id, at=now())


def test_a_placing_of_a_unit_that_stands_elsewhere_by_now_is_void(
    session: Session, admin: Actor, person: MakePerson
) -> None:
    unit = unit_of(session, admin)
    asked = propose_placing(session, admin, Placing(unit.code, COUNTY), reason="x")
    unit.line = "road"
    session.flush()
    assert approve(session, person(Role.SECADMIN, org=CITY), asked.id, at=now()).status is ApprovalStatus.VOID
    assert unit.parent_code == CITY
