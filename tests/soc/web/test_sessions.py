"""Sessions: hashed at rest, over after idleness, age, sign-out, or their person's end."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from soc.identity.actor import Role
from soc.identity.models import Person
from soc.web.sessions import WebSession, end, end_all, find, forget_ended, start
from tests.conftest import NOON, add_test_person


@pytest.fixture
def somebody(session: Session) -> Person:
    return add_test_person(session, Role.ANALYST, "440100", None)


def test_the_cookie_finds_its_person(session: Session, settings: Settings, somebody: Person) -> None:
    value = start(session, somebody.id, settings, at=NOON)
    found = find(session, value, settings, at=NOON)
    assert found is not None
    assert found.person.id == somebody.id


def test_the_database_does_not_hold_the_cookie(session: Session, settings: Settings, somebody: Person) -> None:
    value = start(session, somebody.id, settings, at=NOON)
    session.flush()
    row = session.scalars(select(WebSession)).one()
    assert value not in {row.digest, row.csrf}


def test_signing_in_again_ends_the_session_before(session: Session, settings: Settings, somebody: Person) -> None:
    old = start(session, somebody.id, settings, at=NOON)
    start(session, somebody.id, settings, at=NOON, old=old)
    assert find(session, old, settings, at=NOON) is None


def test_a_signed_out_cookie_is_worth_nothing(session: Session, settings: Settings, somebody: Person) -> None:
    value = start(session, somebody.id, settings, at=NOON)
    end(session, value)
    assert find(session, value, settings, at=NOON) is None


def test_an_idle_session_ends(session: Session, settings: Settings, somebody: Person) -> None:
    value = start(session, somebody.id, settings, at=NOON)
    assert find(session, value, settings, at=NOON + settings.session_idle - timedelta(seconds=1)) is not None
    assert find(session, value, settings, at=NOON + settings.session_idle) is None


def test_a_busy_session_ends_with_its_lifetime(session: Session, settings: Settings, somebody: Person) -> None:
    value = start(session, somebody.id, settings, at=NOON)
    later = NOON + settings.session_lifetime
    session.scalars(select(WebSession)).one().seen_at = later
    assert find(session, value, settings, at=later) is None


def test_an_ended_account_has_no_session(session: Session, settings: Settings, somebody: Person) -> None:
    value = start(session, somebody.id, settings, at=NOON)
    somebody.active = False
    session.flush()
    assert find(session, value, settings, at=NOON) is None


def test_an_expired_contractor_has_no_session(session: Session, settings: Settings, somebody: Person) -> None:
    value = start(session, somebody.id, settings, at=NOON)
    somebody.expires_at = NOON + timedelta(minutes=5)
    session.flush()
    assert find(session, value, settings, at=NOON + timedelta(minutes=6)) is None


def test_ending_all_spares_the_one_named(session: Session, settings: Settings, somebody: Person) -> None:
    kept, other = (start(session, somebody.id, settings, at=NOON) for _ in range(2))
    session.flush()
    end_all(session, somebody.id, but=kept)
    assert find(session, kept, settings, at=NOON) is not None
    assert find(session, other, settings, at=NOON) is None


def test_rows_of_ended_sessions_are_removed(session: Session, settings: Settings, somebody: Person) -> None:
    start(session, somebody.id, settings, at=NOON)
    session.flush()
    forget_ended(session, settings, at=NOON + settings.session_lifetime)
    assert session.scalars(select(WebSession)).all() == []
