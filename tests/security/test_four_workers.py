"""A stranger, and two administrators who would rather be one, with four workers at once, on both engines."""

from collections import Counter
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from soc.approvals.models import Approval, ApprovalStatus
from soc.clock import now
from soc.crypto import seal
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import actor_of, operator_actor
from soc.identity.login import TOTP_STEP_SECONDS, totp
from soc.identity.models import Person, PersonRole
from soc.identity.persons import end_person, propose_roles
from soc.identity.refusals import MOST
from soc.identity.tokens import create_token
from soc.trail import Act, TrailEntry
from soc.web import sessions
from soc.web.cookies import SESSION
from soc.web.sessions import WebSession
from tests.browsing import Browser
from tests.conftest import PASSWORD, add_test_person
from tests.security.workers import WORKERS, Workers

AT_ONCE = 12
SECRET = b"twenty bytes exactly"


def a_person(database: Database, role: Role, username: str, org: str = "440000") -> UUID:
    with database.write() as session:
        return add_test_person(session, role, org, username).id


def signed_in(workers: Workers, database: Database, person: UUID, number: int = 0) -> Browser:
    with database.write() as session:
        value = sessions.start(session, person, database.settings, at=now())
    browser = workers.stranger(number)
    browser.set_cookie(SESSION, value)
    return browser


def count(database: Database, model: type, *clauses: object) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model).where(*clauses)) or 0  # type: ignore[arg-type]


def entries(database: Database, act: Act) -> int:
    return count(database, TrailEntry, TrailEntry.act == act.value)


# the door


def test_a_password_is_guessed_no_more_often_than_one_worker_would_allow(workers: Workers, database: Database) -> None:
    a_person(database, Role.ANALYST, "wang")

    def guess(number: int) -> int:
        browser = workers.stranger(number)
        form = {"csrf_token": browser.token("/login"), "username": "wang", "password": f"guess-number-{number}"}
        return browser.post("/login", data=form).status_code

    answers = Counter(workers.at_once(guess, AT_ONCE))
    assert answers[401] == database.settings.lockout_after
    assert answers[429] == AT_ONCE - database.settings.lockout_after
    assert guess(99) == 429


def test_a_name_nobody_has_is_counted_by_all_workers_together(workers: Workers, database: Database) -> None:
    def guess(number: int) -> int:
        browser = workers.stranger(number)
        form = {"csrf_token": browser.token("/login"), "username": "nobody", "password": "x" * 12}
        return browser.post("/login", data=form).status_code

    assert Counter(workers.at_once(guess, AT_ONCE))[401] == database.settings.lockout_after


def test_one_code_opens_one_session_however_many_workers_take_it(workers: Workers, database: Database) -> None:
    person = a_person(database, Role.ANALYST, "wang")
    with database.write() as session:
        session.get_one(Person, person).totp_secret = seal(database.settings, "totp", SECRET, aad=person.bytes)
    code = totp(SECRET, int(now().timestamp()) // TOTP_STEP_SECONDS)

    def enter(number: int) -> int:
        browser = workers.stranger(number)
        form = {"csrf_token": browser.token("/login"), "username": "wang", "password": PASSWORD}
        page = browser.post("/login", data=form).text
        step = page.split('name="step" value="')[1].split('"')[0]
        return browser.post(
            "/login/code", data={"csrf_token": browser.token("/login"), "step": step, "code": code}
        ).status_code

    answers = Counter(enter_all(workers, enter))
    assert answers[302] == 1
    assert count(database, WebSession, WebSession.person_id == person) == 1


def enter_all(workers: Workers, enter: object) -> list[int]:
    # two at a time stay below the lock-out, which counts the first step too
    return workers.at_once(enter, 2)  # type: ignore[arg-type]


def test_after_sign_out_no_worker_knows_the_cookie(workers: Workers, database: Database) -> None:
    person = a_person(database, Role.ANALYST, "wang")
    browser = signed_in(workers, database, person)
    cookie = browser.get_cookie(SESSION)
    assert cookie is not None
    browser.send("/logout")

    def visit(number: int) -> int:
        thief = workers.stranger(number)
        thief.set_cookie(SESSION, cookie.value)
        return thief.get("/account/").status_code

    assert set(workers.at_once(visit, AT_ONCE)) == {302}


def test_a_request_in_flight_does_not_bring_an_ended_session_back(workers: Workers, database: Database) -> None:
    person = a_person(database, Role.ANALYST, "wang")
    browser = signed_in(workers, database, person)
    cookie = browser.get_cookie(SESSION)
    assert cookie is not None
    token = browser.token()

    def either(number: int) -> int:
        mine = workers.stranger(number)
        mine.set_cookie(SESSION, cookie.value)
        if number == 0:
            return mine.post("/logout", data={"csrf_token": token}).status_code
        return mine.get("/account/").status_code

    workers.at_once(either, AT_ONCE)
    assert count(database, WebSession) == 0


def test_an_ended_account_is_out_at_every_worker_at_once(workers: Workers, database: Database) -> None:
    person = a_person(database, Role.ANALYST, "wang")
    browsers = [signed_in(workers, database, person, number) for number in range(WORKERS)]
    with database.write() as session:
        end_person(session, operator_actor(session), person)
    assert {browser.get("/account/").status_code for browser in browsers} == {302}


def test_a_new_password_ends_the_sessions_that_were_stolen(workers: Workers, database: Database) -> None:
    person = a_person(database, Role.ANALYST, "wang")
    mine, stolen = (signed_in(workers, database, person, number) for number in (0, 1))
    form = {"old": PASSWORD, "new": "another-good-9-phrase", "again": "another-good-9-phrase"}
    assert mine.send("/account/password", form).status_code == 302
    assert (mine.get("/account/").status_code, stolen.get("/account/").status_code) == (200, 302)


def test_a_stolen_session_does_not_find_the_password_by_trying(workers: Workers, database: Database) -> None:
    person = a_person(database, Role.ANALYST, "wang")
    browser = signed_in(workers, database, person)
    token = browser.token()
    cookie = browser.get_cookie(SESSION)
    assert cookie is not None

    def guess(number: int) -> int:
        thief = workers.stranger(number)
        thief.set_cookie(SESSION, cookie.value)
        new = {"new": "another-good-9-phrase", "again": "another-good-9-phrase"}
        form = {"csrf_token": token, "old": f"guess-number-{number}", **new}
        return thief.post("/account/password", data=form).status_code

    answers = Counter(workers.at_once(guess, AT_ONCE))
    assert answers == {422: database.settings.lockout_after, 429: AT_ONCE - database.settings.lockout_after}


def test_a_stolen_session_does_not_replace_the_second_factor(workers: Workers, database: Database) -> None:
    person = a_person(database, Role.ANALYST, "wang")
    with database.write() as session:
        session.get_one(Person, person).totp_secret = sealed = seal(database.settings, "totp", SECRET, aad=person.bytes)
    thief = signed_in(workers, database, person)
    page = thief.get("/account/second-factor").text
    assert 'name="password"' in page
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    code = totp(b"12345678901234567890", int(now().timestamp()) // TOTP_STEP_SECONDS)
    answer = thief.send("/account/second-factor", {"secret": secret, "code": code, "password": "not-the-password"})
    assert answer.status_code == 422
    with database.read() as session:
        assert session.get_one(Person, person).totp_secret == sealed


# tokens


def test_a_flood_of_bad_tokens_is_counted_by_all_workers_together(workers: Workers, database: Database) -> None:
    def knock(number: int) -> int:
        caller = workers.caller(number)
        answers = [
            caller.get("/api/v1/alerts", headers={"Authorization": f"Bearer gl_{'x' * 43}"}).status_code
            for _ in range(2 * MOST // AT_ONCE)
        ]
        return answers.count(401)

    assert sum(workers.at_once(knock, AT_ONCE)) == MOST
    assert entries(database, Act.TOKEN_FLOOD) == 1


def test_a_flood_locks_nobody_out_who_has_a_good_token(workers: Workers, database: Database) -> None:
    with database.write() as session:
        good = create_token(session, operator_actor(session), "440000", ("alerts.read",)).token
    flood = [
        workers.caller(number).get("/api/v1/alerts", headers={"Authorization": "Bearer nonsense"})
        for number in range(MOST + 4)
    ]
    assert flood[-1].status_code == 429
    assert int(flood[-1].headers["Retry-After"]) > 0
    answers = [
        workers.caller(number).get("/api/v1/alerts", headers={"Authorization": f"Bearer {good}"}).status_code
        for number in range(WORKERS)
    ]
    assert set(answers) == {200}


# two persons


@pytest.fixture
def asked(database: Database) -> tuple[UUID, UUID, UUID, UUID]:
    """A system administrator, two security administrators, and a grant that the first one asked for."""
    proposer = a_person(database, Role.SYSADMIN, "proposer")
    first, second = (a_person(database, Role.SECADMIN, f"decider-{number}") for number in (1, 2))
    with database.write() as session:
        target = add_test_person(session, Role.ANALYST, "440100", "target")
        actor = actor_of(session, session.get_one(Person, proposer))
        approval = propose_roles(session, actor, target.id, frozenset({Role.COMMANDER}), reason="needed")
        return proposer, first, second, approval.id


def decide(browser: Browser, approval: UUID, what: str = "approve") -> int:
    digest = browser.get(f"/approvals/{approval}").text.partition('name="digest" value="')[2].partition('"')[0]
    return browser.send(f"/approvals/{approval}/{what}", {"note": "seen", "digest": digest or "0" * 64}).status_code


def roles_of(session: Session, username: str) -> set[str]:
    query = select(PersonRole.role).join(Person, Person.id == PersonRole.person_id).where(Person.username == username)
    return {one.value for one in session.scalars(query)}


def test_of_many_who_agree_at_once_one_decides(
    workers: Workers, database: Database, asked: tuple[UUID, UUID, UUID, UUID]
) -> None:
    _, first, second, approval = asked
    browsers = [signed_in(workers, database, (first, second)[number % 2], number) for number in range(8)]
    answers = workers.at_once(lambda number: decide(browsers[number], approval), 8)
    assert sorted(answers).count(302) == 1
    assert entries(database, Act.APPROVAL_APPROVED) == 1
    assert entries(database, Act.ROLE_GRANTED) == 1


def test_agreeing_and_refusing_at_once_end_in_one_of_them(
    workers: Workers, database: Database, asked: tuple[UUID, UUID, UUID, UUID]
) -> None:
    _, first, second, approval = asked
    browsers = [signed_in(workers, database, (first, second)[number % 2], number) for number in range(6)]
    workers.at_once(lambda number: decide(browsers[number], approval, ("approve", "reject")[number % 2]), 6)
    with database.read() as session:
        status = session.get_one(Approval, approval).status
        granted = roles_of(session, "target") == {"commander"}
    assert granted is (status is ApprovalStatus.APPROVED)
    assert entries(database, Act.APPROVAL_APPROVED) + entries(database, Act.APPROVAL_REJECTED) == 1


def test_who_proposed_does_not_decide_at_any_worker(
    workers: Workers, database: Database, asked: tuple[UUID, UUID, UUID, UUID]
) -> None:
    proposer, *_, approval = asked
    with database.write() as session:  # even holding the right to decide
        held = session.get_one(Person, proposer)
        held.roles.clear()
        session.flush()
        held.roles.append(PersonRole.of(Role.SECADMIN))
    browsers = [signed_in(workers, database, proposer, number) for number in range(AT_ONCE)]
    answers = workers.at_once(lambda number: decide(browsers[number], approval), AT_ONCE)
    assert 302 not in answers
    assert count(database, Approval, Approval.status == ApprovalStatus.PENDING) == 1


def test_two_grants_for_one_person_are_not_both_given(
    workers: Workers, database: Database, asked: tuple[UUID, UUID, UUID, UUID]
) -> None:
    """Each was asked for on the roles that were held then: the second no longer is what was shown."""
    proposer, first, second, one = asked
    with database.write() as session:
        target = session.scalars(select(Person).where(Person.username == "target")).one()
        actor = actor_of(session, session.get_one(Person, proposer))
        two = propose_roles(session, actor, target.id, frozenset({Role.AUDITOR}), reason="needed").id
    browsers = [signed_in(workers, database, (first, second)[number], number) for number in range(2)]
    workers.at_once(lambda number: decide(browsers[number], (one, two)[number]), 2)
    with database.read() as session:
        statuses = {session.get_one(Approval, which).status for which in (one, two)}
        assert roles_of(session, "target") in ({"commander"}, {"auditor"})
    assert statuses == {ApprovalStatus.APPROVED, ApprovalStatus.VOID}
    assert entries(database, Act.ROLE_GRANTED) == 1


def test_what_was_asked_for_somebody_who_left_is_void(database: Database, asked: tuple[UUID, UUID, UUID, UUID]) -> None:
    *_, approval = asked
    with database.write() as session:
        target = session.scalars(select(Person).where(Person.username == "target")).one()
        end_person(session, operator_actor(session), target.id)
    with database.read() as session:
        assert session.get_one(Approval, approval).status is ApprovalStatus.VOID


def test_the_second_administrator_is_made_once_however_many_ask(workers: Workers, database: Database) -> None:
    first = a_person(database, Role.SYSADMIN, "first")
    browsers = [signed_in(workers, database, first, number) for number in range(6)]

    def make(number: int) -> int:
        form = {"username": f"second-{number}", "display_name": "second"}
        return browsers[number].send("/setup/administrator", form).status_code

    assert workers.at_once(make, 6).count(200) == 1
    assert count(database, PersonRole, PersonRole.role == Role.SECADMIN) == 1


def test_an_administrator_of_a_city_does_not_find_that_there_is_no_second(workers: Workers, database: Database) -> None:
    """Who is outside one's scope counts all the same, where the question is whether two must decide."""
    for role in (Role.SYSADMIN, Role.SECADMIN):
        a_person(database, role, f"province-{role}")
    city = signed_in(workers, database, a_person(database, Role.SYSADMIN, "city", "440100"))
    answer = city.send("/setup/administrator", {"username": "accomplice", "display_name": "x"})
    assert answer.status_code == 409
    assert count(database, Person, Person.username == "accomplice") == 0


def test_one_name_is_given_once_however_many_ask(workers: Workers, database: Database) -> None:
    first = a_person(database, Role.SYSADMIN, "first")
    browsers = [signed_in(workers, database, first, number) for number in range(6)]

    def make(number: int) -> int:
        form = {"username": "the-same", "display_name": "x", "org": "440000"}
        return browsers[number].send("/people/", form).status_code

    answers = Counter(workers.at_once(make, 6))
    assert answers == {200: 1, 409: 5}


def test_a_name_that_is_taken_elsewhere_is_said_to_be_taken(workers: Workers, database: Database) -> None:
    a_person(database, Role.ANALYST, "taken", "440300")
    city = signed_in(workers, database, a_person(database, Role.SYSADMIN, "city", "440100"))
    answer = city.send("/people/", {"username": "taken", "display_name": "x", "org": "440100"})
    assert answer.status_code == 409
