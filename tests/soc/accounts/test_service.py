"""An application's account is marked with a trail entry, within the actor's scope; nobody stands behind it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import soc.accounts.models  # noqa: F401 - the schema is made from every model that is imported
from soc.accounts.service import (
    LONGEST,
    AccountEntry,
    ServiceMark,
    account_frame,
    freshness,
    map_accounts,
    mark_service,
    service_accounts,
)
from soc.errors import InputError, NotFoundError
from soc.identity.actor import Actor, Role
from soc.trail import Act, TrailEntry
from tests.conftest import MakePerson

PORTAL = ServiceMark("440000", "svc_portal", is_service=True, application="门户")


def test_a_mark_enters_the_account_and_stands_in_the_trail(session: Session, operator: Actor) -> None:
    mark_service(session, operator, PORTAL)
    assert service_accounts(session, operator) == [PORTAL]
    (act,) = session.scalars(select(TrailEntry.act).where(TrailEntry.act == Act.ACCOUNT_MARKED))
    assert act == Act.ACCOUNT_MARKED


def test_a_mark_taken_back_takes_the_application_with_it(session: Session, operator: Actor) -> None:
    mark_service(session, operator, PORTAL)
    account = mark_service(session, operator, ServiceMark("440000", "svc_portal", is_service=False, application="x"))
    assert (account.is_service, account.application) == (False, "")


def test_nobody_stands_behind_a_service_account(session: Session, operator: Actor) -> None:
    entries = [
        AccountEntry("440000", "a", "p", person="GD1"),
        AccountEntry("440000", "s", "p", person="GD2", is_service=True),
    ]
    map_accounts(session, operator, entries)
    found = {row["name"]: row["person"] for row in account_frame(session).iter_rows(named=True)}
    assert found == {"a": "GD1", "s": None}


def test_whoever_keeps_the_register_in_mind_sees_a_mark(session: Session, operator: Actor) -> None:
    map_accounts(session, operator, [AccountEntry("440000", "svc_portal", "p")])
    before = freshness(session)
    mark_service(session, operator, PORTAL)
    assert freshness(session) != before


def test_what_lies_outside_is_not_marked(session: Session, person: MakePerson) -> None:
    with pytest.raises(NotFoundError):
        mark_service(session, person(Role.SYSADMIN, "440100"), PORTAL)


@pytest.mark.parametrize("name", ["", "  ", "x" * (LONGEST + 1)])
def test_a_name_is_neither_empty_nor_endless(session: Session, operator: Actor, name: str) -> None:
    with pytest.raises(InputError):
        mark_service(session, operator, ServiceMark("440000", name, is_service=True))
