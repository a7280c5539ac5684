"""Taking one's own last decision back: the item is as it was, and what the decision set off is withdrawn."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from soc.errors import ConflictError
from soc.identity.actor import Actor
from soc.ledger.changes import Reason, change_of
from soc.ledger.decisions import DECIDED
from soc.ledger.lessons import withdraw
from soc.ledger.levels import Level
from soc.ledger.models import ItemStatus, LedgerChange, LedgerItem
from soc.ledger.opinions import LedgerLesson, LedgerPart, LedgerProposal, ProposalStatus
from soc.ledger.verdicts import restore_verdict, void_verdicts
from soc.tiers.scope import within
from soc.trail import Act, Subject, record

CAUSES = (ItemStatus.CONFIRMED.value, ItemStatus.CORRECTED.value, "declined")


class NothingToUndoError(ConflictError):
    """There is no decision of one's own that still stands."""


def last_decision(session: Session, actor: Actor) -> LedgerChange | None:
    """The newest decision of this person that was not taken back."""
    query = select(LedgerChange).where(
        LedgerChange.by_id == actor.id, LedgerChange.cause.in_(CAUSES), LedgerChange.undone_at.is_(None)
    )
    return session.scalars(query.order_by(LedgerChange.at.desc(), LedgerChange.id.desc()).limit(1)).first()


def undo_last(session: Session, actor: Actor, *, at: datetime) -> list[LedgerItem]:
    """Take the last decision back, all of it where it was on many items; return the items.

    Raises:
        NothingToUndoError: there is none, or somebody has decided on the item since.
    """
    last = last_decision(session, actor)
    if last is None:
        raise NothingToUndoError("errors.ledger.nothing_to_undo")
    changes: Sequence[LedgerChange] = [last]
    if last.batch is not None:
        changes = session.scalars(select(LedgerChange).where(LedgerChange.batch == last.batch)).all()
    ids = [change.item_id for change in changes if change.item_id is not None]
    items = {item.id: item for item in session.scalars(within(actor, LedgerItem).where(LedgerItem.id.in_(ids)))}
    _check_still_stands(session, changes)
    undone = [items[change.item_id] for change in changes if change.item_id in items]
    for change in changes:
        if change.item_id in items:
            _undo(session, actor, items[change.item_id], change, at)
    subject = Subject(LedgerItem.__tablename__, str(last.batch or last.item_id), last.org)
    record(session, actor, Act.ITEM_UNDONE, subject, after={"items": len(undone)})
    return undone


def after(change: LedgerChange) -> ColumnElement[bool]:
    """The clause for changes made later than one."""
    same = and_(LedgerChange.at == change.at, LedgerChange.id > change.id)
    return or_(LedgerChange.at > change.at, same)


def _check_still_stands(session: Session, changes: Sequence[LedgerChange]) -> None:
    ids = [change.item_id for change in changes]
    newest = max(changes, key=lambda change: (change.at, change.id))
    later = select(LedgerChange.id).where(
        LedgerChange.item_id.in_(ids),
        LedgerChange.cause.in_(CAUSES),
        LedgerChange.undone_at.is_(None),
        after(newest),
    )
    if session.scalars(later.limit(1)).first() is not None:
        raise NothingToUndoError("errors.ledger.decided_since")


def _undo(session: Session, actor: Actor, item: LedgerItem, change: LedgerChange, at: datetime) -> None:
    old = {name: value for name, value in change.before.items() if name in DECIDED}
    current = {name: getattr(item, name) for name in old}
    for name, value in old.items():
        setattr(item, name, _typed(name, value))
    change.undone_at = at
    if old:
        session.add(change_of(actor, item, Reason("undone"), current, old, at))
        session.execute(delete(LedgerPart).where(LedgerPart.item_id == item.id))
        void_verdicts(session, [item.id])
        _restore_earlier(session, item, change)
    reopened = update(LedgerProposal).where(LedgerProposal.change_id == change.id)
    session.execute(reopened.values(status=ProposalStatus.OPEN, change_id=None))
    lessons = session.scalars(select(LedgerLesson.id).where(LedgerLesson.change_id == change.id)).all()
    withdraw(session, lessons)


def _restore_earlier(session: Session, item: LedgerItem, undone: LedgerChange) -> None:
    """Where an earlier decision stands again, so does its verdict."""
    if item.status is ItemStatus.PROPOSED:
        return
    query = select(LedgerChange.id).where(
        LedgerChange.item_id == item.id,
        LedgerChange.cause.in_(CAUSES[:2]),
        LedgerChange.undone_at.is_(None),
        LedgerChange.id != undone.id,
        ~after(undone),
    )
    newest = (LedgerChange.at.desc(), LedgerChange.id.desc())
    earlier: UUID | None = session.scalars(query.order_by(*newest).limit(1)).first()
    if earlier is not None:
        restore_verdict(session, earlier)


def _typed(name: str, value: Any) -> Any:
    """A value of the log as the row has it."""
    kinds: Mapping[str, Any] = {"level": Level, "status": ItemStatus}
    if value is None:
        return None
    if name in kinds:
        return kinds[name](value)
    return datetime.fromisoformat(value) if name in {"decided_at", "next_review"} else value
