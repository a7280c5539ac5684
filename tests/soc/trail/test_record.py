from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from soc.crypto import SealError, ring_of
from soc.db import Database
from soc.identity.actor import Actor
from soc.text import Message
from soc.tiers.models import Organisation, Tier
from soc.trail import Act, Deed, Subject, TrailEntry, record, record_each
from soc.trail.record import opened
from soc.trail.seals import seal_holds

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def last(session: Session) -> TrailEntry:
    return session.scalars(select(TrailEntry).order_by(TrailEntry.id.desc()).limit(1)).one()


def test_an_entry_says_who_did_what_to_which_thing(session: Session, operator: Actor) -> None:
    record(session, operator, Act.ALERT_CLOSED, Subject("alerts", "a-1", "440100"), at=NOON)
    entry = last(session)
    told = (entry.at, entry.actor_kind, entry.actor_id, entry.actor_org, entry.act, entry.subject_id, entry.org)
    expected = ("2026-11-22T12:00:00.000000Z", "operator", operator.id, "440000", "alert.closed", "a-1", "440100")
    assert told == expected


def test_several_deeds_are_entries_one_behind_the_other(session: Session, operator: Actor) -> None:
    before = record(session, operator, Act.BACKUP_MADE, Subject("backups", "b"))
    deeds = [
        Deed(Act.ITEM_GRADED, Subject("items", f"i{number}", "440100"), after={"n": number}) for number in range(3)
    ]
    keys = record_each(session, operator, deeds, at=NOON)
    assert keys == [before + 1, before + 2, before + 3]
    rows = [session.get_one(TrailEntry, key) for key in keys]
    assert [(row.act, row.subject_id, row.org) for row in rows] == [
        ("item.graded", f"i{n}", "440100") for n in range(3)
    ]
    told = [opened(session.info["settings"], row) for row in rows]
    assert [one and one.after for one in told] == [{"n": number} for number in range(3)]
    ring = ring_of(session.info["settings"])
    columns = [{column.name: getattr(row, column.name) for column in TrailEntry.__table__.columns} for row in rows]
    assert all(seal_holds(ring, one) for one in columns)


def test_no_deeds_are_no_entries(session: Session, operator: Actor) -> None:
    assert record_each(session, operator, []) == []


def test_a_row_is_its_own_subject(session: Session, operator: Actor) -> None:
    unit = Organisation(
        code="440000-01", name="科技处", parent_code="440000", path="/440000/440000-01/", tier=Tier.UNIT
    )
    session.add(unit)
    record(session, operator, Act.ORGANISATION_CREATED, unit)
    assert (last(session).subject_kind, last(session).subject_id) == ("organisations", "440000-01")


def test_a_subject_without_an_organisation_is_the_actors(session: Session, operator: Actor) -> None:
    record(session, operator, Act.BACKUP_MADE, Subject("backups", "b-1"))
    assert last(session).org == operator.org


def test_what_was_before_and_after_can_be_read_again(session: Session, operator: Actor) -> None:
    facts = {"level": "G4", "when": NOON, "roles": {"b", "a"}, "why": Message("trail.title")}
    record(session, operator, Act.ITEM_GRADED, Subject("items", "i"), before={"level": "G3"}, after=facts, note="改级")
    told = opened(session.info["settings"], last(session))
    assert told is not None
    assert (told.before, told.note) == ({"level": "G3"}, "改级")
    assert told.after == {
        "level": "G4",
        "when": "2026-11-22T12:00:00+00:00",
        "roles": ["a", "b"],
        "why": {"key": "trail.title", "params": {}},
    }


def test_no_column_holds_a_name_or_a_fact_in_clear(session: Session, operator: Actor) -> None:
    record(
        session, operator, Act.PERSON_CHANGED, Subject("persons", "p"), after={"phone": "13800138000"}, note="张三丰"
    )
    entry = last(session)
    stored = " ".join(str(getattr(entry, column.name)) for column in TrailEntry.__table__.columns)
    assert "13800138000" not in stored
    assert "张三丰" not in stored


def test_equal_facts_have_unequal_digests(session: Session, operator: Actor) -> None:
    digests = set()
    for _ in range(2):
        record(session, operator, Act.ITEM_GRADED, Subject("items", "i"), after={"level": "G4"})
        digests.add(last(session).private_digest)
    assert len(digests) == 2


def test_sealed_facts_do_not_open_elsewhere(
    session: Session, operator: Actor, tmp_path_factory: pytest.TempPathFactory
) -> None:
    record(session, operator, Act.ITEM_GRADED, Subject("items", "i"), after={"level": "G4"})
    stranger = Settings(home=tmp_path_factory.mktemp("other"), database_url="sqlite://")
    with pytest.raises(SealError):
        opened(stranger, last(session))


def test_an_entry_is_sealed(session: Session, operator: Actor) -> None:
    record(session, operator, Act.ITEM_GRADED, Subject("items", "i"))
    from soc.crypto import ring_of

    row = {column.name: getattr(last(session), column.name) for column in TrailEntry.__table__.columns}
    assert seal_holds(ring_of(session.info["settings"]), row)
    assert not seal_holds(ring_of(session.info["settings"]), row | {"act": "item.confirmed"})


def test_an_entry_goes_with_its_transaction(database: Database) -> None:
    from soc.identity.actors import operator_actor

    with pytest.raises(ZeroDivisionError), database.write() as session:
        record(session, operator_actor(session), Act.ITEM_GRADED, Subject("items", "rolled back"))
        _ = 1 / 0
    with database.read() as session:
        assert session.scalar(select(TrailEntry).where(TrailEntry.subject_id == "rolled back")) is None


def test_keys_of_one_transaction_follow_each_other(session: Session, operator: Actor) -> None:
    first, second = (record(session, operator, Act.ITEM_GRADED, Subject("items", name)) for name in "ab")
    assert second == first + 1
