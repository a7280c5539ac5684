"""The ledger on real databases: scans come in, owners decide, strangers see nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from soc.errors import InputError, NotFoundError
from soc.events import OutboxEvent
from soc.identity.actor import Actor, Role
from soc.ledger.catalogue import catalogue
from soc.ledger.levels import Level
from soc.ledger.models import ItemStatus, LedgerItem, LedgerTable, Source
from soc.ledger.service import Correction, confirm_item, correct_item, find_item, history_of, store_scan
from soc.ledger.sources import NewSource, SourceTakenError, add_source, find_source, list_sources, remove_source, url_of
from soc.ledger.types import types
from soc.ledger.values import ScannedColumn, ScannedTable, ScanReport
from soc.trail import TrailEntry
from tests.conftest import NOON

SECRET = "postgresql://reader:very-secret@10.0.0.9:5432/gd"
MakePerson = Callable[..., Actor]


@pytest.fixture
def source(session: Session, operator: Actor, settings: Settings) -> Source:
    """A source of Guangzhou's."""
    made = add_source(session, operator, settings, NewSource("运政库", SECRET, "440100"))
    session.flush()
    return made


def column(name: str, kind: str | None, **more: Any) -> ScannedColumn:
    known = types()[kind] if kind else None
    level = known.level if known else Level.G1
    entity = known.entity if known else None
    return ScannedColumn(name, kind, entity, 0.97 if kind else 0.0, "high" if kind else "low", level, **more)


def report(*tables: ScannedTable, after: int = 0, **more: Any) -> ScanReport:
    at = NOON + timedelta(hours=after)
    return ScanReport(started_at=at, finished_at=at, tables=tables, **more)


PEOPLE = ScannedTable(
    "public.people", 300, (column("sfzh", "resident_id"), column("phone", "mobile"), column("n", None))
)


def items(session: Session) -> dict[str, LedgerItem]:
    session.flush()
    return {item.name: item for item in session.scalars(select(LedgerItem))}


def test_a_password_is_sealed_and_shown_nowhere(session: Session, settings: Settings, source: Source) -> None:
    assert b"very-secret" not in source.sealed_url
    assert "very-secret" not in source.address
    assert url_of(settings, source) == SECRET


def test_a_name_is_taken_once_an_organisation(
    session: Session, operator: Actor, settings: Settings, source: Source
) -> None:
    with pytest.raises(SourceTakenError):
        add_source(session, operator, settings, NewSource("运政库", SECRET, "440100"))
    add_source(session, operator, settings, NewSource("运政库", SECRET, "440300"))


def test_a_scan_fills_the_ledger(session: Session, operator: Actor, source: Source) -> None:
    run = store_scan(session, operator, source, report(PEOPLE))
    assert (run.tables, run.columns, run.sensitive, run.changed) == (1, 3, 2, 0)
    found = items(session)
    assert (found["sfzh"].type, found["sfzh"].level, found["sfzh"].org) == ("resident_id", Level.G4, "440100")
    assert found["sfzh"].status is ItemStatus.PROPOSED


def test_a_changed_type_keeps_its_history(session: Session, operator: Actor, source: Source) -> None:
    store_scan(session, operator, source, report(PEOPLE))
    other = ScannedTable("public.people", 310, (column("sfzh", "resident_id"), column("phone", "landline")))
    run = store_scan(session, operator, source, report(other, after=1))
    item = items(session)["phone"]
    (change,) = history_of(session, item)
    assert run.changed == 1
    assert (change.before["type"], change.after["type"], change.cause) == ("mobile", "landline", "scan")


def test_what_is_no_longer_there_is_marked_gone_and_comes_back(
    session: Session, operator: Actor, source: Source
) -> None:
    store_scan(session, operator, source, report(PEOPLE))
    store_scan(session, operator, source, report(after=1))
    session.flush()
    table = session.scalars(select(LedgerTable)).one()
    assert table.gone_at == NOON + timedelta(hours=1)
    assert catalogue(session).is_empty()
    store_scan(session, operator, source, report(PEOPLE, after=2))
    session.flush()
    assert table.gone_at is None


def test_a_table_that_was_skipped_is_not_gone(session: Session, operator: Actor, source: Source) -> None:
    store_scan(session, operator, source, report(PEOPLE))
    skipped = ({"path": "public.people", "reason": "locked"},)
    store_scan(session, operator, source, report(after=1, skipped=skipped))
    assert session.scalars(select(LedgerTable)).one().gone_at is None


@pytest.mark.parametrize("skipped", ["/data/people.csv", "/data"])
def test_a_file_that_cannot_be_read_this_time_does_not_take_its_table_away(
    session: Session, operator: Actor, source: Source, skipped: str
) -> None:
    people = replace(PEOPLE, name="people", path="/data/people.csv")
    cars = replace(PEOPLE, name="cars", path="/other/cars.csv")
    store_scan(session, operator, source, report(people, cars))
    store_scan(session, operator, source, report(after=1, skipped=({"path": skipped, "reason": "locked"},)))
    gone = {one.name: one.gone_at is not None for one in session.scalars(select(LedgerTable))}
    assert gone == {"people": False, "cars": True}


def test_a_file_of_a_scan_before_paths_were_kept_is_known_by_its_name(
    session: Session, operator: Actor, source: Source
) -> None:
    source.kind = "files"
    store_scan(session, operator, source, report(replace(PEOPLE, name="people"), replace(PEOPLE, name="cars")))
    skipped = ({"path": "/data/people.csv", "reason": "locked"},)
    store_scan(session, operator, source, report(after=1, skipped=skipped))
    gone = {one.name: one.gone_at is not None for one in session.scalars(select(LedgerTable))}
    assert gone == {"people": False, "cars": True}


def test_an_owner_s_word_stands_against_the_next_scan(session: Session, operator: Actor, source: Source) -> None:
    store_scan(session, operator, source, report(PEOPLE))
    item = items(session)["phone"]
    correct_item(session, operator, item, Correction("landline", Level.G2), at=NOON)
    store_scan(session, operator, source, report(PEOPLE, after=1))
    assert (item.type, item.level, item.status) == ("landline", Level.G2, ItemStatus.CORRECTED)
    assert item.evidence["scan_type"] == "mobile"


def test_a_confirmation_says_who_and_when(
    session: Session, person: MakePerson, operator: Actor, source: Source
) -> None:
    store_scan(session, operator, source, report(PEOPLE))
    owner = person(Role.OWNER, "440100")
    item = confirm_item(session, owner, items(session)["phone"], at=NOON)
    assert (item.status, item.decided_by, item.decided_at) == (ItemStatus.CONFIRMED, owner.name, NOON)


@pytest.mark.parametrize("correction", [Correction("nonsense", Level.G1), Correction("mobile", Level.IMPORTANT)])
def test_a_correction_that_nobody_may_make_is_refused(
    session: Session, operator: Actor, source: Source, correction: Correction
) -> None:
    store_scan(session, operator, source, report(PEOPLE))
    with pytest.raises(InputError):
        correct_item(session, operator, items(session)["phone"], correction, at=NOON)


def test_another_centre_sees_neither_source_nor_item(
    session: Session, person: MakePerson, operator: Actor, source: Source
) -> None:
    store_scan(session, operator, source, report(PEOPLE))
    item = items(session)["phone"]
    stranger = person(Role.OWNER, "440300")
    assert list_sources(session, stranger) == []
    with pytest.raises(NotFoundError):
        find_source(session, stranger, "运政库")
    with pytest.raises(NotFoundError):
        find_item(session, stranger, str(item.id))
    with pytest.raises(NotFoundError):
        store_scan(session, stranger, source, report(PEOPLE))


def test_a_centre_above_sees_the_item_with_its_table_and_source(
    session: Session, person: MakePerson, operator: Actor, source: Source
) -> None:
    store_scan(session, operator, source, report(PEOPLE))
    found = find_item(session, person(Role.ANALYST, "440000"), str(items(session)["phone"].id))
    assert (found.table.name, found.source.name) == ("public.people", "运政库")


def test_the_catalogue_has_a_row_for_each_column(session: Session, operator: Actor, source: Source) -> None:
    store_scan(session, operator, source, report(PEOPLE))
    session.flush()
    frame = catalogue(session).sort("column")
    assert frame["column"].to_list() == ["n", "phone", "sfzh"]
    assert frame.row(2, named=True) == {
        "org": "440100",
        "source": "运政库",
        "database": "gd",
        "table": "public.people",
        "column": "sfzh",
        "type": "resident_id",
        "category": None,
        "level": "G4",
        "level_rank": 4,
        "rows": 300,
        "masked": False,
    }


def test_possible_important_data_opens_one_review(session: Session, operator: Actor, source: Source) -> None:
    large = ScannedTable("public.people", 2_000_000, PEOPLE.columns, flags=("important.persons",))
    store_scan(session, operator, source, report(large))
    store_scan(session, operator, source, report(large, after=1))
    session.flush()
    names = list(session.scalars(select(OutboxEvent.name)))
    assert names.count("ledger.review_opened") == 1
    assert names.count("ledger.source_scanned") == 2


def test_a_removed_source_takes_its_items_along_and_leaves_its_trail(
    session: Session, operator: Actor, source: Source
) -> None:
    store_scan(session, operator, source, report(PEOPLE))
    remove_source(session, operator, "运政库")
    session.flush()
    session.expire_all()
    assert items(session) == {}
    acts = list(session.scalars(select(TrailEntry.act)))
    assert {"source.added", "scan.stored", "source.removed"} <= {str(act) for act in acts}
