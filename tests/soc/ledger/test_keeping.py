"""Who stands behind data: said once, handed down, until something below says otherwise; every word has its history."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from soc.errors import InputError, NotFoundError
from soc.identity.actor import Actor, Role
from soc.ledger.changes import full_history, history_of_place
from soc.ledger.keeping import Edit, edit, edit_many, preview
from soc.ledger.models import LedgerChange, LedgerItem, Source
from soc.ledger.service import find_item
from soc.ledger.stewardship import Domain, Layer, Sharing, Stewarded, own_fields, with_own
from soc.tiers.scope import within
from soc.trail import TrailEntry
from tests.conftest import NOON
from tests.soc.ledger.made import (
    CITY,
    COUNTY,
    OFFICE,
    OTHER,
    PROVINCE,
    a_source,
    an_office,
    item_of,
    scanned,
    schema_of,
    table_of,
)

MakePerson = Callable[..., Actor]


@pytest.fixture
def source(session: Session, operator: Actor, settings: Settings) -> Source:
    """A scanned source of Guangzhou's with two tables in one schema."""
    made = a_source(session, operator, settings)
    scanned(session, operator, made)
    return made


def said(session: Session, actor: Actor, row: Any, why: str = "", **values: Any) -> dict[str, Any]:
    return edit(session, actor, row, Edit(values, why), at=NOON)


def test_what_is_said_of_a_source_holds_for_everything_in_it(session: Session, operator: Actor, source: Source) -> None:
    said(session, operator, source, system="运政系统", layer="source")
    found: list[Stewarded] = [schema_of(session), table_of(session, "public.people"), item_of(session, "sfzh")]
    assert {(row.system, row.layer) for row in found} == {("运政系统", Layer.SOURCE)}


def test_a_word_below_stands_against_the_word_above(session: Session, operator: Actor, source: Source) -> None:
    said(session, operator, table_of(session, "public.people"), system="档案系统")
    said(session, operator, source, system="运政系统")
    assert item_of(session, "sfzh").system == "档案系统"
    assert item_of(session, "plate").system == "运政系统"


def test_a_schema_hands_down_too(session: Session, operator: Actor, source: Source) -> None:
    said(session, operator, schema_of(session), rhythm="daily")
    said(session, operator, source, rhythm="yearly")
    assert item_of(session, "sfzh").rhythm == "daily"


def test_a_word_taken_back_lets_the_one_above_hold_again(session: Session, operator: Actor, source: Source) -> None:
    said(session, operator, source, operator="甲公司")
    table = table_of(session, "public.people")
    said(session, operator, table, operator="乙公司")
    said(session, operator, table, operator=None)
    assert (table.operator, item_of(session, "sfzh").operator) == ("甲公司", "甲公司")
    assert own_fields(table) == ()


def test_a_domain_follows_the_category_until_somebody_names_one(
    session: Session, operator: Actor, source: Source
) -> None:
    assert (table_of(session, "public.cars").domain, item_of(session, "plate").domain) == (Domain.TRANSPORT,) * 2
    said(session, operator, source, domain="AQ")
    assert item_of(session, "plate").domain is Domain.SAFETY
    said(session, operator, source, domain=None)
    assert item_of(session, "plate").domain is Domain.TRANSPORT
    assert item_of(session, "sfzh").domain is None


def test_a_table_that_a_later_scan_finds_hears_what_was_said(
    session: Session, operator: Actor, settings: Settings
) -> None:
    source = a_source(session, operator, settings)
    said(session, operator, source, system="运政系统", sharing="conditional", sharing_reason="仅限执法")
    scanned(session, operator, source)
    assert item_of(session, "sfzh").system == "运政系统"
    assert item_of(session, "sfzh").sharing is Sharing.CONDITIONAL


def test_an_office_s_people_see_what_the_office_owns(
    session: Session, operator: Actor, person: MakePerson, source: Source
) -> None:
    an_office(session)
    officer, stranger = person(Role.OWNER, OFFICE), person(Role.OWNER, COUNTY)
    item = item_of(session, "sfzh")
    with pytest.raises(NotFoundError):
        find_item(session, officer, str(item.id))
    said(session, operator, table_of(session, "public.people"), owner=OFFICE)
    assert find_item(session, officer, str(item.id)).owner == OFFICE
    assert find_item(session, person(Role.OWNER, CITY), str(item.id)).org == OFFICE
    with pytest.raises(NotFoundError):
        find_item(session, stranger, str(item.id))


def test_a_source_keeps_sight_of_data_that_an_organisation_above_owns(
    session: Session, operator: Actor, source: Source
) -> None:
    said(session, operator, item_of(session, "sfzh"), owner=PROVINCE)
    assert (item_of(session, "sfzh").owner, item_of(session, "sfzh").org) == (PROVINCE, CITY)


def test_an_owner_taken_back_gives_the_items_back(session: Session, operator: Actor, source: Source) -> None:
    an_office(session)
    said(session, operator, source, owner=OFFICE)
    assert item_of(session, "plate").org == OFFICE
    said(session, operator, source, owner=None)
    assert (item_of(session, "plate").org, item_of(session, "plate").owner) == (CITY, None)


@pytest.mark.parametrize(
    "values",
    [
        {"colour": "red"},
        {},
        {"layer": "fourth"},
        {"sharing": "none"},
        {"sharing": "conditional", "sharing_reason": "  "},
        {"system": "x" * 201},
        {"owner": "999999"},
        {"next_review": "soon"},
    ],
)
def test_what_makes_no_sense_is_refused(
    session: Session, operator: Actor, source: Source, values: dict[str, Any]
) -> None:
    with pytest.raises(InputError):
        said(session, operator, item_of(session, "sfzh"), **values)


def test_an_owner_outside_one_s_scope_looks_unknown(
    session: Session, person: MakePerson, operator: Actor, source: Source
) -> None:
    with pytest.raises(InputError) as refused:
        said(session, person(Role.OWNER, CITY), item_of(session, "sfzh"), owner=OTHER)
    assert refused.value.key == "errors.ledger.owner_unknown"


def test_a_stranger_changes_nothing(session: Session, person: MakePerson, operator: Actor, source: Source) -> None:
    with pytest.raises(NotFoundError):
        said(session, person(Role.OWNER, OTHER), item_of(session, "sfzh"), system="x")
    assert item_of(session, "sfzh").system is None


def test_free_sharing_needs_no_reason_and_drops_an_old_one(session: Session, operator: Actor, source: Source) -> None:
    said(session, operator, source, sharing="none", sharing_reason="工作秘密")
    said(session, operator, source, sharing="unconditional")
    assert (item_of(session, "sfzh").sharing, item_of(session, "sfzh").sharing_reason) == ("unconditional", None)


def test_a_change_says_who_and_why(session: Session, person: MakePerson, operator: Actor, source: Source) -> None:
    owner = person(Role.OWNER, CITY)
    said(session, owner, item_of(session, "sfzh"), "按 JT/T 697", standard="JT/T 697.7")
    session.flush()
    told = full_history(session, item_of(session, "sfzh"))
    assert [(one.field, one.before, one.after, one.place) for one in told] == [("standard", None, "JT/T 697.7", "item")]
    assert (told[0].change.by, told[0].change.why, told[0].change.cause) == (owner.name, "按 JT/T 697", "edited")


def test_an_item_s_history_has_what_was_handed_down_to_it(session: Session, operator: Actor, source: Source) -> None:
    said(session, operator, source, system="运政系统")
    session.flush()
    told = full_history(session, item_of(session, "sfzh"))
    assert [(one.field, one.place) for one in told] == [("system", "source")]
    assert [one.field for one in history_of_place(session, source)] == ["system"]


def test_a_change_that_changes_nothing_leaves_no_trace(session: Session, operator: Actor, source: Source) -> None:
    said(session, operator, source, system="运政系统")
    before = len(session.scalars(select(TrailEntry.id)).all())
    assert said(session, operator, source, system="运政系统") == {}
    session.flush()
    assert len(session.scalars(select(TrailEntry.id)).all()) == before
    assert len(session.scalars(select(LedgerChange.id)).all()) == 1


def test_a_preview_counts_and_writes_nothing(session: Session, operator: Actor, source: Source) -> None:
    said(session, operator, item_of(session, "plate"), store="base")
    found = preview(session, operator, within(operator, LedgerItem), Edit({"store": "base"}))
    assert (found.items, found.changed, dict(found.orgs)) == (5, 4, {CITY: 4})
    assert found.moves == (("store", None, "base", 4),)
    assert item_of(session, "sfzh").store is None


def test_many_items_change_as_one_act_with_a_line_each(session: Session, operator: Actor, source: Source) -> None:
    said(session, operator, item_of(session, "plate"), store="base")
    count = edit_many(session, operator, within(operator, LedgerItem), Edit({"store": "base"}, "归库"), at=NOON)
    session.expire_all()
    changes = session.scalars(select(LedgerChange).where(LedgerChange.batch.is_not(None))).all()
    assert (count, len(changes), len({one.batch for one in changes})) == (4, 4, 1)
    assert {one.store for one in session.scalars(select(LedgerItem))} == {"base"}
    acts = session.scalars(select(TrailEntry.act)).all()
    assert acts.count("item.edited") == 2


def test_many_values_taken_back_come_from_above_again(session: Session, operator: Actor, source: Source) -> None:
    everything = within(operator, LedgerItem)
    said(session, operator, source, system="运政系统")
    edit_many(session, operator, everything, Edit({"system": "别的"}), at=NOON)
    assert edit_many(session, operator, everything, Edit({"system": None}), at=NOON) == 5
    session.flush()
    session.expire_all()
    assert {one.system for one in session.scalars(select(LedgerItem))} == {"运政系统"}


def test_many_items_move_to_the_office_that_owns_them(
    session: Session, operator: Actor, person: MakePerson, source: Source
) -> None:
    an_office(session)
    edit_many(session, operator, within(operator, LedgerItem), Edit({"owner": OFFICE}), at=NOON)
    session.expire_all()
    assert len(session.scalars(within(person(Role.OWNER, OFFICE), LedgerItem)).all()) == 5


def test_own_fields_are_added_and_taken_away_in_order() -> None:
    own = with_own(with_own("", "owner", said=True), "domain", said=True)
    assert own == ",domain,owner,"
    assert with_own(with_own(own, "owner", said=False), "domain", said=False) == ""
