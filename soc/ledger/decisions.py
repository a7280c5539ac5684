"""An owner's word on an item: confirmed as the scan has it, or corrected."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from soc.errors import InputError
from soc.events import emit
from soc.identity.actor import Actor
from soc.ledger.changes import Reason, change_of, differing
from soc.ledger.levels import Level
from soc.ledger.models import ItemStatus, LedgerItem
from soc.ledger.stewardship import REVIEW_MONTHS
from soc.ledger.types import types
from soc.ledger.values import ItemDecided
from soc.trail import Act, record

_MONTH = timedelta(days=30.4375)
_TOLD = ("type", "level", "status", "next_review")


@dataclass(frozen=True, slots=True)
class Correction:
    """What an owner says an item is; ``type`` None means nothing sensitive."""

    type: str | None
    level: Level
    why: str = ""


def confirm_item(session: Session, actor: Actor, item: LedgerItem, *, at: datetime) -> LedgerItem:
    """Take the scan's word as the owner's own."""
    return _decide(session, actor, item, Correction(item.type, item.level), ItemStatus.CONFIRMED, at)


def correct_item(
    session: Session, actor: Actor, item: LedgerItem, correction: Correction, *, at: datetime
) -> LedgerItem:
    """Replace the scan's word by the owner's.

    Raises:
        InputError: no such type; a level that only a regulator gives; below the type's own level.
    """
    _check_correction(correction)
    return _decide(session, actor, item, correction, ItemStatus.CORRECTED, at)


def review_due(level: Level, at: datetime) -> datetime:
    """When an item of a level that was decided ``at`` should be looked at again."""
    return at + REVIEW_MONTHS[level] * _MONTH


def _check_correction(correction: Correction) -> None:
    if correction.type is not None and correction.type not in types():
        raise InputError("errors.ledger.type_unknown", type=correction.type)
    if correction.level.rank > Level.G4.rank:
        raise InputError("errors.ledger.level_by_review")


def _decide(
    session: Session, actor: Actor, item: LedgerItem, correction: Correction, status: ItemStatus, at: datetime
) -> LedgerItem:
    before = {name: getattr(item, name) for name in _TOLD}
    item.type, item.level, item.status = correction.type, correction.level, status
    item.entity = types()[correction.type].entity if correction.type else None
    item.decided_by, item.decided_at = actor.name, at
    item.next_review = review_due(item.level, at)
    # a confirmation changes no type, and still the history says what was confirmed
    _, changed = differing(before, {name: getattr(item, name) for name in _TOLD})
    names = [name for name in _TOLD if name in changed or name in {"type", "level", "status"}]
    old, new = {name: before[name] for name in names}, {name: getattr(item, name) for name in names}
    change = change_of(actor, item, Reason(status.value, correction.why), old, new, at)
    session.add(change)
    act = Act.ITEM_CONFIRMED if status is ItemStatus.CONFIRMED else Act.ITEM_CORRECTED
    record(session, actor, act, item, before=change.before, after=change.after, note=correction.why or None)
    emit(session, ItemDecided(str(item.id), item.org, status.value, item.level.value))
    return item
