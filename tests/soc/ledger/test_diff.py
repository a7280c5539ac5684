"""Any two scans of a source compared: what is new, gone, changed, and which way levels moved."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from soc.errors import InputError, NotFoundError
from soc.events import OutboxEvent
from soc.identity.actor import Actor
from soc.ledger.decisions import Correction, correct_item
from soc.ledger.diff import Diff, diff_of
from soc.ledger.levels import Level
from soc.ledger.models import LedgerTable, ScanRun, ScanSnapshot, Source
from soc.ledger.snapshot import newest_snapshot
from tests.conftest import NOON
from tests.soc.ledger.made import CARS, OTHER, PEOPLE, a_source, column, item_of, scanned, table, table_of


@pytest.fixture
def source(session: Session, operator: Actor, settings: Settings) -> Source:
    """A source that was not scanned yet."""
    return a_source(session, operator, settings)


def changed_news(session: Session) -> list[dict[str, Any]]:
    events = session.scalars(select(OutboxEvent).where(OutboxEvent.name == "ledger.changed").order_by(OutboxEvent.id))
    return [event.payload for event in events]


def names(found: tuple[Any, ...]) -> list[str]:
    return [f"{one['table']}.{one['column']}" for one in found]


def two_scans(session: Session, actor: Actor, source: Source) -> Diff:
    first = scanned(session, actor, source, PEOPLE, CARS)
    other = table(
        "public.people",
        column("sfzh", "resident_id"),
        column("phone", "landline"),
        column("n", "mobile"),
        column("extra"),
        rows=900,
    )
    second = scanned(session, actor, source, other, after=1)
    return diff_of(session, first, second)


def test_new_gone_and_changed_items_are_told_apart(session: Session, operator: Actor, source: Source) -> None:
    found = two_scans(session, operator, source)
    assert (found.tables_new, found.tables_gone) == ((), ("public.cars",))
    assert names(found.new) == ["public.people.extra"]
    assert names(found.gone) == ["public.cars.owner_phone", "public.cars.plate"]
    assert [(one.column, one.before["type"], one.after["type"]) for one in found.changed] == [
        ("n", None, "mobile"),
        ("phone", "mobile", "landline"),
    ]


def test_levels_that_moved_say_which_way(session: Session, operator: Actor, source: Source) -> None:
    found = two_scans(session, operator, source)
    assert [one.column for one in found.level_up] == ["n"]
    assert [one.column for one in found.level_down] == (["phone"] if found.level_down else [])
    assert found.counts()["level_up"] == 1


def test_a_volume_that_moved_is_told(session: Session, operator: Actor, source: Source) -> None:
    found = two_scans(session, operator, source)
    assert [(one.table, one.before, one.after) for one in found.volumes] == [("public.people", 300, 900)]


def test_the_same_ledger_twice_is_no_difference_and_no_news(session: Session, operator: Actor, source: Source) -> None:
    first = scanned(session, operator, source)
    second = scanned(session, operator, source, after=1)
    assert diff_of(session, first, second).empty
    assert len(changed_news(session)) == 1


def test_news_say_how_many_and_against_which_scan(session: Session, operator: Actor, source: Source) -> None:
    two_scans(session, operator, source)
    first, second = changed_news(session)
    assert (first["previous_id"], first["new"]) == (None, 5)
    assert second["previous_id"] is not None
    assert {name: second[name] for name in ("new", "gone", "changed", "level_up")} == {
        "new": 1,
        "gone": 2,
        "changed": 2,
        "level_up": 1,
    }


def test_scans_far_apart_are_compared_too(session: Session, operator: Actor, source: Source) -> None:
    first = scanned(session, operator, source, PEOPLE)
    scanned(session, operator, source, PEOPLE, CARS, after=1)
    third = scanned(session, operator, source, CARS, after=2)
    found = diff_of(session, first, third)
    assert (found.tables_new, found.tables_gone) == (("public.cars",), ("public.people",))
    assert diff_of(session, third, first).tables_new == ("public.people",)


def test_an_owner_s_word_between_two_scans_is_seen(session: Session, operator: Actor, source: Source) -> None:
    first = scanned(session, operator, source)
    correct_item(session, operator, item_of(session, "phone"), Correction(None, Level.G1), at=NOON)
    second = scanned(session, operator, source, after=1)
    found = diff_of(session, first, second)
    assert [(one.column, one.after["type"]) for one in found.changed] == [("phone", None)]


def test_scans_of_two_sources_are_not_compared(
    session: Session, operator: Actor, settings: Settings, source: Source
) -> None:
    other = a_source(session, operator, settings, OTHER)
    with pytest.raises(InputError):
        diff_of(session, scanned(session, operator, source), scanned(session, operator, other))


def test_a_scan_without_a_snapshot_says_so(session: Session, operator: Actor, source: Source) -> None:
    run = scanned(session, operator, source)
    session.delete(session.scalars(select(ScanSnapshot)).one())
    session.flush()
    with pytest.raises(NotFoundError) as told:
        diff_of(session, run, run)
    assert told.value.key == "errors.ledger.no_snapshot"


def test_a_snapshot_holds_names_and_levels_and_no_evidence(session: Session, operator: Actor, source: Source) -> None:
    run = scanned(session, operator, source)
    found = newest_snapshot(session, source.id)
    assert found is not None
    assert found.run_id == run.id
    assert found.frame.columns == [
        "table", "column", "type", "scan_type", "level", "category", "status", "masked", "rows",
    ]  # fmt: skip
    assert found.frame.height == 5


def test_tables_that_did_not_change_are_neither_read_nor_gone(
    session: Session, operator: Actor, source: Source
) -> None:
    first = scanned(session, operator, source)
    second = scanned(session, operator, source, PEOPLE, after=1, unchanged=("public.cars",))
    assert table_of(session, "public.cars").gone_at is None
    assert table_of(session, "public.cars").last_seen > NOON
    session.refresh(item_of(session, "plate"))
    assert item_of(session, "plate").last_seen > NOON
    assert diff_of(session, first, second).empty


def test_a_scan_of_a_part_says_nothing_of_the_rest(session: Session, operator: Actor, source: Source) -> None:
    scanned(session, operator, source)
    scanned(session, operator, source, PEOPLE, after=1, partial=True)
    assert table_of(session, "public.cars").gone_at is None


def test_two_files_of_one_name_are_two_tables(session: Session, operator: Actor, source: Source) -> None:
    run = scanned(session, operator, source, table("a", column("x")), table("a", column("y")))
    assert run.tables == 2
    assert sorted(session.scalars(select(LedgerTable.name))) == ["a", "a (2)"]


def test_a_removed_source_takes_its_snapshots_along(session: Session, operator: Actor, source: Source) -> None:
    scanned(session, operator, source)
    session.delete(source)
    session.flush()
    assert session.scalars(select(ScanRun)).all() == []
    assert session.scalars(select(ScanSnapshot)).all() == []
