"""A correction teaches: columns of the same pattern are proposed to their owners as corrected; none is changed.

A lesson holds below the organisation of whoever corrected. It goes further only when a centre above
takes it on as its own: what a sibling corrected is not a neighbour's to know.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, insert, select, update
from sqlalchemy.orm import Session

from soc.db import new_id
from soc.errors import NotFoundError
from soc.identity.actor import Actor
from soc.ledger.models import ItemStatus, LedgerChange, LedgerItem
from soc.ledger.opinions import LedgerLesson, LedgerProposal, ProposalKind, ProposalStatus
from soc.tiers.models import Organisation
from soc.tiers.scope import find_within, in_scope, within
from soc.trail import Act, record

#: proposals that one lesson may make
MOST = 5_000


def teach(
    session: Session, actor: Actor, item: LedgerItem, change: LedgerChange, parts: list[dict[str, Any]] | None = None
) -> int:
    """Learn from a correction, and propose it wherever the pattern is met; return how many proposals were made."""
    if not item.pattern or item.type == item.scan_type:
        return 0
    lesson = LedgerLesson(
        id=new_id(), org=actor.org, pattern=item.pattern, scan_type=item.scan_type, type=item.type, level=item.level,
        item_id=item.id, change_id=change.id, at=change.at, by=actor.name, parts=parts or [],
    )  # fmt: skip
    _replace(session, lesson)
    session.add(lesson)
    session.flush()
    return propose(session, lesson, _alike(lesson), change.at)


def _replace(session: Session, lesson: LedgerLesson) -> None:
    """An organisation has one lesson a pattern: the newest."""
    older = select(LedgerLesson.id).where(
        LedgerLesson.org == lesson.org, LedgerLesson.pattern == lesson.pattern, LedgerLesson.active.is_(True)
    )
    withdraw(session, session.scalars(older).all())


def withdraw(session: Session, lessons: Iterable[UUID]) -> None:
    """Let lessons be forgotten, and what they proposed and nobody answered."""
    ids = list(lessons)
    if not ids:
        return
    session.execute(update(LedgerLesson).where(LedgerLesson.id.in_(ids)).values(active=False))
    open_ones = update(LedgerProposal).where(
        LedgerProposal.lesson_id.in_(ids), LedgerProposal.status == ProposalStatus.OPEN
    )
    session.execute(open_ones.values(status=ProposalStatus.WITHDRAWN))


def _alike(lesson: LedgerLesson) -> Select[UUID, str]:
    """Items of the pattern below the lesson's organisation whose owner said nothing else."""
    path = select(Organisation.path).where(Organisation.code == lesson.org).scalar_subquery()
    below = select(Organisation.code).where(Organisation.path.startswith(path))
    asked = exists().where(LedgerProposal.item_id == LedgerItem.id, LedgerProposal.status == ProposalStatus.OPEN)
    return select(LedgerItem.id, LedgerItem.org).where(
        LedgerItem.pattern == lesson.pattern,
        LedgerItem.org.in_(below),
        LedgerItem.gone_at.is_(None),
        LedgerItem.status != ItemStatus.CORRECTED,
        LedgerItem.id != lesson.item_id,
        LedgerItem.type.is_distinct_from(lesson.type),
        ~asked,
    )


def propose(session: Session, lesson: LedgerLesson, items: Select[UUID, str], at: datetime) -> int:
    """Propose a lesson for items; return how many."""
    rows = [
        {
            "id": new_id(),
            "org": org,
            "item_id": item_id,
            "kind": ProposalKind.LESSON,
            "type": lesson.type,
            "level": lesson.level,
            "origin_id": lesson.item_id,
            "lesson_id": lesson.id,
            "made_at": at,
            "status": ProposalStatus.OPEN,
        }
        for item_id, org in session.execute(items.limit(MOST))
    ]
    if rows:
        session.execute(insert(LedgerProposal), rows)
    return len(rows)


def propose_known(session: Session, source_id: UUID, at: datetime) -> int:
    """After a scan: propose what was learnt before for items that are new or changed; return how many."""
    patterns = select(LedgerItem.pattern).where(LedgerItem.source_id == source_id, LedgerItem.gone_at.is_(None))
    lessons = session.scalars(
        select(LedgerLesson).where(LedgerLesson.active.is_(True), LedgerLesson.pattern.in_(patterns))
    )
    told = exists().where(LedgerProposal.item_id == LedgerItem.id, LedgerProposal.lesson_id.is_not(None))
    count = 0
    for lesson in lessons.all():
        # what an owner declined before is not asked again by each scan
        count += propose(session, lesson, _alike(lesson).where(LedgerItem.source_id == source_id, ~told), at)
    return count


def take_on(session: Session, actor: Actor, lesson_id: UUID, *, at: datetime) -> int:
    """Make a lesson from below one's own, so that it holds for everybody below; return how many were proposed.

    Raises:
        NotFoundError: there is none in the actor's scope.
    """
    found = find_within(session, actor, LedgerLesson, lesson_id)
    if not in_scope(session, actor, found.org):
        raise NotFoundError
    own = LedgerLesson(
        id=new_id(), org=actor.org, pattern=found.pattern, scan_type=found.scan_type, type=found.type,
        level=found.level, item_id=found.item_id, change_id=found.change_id, at=at, by=actor.name, parts=found.parts,
    )  # fmt: skip
    _replace(session, own)
    session.add(own)
    session.flush()
    count = propose(session, own, _alike(own), at)
    record(session, actor, Act.ITEM_PROPOSED, own, after={"pattern": own.pattern, "type": own.type, "items": count})
    return count


def lessons_within(actor: Actor) -> Select[LedgerLesson]:
    """The lessons that hold for organisations in the actor's scope."""
    return within(actor, LedgerLesson).where(LedgerLesson.active.is_(True))


def open_counts(session: Session, lessons: Iterable[UUID]) -> dict[UUID, dict[str, int]]:
    """How many proposals of each lesson are open, accepted, declined."""
    query = select(LedgerProposal.lesson_id, LedgerProposal.status, func.count())
    query = query.where(LedgerProposal.lesson_id.in_(list(lessons)))
    counts: dict[UUID, dict[str, int]] = {}
    for lesson_id, status, count in session.execute(query.group_by(LedgerProposal.lesson_id, LedgerProposal.status)):
        if lesson_id is not None:
            counts.setdefault(lesson_id, {})[status.value] = count
    return counts
