import pytest
from sqlalchemy.orm import Session

from policies.keys.service import APPROVAL, MASTER, ask, rotate, status
from soc.approvals.service import approve
from soc.clock import now
from soc.crypto import Purpose, ring_of, seal, unseal
from soc.errors import ForbiddenError, InputError
from soc.identity.actor import Actor, Role
from tests.conftest import MakePerson


def test_one_proposes_and_another_rotates(session: Session, operator: Actor, person: MakePerson) -> None:
    ring = ring_of(session.info["settings"])
    before = ring.current(Purpose.SOURCES)
    approval = ask(session, operator, Purpose.SOURCES, reason="例行")
    assert approval.kind == APPROVAL
    assert ring.current(Purpose.SOURCES) == before
    approve(session, person(Role.SECADMIN), approval.id, at=now())
    assert ring.current(Purpose.SOURCES).id != before.id


def test_others_may_not_decide_on_keys(session: Session, operator: Actor, person: MakePerson) -> None:
    approval = ask(session, operator, Purpose.SOURCES, reason="例行")
    with pytest.raises(ForbiddenError):
        approve(session, person(Role.POLICY), approval.id, at=now())


def test_what_was_sealed_before_still_opens(session: Session, operator: Actor) -> None:
    ring = ring_of(session.info["settings"])
    envelope = seal(ring, Purpose.SOURCES, b"old")
    rotate(session, operator, Purpose.SOURCES)
    rotate(session, operator, MASTER)
    assert unseal(ring, Purpose.SOURCES, envelope) == b"old"


def test_an_unknown_key_cannot_be_rotated(session: Session, operator: Actor) -> None:
    with pytest.raises(InputError):
        rotate(session, operator, "tea")


def test_the_status_lists_old_keys_behind_the_one_that_seals(session: Session, operator: Actor) -> None:
    ring = ring_of(session.info["settings"])
    ring.current(Purpose.SOURCES)
    rotate(session, operator, Purpose.SOURCES)
    assert [key.active for key in status(ring) if key.purpose == Purpose.SOURCES] == [True, False]
