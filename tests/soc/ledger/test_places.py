"""The same data in several places: found, shown within one's scope, decided; and persons counted once."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from soc.errors import InputError
from soc.identity.actor import Actor, Role
from soc.ledger.keeping import Edit, edit
from soc.ledger.models import LedgerChange, LedgerItem, Source
from soc.ledger.persons import Counted, persons_below, persons_by_centre, persons_in
from soc.ledger.places import (
    choose_authority,
    compare_places,
    groups_within,
    joined,
    known_sketches,
    pairs_of,
    places_of,
    proposed_authority,
)
from soc.ledger.sketch import Sketch
from soc.ledger.sketches import LedgerSketch, LedgerTwin
from soc.ledger.values import ScannedColumn
from soc.trail import TrailEntry
from tests.conftest import NOON
from tests.soc.ledger.made import CITY, OTHER, PROVINCE, a_source, column, item_of, scanned, table

MakePerson = Callable[..., Actor]


def people(numbers: Sequence[int]) -> bytes:
    """The packed sketch of a set of persons."""
    spread = np.random.default_rng(1).integers(0, 2**64, 40_000, dtype=np.uint64)
    return Sketch.of(spread[list(numbers)]).pack()


def held(name: str, kind: str, numbers: Sequence[int], **more: Any) -> ScannedColumn:
    evidence = {"rows": len(numbers), "filled": len(numbers)}
    return column(name, kind, sketch=people(numbers), evidence=evidence, **more)


@pytest.fixture
def source(session: Session, operator: Actor, settings: Settings) -> Source:
    """Guangzhou's: 5,000 persons in one table, 2,000 of them in another, and strangers beside them."""
    made = a_source(session, operator, settings)
    scanned(
        session, operator, made,
        table("ods.people", held("sfzh", "resident_id", range(5_000)), rows=5_000, complete=True),
        table("dwd.drivers", held("id_no", "resident_id", range(2_000)), rows=2_000, complete=True),
        table("ods.firms", held("tel", "mobile", range(9_000, 9_800)), rows=800, complete=True),
        sketch_key="k1",
    )  # fmt: skip
    return made


def compared(session: Session, actor: Actor) -> int:
    moved = compare_places(session, actor, pairs_of(known_sketches(session)), at=NOON)
    session.flush()
    return moved


def test_what_lies_wholly_in_another_table_is_found(session: Session, operator: Actor, source: Source) -> None:
    assert compared(session, operator) == 1
    (place,) = places_of(session, operator, item_of(session, "id_no"))
    assert place.item.name == "sfzh"
    assert place.contained > 0.8
    assert place.containing == pytest.approx(0.4, abs=0.1)
    assert place.complete
    assert places_of(session, operator, item_of(session, "tel")) == []


def test_a_second_comparison_finds_nothing_new(session: Session, operator: Actor, source: Source) -> None:
    compared(session, operator)
    assert compared(session, operator) == 0
    assert len(session.scalars(select(LedgerTwin)).all()) == 2
    assert list(session.scalars(select(TrailEntry.act))).count("ledger.places_compared") == 2


def test_values_of_two_types_or_two_keys_are_never_the_same_item(
    session: Session, operator: Actor, settings: Settings, source: Source
) -> None:
    second = a_source(session, operator, settings, name="另一库")
    phones = table("x.phones", held("lxdh", "landline", range(5_000)), complete=True)
    scanned(session, operator, second, phones, sketch_key="k1")
    third = a_source(session, operator, settings, name="旧库")
    scanned(session, operator, third, table("x.old", held("sfz", "resident_id", range(5_000))), sketch_key="k0")
    compared(session, operator)
    assert [one.item.name for one in places_of(session, operator, item_of(session, "sfzh"))] == ["id_no"]


def test_two_columns_of_one_table_are_no_two_places(session: Session, operator: Actor, settings: Settings) -> None:
    source = a_source(session, operator, settings)
    twice = table("a", held("one", "mobile", range(500)), held("two", "mobile", range(500)))
    scanned(session, operator, source, twice, sketch_key="k1")
    assert compared(session, operator) == 0


def test_a_short_list_of_choices_is_no_place(session: Session, operator: Actor, settings: Settings) -> None:
    source = a_source(session, operator, settings)
    few = [table(name, held(f"c_{name}", "ethnic", range(20))) for name in ("a", "b")]
    scanned(session, operator, source, *few, sketch_key="k1")
    assert compared(session, operator) == 0


def test_a_place_in_another_organisation_is_seen_by_those_who_see_both(
    session: Session, operator: Actor, settings: Settings, person: MakePerson, source: Source
) -> None:
    shenzhen = a_source(session, operator, settings, OTHER, "深圳库")
    scanned(
        session, operator, shenzhen, table("sz.people", held("sz_id", "resident_id", range(5_000))), sketch_key="k1"
    )
    compared(session, operator)
    item = item_of(session, "sfzh")
    assert [one.item.name for one in places_of(session, person(Role.OWNER, CITY), item)] == ["id_no"]
    assert {one.item.name for one in places_of(session, person(Role.OWNER, PROVINCE), item)} == {"id_no", "sz_id"}
    assert len(groups_within(session, person(Role.OWNER, CITY))[0]) == 2
    assert len(groups_within(session, person(Role.OWNER, PROVINCE))[0]) == 3


def test_a_table_that_is_gone_is_no_place(session: Session, operator: Actor, source: Source) -> None:
    compared(session, operator)
    rest = table("ods.people", held("sfzh", "resident_id", range(5_000)), complete=True)
    scanned(session, operator, source, rest, after=1, sketch_key="k1")
    assert compared(session, operator) == 1
    assert places_of(session, operator, item_of(session, "sfzh")) == []


def test_a_new_scan_replaces_the_sketches_of_what_it_read(session: Session, operator: Actor, source: Source) -> None:
    again = table("ods.people", column("sfzh"), complete=True)
    scanned(session, operator, source, again, after=1, unchanged=("dwd.drivers", "ods.firms"), sketch_key="k1")
    kept = set(session.scalars(select(LedgerSketch.item_id)))
    assert kept == {item_of(session, "id_no").id, item_of(session, "tel").id}


def test_a_business_system_s_own_layer_is_proposed_before_copies(
    session: Session, operator: Actor, source: Source
) -> None:
    compared(session, operator)
    item = item_of(session, "sfzh")
    assert proposed_authority(item, places_of(session, operator, item))[0].item.name == "sfzh"
    edit(session, operator, item_of(session, "id_no"), Edit({"layer": "source"}), at=NOON)
    session.expire_all()
    item = item_of(session, "sfzh")
    first = proposed_authority(item, places_of(session, operator, item))[0]
    assert (first.item.name, first.in_source_layer) == ("id_no", True)


def test_who_has_most_of_the_others_values_is_proposed_first(session: Session, operator: Actor, source: Source) -> None:
    compared(session, operator)
    item = item_of(session, "id_no")
    ranked = proposed_authority(item, places_of(session, operator, item))
    assert [one.item.name for one in ranked] == ["sfzh", "id_no"]
    assert ranked[0].covers > ranked[1].covers
    assert proposed_authority(item, []) == []


def test_an_owner_s_choice_holds_for_every_place_and_has_its_history(
    session: Session, operator: Actor, person: MakePerson, source: Source
) -> None:
    compared(session, operator)
    owner, item = person(Role.OWNER, CITY), item_of(session, "id_no")
    chosen = item_of(session, "sfzh").id
    assert choose_authority(session, owner, item, chosen, at=NOON) == 2
    assert choose_authority(session, owner, item, chosen, at=NOON) == 0
    session.flush()
    assert {item_of(session, name).authority_id for name in ("id_no", "sfzh")} == {chosen}
    change = session.scalars(select(LedgerChange).where(LedgerChange.item_id == item.id)).one()
    assert (change.after, change.by) == ({"authority": "ods.people.sfzh"}, owner.name)


def test_what_is_no_place_of_an_item_cannot_be_chosen(session: Session, operator: Actor, source: Source) -> None:
    compared(session, operator)
    with pytest.raises(InputError):
        choose_authority(session, operator, item_of(session, "id_no"), item_of(session, "tel").id, at=NOON)


def test_persons_of_a_table_are_those_of_its_firmest_key(session: Session, operator: Actor, source: Source) -> None:
    found = item_of(session, "sfzh")
    session.refresh(found, ["table"])
    low, high = found.table.persons_low, found.table.persons_high
    assert low == high
    assert low == pytest.approx(5_000, rel=0.07)


def test_of_a_sample_the_persons_seen_are_the_least_and_the_filled_rows_the_most() -> None:
    seen = Sketch.unpack(people(range(1_000)))
    phone = Counted("mobile", seen, complete=False, filled=0.9, rows=100_000)
    found = persons_in([phone])
    assert found is not None
    assert (found.type, found.high) == ("mobile", 90_000)
    assert found.low == pytest.approx(1_000, rel=0.07)
    keyed = persons_in([phone, Counted("resident_id", seen, complete=True, filled=1.0, rows=1_000)])
    assert keyed is not None
    assert (keyed.type, keyed.low) == ("resident_id", keyed.high)
    assert persons_in([Counted("plate", seen, complete=True, filled=1.0, rows=5)]) is None


def test_persons_of_an_organisation_are_counted_once(
    session: Session, operator: Actor, settings: Settings, person: MakePerson, source: Source
) -> None:
    shenzhen = a_source(session, operator, settings, OTHER, "深圳库")
    others = table("sz.people", held("sz_id", "resident_id", range(4_000, 7_000)), complete=True)
    scanned(session, operator, shenzhen, others, sketch_key="k1")
    city, province = persons_below(session, person(Role.OWNER, CITY)), persons_below(session, operator)
    assert city.by_type["resident_id"] == pytest.approx(5_000, rel=0.07)
    assert province.by_type["resident_id"] == pytest.approx(7_000, rel=0.07)
    assert city.low == city.by_type["resident_id"]
    assert city.high == sum(city.by_type.values())
    assert {centre.code for centre, _ in persons_by_centre(session, operator)} == {CITY, OTHER}
    assert persons_by_centre(session, person(Role.OWNER, CITY)) == []


def test_an_organisation_without_sketches_counts_nobody(session: Session, operator: Actor) -> None:
    found = persons_below(session, operator)
    assert (found.low, found.high, found.columns) == (0, 0, 0)


def test_pairs_are_joined_to_groups_the_largest_first(session: Session, operator: Actor, source: Source) -> None:
    one, two, three, four, five = [*list(session.scalars(select(LedgerItem.id)))[:3], source.id, operator_id()]
    assert joined([(one, two), (four, five), (two, three)]) == [sorted([one, two, three]), sorted([four, five])]


def operator_id() -> Any:
    from soc.db import new_id

    return new_id()
