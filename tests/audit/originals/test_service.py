"""Two persons, one record, half an hour: who may read, until when, and what the trail says of it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.ingest.spool import OriginalGoneError, OriginalLockedError
from audit.originals.service import OPEN_FOR, Ground, OriginalNotOpenError, State, ask, read_original, standing_of
from soc.approvals.models import Approval
from soc.approvals.service import approve, reject, withdraw
from soc.clock import now
from soc.crypto import Purpose, ring_of
from soc.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from soc.identity.actor import Actor, Role
from soc.logstore.port import Event
from soc.trail.models import TrailEntry
from soc.trail.record import opened
from tests.audit.ingest.at_work import Installation
from tests.audit.originals.conftest import CITY, ID, OTHER, PHONE, TakeIn, line
from tests.conftest import MakePerson
from tests.soc.crypto.destroyed import destroy_keys

PATH = f"/person?id={ID}"
WHY = "投诉案 42"


@pytest.fixture
def event(take_in: TakeIn) -> Event:
    return take_in(PATH)[0]


@pytest.fixture
def pair(take_in: TakeIn) -> list[Event]:
    """Two events of one batch; asked for before the session, which locks the database."""
    return take_in("/first", "/second")


@pytest.fixture
def analyst(person: MakePerson) -> Actor:
    return person(Role.ANALYST, org=CITY)


@pytest.fixture
def auditor(person: MakePerson) -> Actor:
    return person(Role.AUDITOR, org=CITY)


def agreed(session: Session, asker: Actor, second: Actor, event: Event, at: datetime) -> Approval:
    """Ask and agree."""
    asked = ask(session, asker, event, Ground.COMPLAINT, WHY, at=at)
    return approve(session, second, asked.id, at=at, digest=asked.digest)


def acts(session: Session) -> list[str]:
    return list(
        session.scalars(
            select(TrailEntry.act)
            .where(TrailEntry.act.startswith("original.", autoescape=True))
            .order_by(TrailEntry.id)
        )
    )


def test_whoever_asked_reads_it_once_a_second_person_agreed(
    at_work: Installation, session: Session, event: Event, analyst: Actor, auditor: Actor
) -> None:
    at = now()
    agreed(session, analyst, auditor, event, at)
    found = read_original(session, analyst, event, at_work.spool, at=at)
    assert found.text == line(PATH)
    assert not found.as_stored


def test_before_anybody_agreed_nothing_is_read(
    at_work: Installation, session: Session, event: Event, analyst: Actor
) -> None:
    ask(session, analyst, event, Ground.COMPLAINT, WHY, at=now())
    assert standing_of(session, analyst, event, at=now()).state is State.PENDING
    with pytest.raises(OriginalNotOpenError):
        read_original(session, analyst, event, at_work.spool, at=now())
    assert acts(session) == []


def test_half_an_hour_later_it_is_closed_and_may_be_asked_for_again(
    at_work: Installation, session: Session, event: Event, analyst: Actor, auditor: Actor
) -> None:
    at = now()
    agreed(session, analyst, auditor, event, at)
    last = at + OPEN_FOR - timedelta(seconds=1)
    assert read_original(session, analyst, event, at_work.spool, at=last).text == line(PATH)
    with pytest.raises(OriginalNotOpenError):
        read_original(session, analyst, event, at_work.spool, at=at + OPEN_FOR)
    assert standing_of(session, analyst, event, at=at + OPEN_FOR).state is State.OVER
    ask(session, analyst, event, Ground.COMPLAINT, WHY, at=at + OPEN_FOR)


def test_nobody_reads_what_another_was_allowed(
    at_work: Installation, session: Session, event: Event, analyst: Actor, auditor: Actor, person: MakePerson
) -> None:
    agreed(session, analyst, auditor, event, now())
    for other in (auditor, person(Role.ANALYST, org=CITY), person(Role.COMMANDER, org="440000")):
        with pytest.raises(OriginalNotOpenError):
            read_original(session, other, event, at_work.spool, at=now())
        assert standing_of(session, other, event, at=now()).state is State.NONE


def test_what_was_allowed_is_one_record_and_no_other_of_its_batch(
    at_work: Installation, pair: list[Event], session: Session, analyst: Actor, auditor: Actor
) -> None:
    first, second = pair
    agreed(session, analyst, auditor, first, now())
    with pytest.raises(OriginalNotOpenError):
        read_original(session, analyst, second, at_work.spool, at=now())


def test_nobody_agrees_to_what_they_asked_for_themselves(session: Session, event: Event, auditor: Actor) -> None:
    asked = ask(session, auditor, event, Ground.INSPECTION, WHY, at=now())
    with pytest.raises(ForbiddenError, match="approval_own"):
        approve(session, auditor, asked.id, at=now())


def test_an_analyst_agrees_to_nothing(session: Session, event: Event, analyst: Actor, person: MakePerson) -> None:
    asked = ask(session, analyst, event, Ground.COMPLAINT, WHY, at=now())
    with pytest.raises(ForbiddenError):
        approve(session, person(Role.ANALYST, org=CITY), asked.id, at=now())


def test_a_stranger_finds_no_proposal_and_the_tier_above_does(
    session: Session, event: Event, analyst: Actor, person: MakePerson
) -> None:
    asked = ask(session, analyst, event, Ground.COMPLAINT, WHY, at=now())
    with pytest.raises(NotFoundError):
        approve(session, person(Role.AUDITOR, org=OTHER), asked.id, at=now())
    approve(session, person(Role.AUDITOR, org="440000"), asked.id, at=now())


@pytest.mark.parametrize("how", ["rejected", "withdrawn", "edited"])
def test_what_was_refused_taken_back_or_edited_opens_nothing(
    at_work: Installation, session: Session, event: Event, analyst: Actor, auditor: Actor, how: str
) -> None:
    asked = ask(session, analyst, event, Ground.COMPLAINT, WHY, at=now())
    if how == "rejected":
        reject(session, auditor, asked.id, at=now(), note="no case")
    elif how == "withdrawn":
        withdraw(session, analyst, asked.id, at=now())
    else:
        asked.payload = {**asked.payload, "purpose": "authority"}
        session.flush()
        approve(session, auditor, asked.id, at=now())
    expected = State.REFUSED if how == "rejected" else State.NONE
    assert standing_of(session, analyst, event, at=now()).state is expected
    with pytest.raises(OriginalNotOpenError):
        read_original(session, analyst, event, at_work.spool, at=now())


def test_nobody_asks_twice_at_once(session: Session, event: Event, analyst: Actor, auditor: Actor) -> None:
    asked = ask(session, analyst, event, Ground.COMPLAINT, WHY, at=now())
    with pytest.raises(ConflictError):
        ask(session, analyst, event, Ground.COMPLAINT, WHY, at=now())
    approve(session, auditor, asked.id, at=now())
    with pytest.raises(ConflictError):
        ask(session, analyst, event, Ground.COMPLAINT, WHY, at=now())


@pytest.mark.parametrize("reason", ["", "   ", "why", "x" * 501, f"holder of {PHONE}", f"case of {ID}"])
def test_a_reason_is_stated_and_names_nobody(session: Session, event: Event, analyst: Actor, reason: str) -> None:
    with pytest.raises(InputError):
        ask(session, analyst, event, Ground.COMPLAINT, reason, at=now())
    assert session.scalars(select(Approval)).all() == []


def test_an_event_that_no_batch_is_known_of_cannot_be_asked_for(session: Session, event: Event, analyst: Actor) -> None:
    with pytest.raises(InputError, match=r"original\.none"):
        ask(session, analyst, dict(event) | {"guanlan.batch": "elsewhere"}, Ground.COMPLAINT, WHY, at=now())


def test_the_machine_asks_for_nothing(session: Session, event: Event, operator: Actor) -> None:
    with pytest.raises(ForbiddenError):
        ask(session, operator, event, Ground.COMPLAINT, WHY, at=now())


def test_each_reading_is_an_entry_with_the_purpose_and_without_the_text(
    at_work: Installation, session: Session, event: Event, analyst: Actor, auditor: Actor
) -> None:
    asked = agreed(session, analyst, auditor, event, now())
    for _ in range(2):
        read_original(session, analyst, event, at_work.spool, at=now())
    assert acts(session) == ["original.allowed", "original.read", "original.read"]
    entry = session.scalars(select(TrailEntry).order_by(TrailEntry.id.desc())).first()
    assert entry is not None
    private = opened(at_work.database.settings, entry)
    assert private is not None
    assert (entry.actor_id, entry.subject_id, entry.org) == (analyst.id, event["metadata.uid"], CITY)
    assert private.after == {"approval": str(asked.id), "purpose": "complaint"}
    assert private.note == WHY
    every = [opened(at_work.database.settings, one) for one in session.scalars(select(TrailEntry))]
    assert ID not in f"{every}{asked.payload}{asked.title}{asked.reason}"


@pytest.mark.parametrize("what", ["key", "segment"])
def test_a_destroyed_key_and_a_removed_segment_say_so_and_leave_no_reading(
    at_work: Installation, session: Session, event: Event, analyst: Actor, auditor: Actor, what: str
) -> None:
    agreed(session, analyst, auditor, event, now())
    if what == "key":
        destroy_keys(ring_of(at_work.database.settings), Purpose.ORIGINALS)
    else:
        for segment in at_work.spool.archive.glob("*.spool"):
            at_work.spool.drop(segment)
    expected = OriginalLockedError if what == "key" else OriginalGoneError
    with pytest.raises(expected):
        read_original(session, analyst, event, at_work.spool, at=now())
    assert acts(session) == ["original.allowed"]
