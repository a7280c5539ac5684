"""The plan of the full province: its size is exact, its names differ, and it is always the same."""

from collections import Counter

import pytest

from soc.demo.estate.columns import columns_of
from soc.demo.estate.kinds import COMPUTED, TRUTH
from soc.demo.estate.naming import Style, distinct, named
from soc.demo.estate.plan import Plan
from soc.demo.estate.relation import Form, Relation
from soc.demo.estate.whole import relations_of
from soc.demo.estate.words import Term, words
from soc.demo.province import province
from soc.demo.table import rng_for
from soc.demo.world import World
from soc.ledger.types import types


@pytest.fixture(scope="module")
def plan() -> Plan:
    return Plan(3)


def test_the_estate_and_the_story_make_1335_relations_of_35672_columns() -> None:
    story = list(province(World.of(1, "small")))
    estate = relations_of(1, None)
    assert len(story) + len(estate) == 1335
    columns = sum(len(one.columns) for one in story) + sum(len(one.columns) for one in estate)
    assert columns == 35_672


def test_the_same_seed_plans_the_same_and_another_seed_another(plan: Plan) -> None:
    assert Plan(3).all == plan.all
    assert Plan(4).all != plan.all


@pytest.mark.parametrize("items", [1, 1_000, 5_000, 10_000])
def test_a_smaller_size_has_exactly_so_many_columns(plan: Plan, items: int) -> None:
    assert sum(len(one.columns) for one in plan.first(items)) == items


def test_a_smaller_size_holds_the_base_of_each_view_it_holds(plan: Plan) -> None:
    chosen = plan.first(10_000)
    tables = {(one.schema, one.name) for one in chosen}
    assert all((one.schema, one.base) in tables for one in chosen if one.form is Form.VIEW)
    assert any(one.form is Form.VIEW for one in chosen)


def test_no_schema_has_two_relations_of_one_name_and_no_relation_two_such_columns(plan: Plan) -> None:
    names = Counter((one.schema, one.name.lower()) for one in plan.all)
    assert max(names.values()) == 1
    for one in plan.all:
        assert max(Counter(column.name.lower() for column in one.columns).values()) == 1


def test_no_name_is_longer_than_a_database_keeps(plan: Plan) -> None:
    names = [name for one in plan.all for name in (one.schema, one.name, *(column.name for column in one.columns))]
    assert max(len(name.encode()) for name in names) <= 63


def test_it_has_what_a_real_estate_has(plan: Plan) -> None:
    forms = Counter(one.form for one in plan.all)
    assert forms[Form.PARTITIONED] >= 10
    assert forms[Form.VIEW] >= 30
    assert sum(1 for one in plan.all if one.rows == 0) >= 20
    assert sum(1 for one in plan.all if one.rows >= 20_000) >= 5
    columns = [column for one in plan.all for column in one.columns]
    sensitive = sum(1 for column in columns if column.kind in TRUTH) / len(columns)
    assert 0.08 < sensitive < 0.25
    commented = sum(1 for column in columns if column.comment) / len(columns)
    assert 0.3 < commented < 0.8


def test_names_are_made_in_each_systems_own_style() -> None:
    term = Term.of("驾驶员|jia shi yuan|driver") + Term.of("身份证号|shen fen zheng hao|id card")
    made = {style: named(term, style, 4) for style in Style}
    assert made == {
        Style.INITIALS: "jsysfzh",
        Style.UPPER: "JSYSFZH",
        Style.PINYIN: "jiashiyuanshenfenzhenghao",
        Style.ENGLISH: "driver_id_card",
        Style.SHORT: "drv_id_card",
        Style.CAMEL: "driverIdCard",
        Style.HAN: "驾驶员身份证号",
        Style.NUMBERED: "c5",
    }


def test_a_name_that_is_taken_gets_a_number_whatever_its_case() -> None:
    taken: set[str] = set()
    assert [distinct(name, taken) for name in ("xm", "XM", "xm")] == ["xm", "XM2", "xm3"]


def test_every_kind_that_is_named_can_be_made_and_every_truth_is_a_type() -> None:
    from soc.demo.estate.pools import Pools

    tree = words()
    kinds = {one.kind for group in tree.attributes.values() for one in group}
    kinds |= {one.kind for one in (*tree.measures, *tree.common)}
    pools = Pools(1)
    assert all(kind in COMPUTED or pools.of(kind).clean for kind in kinds)
    assert {name for names in TRUTH.values() for name in names} <= set(types())


def test_two_columns_sometimes_bear_each_others_names() -> None:
    system = words().systems[0]
    tables = [
        columns_of(rng_for(seed, "x"), system.subjects[0], words().variants[0], Style.ENGLISH, 30, 1.0)
        for seed in range(60)
    ]
    swapped = [one for table in tables for one in table if not one.comment]
    assert 0 < len(swapped) < 60


def views_of(plan: Plan) -> list[Relation]:
    return [one for one in plan.all if one.form is Form.VIEW]


def test_a_view_shows_the_first_columns_of_its_base(plan: Plan) -> None:
    bases = {(one.schema, one.name): one for one in plan.all if one.form is not Form.VIEW}
    for view in views_of(plan):
        base = bases[view.schema, view.base]
        assert [one.name for one in view.columns] == [one.name for one in base.columns[: len(view.columns)]]
