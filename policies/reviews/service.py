"""Candidates are opened by the grading, judged by a person, reported to the regulator, and answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from policies.grading.in_force import InForce
from policies.grading.regrade import kept_tables
from policies.reviews.models import HELD, ImportantReview, ReviewStatus
from soc.clock import now
from soc.errors import ConflictError, InputError
from soc.identity.actor import Actor
from soc.ledger.changes import Reason, change_of
from soc.ledger.levels import Level
from soc.ledger.models import LedgerTable
from soc.ledger.values import ReviewOpened
from soc.tiers.scope import find_within, within
from soc.trail import Act, record

#: our own proposal: important data are looked at again within half a year
REVIEW_AFTER = timedelta(days=183)
_RUNNING = (ReviewStatus.OPEN, *sorted(HELD))


def open_review(session: Session, actor: Actor, event: ReviewOpened) -> None:
    """Open a candidate, or add the reasons to the one that runs (hears :class:`ReviewOpened`)."""
    table = session.get(LedgerTable, UUID(event.table_id))
    if table is None:
        return
    level = Level.CORE if any(one.startswith("core") for one in event.reasons) else Level.IMPORTANT
    held = _running(session, table.id)
    if held is None:
        review = ImportantReview(
            org=table.org, table_id=table.id, level=level, reasons=sorted(event.reasons), opened_at=now()
        )
        session.add(review)
        session.flush()
        record(session, actor, Act.REVIEW_OPENED, review, after={"reasons": review.reasons})
    elif set(event.reasons) - set(held.reasons):
        before = {"reasons": held.reasons}
        held.reasons = sorted({*held.reasons, *event.reasons})
        if held.status is ReviewStatus.OPEN and level is Level.CORE:
            held.level = level
        record(session, actor, Act.REVIEW_OPENED, held, before=before, after={"reasons": held.reasons})


def _running(session: Session, table_id: UUID) -> ImportantReview | None:
    query = select(ImportantReview).where(ImportantReview.table_id == table_id, ImportantReview.status.in_(_RUNNING))
    return session.scalars(query).first()


def seen_review(session: Session, actor: Actor, table_id: UUID) -> ImportantReview | None:
    """Return the running candidate of a table, as far as the actor may see it."""
    query = within(actor, ImportantReview)
    query = query.where(ImportantReview.table_id == table_id, ImportantReview.status.in_(_RUNNING))
    return session.scalars(query).first()


def propose_table(session: Session, actor: Actor, table: LedgerTable, level: Level, why: str) -> ImportantReview:
    """Open a candidate by hand: a regulator's list names it, or somebody knows what no rule sees.

    Raises:
        ConflictError: one runs already.
        InputError: the level is not I or C.
    """
    if level not in {Level.IMPORTANT, Level.CORE}:
        raise InputError("errors.reviews.level")
    if _running(session, table.id) is not None:
        raise ConflictError("errors.reviews.running")
    review = ImportantReview(
        org=table.org, table_id=table.id, level=level, reasons=["important.by_hand"], opened_at=now(), why=why
    )
    session.add(review)
    session.flush()
    record(session, actor, Act.REVIEW_OPENED, review, after={"reasons": review.reasons}, note=why)
    return review


def reviews(actor: Actor) -> Select[ImportantReview]:
    """Select the candidates in scope, each with its table and source."""
    return within(actor, ImportantReview).options(joinedload(ImportantReview.table).joinedload(LedgerTable.source))


def find_review(session: Session, actor: Actor, review_id: UUID | str) -> ImportantReview:
    """Return one candidate with its table and source.

    Raises:
        NotFoundError: there is none in the actor's scope.
    """
    found = find_within(session, actor, ImportantReview, review_id)
    return session.scalars(reviews(actor).where(ImportantReview.id == found.id)).one()


def count_open(session: Session, actor: Actor) -> int:
    """Return how many candidates wait for a judgement."""
    query = within(actor, ImportantReview).where(ImportantReview.status == ReviewStatus.OPEN)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def judge(session: Session, actor: Actor, review: ImportantReview, *, level: Level | None, why: str) -> None:
    """Say that a table is important or core data, or (None) that it is neither.

    Raises:
        ConflictError: it was judged already.
        InputError: a level that is neither, or no reason.
    """
    _expect(review, ReviewStatus.OPEN)
    if not why.strip():
        raise InputError("errors.reviews.no_reason")
    if level is not None and level not in {Level.IMPORTANT, Level.CORE}:
        raise InputError("errors.reviews.level")
    at = now()
    review.judged_at, review.judged_by, review.why = at, actor.name, why.strip()
    review.level = level or review.level
    if level is not None:
        review.review_by = at + REVIEW_AFTER
        _set_level(session, actor, review.table, level, why)
    _move(session, actor, review, ReviewStatus.IDENTIFIED if level else ReviewStatus.DISMISSED)


def report(session: Session, actor: Actor, review: ImportantReview, *, number: str, at: datetime) -> None:
    """Note that the table was declared to the regulator.

    Raises:
        ConflictError: it was not judged to be important, or was declared already.
    """
    _expect(review, ReviewStatus.IDENTIFIED)
    review.report_no, review.reported_at = number, at
    _move(session, actor, review, ReviewStatus.REPORTED)


def answer(session: Session, actor: Actor, review: ImportantReview, *, recognised: bool, text: str) -> None:
    """Note the regulator's answer; where it is no important data, the grading's level holds again.

    Raises:
        ConflictError: it was not declared, or is answered already.
    """
    _expect(review, ReviewStatus.REPORTED)
    review.answered_at, review.answer = now(), text
    if not recognised:
        review.review_by = None
        _set_level(session, actor, review.table, _graded(session, actor, review.table), text)
    _move(session, actor, review, ReviewStatus.RECOGNISED if recognised else ReviewStatus.NOT_RECOGNISED)


def register(session: Session, actor: Actor) -> Sequence[ImportantReview]:
    """The register: what was judged to be important or core data and still is, the gravest first."""
    query = reviews(actor).where(ImportantReview.status.in_(sorted(HELD)))
    found = session.scalars(query.order_by(ImportantReview.org, ImportantReview.judged_at)).all()
    return sorted(found, key=lambda one: -one.level.rank)


def _expect(review: ImportantReview, status: ReviewStatus) -> None:
    if review.status is not status:
        raise ConflictError("errors.reviews.state")


def _move(session: Session, actor: Actor, review: ImportantReview, status: ReviewStatus) -> None:
    before = {"status": review.status.value}
    review.status = status
    after = {"status": status.value, "level": review.level.value}
    record(session, actor, Act.TABLE_REVIEWED, review, before=before, after=after, note=review.answer or review.why)


def _set_level(session: Session, actor: Actor, table: LedgerTable, level: Level, why: str) -> None:
    if table.level is not level:
        reason = Reason("reviewed", why)
        session.add(change_of(actor, table, reason, {"level": table.level.value}, {"level": level.value}, now()))
        table.level = level


def _graded(session: Session, actor: Actor, table: LedgerTable) -> Level:
    policy = InForce.read(session).policy(table.org)
    kept = next(one for one in kept_tables(session, actor, source_id=table.source_id) if one.id == table.id)
    return kept.graded(policy).level
