"""Objects with a mark of state secrets: who is told, and what is kept."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from soc.db import Database
from soc.errors import NotFoundError
from soc.identity.actor import Actor, Role
from soc.identity.actors import operator_actor
from soc.ledger.models import ScanRun, Source
from soc.ledger.secrecy import HandledError, SecretNotice, count_open, handle, notices_within, path_of, tell
from soc.ledger.service import store_scan
from soc.ledger.sources import NewSource, add_source
from soc.ledger.values import ScanReport
from soc.trail.models import TrailEntry
from soc.trail.record import opened
from tests.conftest import NOON

PATH = "/data/某桥/机密★10年 方案.docx"
People = Callable[[Role, str], Actor]


@pytest.fixture
def source(session: Session) -> Source:
    actor = operator_actor(session)
    return add_source(session, actor, session.info["settings"], NewSource("文件柜", "/data", "440103"))


@pytest.fixture
def notice(session: Session, source: Source) -> SecretNotice:
    store_scan(session, operator_actor(session), source, ScanReport(NOON, NOON, (), secrets=(PATH,)))
    return session.scalars(select(SecretNotice)).one()


def test_the_path_is_kept_sealed_and_in_no_other_place(session: Session, notice: SecretNotice) -> None:
    assert path_of(session.info["settings"], notice) == PATH
    assert PATH.encode() not in notice.sealed_path
    assert session.scalars(select(ScanRun)).one().skipped == []
    for entry in session.scalars(select(TrailEntry)):
        assert PATH not in str(opened(session.info["settings"], entry))


def test_it_has_an_entry_in_the_trail(session: Session, notice: SecretNotice) -> None:
    entries = session.scalars(select(TrailEntry).where(TrailEntry.act == "secrecy.met")).all()
    assert [(one.subject_id, one.org) for one in entries] == [(str(notice.id), "440103")]


@pytest.mark.parametrize(("org", "sees"), [("440103", 1), ("440100", 1), ("440000", 1), ("440300", 0), ("440104", 0)])
def test_the_organisation_and_those_above_see_it_and_no_others(
    session: Session, notice: SecretNotice, person: People, org: str, sees: int
) -> None:
    assert count_open(session, person(Role.SECADMIN, org)) == sees


def test_only_the_security_administrator_may(person: People) -> None:
    may = {role for role in Role if person(role, "440000").may("secrecy.handle")}
    assert may == {Role.SECADMIN}


def test_no_token_s_scope_covers_it(session: Session) -> None:
    assert not operator_actor(session).may("secrecy.handle")


def test_an_object_met_again_is_told_once_until_it_was_dealt_with(
    session: Session, source: Source, notice: SecretNotice, person: People
) -> None:
    actor = operator_actor(session)
    assert tell(session, actor, source, source.org, (PATH, PATH), at=NOON) == 0
    handle(session, person(Role.SECADMIN, "440103"), str(notice.id), at=NOON)
    assert tell(session, actor, source, source.org, (PATH,), at=NOON) == 1
    assert count_open(session, person(Role.SECADMIN, "440103")) == 1


def test_dealing_with_it_is_noted_once(session: Session, notice: SecretNotice, person: People) -> None:
    handle(session, person(Role.SECADMIN, "440000"), str(notice.id), at=NOON)
    with pytest.raises(HandledError):
        handle(session, person(Role.SECADMIN, "440000"), str(notice.id), at=NOON)


def test_one_of_another_organisation_looks_missing(session: Session, notice: SecretNotice, person: People) -> None:
    with pytest.raises(NotFoundError):
        handle(session, person(Role.SECADMIN, "440300"), str(notice.id), at=NOON)


def test_a_source_that_is_removed_leaves_the_notice(
    session: Session, notice: SecretNotice, source: Source, person: People
) -> None:
    session.flush()
    session.delete(source)
    session.flush()
    session.expire_all()
    assert len(session.scalars(notices_within(person(Role.SECADMIN, "440103"))).all()) == 1


def test_nothing_is_told_where_nothing_was_met(database: Database, session: Session, source: Source) -> None:
    assert tell(session, operator_actor(session), source, source.org, (), at=NOON) == 0
