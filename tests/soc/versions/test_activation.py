"""When an approved version begins, and what becomes of a refused one."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from soc.approvals.models import Approval
from soc.approvals.service import approve, reject, withdraw
from soc.clock import now
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import actor_of, operator_actor
from soc.identity.models import Person
from soc.jobs import context_of
from soc.room import VersionedKind
from soc.versions import service
from soc.versions.activation import activate_due
from soc.versions.models import PolicyVersion, VersionStatus
from tests.conftest import add_test_person

HERE = "tests.soc.versions.test_activation"


def no_problems(_body: dict[str, Any]) -> list[Any]:
    return []


@pytest.fixture(autouse=True)
def _kind(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = VersionedKind("test", f"{HERE}:no_problems", f"{HERE}:no_problems", "people.approve")
    monkeypatch.setattr(service, "kinds", lambda: {"test": kind})


def propose(database: Database, limit: int, *, base: int | None, after: timedelta | None) -> str:
    """A policy administrator proposes a version that begins ``after`` some time; return the approval's id."""
    with database.write() as session:
        author = actor_of(session, add_test_person(session, Role.POLICY, "440000"))
        version = service.draft(session, author, "test", "440000", {"limit": limit}, title="x", base=base)
        starts_at = now() + after if after is not None else None
        return str(service.propose(session, author, version, reason="调整", starts_at=starts_at).id)


def agree(database: Database, approval: str) -> None:
    with database.write() as session:
        approve(session, actor_of(session, add_test_person(session, Role.SECADMIN, "440000")), approval, at=now())


def in_force(database: Database) -> int:
    with database.read() as session:
        found = service.active(session, "test", "440000")
        assert found is not None
        return int(found.body["limit"])


def status_of(database: Database, limit: int) -> VersionStatus:
    with database.read() as session:
        return next(one.status for one in session.scalars(select(PolicyVersion)) if one.body == {"limit": limit})


def let_pass(database: Database, limit: int) -> None:
    """Its time has come: the calendar is set back, since the clock cannot be set forward."""
    with database.write() as session:
        found = next(one for one in session.scalars(select(PolicyVersion)) if one.body == {"limit": limit})
        found.active_from = now() - timedelta(seconds=1)


@pytest.fixture
def installed(database: Database) -> Database:
    with database.write() as session:
        service.install(session, operator_actor(session), "test", "440000", {"limit": 1}, title="默认")
    return database


def test_an_approved_version_waits_for_its_time_and_then_begins(installed: Database) -> None:
    agree(installed, propose(installed, 2, base=1, after=timedelta(days=1)))
    activate_due(context_of(installed, None, {}))
    assert (in_force(installed), status_of(installed, 2)) == (1, VersionStatus.SCHEDULED)
    let_pass(installed, 2)
    activate_due(context_of(installed, None, {}))
    assert (in_force(installed), status_of(installed, 1)) == (2, VersionStatus.SUPERSEDED)


def test_a_time_that_passed_before_the_second_person_agreed_means_at_once(installed: Database) -> None:
    agree(installed, propose(installed, 2, base=1, after=timedelta(seconds=-1)))
    assert in_force(installed) == 2


def test_a_version_on_the_calendar_that_was_overtaken_never_begins(installed: Database) -> None:
    agree(installed, propose(installed, 2, base=1, after=timedelta(days=1)))
    agree(installed, propose(installed, 3, base=1, after=None))
    let_pass(installed, 2)
    activate_due(context_of(installed, None, {}))
    assert (in_force(installed), status_of(installed, 2)) == (3, VersionStatus.REJECTED)


@pytest.mark.parametrize("taken_back", [True, False])
def test_a_proposal_that_came_to_nothing_closes_its_version(installed: Database, taken_back: bool) -> None:
    approval = propose(installed, 2, base=1, after=None)
    with installed.write() as session:
        proposal = session.get_one(Approval, UUID(approval))
        if taken_back:
            author = session.scalars(select(PolicyVersion).where(PolicyVersion.number == 2)).one().author_id
            person = next(one for one in session.scalars(select(Person)) if str(one.id) in author)
            withdraw(session, actor_of(session, person), proposal.id, at=now())
        else:
            second = actor_of(session, add_test_person(session, Role.SECADMIN, "440000"))
            reject(session, second, proposal.id, at=now(), note="不同意")
    assert (in_force(installed), status_of(installed, 2)) == (1, VersionStatus.REJECTED)
