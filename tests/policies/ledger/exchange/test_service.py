"""Merging a catalogue: three sides, a person's choice, one recorded act; nothing is ever overwritten."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from policies.ledger.exchange.form import Sheet
from policies.ledger.exchange.models import CatalogueImport, CatalogueRow, ImportStatus, RowStatus
from policies.ledger.exchange.rows import item_rows, resource_rows
from policies.ledger.exchange.service import (
    Choices,
    Compared,
    Lean,
    Side,
    agree_export,
    bring_in,
    compared,
    discard,
    merge,
)
from policies.ledger.exchange.workbook import Line, read, write
from soc.errors import ConflictError, InputError
from soc.identity.actor import Actor, Role
from soc.ledger.keeping import Edit, edit
from soc.ledger.models import LedgerChange, LedgerItem, LedgerTable, Source, TableKind
from soc.tiers.scope import within
from soc.trail import TrailEntry
from tests.conftest import NOON
from tests.soc.ledger.made import CITY, OTHER, a_source, column, item_of, scanned, table, table_of

MakePerson = Callable[..., Actor]
CATALOGUE = "一网共享"
PEOPLE = table(
    "public.people", column("sfzh", "resident_id", comment="身份证号"), column("phone", "mobile"), comment="从业人员"
)


@pytest.fixture
def owner(session: Session, operator: Actor, settings: Settings, person: MakePerson) -> Actor:
    """An owner of Guangzhou's, whose table the ledger knows."""
    scanned(session, operator, a_source(session, operator, settings), PEOPLE)
    return person(Role.OWNER, CITY)


def brought(session: Session, actor: Actor, *rows: dict[str, str], sheet: Sheet = Sheet.ITEMS) -> CatalogueImport:
    lines = [Line(sheet, number, row) for number, row in enumerate(rows, start=2)]
    return bring_in(session, actor, CATALOGUE, "目录.xlsx", lines, at=NOON)


def sides(session: Session, actor: Actor, found: CatalogueImport) -> dict[str, tuple[str, str, str | None, Lean]]:
    session.flush()
    return {
        d.field: (d.ours, d.theirs, d.base, d.lean) for one in compared(session, actor, found) for d in one.differences
    }


def only(session: Session, actor: Actor, found: CatalogueImport) -> Compared:
    (one,) = compared(session, actor, found)
    return one


NAMED = {"table": "public.people", "column": "phone"}


def test_bringing_in_changes_nothing_of_the_ledger(session: Session, owner: Actor) -> None:
    brought(session, owner, NAMED | {"sharing": "无条件共享", "title": "联系电话"})
    assert (item_of(session, "phone").sharing, item_of(session, "phone").title) == (None, None)
    assert session.scalars(select(LedgerChange)).all() == []


def test_what_only_they_say_leans_to_theirs(session: Session, owner: Actor) -> None:
    found = brought(session, owner, NAMED | {"sharing": "无条件共享", "title": "联系电话"})
    assert sides(session, owner, found) == {
        "sharing": ("", "无条件共享", None, Lean.THEIRS),
        "title": ("", "联系电话", None, Lean.THEIRS),
    }


def test_what_both_say_differently_is_a_conflict_that_waits_for_a_person(session: Session, owner: Actor) -> None:
    edit(session, owner, item_of(session, "phone"), Edit({"rhythm": "daily"}), at=NOON)
    found = brought(session, owner, NAMED | {"rhythm": "每月"})
    assert sides(session, owner, found)["rhythm"] == ("每日", "每月", None, Lean.CONFLICT)
    done = merge(session, owner, found, Choices(), at=NOON)
    assert (done.fields, done.waiting, found.status) == (0, 1, ImportStatus.OPEN)
    assert item_of(session, "phone").rhythm == "daily"


def test_with_a_base_it_is_known_who_changed_what(session: Session, owner: Actor) -> None:
    item = item_of(session, "phone")
    edit(session, owner, item, Edit({"rhythm": "daily", "standard": "A", "system": "甲"}), at=NOON)
    agree_export(session, owner, CATALOGUE, [item], at=NOON)
    edit(session, owner, item, Edit({"standard": "B", "system": "乙"}), at=NOON)
    found = brought(session, owner, NAMED | {"rhythm": "每月", "standard": "A", "system": "丙"})
    assert sides(session, owner, found) == {
        "rhythm": ("每日", "每月", "每日", Lean.THEIRS),
        "standard": ("B", "A", "A", Lean.OURS),
        "system": ("乙", "丙", "甲", Lean.CONFLICT),
    }


def test_a_base_is_of_one_catalogue_alone(session: Session, owner: Actor) -> None:
    item = item_of(session, "phone")
    edit(session, owner, item, Edit({"rhythm": "daily"}), at=NOON)
    agree_export(session, owner, "别的目录", [item], at=NOON)
    found = brought(session, owner, NAMED | {"rhythm": "每月"})
    assert sides(session, owner, found)["rhythm"][3] is Lean.CONFLICT


def test_a_merge_is_one_recorded_act_with_its_history(session: Session, owner: Actor) -> None:
    found = brought(
        session,
        owner,
        NAMED | {"sharing": "有条件共享", "sharing_reason": "仅限执法"},
        NAMED | {"column": "sfzh", "rhythm": "每日"},
    )
    before = list(session.scalars(select(TrailEntry.act)))
    done = merge(session, owner, found, Choices(), at=NOON)
    session.flush()
    assert (done.rows, done.fields, done.waiting, found.status) == (2, 3, 0, ImportStatus.MERGED)
    changes = session.scalars(select(LedgerChange)).all()
    assert {(one.cause, one.why, one.by) for one in changes} == {("merged", CATALOGUE, owner.name)}
    assert len({one.batch for one in changes}) == 1
    after = list(session.scalars(select(TrailEntry.act).order_by(TrailEntry.id)))
    assert after[len(before) :] == ["catalogue.merged"]


def test_single_choices_stand_before_what_is_suggested(session: Session, owner: Actor) -> None:
    edit(session, owner, item_of(session, "phone"), Edit({"rhythm": "daily"}), at=NOON)
    found = brought(session, owner, NAMED | {"rhythm": "每月", "standard": "S"})
    row = only(session, owner, found).row.id
    merge(session, owner, found, Choices({(row, "rhythm"): Side.THEIRS, (row, "standard"): Side.OURS}), at=NOON)
    item = item_of(session, "phone")
    assert (item.rhythm, item.standard) == ("monthly", None)


def test_one_side_may_be_taken_for_all(session: Session, owner: Actor) -> None:
    edit(session, owner, item_of(session, "phone"), Edit({"rhythm": "daily"}), at=NOON)
    found = brought(session, owner, NAMED | {"rhythm": "每月"})
    assert merge(session, owner, found, Choices(every=Side.OURS), at=NOON).waiting == 0
    assert item_of(session, "phone").rhythm == "daily"
    again = brought(session, owner, NAMED | {"rhythm": "每月"})
    # ours was kept, and the catalogue still has its own: it says so again, as something we changed
    assert sides(session, owner, again)["rhythm"][3] is Lean.THEIRS


def test_a_second_merge_of_the_same_file_finds_nothing(session: Session, owner: Actor) -> None:
    row = NAMED | {"sharing": "无条件共享"}
    merge(session, owner, brought(session, owner, row), Choices(), at=NOON)
    assert sides(session, owner, brought(session, owner, row)) == {}


def test_a_merged_import_is_closed(session: Session, owner: Actor) -> None:
    found = brought(session, owner, NAMED | {"sharing": "无条件共享"})
    merge(session, owner, found, Choices(), at=NOON)
    with pytest.raises(ConflictError):
        merge(session, owner, found, Choices(), at=NOON)
    with pytest.raises(ConflictError):
        discard(session, owner, found, at=NOON)


def test_an_import_put_away_changes_nothing(session: Session, owner: Actor) -> None:
    found = brought(session, owner, NAMED | {"sharing": "无条件共享"})
    discard(session, owner, found, at=NOON)
    assert found.status is ImportStatus.DISCARDED
    assert item_of(session, "phone").sharing is None


@pytest.mark.parametrize(
    ("cells", "key"),
    [
        ({"rhythm": "有空就更"}, "errors.exchange.word"),
        ({"sharing": "不予共享"}, "errors.exchange.reason"),
        ({"owner": OTHER}, "errors.exchange.owner"),
        ({"owner": "999"}, "errors.exchange.owner"),
    ],
)
def test_a_bad_row_is_named_by_its_line_and_the_others_are_kept(
    session: Session, owner: Actor, cells: dict[str, str], key: str
) -> None:
    found = brought(session, owner, NAMED | cells, NAMED | {"rhythm": "每日"})
    assert [(one["line"], one["key"]) for one in found.faults] == [(2, key)]
    assert found.rows == 1


def test_a_row_without_any_name_is_named(session: Session, owner: Actor) -> None:
    found = brought(session, owner, {"rhythm": "每日"}, NAMED | {"rhythm": "每日"})
    assert [one["key"] for one in found.faults] == ["errors.exchange.nameless"]


def test_a_file_without_a_usable_row_is_refused_and_leaves_nothing(session: Session, owner: Actor) -> None:
    with pytest.raises(InputError):
        brought(session, owner, {"rhythm": "每日"})
    assert session.scalars(select(CatalogueImport)).all() == []


@pytest.mark.parametrize(
    "named",
    [
        {"table": "public.people", "column": "sfzh"},
        {"table": "people", "column": "SFZH"},
        {"source": "运政库", "table": "public.people", "column": "sfzh"},
        {"resource_title": "从业人员", "title": "身份证号"},
    ],
)
def test_a_row_finds_its_item_by_any_of_its_names(session: Session, owner: Actor, named: dict[str, str]) -> None:
    found = brought(session, owner, named | {"rhythm": "每日"})
    assert only(session, owner, found).row.item_id == item_of(session, "sfzh").id


def test_a_code_that_was_agreed_finds_its_item_whatever_else_it_is_called(session: Session, owner: Actor) -> None:
    edit(session, owner, item_of(session, "phone"), Edit({"code": "307/0012"}), at=NOON)
    found = brought(session, owner, {"code": "307/0012", "title": "改了名的电话"})
    assert only(session, owner, found).row.item_id == item_of(session, "phone").id


def test_a_name_that_two_tables_have_means_neither(
    session: Session, owner: Actor, operator: Actor, settings: Settings
) -> None:
    scanned(session, operator, a_source(session, operator, settings, name="另一库"), PEOPLE)
    found = brought(session, owner, NAMED | {"rhythm": "每日"})
    assert not only(session, owner, found).known


def test_resources_are_merged_too(session: Session, owner: Actor) -> None:
    row = {
        "table": "public.people",
        "code": "3070001",
        "title": "道路运输从业人员",
        "summary": "资格与诚信",
        "sharing": "无条件共享",
    }
    found = brought(session, owner, row, sheet=Sheet.RESOURCES)
    merge(session, owner, found, Choices(), at=NOON)
    session.expire_all()
    people = table_of(session, "public.people")
    # we called it otherwise, by the source's own comment: that waits for a person
    assert (people.code, people.summary, people.sharing) == ("3070001", "资格与诚信", "unconditional")
    assert item_of(session, "phone").sharing == "unconditional"


def test_what_the_ledger_does_not_know_is_taken_in_only_where_somebody_chose(session: Session, owner: Actor) -> None:
    rows = (
        {"table": "gis.roads", "column": "lxbm", "title": "路线编码"},
        {"table": "gis.roads", "column": "sfdm", "title": "省份"},
    )
    found = brought(session, owner, *rows)
    chosen = session.scalars(select(CatalogueRow).where(CatalogueRow.line == 2)).one()
    done = merge(session, owner, found, Choices(new=frozenset({chosen.id})), at=NOON)
    assert (done.new, found.status) == (1, ImportStatus.MERGED)
    item = item_of(session, "lxbm")
    assert (item.title, item.org) == ("路线编码", CITY)
    made = session.get_one(LedgerTable, item.table_id)
    assert (made.name, made.kind, session.get_one(Source, made.source_id).name) == (
        "gis.roads",
        TableKind.MODEL,
        CATALOGUE,
    )
    left = session.scalars(select(CatalogueRow).where(CatalogueRow.line == 3)).one()
    assert left.status is RowStatus.LEFT


def test_a_catalogue_s_item_of_another_organisation_is_unknown_and_untouched(
    session: Session, owner: Actor, operator: Actor, settings: Settings
) -> None:
    scanned(session, operator, a_source(session, operator, settings, OTHER, "深圳库"), table("sz.t", column("secret")))
    found = brought(session, owner, {"source": "深圳库", "table": "sz.t", "column": "secret", "rhythm": "每日"})
    assert not only(session, owner, found).known
    merge(session, owner, found, Choices(every=Side.THEIRS), at=NOON)
    assert item_of(session, "secret").rhythm is None


def test_what_goes_out_comes_back_without_a_difference(session: Session, owner: Actor) -> None:
    edit(session, owner, item_of(session, "phone"), Edit({"sharing": "none", "sharing_reason": "=工作秘密"}), at=NOON)
    edit(session, owner, table_of(session, "public.people"), Edit({"domain": "ZY", "title": "人员"}), at=NOON)
    session.expire_all()
    from sqlalchemy.orm import joinedload

    items = within(owner, LedgerItem).options(joinedload(LedgerItem.table)).order_by(LedgerItem.id)
    raw = write(resource_rows(session, within(owner, LedgerTable)), item_rows(session, items))
    lines, faults = read(raw)
    found = bring_in(session, owner, CATALOGUE, "x.xlsx", lines, faults, at=NOON)
    assert (found.rows, found.faults) == (3, [])
    assert sides(session, owner, found) == {}
    assert all(one.known for one in compared(session, owner, found))
