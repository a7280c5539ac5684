from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from soc.approvals import service
from soc.approvals.models import Approval, ApprovalStatus
from soc.clock import now
from soc.errors import ConflictError, ForbiddenError, NotFoundError
from soc.identity.actor import Actor, Role
from soc.identity.models import Person, PersonRole
from soc.identity.persons import propose_roles
from tests.conftest import MakePerson


@pytest.fixture
def proposal(session: Session, person: MakePerson) -> tuple[Approval, Actor, Person]:
    proposer, subject = person(Role.SECADMIN, org="440100"), person(Role.ANALYST, org="440100")
    approval = propose_roles(session, proposer, subject.id, frozenset({Role.COMMANDER}), reason="轮岗")
    return approval, proposer, session.get_one(Person, UUID(subject.id))


def test_a_second_person_approves_and_it_takes_effect(
    session: Session, person: MakePerson, proposal: tuple[Approval, Actor, Person]
) -> None:
    approval, _, subject = proposal
    service.approve(session, person(Role.SECADMIN, org="440100"), approval.id, at=now(), digest=approval.digest)
    assert {held.role for held in subject.roles} == {Role.COMMANDER}


def test_nobody_approves_their_own_proposal(session: Session, proposal: tuple[Approval, Actor, Person]) -> None:
    approval, proposer, _ = proposal
    with pytest.raises(ForbiddenError, match="approval_own"):
        service.approve(session, proposer, approval.id, at=now())


def test_the_database_itself_refuses_one_person_as_both(
    session: Session, proposal: tuple[Approval, Actor, Person]
) -> None:
    approval, _, _ = proposal
    approval.decider_id = approval.proposer_id
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_the_tier_above_can_be_the_second_person_of_a_small_centre(
    session: Session, person: MakePerson, proposal: tuple[Approval, Actor, Person]
) -> None:
    approval, _, _ = proposal
    service.approve(session, person(Role.SECADMIN, org="440000"), approval.id, at=now())
    assert approval.status is ApprovalStatus.APPROVED


def test_a_neighbour_cannot_even_find_it(
    session: Session, person: MakePerson, proposal: tuple[Approval, Actor, Person]
) -> None:
    with pytest.raises(NotFoundError):
        service.approve(session, person(Role.SECADMIN, org="440300"), proposal[0].id, at=now())


def test_an_edit_after_the_proposal_voids_the_approval(
    session: Session, person: MakePerson, proposal: tuple[Approval, Actor, Person]
) -> None:
    approval, _, _ = proposal
    changed: dict[str, Any] = {**approval.payload, "roles": ["secadmin"]}
    approval.payload = changed
    decided = service.approve(session, person(Role.SECADMIN), approval.id, at=now())
    assert (decided.status, decided.decider_id) == (ApprovalStatus.VOID, None)
    with pytest.raises(ConflictError, match="approval_decided"):
        service.approve(session, person(Role.SECADMIN), approval.id, at=now())


def test_one_who_was_shown_something_else_decides_nothing(
    session: Session, person: MakePerson, proposal: tuple[Approval, Actor, Person]
) -> None:
    approval, _, _ = proposal
    with pytest.raises(ConflictError, match="approval_changed"):
        service.approve(session, person(Role.SECADMIN), approval.id, at=now(), digest="0" * 64)
    assert approval.status is ApprovalStatus.PENDING


def test_roles_that_were_changed_meanwhile_void_what_was_asked_for(
    session: Session, person: MakePerson, proposal: tuple[Approval, Actor, Person]
) -> None:
    approval, _, subject = proposal
    subject.roles.append(PersonRole.of(Role.LEADER))
    session.flush()
    decided = service.approve(session, person(Role.SECADMIN), approval.id, at=now())
    assert decided.status is ApprovalStatus.VOID
    assert Role.LEADER in {one.role for one in subject.roles}


def test_what_is_decided_stays_decided(
    session: Session, person: MakePerson, proposal: tuple[Approval, Actor, Person]
) -> None:
    approval, _, _ = proposal
    service.reject(session, person(Role.SECADMIN), approval.id, at=now(), note="理由不足")
    with pytest.raises(ConflictError, match="approval_decided"):
        service.approve(session, person(Role.SECADMIN), approval.id, at=now())


def test_two_of_the_three_administrators_never_meet_in_one_person(session: Session, person: MakePerson) -> None:
    proposer, subject = person(Role.SECADMIN), person(Role.SYSADMIN)
    with pytest.raises(ConflictError, match="three_administrators"):
        propose_roles(session, proposer, subject.id, frozenset({Role.SYSADMIN, Role.AUDADMIN}), reason="x")
