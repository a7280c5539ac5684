"""An owner's word: taken over, corrected, split, not sensitive; it is judged, it teaches, and it can be taken back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from soc.errors import ConflictError, InputError
from soc.identity.actor import Actor, Role
from soc.ledger.decisions import (
    Correction,
    NotSensitive,
    Part,
    accept_alike,
    confirm_item,
    correct_item,
    decline,
    follow_proposal,
    split_item,
)
from soc.ledger.lessons import lessons_within, open_counts, take_on
from soc.ledger.levels import Level
from soc.ledger.models import ItemStatus, LedgerItem, Source
from soc.ledger.opinions import LedgerLesson, LedgerProposal, LedgerVerdict, ProposalStatus, Verdict
from soc.ledger.undoing import undo_last
from soc.ledger.verdicts import Precision, judge, precision_by_month, summed
from soc.ledger.waiting import alike, count_waiting, parts_of, proposals_of, waiting
from soc.trail import TrailEntry
from tests.conftest import NOON
from tests.soc.ledger.made import CITY, COUNTY, OTHER, a_source, column, item_of, scanned, table

MakePerson = Callable[..., Actor]
PHONE = {"evidence": {"shape": "99999999999"}}
FIRST = table("public.people", column("sfzh", "resident_id"), column("lxdh", "mobile", **PHONE))
SECOND = table("public.firms", column("LXDH", "mobile", **PHONE), column("fax", "mobile", **PHONE))


@pytest.fixture
def source(session: Session, operator: Actor, settings: Settings) -> Source:
    """A source with two columns of one pattern and one of another."""
    made = a_source(session, operator, settings)
    scanned(session, operator, made, FIRST, SECOND)
    return made


@pytest.fixture
def owner(person: MakePerson) -> Actor:
    """An owner of Guangzhou's."""
    return person(Role.OWNER, CITY)


def later(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def verdicts(session: Session) -> list[tuple[str, Verdict]]:
    session.flush()
    query = select(LedgerVerdict.type, LedgerVerdict.verdict).where(LedgerVerdict.void.is_(False))
    return [(kind, verdict) for kind, verdict in session.execute(query.order_by(LedgerVerdict.at))]


def proposed(session: Session) -> dict[str, str | None]:
    session.flush()
    query = select(LedgerItem.name, LedgerProposal.type).join(LedgerItem, LedgerItem.id == LedgerProposal.item_id)
    return dict(session.execute(query.where(LedgerProposal.status == ProposalStatus.OPEN)).all())


def test_a_confirmation_sets_the_next_review_by_the_level(session: Session, owner: Actor, source: Source) -> None:
    confirm_item(session, owner, item_of(session, "sfzh"), at=NOON)
    due = item_of(session, "sfzh").next_review
    assert due is not None
    assert 180 <= (due - NOON).days <= 185


@pytest.mark.parametrize(
    ("scan", "said", "expected"),
    [
        ("mobile", "mobile", ("mobile", Verdict.ACCEPTED)),
        ("mobile", "landline", ("mobile", Verdict.CORRECTED)),
        ("mobile", None, ("mobile", Verdict.REJECTED)),
        (None, "mobile", ("mobile", Verdict.MISSED)),
        (None, None, None),
    ],
)
def test_an_owner_s_word_judges_the_recognizer(
    scan: str | None, said: str | None, expected: tuple[str, Verdict] | None
) -> None:
    assert judge(scan, said) == expected


def test_a_later_word_on_the_same_item_replaces_the_verdict(session: Session, owner: Actor, source: Source) -> None:
    confirm_item(session, owner, item_of(session, "fax"), at=NOON)
    correct_item(session, owner, item_of(session, "fax"), Correction("landline", Level.G2), at=later(1))
    assert verdicts(session) == [("mobile", Verdict.CORRECTED)]


def test_precision_is_counted_by_type_and_month(session: Session, owner: Actor, source: Source) -> None:
    confirm_item(session, owner, item_of(session, "sfzh"), at=NOON)
    confirm_item(session, owner, item_of(session, "lxdh"), at=NOON)
    wrong = Correction(None, Level.G1, reason=NotSensitive.LOOKALIKE)
    correct_item(session, owner, item_of(session, "fax"), wrong, at=NOON + timedelta(days=20))
    session.flush()
    found = precision_by_month(session, owner, NOON - timedelta(days=1))
    assert found == [
        Precision("2026-11", "mobile", accepted=1),
        Precision("2026-11", "resident_id", accepted=1),
        Precision("2026-12", "mobile", rejected=1),
    ]
    assert [one.precision for one in summed(found, by="type")] == [0.5, 1.0]
    assert [(one.month, one.precision) for one in summed(found, by="month")] == [("2026-11", 1.0), ("2026-12", 0.0)]


def test_a_month_begins_at_local_midnight(session: Session, owner: Actor, source: Source) -> None:
    confirm_item(session, owner, item_of(session, "sfzh"), at=datetime.fromisoformat("2026-11-30T17:00:00+00:00"))
    session.flush()
    assert [one.month for one in precision_by_month(session, owner, NOON)] == ["2026-12"]


def test_precision_is_counted_within_one_s_scope(
    session: Session, owner: Actor, person: MakePerson, source: Source
) -> None:
    confirm_item(session, owner, item_of(session, "sfzh"), at=NOON)
    session.flush()
    assert precision_by_month(session, person(Role.OWNER, OTHER), NOON) == []
    assert len(precision_by_month(session, person(Role.OWNER, "440000"), NOON)) == 1


def test_other_reasons_want_words(session: Session, owner: Actor, source: Source) -> None:
    with pytest.raises(InputError):
        correct_item(
            session, owner, item_of(session, "fax"), Correction(None, Level.G1, reason=NotSensitive.OTHER), at=NOON
        )


def test_a_split_takes_the_gravest_part(session: Session, owner: Actor, source: Source) -> None:
    item = item_of(session, "fax")
    parts = [Part("mobile", Level.G3), Part("landline", Level.G2, r"^0\d{2,3}-?\d{7,8}$")]
    split_item(session, owner, item, parts, at=NOON)
    session.flush()
    assert (item.type, item.level, item.status) == ("mobile", Level.G3, ItemStatus.CORRECTED)
    assert [(one.type, one.pattern) for one in parts_of(session, item)] == [
        ("mobile", ""),
        ("landline", r"^0\d{2,3}-?\d{7,8}$"),
    ]


@pytest.mark.parametrize(
    "parts",
    [
        [Part("mobile", Level.G3)],
        [Part("mobile", Level.G3), Part("mobile", Level.G3)],
        [Part("mobile", Level.G3), Part(None, Level.G1)],
        [Part("mobile", Level.G3), Part("nonsense", Level.G1)],
        [Part("mobile", Level.G3), Part("landline", Level.G2, "(")],
        [Part("mobile", Level.G3), Part("landline", Level.G2, r"(?=x)y")],
        [Part("mobile", Level.G3, str(n)) for n in range(5)],
    ],
)
def test_a_split_that_makes_no_sense_is_refused(
    session: Session, owner: Actor, source: Source, parts: list[Part]
) -> None:
    with pytest.raises(InputError):
        split_item(session, owner, item_of(session, "fax"), parts, at=NOON)
    assert item_of(session, "fax").status is ItemStatus.PROPOSED


def test_a_correction_is_proposed_for_its_pattern_and_applied_nowhere(
    session: Session, owner: Actor, source: Source
) -> None:
    correct_item(session, owner, item_of(session, "lxdh"), Correction("landline", Level.G2), at=NOON)
    assert proposed(session) == {"LXDH": "landline"}
    assert (item_of(session, "LXDH").type, item_of(session, "LXDH").status) == ("mobile", ItemStatus.PROPOSED)


def test_a_lesson_stays_below_the_centre_that_learnt_it(
    session: Session, owner: Actor, operator: Actor, settings: Settings, person: MakePerson, source: Source
) -> None:
    for org, name in ((OTHER, "深圳库"), (COUNTY, "区库")):
        other = a_source(session, operator, settings, org, name)
        scanned(session, operator, other, table(f"{org}.t", column(f"lxdh_{org[-2:]}", "mobile", **PHONE)))
    correct_item(session, owner, item_of(session, "lxdh"), Correction("landline", Level.G2), at=NOON)
    assert set(proposed(session)) == {"LXDH", "lxdh_03"}
    lesson = session.scalars(lessons_within(person(Role.POLICY, "440000"))).one()
    policy = person(Role.POLICY, "440000")
    assert take_on(session, policy, lesson.id, at=later(5)) == 1
    assert set(proposed(session)) == {"LXDH", "lxdh_03", "lxdh_00"}


def test_a_lesson_is_remembered_when_a_later_scan_finds_its_pattern(
    session: Session, owner: Actor, operator: Actor, source: Source
) -> None:
    correct_item(session, owner, item_of(session, "lxdh"), Correction("landline", Level.G2), at=NOON)
    third = table("public.new", column("lxdh2", "mobile", **PHONE))
    scanned(session, operator, source, FIRST, SECOND, third, after=1)
    assert set(proposed(session)) == {"LXDH", "lxdh2"}


def test_what_an_owner_declined_is_not_asked_again_by_the_next_scan(
    session: Session, owner: Actor, operator: Actor, source: Source
) -> None:
    confirm_item(session, owner, item_of(session, "LXDH"), at=NOON)
    correct_item(session, owner, item_of(session, "lxdh"), Correction("landline", Level.G2), at=later(1))
    item = item_of(session, "LXDH")
    decline(session, owner, item, proposals_of(session, [item.id])[item.id], at=later(2))
    scanned(session, operator, source, FIRST, SECOND, after=1)
    assert proposed(session) == {}
    assert (item.type, item.status) == ("mobile", ItemStatus.CONFIRMED)


def test_an_item_corrected_by_its_owner_is_not_asked_about(session: Session, owner: Actor, source: Source) -> None:
    correct_item(session, owner, item_of(session, "LXDH"), Correction("email", Level.G2), at=NOON)
    correct_item(session, owner, item_of(session, "lxdh"), Correction("landline", Level.G2), at=later(1))
    assert proposed(session) == {}


def test_following_a_proposal_corrects_the_item_and_closes_it(session: Session, owner: Actor, source: Source) -> None:
    correct_item(session, owner, item_of(session, "lxdh"), Correction("landline", Level.G2), at=NOON)
    item = item_of(session, "LXDH")
    proposal = proposals_of(session, [item.id])[item.id]
    follow_proposal(session, owner, item, proposal, at=later(1))
    assert (item.type, item.level, item.status) == ("landline", Level.G2, ItemStatus.CORRECTED)
    session.refresh(proposal)
    assert proposal.status is ProposalStatus.ACCEPTED
    with pytest.raises(InputError):
        follow_proposal(session, owner, item, proposal, at=later(2))
    assert verdicts(session) == [("mobile", Verdict.CORRECTED), ("mobile", Verdict.CORRECTED)]


def test_a_decision_that_says_otherwise_declines_what_was_proposed(
    session: Session, owner: Actor, source: Source
) -> None:
    correct_item(session, owner, item_of(session, "lxdh"), Correction("landline", Level.G2), at=NOON)
    confirm_item(session, owner, item_of(session, "LXDH"), at=later(1))
    session.flush()
    lesson = session.scalars(select(LedgerLesson)).one()
    assert open_counts(session, [lesson.id]) == {lesson.id: {"declined": 1}}


def test_a_split_teaches_its_parts(session: Session, owner: Actor, source: Source) -> None:
    split_item(
        session, owner, item_of(session, "lxdh"), [Part("mobile", Level.G3), Part("landline", Level.G4)], at=NOON
    )
    item = item_of(session, "LXDH")
    session.flush()
    found = proposals_of(session, [item.id])
    # the gravest part is another type than the scan's: the pattern elsewhere is asked about
    follow_proposal(session, owner, item, found[item.id], at=later(1))
    session.flush()
    assert [one.type for one in parts_of(session, item)] == ["mobile", "landline"]


def test_the_queue_holds_what_waits_for_one_s_own_organisation(
    session: Session, owner: Actor, person: MakePerson, source: Source
) -> None:
    assert count_waiting(session, owner) == 4
    assert count_waiting(session, person(Role.OWNER, "440000")) == 0
    confirm_item(session, owner, item_of(session, "sfzh"), at=NOON)
    session.flush()
    assert {one.name for one in session.scalars(waiting(owner))} == {"lxdh", "LXDH", "fax"}


def test_a_confirmed_item_comes_back_with_a_proposal(session: Session, owner: Actor, source: Source) -> None:
    confirm_item(session, owner, item_of(session, "LXDH"), at=NOON)
    correct_item(session, owner, item_of(session, "lxdh"), Correction("landline", Level.G2), at=later(1))
    session.flush()
    assert "LXDH" in {one.name for one in session.scalars(waiting(owner))}


def test_all_of_one_pattern_are_accepted_as_one_act_and_undone_as_one(
    session: Session, owner: Actor, source: Source
) -> None:
    items = alike(session, owner, item_of(session, "lxdh"))
    assert sorted(one.name for one in items) == ["LXDH", "lxdh"]
    accept_alike(session, owner, items, at=NOON)
    session.flush()
    assert {item_of(session, name).status for name in ("lxdh", "LXDH")} == {ItemStatus.CONFIRMED}
    assert len(undo_last(session, owner, at=later(1))) == 2
    assert {item_of(session, name).status for name in ("lxdh", "LXDH")} == {ItemStatus.PROPOSED}
    assert list(session.scalars(select(TrailEntry.act).order_by(TrailEntry.id)))[-2:] == [
        "item.confirmed",
        "item.undone",
    ]


def test_undo_restores_every_field_and_withdraws_the_lesson(session: Session, owner: Actor, source: Source) -> None:
    item = item_of(session, "lxdh")
    correct_item(session, owner, item, Correction("landline", Level.G2), at=NOON)
    assert proposed(session) == {"LXDH": "landline"}
    undo_last(session, owner, at=later(1))
    session.flush()
    assert (item.type, item.entity, item.level, item.status) == (
        "mobile",
        "CN_MOBILE_NUMBER",
        Level.G3,
        ItemStatus.PROPOSED,
    )
    assert (item.decided_by, item.decided_at, item.next_review) == (None, None, None)
    assert proposed(session) == {}
    assert verdicts(session) == []


def test_undo_goes_back_one_decision_at_a_time(session: Session, owner: Actor, source: Source) -> None:
    item = item_of(session, "fax")
    confirm_item(session, owner, item, at=NOON)
    correct_item(session, owner, item, Correction("landline", Level.G2), at=later(1))
    undo_last(session, owner, at=later(2))
    assert (item.type, item.status) == ("mobile", ItemStatus.CONFIRMED)
    assert verdicts(session) == [("mobile", Verdict.ACCEPTED)]
    undo_last(session, owner, at=later(3))
    assert item.status is ItemStatus.PROPOSED
    with pytest.raises(ConflictError):
        undo_last(session, owner, at=later(4))


def test_undo_reopens_the_proposal_that_was_followed(session: Session, owner: Actor, source: Source) -> None:
    correct_item(session, owner, item_of(session, "lxdh"), Correction("landline", Level.G2), at=NOON)
    item = item_of(session, "LXDH")
    follow_proposal(session, owner, item, proposals_of(session, [item.id])[item.id], at=later(1))
    undo_last(session, owner, at=later(2))
    session.expire_all()
    assert proposed(session) == {"LXDH": "landline"}


def test_what_somebody_else_decided_since_is_not_undone(
    session: Session, owner: Actor, person: MakePerson, source: Source
) -> None:
    confirm_item(session, owner, item_of(session, "fax"), at=NOON)
    other = person(Role.OWNER, CITY)
    correct_item(session, other, item_of(session, "fax"), Correction("landline", Level.G2), at=later(1))
    session.flush()
    with pytest.raises(ConflictError) as told:
        undo_last(session, owner, at=later(2))
    assert told.value.key == "errors.ledger.decided_since"


def test_nobody_undoes_another_s_decision(session: Session, owner: Actor, person: MakePerson, source: Source) -> None:
    confirm_item(session, owner, item_of(session, "fax"), at=NOON)
    session.flush()
    with pytest.raises(ConflictError):
        undo_last(session, person(Role.OWNER, CITY), at=later(1))
