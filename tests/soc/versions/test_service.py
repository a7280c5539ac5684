from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from soc.approvals import service as approvals
from soc.approvals.models import ApprovalStatus
from soc.approvals.service import approve, reject
from soc.clock import now
from soc.errors import ConflictError, NotFoundError
from soc.identity.actor import Actor, Role
from soc.room import VersionedKind
from soc.versions import service
from soc.versions.drafts import is_stale
from soc.versions.models import PolicyVersion, VersionStatus
from soc.versions.values import Problem, WhatIf
from tests.conftest import MakePerson

HERE = "tests.soc.versions.test_service"
ACTIVATED: list[int] = []


def check_body(body: dict[str, Any]) -> list[Problem]:
    return [] if isinstance(body.get("limit"), int) else [Problem("limit", "errors.version_faulty")]


def what_would_change(session: Session, actor: Actor, old: dict[str, Any] | None, new: dict[str, Any]) -> WhatIf:
    return WhatIf(items=10, changed=abs(new["limit"] - (old or {"limit": 0})["limit"]))


def note_activation(session: Session, actor: Actor, version: PolicyVersion) -> None:
    ACTIVATED.append(version.number)


@pytest.fixture(autouse=True)
def _kind(monkeypatch: pytest.MonkeyPatch) -> None:
    ACTIVATED.clear()
    kind = VersionedKind(
        "test", f"{HERE}:check_body", f"{HERE}:what_would_change", "people.approve", f"{HERE}:note_activation"
    )
    monkeypatch.setattr(service, "kinds", lambda: {"test": kind})


@pytest.fixture(autouse=True)
def _approver(monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = approvals.approval_kinds()[service.ACTIVATION]
    kinds = {service.ACTIVATION: replace(shipped, approver_permission="people.approve")}
    monkeypatch.setattr(approvals, "approval_kinds", lambda: kinds)


@pytest.fixture
def author(person: MakePerson) -> Actor:
    return person(Role.SECADMIN)


@pytest.fixture
def first(session: Session, operator: Actor) -> PolicyVersion:
    return service.install(session, operator, "test", "440000", {"limit": 1}, title="默认")


def change(session: Session, author: Actor, limit: int, base: int | None = 1) -> PolicyVersion:
    return service.draft(session, author, "test", "440000", {"limit": limit}, title="改", base=base)


@pytest.mark.usefixtures("first")
def test_a_change_takes_effect_only_when_a_second_person_approves(
    session: Session, person: MakePerson, author: Actor
) -> None:
    version = change(session, author, 5)
    approval = service.propose(session, author, version, reason="调整")
    in_force = service.active(session, "test", "440000")
    assert in_force is not None
    assert in_force.body == {"limit": 1}
    approve(session, person(Role.SECADMIN), approval.id, at=now(), digest=approval.digest)
    in_force = service.active(session, "test", "440000")
    assert in_force is not None
    assert in_force.body == {"limit": 5}
    assert ACTIVATED == [2]


@pytest.mark.usefixtures("first")
def test_what_if_counts_without_changing_anything(session: Session, author: Actor) -> None:
    assert service.what_if(session, author, change(session, author, 4)).changed == 3
    in_force = service.active(session, "test", "440000")
    assert in_force is not None
    assert in_force.number == 1


def test_a_faulty_body_is_refused_with_every_problem(session: Session, author: Actor) -> None:
    with pytest.raises(service.FaultyBodyError) as refused:
        service.draft(session, author, "test", "440000", {"limit": "many"}, title="x", base=None)
    assert [problem.path for problem in refused.value.problems] == ["limit"]


@pytest.mark.usefixtures("first")
def test_two_people_on_one_base_get_a_conflict_and_both_drafts_are_kept(
    session: Session, person: MakePerson, author: Actor
) -> None:
    mine, theirs = change(session, author, 5), change(session, person(Role.SECADMIN), 6)
    approval = service.propose(session, author, mine, reason="先")
    approve(session, person(Role.SECADMIN), approval.id, at=now())
    with pytest.raises(service.StaleBaseError) as stale:
        service.propose(session, author, theirs, reason="后")
    assert (stale.value.base, stale.value.active) == (1, 2)
    assert theirs.body == {"limit": 6}
    assert theirs.status is VersionStatus.DRAFT


@pytest.mark.usefixtures("first")
def test_a_proposal_overtaken_while_it_waited_cannot_be_approved(
    session: Session, person: MakePerson, author: Actor
) -> None:
    slow = service.propose(session, author, change(session, author, 5), reason="慢")
    fast = service.propose(session, author, change(session, author, 6), reason="快")
    approve(session, person(Role.SECADMIN), fast.id, at=now())
    with pytest.raises(ConflictError):
        approve(session, person(Role.SECADMIN), slow.id, at=now())


@pytest.mark.usefixtures("first")
def test_a_roll_back_is_a_new_version_of_the_old_body_and_takes_two_persons(
    session: Session, person: MakePerson, author: Actor
) -> None:
    approval = service.propose(session, author, change(session, author, 5), reason="改")
    approve(session, person(Role.SECADMIN), approval.id, at=now())
    back = service.roll_back(session, author, "test", "440000", 1, reason="回退")
    approve(session, person(Role.SECADMIN), back.id, at=now())
    in_force = service.active(session, "test", "440000")
    assert in_force is not None
    assert (in_force.number, in_force.body) == (3, {"limit": 1})
    assert [version.status for version in service.history(session, "test", "440000")] == [
        VersionStatus.ACTIVE,
        VersionStatus.SUPERSEDED,
        VersionStatus.SUPERSEDED,
    ]


@pytest.mark.usefixtures("first")
def test_a_rejected_proposal_changes_nothing(session: Session, person: MakePerson, author: Actor) -> None:
    approval = service.propose(session, author, change(session, author, 5), reason="改")
    reject(session, person(Role.SECADMIN), approval.id, at=now(), note="不同意")
    in_force = service.active(session, "test", "440000")
    assert in_force is not None
    assert in_force.number == 1


@pytest.mark.usefixtures("first")
def test_a_body_edited_behind_the_proposal_is_not_activated(
    session: Session, person: MakePerson, author: Actor
) -> None:
    version = change(session, author, 5)
    approval = service.propose(session, author, version, reason="改")
    version.body = {"limit": 500}
    assert approve(session, person(Role.SECADMIN), approval.id, at=now()).status is ApprovalStatus.VOID
    assert version.status is VersionStatus.REJECTED
    in_force = service.active(session, "test", "440000")
    assert in_force is not None
    assert in_force.number == 1


@pytest.mark.usefixtures("first")
def test_what_another_version_overtook_is_void_and_its_authors_draft_again(
    session: Session, person: MakePerson, author: Actor
) -> None:
    slow, quick = change(session, author, 5), change(session, author, 6)
    waiting, other = (service.propose(session, author, one, reason="改") for one in (slow, quick))
    approve(session, person(Role.SECADMIN), other.id, at=now())
    assert (waiting.status, slow.status) == (ApprovalStatus.VOID, VersionStatus.DRAFT)
    assert is_stale(session, slow)


@pytest.mark.usefixtures("first")
def test_of_two_overtaken_versions_of_one_author_the_second_is_closed(
    session: Session, person: MakePerson, author: Actor
) -> None:
    made = [change(session, author, limit) for limit in (5, 6, 7)]
    asked = [service.propose(session, author, one, reason="改") for one in made]
    approve(session, person(Role.SECADMIN), asked[2].id, at=now())
    assert [one.status for one in asked[:2]] == [ApprovalStatus.VOID] * 2
    assert sorted(one.status.value for one in made[:2]) == ["draft", "rejected"]


def test_a_stranger_cannot_draft_for_another_organisation(session: Session, person: MakePerson) -> None:
    with pytest.raises(NotFoundError):
        service.draft(session, person(Role.POLICY, org="440300"), "test", "440100", {"limit": 1}, title="x", base=None)
