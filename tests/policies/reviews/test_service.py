"""Candidates for important data: opened by rules, judged by people, reported, answered."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from policies.grading.applying import after_scan
from policies.reviews.models import ImportantReview, ReviewStatus
from policies.reviews.service import answer, find_review, judge, open_review, propose_table, register, report
from soc.errors import ConflictError, InputError, NotFoundError
from soc.events import OutboxEvent
from soc.identity.actor import Actor, Role
from soc.ledger.levels import Level
from soc.ledger.models import LedgerTable
from soc.ledger.service import store_scan
from soc.ledger.sources import NewSource, add_source
from soc.ledger.types import types
from soc.ledger.values import ReviewOpened, ScannedColumn, ScannedTable, ScanReport, SourceScanned
from tests.conftest import NOON

MakePerson = Callable[..., Actor]
CITY = "440100"


@pytest.fixture
def table(session: Session, operator: Actor, settings: Settings) -> LedgerTable:
    """A city's table of two million telephones, scanned and graded."""
    source = add_source(session, operator, settings, NewSource("库", "sqlite:///a.db", CITY))
    column = ScannedColumn("c", "mobile", types()["mobile"].entity, 0.9, "high", Level.G3)
    store_scan(session, operator, source, ScanReport(NOON, NOON, (ScannedTable("t", 2_000_000, (column,)),)))
    after_scan(session, operator, SourceScanned(str(source.id), CITY, 1, 1, 0))
    session.flush()
    return session.scalars(select(LedgerTable)).one()


@pytest.fixture
def review(session: Session, operator: Actor, table: LedgerTable) -> ImportantReview:
    """The candidate that the scan put forward, as its news is heard."""
    for event in session.scalars(select(OutboxEvent).where(OutboxEvent.name == ReviewOpened.name)):
        open_review(session, operator, ReviewOpened(**event.payload))
    return session.scalars(select(ImportantReview)).one()


@pytest.fixture
def judged(session: Session, person: MakePerson, review: ImportantReview) -> ImportantReview:
    """The candidate, judged to be important."""
    found = find_review(session, person(Role.POLICY, CITY), review.id)
    judge(session, person(Role.POLICY, CITY), found, level=Level.IMPORTANT, why="全市从业人员")
    return found


def test_volume_puts_a_table_forward_once_and_sets_no_level(
    session: Session, operator: Actor, table: LedgerTable, review: ImportantReview
) -> None:
    open_review(session, operator, ReviewOpened(str(table.id), CITY, ["important.persons"]))
    assert len(session.scalars(select(ImportantReview)).all()) == 1
    assert (review.status, review.reasons) == (ReviewStatus.OPEN, ["important.persons"])
    assert table.level is Level.G3


def test_another_reason_is_added_to_the_candidate_that_runs(
    session: Session, operator: Actor, table: LedgerTable, review: ImportantReview
) -> None:
    open_review(session, operator, ReviewOpened(str(table.id), CITY, ["core.rule:r1"]))
    assert (review.reasons, review.level) == (["core.rule:r1", "important.persons"], Level.CORE)


def test_a_judgement_sets_the_level_and_stands_in_the_register(
    session: Session, person: MakePerson, table: LedgerTable, judged: ImportantReview
) -> None:
    assert (table.level, judged.status) == (Level.IMPORTANT, ReviewStatus.IDENTIFIED)
    assert judged.review_by is not None
    assert [one.id for one in register(session, person(Role.POLICY, CITY))] == [judged.id]
    assert register(session, person(Role.POLICY, "440300")) == []


def test_one_who_says_neither_closes_it_and_changes_no_level(
    session: Session, person: MakePerson, table: LedgerTable, review: ImportantReview
) -> None:
    judge(
        session,
        person(Role.POLICY, CITY),
        find_review(session, person(Role.POLICY), review.id),
        level=None,
        why="测试数据",
    )
    assert (review.status, table.level) == (ReviewStatus.DISMISSED, Level.G3)


def test_a_regulator_who_does_not_recognise_it_gives_the_level_back(
    session: Session, person: MakePerson, table: LedgerTable, judged: ImportantReview
) -> None:
    actor = person(Role.POLICY, CITY)
    report(session, actor, judged, number="粤交函〔2026〕1 号", at=NOON)
    answer(session, actor, judged, recognised=False, text="不属于")
    assert (judged.status, table.level) == (ReviewStatus.NOT_RECOGNISED, Level.G3)
    assert register(session, actor) == []


def test_a_recognised_table_keeps_its_level(
    session: Session, person: MakePerson, table: LedgerTable, judged: ImportantReview
) -> None:
    actor = person(Role.POLICY, CITY)
    report(session, actor, judged, number="1 号", at=NOON)
    answer(session, actor, judged, recognised=True, text="确认")
    assert (judged.status, table.level) == (ReviewStatus.RECOGNISED, Level.IMPORTANT)


def test_steps_out_of_order_are_refused(session: Session, person: MakePerson, judged: ImportantReview) -> None:
    actor = person(Role.POLICY, CITY)
    with pytest.raises(ConflictError, match="state"):
        judge(session, actor, judged, level=None, why="再想想")
    with pytest.raises(ConflictError, match="state"):
        answer(session, actor, judged, recognised=True, text="-")


def test_a_judgement_without_a_reason_is_refused(session: Session, person: MakePerson, review: ImportantReview) -> None:
    with pytest.raises(InputError, match="no_reason"):
        judge(session, person(Role.POLICY, CITY), review, level=Level.CORE, why="  ")


def test_a_general_level_is_no_judgement(session: Session, person: MakePerson, review: ImportantReview) -> None:
    with pytest.raises(InputError, match="level"):
        judge(session, person(Role.POLICY, CITY), review, level=Level.G4, why="x")


def test_a_table_is_put_forward_by_hand_unless_a_review_runs(
    session: Session, person: MakePerson, table: LedgerTable, review: ImportantReview
) -> None:
    actor = person(Role.POLICY, CITY)
    with pytest.raises(ConflictError, match="running"):
        propose_table(session, actor, table, Level.CORE, "目录列名")
    review.status = ReviewStatus.DISMISSED
    session.flush()
    assert propose_table(session, actor, table, Level.CORE, "目录列名").reasons == ["important.by_hand"]


def test_a_candidate_of_another_organisation_looks_missing(
    session: Session, person: MakePerson, review: ImportantReview
) -> None:
    with pytest.raises(NotFoundError):
        find_review(session, person(Role.POLICY, "440300"), review.id)


def test_news_of_a_table_that_is_gone_is_nothing(session: Session, operator: Actor) -> None:
    open_review(session, operator, ReviewOpened(str(UUID(int=7)), CITY, ["important.persons"]))
    assert session.scalars(select(ImportantReview)).all() == []
