from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from soc.crypto import Purpose, seal
from soc.db import Database
from soc.errors import LimitError, SocError, UnauthenticatedError
from soc.identity.actor import Role
from soc.identity.login import TOTP_STEP_SECONDS, authenticate, forget_counters, totp
from soc.identity.models import LoginCounter, Person
from soc.identity.passwords import verify_password
from soc.trail import Act, TrailEntry
from tests.conftest import NOON, PASSWORD, add_test_person

SECRET = b"12345678901234567890"


@pytest.fixture
def alice(database: Database) -> UUID:
    with database.write() as session:
        return add_test_person(session, Role.ANALYST, "440100", "alice").id


def log_in(database: Database, password: str = PASSWORD, *, code: str | None = None, minutes: float = 0) -> UUID:
    return authenticate(database, "alice", password, code=code, at=NOON + timedelta(minutes=minutes))


def test_the_right_password_tells_who_it_is_and_leaves_an_entry(database: Database, alice: UUID) -> None:
    assert log_in(database) == alice
    with database.read() as session:
        assert Act.SIGNED_IN.value in session.scalars(select(TrailEntry.act)).all()


@pytest.mark.usefixtures("alice")
@pytest.mark.parametrize("wrong", ["", "correct-horse-7-batterY", PASSWORD + " ", "x" * 10_000])
def test_a_wrong_password_is_refused_and_an_empty_one_always(database: Database, wrong: str) -> None:
    with pytest.raises(UnauthenticatedError, match="login_wrong"):
        log_in(database, wrong)


def test_a_name_nobody_has_gets_the_same_answer(database: Database) -> None:
    with pytest.raises(UnauthenticatedError, match="login_wrong"):
        authenticate(database, "nobody", "whatever-12", code=None, at=NOON)


@pytest.mark.usefixtures("alice")
def test_the_account_is_locked_after_five_failures_even_for_the_right_password(database: Database) -> None:
    for _ in range(5):
        with pytest.raises(UnauthenticatedError):
            log_in(database, "wrong-password")
    with pytest.raises((LimitError, UnauthenticatedError)):
        log_in(database, "wrong-password")
    with pytest.raises(LimitError, match="login_locked"):
        log_in(database)
    assert log_in(database, minutes=16).version == 7


@pytest.mark.usefixtures("alice")
def test_many_guesses_at_once_never_get_more_than_the_allowed_number(database: Database) -> None:
    def guess(number: int) -> str:
        try:
            log_in(database, f"guess-number-{number}")
        except SocError as error:
            return error.key
        return "in"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(20)))
    assert answers.count("errors.login_wrong") <= 6
    assert answers.count("errors.login_locked") >= 14


@pytest.mark.parametrize("ended", ["inactive", "expired"])
def test_an_ended_account_cannot_log_in(database: Database, alice: UUID, ended: str) -> None:
    with database.write() as session:
        person = session.get_one(Person, alice)
        person.active = ended != "inactive"
        person.expires_at = NOON - timedelta(days=1) if ended == "expired" else None
    with pytest.raises(UnauthenticatedError):
        log_in(database)


@pytest.fixture
def enrolled(database: Database, alice: UUID) -> UUID:
    with database.write() as session:
        session.get_one(Person, alice).totp_secret = seal(database.settings, Purpose.TOTP, SECRET, aad=alice.bytes)
    return alice


def code_at(minutes: float = 0) -> str:
    return totp(SECRET, int((NOON + timedelta(minutes=minutes)).timestamp()) // TOTP_STEP_SECONDS)


def test_an_enrolled_person_needs_a_code_and_a_code_is_good_once(database: Database, enrolled: UUID) -> None:
    with pytest.raises(UnauthenticatedError, match="code_needed"):
        log_in(database)
    assert log_in(database, code=code_at()) == enrolled
    with pytest.raises(UnauthenticatedError, match="code_wrong"):
        log_in(database, code=code_at())
    assert log_in(database, code=code_at(1), minutes=1) == enrolled


@pytest.mark.usefixtures("enrolled")
def test_an_older_code_is_refused_after_a_newer_one(database: Database) -> None:
    log_in(database, code=code_at(0.5))
    with pytest.raises(UnauthenticatedError, match="code_wrong"):
        log_in(database, code=code_at(0))


@pytest.mark.parametrize(
    ("at", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_rfc_6238(at: int, code: str) -> None:
    assert totp(SECRET, at // 30) == code


@given(st.integers(0, 2**40))
def test_a_code_has_six_digits(step: int) -> None:
    assert len(totp(SECRET, step)) == 6
    assert totp(SECRET, step).isdigit()


def test_a_password_changed_while_the_old_one_is_compared_begins_no_session(
    database: Database, alice: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[UUID] = []

    def slowly(encoded: str | None, password: str) -> bool:
        with database.write() as session:
            session.get_one(Person, alice).password_hash = "changed meanwhile"
        return verify_password(encoded, password)

    monkeypatch.setattr("soc.identity.login.verify_password", slowly)
    with pytest.raises(UnauthenticatedError, match="login_wrong"):
        authenticate(database, "alice", PASSWORD, code=None, at=NOON, also=lambda _, person: begun.append(person.id))
    assert begun == []


def test_names_that_nobody_tried_for_long_are_forgotten(database: Database) -> None:
    for name in ("one", "two"):
        with pytest.raises(UnauthenticatedError):
            authenticate(database, name, "whatever-12", code=None, at=NOON)
    with database.write() as session:
        forget_counters(session, NOON + timedelta(minutes=1))
    with database.read() as session:
        assert session.scalars(select(LoginCounter)).all() == []


def test_a_lock_that_still_holds_is_not_forgotten(database: Database) -> None:
    for _ in range(5):
        with pytest.raises(UnauthenticatedError):
            authenticate(database, "nobody", "whatever-12", code=None, at=NOON)
    with database.write() as session:
        forget_counters(session, NOON + timedelta(minutes=1))
    with pytest.raises(LimitError):
        authenticate(database, "nobody", "whatever-12", code=None, at=NOON + timedelta(minutes=2))
