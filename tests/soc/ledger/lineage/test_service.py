"""The lineage kept: edges led to items, old ones gone with their file, levels proposed downstream and never applied."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from soc.errors import InputError, NotFoundError
from soc.identity.actor import Actor, Role
from soc.ledger.decisions import Correction, confirm_item, correct_item, decline, follow_proposal
from soc.ledger.levels import Level
from soc.ledger.lineage.edges import Column, Edge, Origin, Transform
from soc.ledger.lineage.flow import propose_levels
from soc.ledger.lineage.models import LedgerEdge
from soc.ledger.lineage.names import names_within
from soc.ledger.lineage.service import (
    Place,
    Stored,
    counts_by_origin,
    edges_around,
    edges_within,
    place_of,
    resolve_again,
    store_edges,
    store_script,
)
from soc.ledger.models import ItemStatus, Source
from soc.ledger.opinions import LedgerProposal, ProposalKind, ProposalStatus
from soc.ledger.waiting import proposals_of
from tests.conftest import NOON
from tests.soc.ledger.made import CITY, OTHER, a_source, column, item_of, scanned, table

MakePerson = Callable[..., Actor]
PEOPLE = table("public.people", column("sfzh", "resident_id"), column("phone", "mobile"), column("n"))
WIDE = table("dw.wide", column("k"), column("tel"), column("amount"))
MART = table("dm.mart", column("kk"))
ETL = """INSERT INTO dw.wide (k, tel, amount) SELECT sfzh, left(phone, 7), count(n) FROM people GROUP BY 1, 2;
CREATE TABLE dm.mart AS SELECT k AS kk FROM dw.wide"""


@pytest.fixture
def source(session: Session, operator: Actor, settings: Settings) -> Source:
    """A warehouse in which only the first layer is graded."""
    made = a_source(session, operator, settings)
    scanned(session, operator, made, PEOPLE, WIDE, MART)
    return made


def stored(session: Session, actor: Actor, source: Source | None, script: str = ETL, name: str = "etl.sql") -> Stored:
    found = store_script(session, actor, place_of(session, actor, source), script, "postgres", name, at=NOON)
    session.flush()
    return found


def proposed(session: Session) -> dict[str, tuple[str | None, str]]:
    query = select(LedgerProposal).where(
        LedgerProposal.kind == ProposalKind.LINEAGE, LedgerProposal.status == ProposalStatus.OPEN
    )
    from soc.ledger.models import LedgerItem

    rows = session.scalars(query)
    return {session.get_one(LedgerItem, one.item_id).name: (one.type, one.level.value) for one in rows}


def test_edges_are_led_to_items_by_name(session: Session, operator: Actor, source: Source) -> None:
    found = stored(session, operator, source)
    assert (found.edges, found.new, found.resolved, found.problems) == (4, 4, 4, ())
    edge = session.scalars(select(LedgerEdge).where(LedgerEdge.down_column == "k")).one()
    assert (edge.up_item_id, edge.down_item_id) == (item_of(session, "sfzh").id, item_of(session, "k").id)
    assert (edge.org, edge.origin, edge.detail) == (CITY, Origin.ETL_FILE, "etl.sql:1")


def test_the_same_file_again_changes_nothing_and_a_shorter_one_drops_what_it_lost(
    session: Session, operator: Actor, source: Source
) -> None:
    stored(session, operator, source)
    assert stored(session, operator, source).new == 0
    found = stored(session, operator, source, "INSERT INTO dw.wide (k) SELECT sfzh FROM people")
    assert (found.new, found.gone) == (0, 3)
    assert len(session.scalars(select(LedgerEdge)).all()) == 1


def test_another_file_leaves_the_first_one_s_edges(session: Session, operator: Actor, source: Source) -> None:
    stored(session, operator, source)
    stored(session, operator, source, "CREATE TABLE x AS SELECT phone FROM people", "other.sql")
    assert len(session.scalars(select(LedgerEdge)).all()) == 5


def test_a_file_of_which_nothing_can_be_read_leaves_everything_as_it_was(
    session: Session, operator: Actor, source: Source
) -> None:
    stored(session, operator, source)
    found = stored(session, operator, source, "SELECT 'never closed")
    assert [one.key for one in found.problems] == ["errors.lineage.unclosed"]
    assert len(session.scalars(select(LedgerEdge)).all()) == 4


def test_a_dialect_that_nobody_speaks_is_refused(session: Session, operator: Actor, source: Source) -> None:
    with pytest.raises(InputError):
        store_script(session, operator, Place(CITY, source), "SELECT 1", "klingon", "x", at=NOON)


def test_a_level_flows_down_as_a_proposal_and_is_applied_nowhere(
    session: Session, operator: Actor, source: Source
) -> None:
    assert stored(session, operator, source).proposals == 3
    assert proposed(session) == {
        "k": ("resident_id", "G4"),
        "kk": ("resident_id", "G4"),
        "tel": ("mobile", "G3"),
    }
    assert (item_of(session, "k").type, item_of(session, "k").status) == (None, ItemStatus.PROPOSED)


def test_counts_and_hashes_carry_no_level(session: Session, operator: Actor, source: Source) -> None:
    stored(session, operator, source, "INSERT INTO dw.wide (k, amount) SELECT md5(sfzh), count(phone) FROM people")
    assert proposed(session) == {}


def test_guesses_carry_no_level_unless_they_are_believed(session: Session, operator: Actor, source: Source) -> None:
    guess = Edge(Column("people", "sfzh"), Column("dw.wide", "k"), Transform.DERIVED, guessed=True)
    store_edges(session, operator, Place(CITY, source), Origin.QUERY_LOG, [guess], at=NOON)
    assert proposed(session) == {}


def test_what_an_owner_declined_is_not_proposed_again(
    session: Session, operator: Actor, person: MakePerson, source: Source
) -> None:
    stored(session, operator, source)
    item = item_of(session, "tel")
    decline(session, person(Role.OWNER, CITY), item, proposals_of(session, [item.id])[item.id], at=NOON)
    assert stored(session, operator, source).proposals == 0
    assert "tel" not in proposed(session)


def test_an_item_that_its_owner_corrected_is_left_alone(
    session: Session, operator: Actor, person: MakePerson, source: Source
) -> None:
    correct_item(session, person(Role.OWNER, CITY), item_of(session, "k"), Correction(None, Level.G1), at=NOON)
    stored(session, operator, source)
    assert set(proposed(session)) == {"kk", "tel"}


def test_a_doubtful_finding_says_nothing_of_others_until_its_owner_does(
    session: Session, operator: Actor, person: MakePerson, source: Source
) -> None:
    item = item_of(session, "sfzh")
    item.tier = "low"
    session.flush()
    stored(session, operator, source)
    assert set(proposed(session)) == {"tel"}
    confirm_item(session, person(Role.OWNER, CITY), item, at=NOON)
    session.flush()
    assert propose_levels(session, at=NOON) == 2


def test_accepting_a_proposal_takes_type_and_level(
    session: Session, operator: Actor, person: MakePerson, source: Source
) -> None:
    stored(session, operator, source)
    item = item_of(session, "k")
    follow_proposal(session, person(Role.OWNER, CITY), item, proposals_of(session, [item.id])[item.id], at=NOON)
    assert (item.type, item.level) == ("resident_id", Level.G4)


def test_a_circle_of_edges_comes_to_an_end(session: Session, operator: Actor, source: Source) -> None:
    circle = "UPDATE dw.wide SET k = m.kk FROM dm.mart m; CREATE TABLE dm.mart AS SELECT k AS kk FROM dw.wide"
    stored(session, operator, source, circle)
    stored(session, operator, source, ETL, "b.sql")
    assert set(proposed(session)) == {"k", "kk", "tel"}
    assert len(edges_around(session, operator, item_of(session, "k"))) == 3


def test_a_star_is_spread_over_the_columns_that_both_tables_have(
    session: Session, operator: Actor, settings: Settings
) -> None:
    source = a_source(session, operator, settings)
    scanned(session, operator, source, PEOPLE, table("copy.people2", column("sfzh"), column("phone"), column("x")))
    edges = [Edge(Column("public.people", "*"), Column("copy.people2", "*"), Transform.IDENTITY)]
    found = store_edges(session, operator, Place(CITY, source), Origin.QUERY_LOG, edges, at=NOON)
    assert (found.edges, found.resolved) == (2, 2)


def test_a_name_that_two_sources_have_is_the_statement_s_own_source_s(
    session: Session, operator: Actor, settings: Settings, source: Source
) -> None:
    other = a_source(session, operator, settings, name="另一库")
    scanned(session, operator, other, PEOPLE)
    names = names_within(session, operator)
    mine = names.item(Column("people", "sfzh"), source.id)
    theirs = names.item(Column("people", "sfzh"), other.id)
    assert mine is not None
    assert mine != theirs
    assert names.item(Column("people", "sfzh"), None) is None


def test_columns_are_known_in_their_own_order(session: Session, operator: Actor, source: Source) -> None:
    assert names_within(session, operator).catalogue(source.id).columns("people") == ["sfzh", "phone", "n"]


def test_edges_are_led_to_items_that_a_later_scan_brings(session: Session, operator: Actor, source: Source) -> None:
    stored(session, operator, source, "CREATE TABLE dm.late AS SELECT sfzh FROM people")
    assert session.scalars(select(LedgerEdge.down_item_id)).one() is None
    scanned(session, operator, source, PEOPLE, WIDE, MART, table("dm.late", column("sfzh")), after=1)
    assert resolve_again(session, operator, source) == 1
    assert resolve_again(session, operator, source) == 0


def test_edges_of_others_are_not_seen(session: Session, operator: Actor, person: MakePerson, source: Source) -> None:
    stored(session, operator, source)
    stranger = person(Role.ANALYST, OTHER)
    assert session.scalars(edges_within(stranger)).all() == []
    assert counts_by_origin(session, stranger) == {}
    assert counts_by_origin(session, person(Role.ANALYST, CITY)) == {"etl_file": 4}
    with pytest.raises(NotFoundError):
        place_of(session, stranger, source)


def test_edges_around_an_item_go_so_many_steps_each_way(session: Session, operator: Actor, source: Source) -> None:
    stored(session, operator, source)
    assert len(edges_around(session, operator, item_of(session, "kk"))) == 2
    assert len(edges_around(session, operator, item_of(session, "kk"), depth=1)) == 1
    assert edges_around(session, operator, item_of(session, "n")) != []
