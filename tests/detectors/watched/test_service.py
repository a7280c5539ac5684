"""A watched subject: two persons decide, the value is sealed, and each look-up is told once a day to whoever watches."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.findings import Finding
from detectors.watched.models import WatchedSubject, WatchStatus
from detectors.watched.service import WatchOrder, end_watch, ending, propose_watch, tokens_watched
from detectors.watched.stage import run
from soc.approvals.models import Approval, ApprovalStatus
from soc.approvals.service import approve, reject
from soc.clock import now
from soc.crypto import Purpose, ring_of
from soc.db import Database
from soc.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from soc.identity.actor import Actor, Role
from soc.identity.actors import actor_of
from soc.logstore import open_store
from soc.room import BatchContext
from soc.subjects.tokens import current
from soc.trail import Act
from soc.trail.models import TrailEntry
from tests.browsing import Browser
from tests.conftest import MakePerson, add_test_person
from tests.contract import corpus

ID, WRITTEN = "11010519491231002X", "110105 19491231 002x"
PROVINCE, CITY, OTHER = "440000", "440100", "440300"


def order(value: str = WRITTEN, days: int = 30, **words: str) -> WatchOrder:
    told = {"label": "case A", "reason": "threatened", "owner": "Li", **words}
    return WatchOrder(value=value, expires_at=now() + timedelta(days=days), **told)


def waiting(session: Session) -> Approval:
    return session.scalars(select(Approval)).one()


def watched(session: Session, proposer: Actor, second: Actor) -> WatchedSubject:
    made = propose_watch(session, proposer, order(), at=now())
    approve(session, second, waiting(session).id, at=now())
    return made


def test_one_proposes_and_another_begins_the_watch(session: Session, person: MakePerson) -> None:
    analyst = person(Role.ANALYST, PROVINCE)
    made = propose_watch(session, analyst, order(), at=now())
    settings = session.info["settings"]
    assert tokens_watched(session, settings, PROVINCE, now()) == {}
    approve(session, person(Role.COMMANDER, PROVINCE), waiting(session).id, at=now())
    assert made.status is WatchStatus.ACTIVE
    assert set(tokens_watched(session, settings, PROVINCE, now())) == {current(settings).of_text(ID)}


def test_nobody_approves_their_own_watch_nor_without_the_right(session: Session, person: MakePerson) -> None:
    commander = person(Role.COMMANDER, PROVINCE)
    propose_watch(session, commander, order(), at=now())
    for one in (commander, person(Role.ANALYST, PROVINCE)):
        with pytest.raises(ForbiddenError):
            approve(session, one, waiting(session).id, at=now())


def test_a_refused_watch_is_over_and_may_be_proposed_again(session: Session, person: MakePerson) -> None:
    analyst = person(Role.ANALYST, PROVINCE)
    made = propose_watch(session, analyst, order(), at=now())
    with pytest.raises(ConflictError):
        propose_watch(session, analyst, order(ID), at=now())
    reject(session, person(Role.AUDITOR, PROVINCE), waiting(session).id, at=now(), note="no ground")
    assert made.status is WatchStatus.REFUSED
    propose_watch(session, analyst, order(), at=now())


def test_the_value_stands_nowhere_in_clear(session: Session, person: MakePerson) -> None:
    made = watched(session, person(Role.ANALYST, PROVINCE), person(Role.COMMANDER, PROVINCE))
    told = f"{made.__dict__}{waiting(session).__dict__}{order()!r}"
    assert ID not in told
    assert WRITTEN not in told
    assert ID.encode() not in made.sealed


@pytest.mark.parametrize(
    "wrong",
    [order("nobody"), order(days=-1), order(days=400), order(label=f"case {ID}"), order(reason="mobile 13800138000")],
)
def test_what_cannot_be_watched_is_refused_without_repeating_it(
    session: Session, person: MakePerson, wrong: WatchOrder
) -> None:
    with pytest.raises(InputError) as refused:
        propose_watch(session, person(Role.ANALYST, PROVINCE), wrong, at=now())
    assert ID not in str(refused.value)


def test_a_watch_holds_below_and_not_beside_and_ends(session: Session, person: MakePerson) -> None:
    analyst = person(Role.ANALYST, CITY)
    made = watched(session, analyst, person(Role.COMMANDER, PROVINCE))
    settings = session.info["settings"]
    assert tokens_watched(session, settings, "440103", now())
    assert not tokens_watched(session, settings, OTHER, now())
    assert not tokens_watched(session, settings, PROVINCE, now())
    assert not tokens_watched(session, settings, CITY, made.expires_at)
    with pytest.raises(NotFoundError):
        end_watch(session, person(Role.ANALYST, OTHER), made.id, "x", at=now())


def test_a_watch_ends_once_a_second_person_agrees_and_not_before(session: Session, person: MakePerson) -> None:
    analyst, commander = person(Role.ANALYST, CITY), person(Role.COMMANDER, PROVINCE)
    made, settings = watched(session, analyst, commander), session.info["settings"]
    end_watch(session, analyst, made.id, "case closed", at=now())
    assert ending(session, [made]) == {made.id}
    assert tokens_watched(session, settings, CITY, now())
    with pytest.raises(ConflictError):
        end_watch(session, commander, made.id, "again", at=now())
    (asked,) = session.scalars(select(Approval).where(Approval.kind == "subject.unwatch"))
    approve(session, commander, asked.id, at=now())
    assert made.status is WatchStatus.ENDED
    assert not tokens_watched(session, settings, CITY, now())
    assert Act.SUBJECT_WATCH_ENDED in set(session.scalars(select(TrailEntry.act)))
    with pytest.raises(ConflictError):
        end_watch(session, analyst, made.id, "once more", at=now())


def test_an_end_that_is_refused_leaves_the_watch(session: Session, person: MakePerson) -> None:
    analyst, commander = person(Role.ANALYST, CITY), person(Role.COMMANDER, PROVINCE)
    made = watched(session, analyst, commander)
    end_watch(session, analyst, made.id, "case closed", at=now())
    (asked,) = session.scalars(select(Approval).where(Approval.kind == "subject.unwatch"))
    reject(session, commander, asked.id, at=now(), note="it is not")
    assert made.status is WatchStatus.ACTIVE
    assert ending(session, [made]) == frozenset()
    end_watch(session, analyst, made.id, "now it is", at=now())


def test_what_nobody_agreed_to_yet_is_taken_back_by_one(session: Session, person: MakePerson) -> None:
    analyst = person(Role.ANALYST, CITY)
    made = propose_watch(session, analyst, order(), at=now())
    end_watch(session, analyst, made.id, "a wrong number", at=now())
    assert made.status is WatchStatus.ENDED
    assert waiting(session).status is ApprovalStatus.VOID


def test_after_a_rotation_the_tokens_of_both_keys_are_watched(session: Session, person: MakePerson) -> None:
    watched(session, person(Role.ANALYST, PROVINCE), person(Role.COMMANDER, PROVINCE))
    settings = session.info["settings"]
    old = str(current(settings).of_text(ID))
    ring_of(settings).rotate(Purpose.LOG_SUBJECTS)
    assert set(tokens_watched(session, settings, PROVINCE, now())) == {old, current(settings).of_text(ID)}


def batch(token: str, *, org: str = CITY, user: str = "zhang") -> pl.DataFrame:
    rows: list[dict[str, object]] = [
        {
            "time": datetime(2026, 11, 20, place, tzinfo=UTC),
            "guanlan.subjects": [token, "mobile:x"] if place < 2 else ["mobile:x"],
            "guanlan.business": "GD-1" if place == 0 else None,
            "actor.user.name": user,
        }
        for place in range(3)
    ]
    made = pl.from_arrow(corpus.table(corpus.numbered([row | {"guanlan.org": org} for row in rows], "b")))
    assert isinstance(made, pl.DataFrame)
    return made.with_columns(pl.lit(org).alias("guanlan.org"))


def context(database: Database) -> BatchContext:
    settings = database.settings
    return BatchContext(database=database, settings=settings, store=open_store(settings), org=CITY, log_name="nginx")


def begun(database: Database) -> str:
    """A watch of the province; returns today's token."""
    with database.write() as session:
        people = (add_test_person(session, role, PROVINCE) for role in (Role.ANALYST, Role.COMMANDER))
        proposer, second = (actor_of(session, one) for one in people)
        watched(session, proposer, second)
    return str(current(database.settings).of_text(ID))


def findings(database: Database) -> list[Finding]:
    with database.read() as session:
        return list(session.scalars(select(Finding)))


def test_whoever_looks_one_up_is_told_of_once_a_day_to_whoever_watches(database: Database) -> None:
    token = begun(database)
    for _ in range(2):  # a crash may bring a batch again
        run(context(database), batch(token))
    (found,) = findings(database)
    assert (found.org, found.entity_name, found.score) == (PROVINCE, "zhang", 70)
    assert found.reasons[0]["params"] == {"times": 2, "business": 1}
    assert found.parts[0]["query"] == f'guanlan.subjects:"{token}" AND actor.user.name:"zhang"'
    assert len(found.events) == 2
    run(context(database), batch(token, user="wang"))
    assert {one.entity_name for one in findings(database)} == {"zhang", "wang"}


def test_who_looks_others_up_is_not_told_of(database: Database) -> None:
    begun(database)
    frame = batch("resident_id:other")
    assert run(context(database), frame) is frame
    assert findings(database) == []


SignIn = Callable[..., Browser]


def test_the_page_shows_token_label_reason_owner_and_end_and_no_value(sign_in: SignIn) -> None:
    browser = sign_in(Role.ANALYST, PROVINCE)
    until = (now() + timedelta(days=20)).date().isoformat()
    form = {"value": WRITTEN, "label": "case A", "reason": "threatened", "owner": "Li", "until": until}
    assert browser.send("/watched/", form).status_code == 302
    page = browser.get("/watched/").text
    for shown in ("case A", "threatened", "Li", "resident_id:"):
        assert shown in page
    assert ID not in page
    again = browser.send("/watched/", form)
    assert again.status_code == 409
    assert WRITTEN not in again.text


def test_the_page_says_that_an_end_waits_and_keeps_the_reason_asked_for(sign_in: SignIn, database: Database) -> None:
    browser = sign_in(Role.ANALYST, PROVINCE)
    until = (now() + timedelta(days=20)).date().isoformat()
    form = {"value": WRITTEN, "label": "case A", "reason": "threatened", "owner": "Li", "until": until}
    browser.send("/watched/", form)
    with database.write() as session:
        approve(
            session,
            actor_of(session, add_test_person(session, Role.COMMANDER, PROVINCE, "second")),
            waiting(session).id,
            at=now(),
        )
        (made,) = session.scalars(select(WatchedSubject.id))
    assert browser.send(f"/watched/{made}/end", {}).status_code == 422
    assert browser.send(f"/watched/{made}/end", {"reason": "case closed"}).status_code == 302
    page = browser.get("/watched/").text
    assert "停止待批准" in page
    assert f"/watched/{made}/end" not in page


def test_who_may_not_watch_sees_the_list_and_no_form(sign_in: SignIn) -> None:
    assert sign_in(Role.POLICY, PROVINCE).get("/watched/").status_code == 403
    assert sign_in(Role.POLICY, PROVINCE).send("/watched/", {}).status_code == 403
