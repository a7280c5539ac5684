"""An owner's word on an item: confirmed as the scan has it, corrected, split, or not sensitive at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from soc.db import new_id
from soc.errors import InputError
from soc.events import emit
from soc.identity.actor import Actor
from soc.ledger.changes import Reason, change_of, differing
from soc.ledger.lessons import teach
from soc.ledger.levels import Level, highest
from soc.ledger.models import ItemStatus, LedgerChange, LedgerItem
from soc.ledger.opinions import LedgerPart, LedgerProposal, ProposalStatus
from soc.ledger.stewardship import REVIEW_MONTHS
from soc.ledger.types import types
from soc.ledger.values import ItemDecided
from soc.ledger.verdicts import keep_verdict
from soc.trail import Act, Subject, record

_MONTH = timedelta(days=30.4375)
#: what a decision changes, and what an undo restores
DECIDED = ("type", "entity", "level", "status", "decided_by", "decided_at", "next_review")
_ALWAYS_TOLD = frozenset({"type", "level", "status"})
MOST_PARTS = 4


class NotSensitive(StrEnum):
    """Why an owner says that a column is not sensitive."""

    TEST_DATA = "test_data"
    PUBLIC = "public"
    CODE_LIST = "code_list"
    LOOKALIKE = "lookalike"
    ANONYMISED = "anonymised"
    EMPTY = "empty"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Correction:
    """What an owner says an item is; ``type`` None means nothing sensitive, for the ``reason`` given."""

    type: str | None
    level: Level
    why: str = ""
    reason: NotSensitive | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things that a column holds; an empty ``pattern`` is the recognizer's own."""

    type: str | None
    level: Level
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class _Word:
    """A decision on its way into the ledger."""

    correction: Correction
    status: ItemStatus
    at: datetime
    batch: UUID | None = None
    parts: tuple[Part, ...] = ()
    #: the open proposal it follows, where it follows one
    following: UUID | None = None
    told: Mapping[str, Any] = field(default_factory=dict)


def confirm_item(session: Session, actor: Actor, item: LedgerItem, *, at: datetime) -> LedgerItem:
    """Take the scan's word as the owner's own."""
    word = _Word(Correction(item.type, item.level), ItemStatus.CONFIRMED, at)
    _decided(session, actor, item, word)
    return item


def correct_item(
    session: Session, actor: Actor, item: LedgerItem, correction: Correction, *, at: datetime
) -> LedgerItem:
    """Replace the scan's word by the owner's.

    Raises:
        InputError: no such type; a level that only a regulator gives; not sensitive without a ground.
    """
    check_correction(correction)
    told = {"reason": correction.reason.value} if correction.reason else {}
    change = _decided(session, actor, item, _Word(correction, ItemStatus.CORRECTED, at, told=told))
    teach(session, actor, item, change)
    return item


def split_item(
    session: Session, actor: Actor, item: LedgerItem, parts: Sequence[Part], *, why: str = "", at: datetime
) -> LedgerItem:
    """Say that a column holds several things; the item takes the gravest of them.

    Raises:
        InputError: fewer than two parts or too many, no such type, a pattern that RE2 cannot read.
    """
    _check_parts(parts)
    gravest = max(parts, key=lambda part: part.level.rank)
    correction = Correction(gravest.type, highest([part.level for part in parts]), why)
    told = {"parts": [f"{part.pattern or '·'} → {part.type or '–'} {part.level.value}" for part in parts]}
    word = _Word(correction, ItemStatus.CORRECTED, at, parts=tuple(parts), told=told)
    change = _decided(session, actor, item, word)
    teach(session, actor, item, change, [_plain(part) for part in parts])
    return item


def follow_proposal(
    session: Session, actor: Actor, item: LedgerItem, proposal: LedgerProposal, *, at: datetime
) -> LedgerItem:
    """Take a proposal's word as the owner's own.

    Raises:
        InputError: it is no longer open, or is of another item.
    """
    if proposal.item_id != item.id or proposal.status is not ProposalStatus.OPEN:
        raise InputError("errors.ledger.proposal_closed")
    status = ItemStatus.CONFIRMED if proposal.type == item.scan_type else ItemStatus.CORRECTED
    parts = _lesson_parts(session, proposal)
    word = _Word(Correction(proposal.type, proposal.level), status, at, parts=parts, following=proposal.id)
    _decided(session, actor, item, word)
    return item


def accept_alike(session: Session, actor: Actor, items: Sequence[LedgerItem], *, at: datetime) -> UUID:
    """Confirm many items as one act; return the batch, by which it is undone."""
    batch = new_id()
    for item in items:
        _decided(session, actor, item, _Word(Correction(item.type, item.level), ItemStatus.CONFIRMED, at, batch))
    subject = Subject(LedgerItem.__tablename__, str(batch), actor.org)
    record(session, actor, Act.ITEM_CONFIRMED, subject, after={"items": len(items)})
    return batch


def review_due(level: Level, at: datetime) -> datetime:
    """When an item of a level that was decided ``at`` should be looked at again."""
    return at + REVIEW_MONTHS[level] * _MONTH


def check_correction(correction: Correction) -> None:
    """Refuse a correction that nobody may make.

    Raises:
        InputError: see :func:`correct_item`.
    """
    if correction.type is not None and correction.type not in types():
        raise InputError("errors.ledger.type_unknown", type=correction.type)
    if correction.level.rank > Level.G4.rank:
        raise InputError("errors.ledger.level_by_review")
    if correction.reason is NotSensitive.OTHER and not correction.why.strip():
        raise InputError("errors.ledger.say_why")


def _check_parts(parts: Sequence[Part]) -> None:
    import re2

    if not 2 <= len(parts) <= MOST_PARTS:
        raise InputError("errors.ledger.parts_count", most=MOST_PARTS)
    if len({(part.type, part.pattern) for part in parts}) < len(parts):
        raise InputError("errors.ledger.parts_alike")
    for part in parts:
        check_correction(Correction(part.type, part.level))
        if part.type is None and not part.pattern:
            raise InputError("errors.ledger.part_empty")
        try:
            re2.compile(part.pattern)
        except re2.error:
            raise InputError("errors.ledger.part_pattern", pattern=part.pattern[:80]) from None


def _plain(part: Part) -> dict[str, Any]:
    return {"pattern": part.pattern, "type": part.type, "level": part.level.value}


def _lesson_parts(session: Session, proposal: LedgerProposal) -> tuple[Part, ...]:
    from soc.ledger.opinions import LedgerLesson

    lesson = session.get(LedgerLesson, proposal.lesson_id) if proposal.lesson_id else None
    return tuple(Part(one["type"], Level(one["level"]), one["pattern"]) for one in (lesson.parts if lesson else ()))


def _decided(session: Session, actor: Actor, item: LedgerItem, word: _Word) -> LedgerChange:
    before = {name: getattr(item, name) for name in DECIDED}
    scan_type = item.scan_type if item.pattern else before["type"]  # of before scans kept their own word
    _apply(item, actor, word)
    change = _change(actor, item, word, before)
    session.add(change)
    session.flush()
    _keep_parts(session, item, word.parts)
    _close_proposals(session, item, change, word.following)
    keep_verdict(session, item, change, scan_type)
    if word.batch is None:
        act = Act.ITEM_CONFIRMED if word.status is ItemStatus.CONFIRMED else Act.ITEM_CORRECTED
        act = Act.ITEM_SPLIT if word.parts and word.following is None else act
        record(session, actor, act, item, before=change.before, after=change.after, note=change.why or None)
    emit(session, ItemDecided(str(item.id), item.org, word.status.value, item.level.value))
    return change


def _apply(item: LedgerItem, actor: Actor, word: _Word) -> None:
    item.type, item.level, item.status = word.correction.type, word.correction.level, word.status
    item.entity = types()[item.type].entity if item.type else None
    item.decided_by, item.decided_at = actor.name, word.at
    item.next_review = review_due(item.level, word.at)


def _change(actor: Actor, item: LedgerItem, word: _Word, before: Mapping[str, Any]) -> LedgerChange:
    # a confirmation changes no type, and still the history says what was confirmed
    _, changed = differing(before, {name: getattr(item, name) for name in DECIDED})
    names = [name for name in DECIDED if name in changed or name in _ALWAYS_TOLD]
    old, new = {name: before[name] for name in names}, {name: getattr(item, name) for name in names}
    reason = Reason(word.status.value, word.correction.why.strip(), word.batch)
    change = change_of(actor, item, reason, old, new | dict(word.told), word.at)
    change.id = new_id()
    return change


def _keep_parts(session: Session, item: LedgerItem, parts: Sequence[Part]) -> None:
    session.execute(delete(LedgerPart).where(LedgerPart.item_id == item.id))
    for place, part in enumerate(parts):
        session.add(
            LedgerPart(
                org=item.org, item_id=item.id, place=place, pattern=part.pattern, type=part.type, level=part.level
            )
        )


def _close_proposals(session: Session, item: LedgerItem, change: LedgerChange, following: UUID | None) -> None:
    """A decision answers every proposal that waits for it: those that say the same are accepted."""
    query = select(LedgerProposal).where(
        LedgerProposal.item_id == item.id, LedgerProposal.status == ProposalStatus.OPEN
    )
    for proposal in session.scalars(query):
        agrees = proposal.id == following or (proposal.type == item.type and proposal.level == item.level)
        proposal.status = ProposalStatus.ACCEPTED if agrees else ProposalStatus.DECLINED
        proposal.change_id = change.id


def decline(session: Session, actor: Actor, item: LedgerItem, proposal: LedgerProposal, *, at: datetime) -> None:
    """Decline one proposal; what the item is, and whether its owner spoke on it, stays.

    Raises:
        InputError: it is no longer open, or is of another item.
    """
    if proposal.item_id != item.id or proposal.status is not ProposalStatus.OPEN:
        raise InputError("errors.ledger.proposal_closed")
    told = {"proposal": f"{proposal.type or '–'} {proposal.level.value}"}
    change = change_of(actor, item, Reason("declined"), told, {"proposal": None}, at)
    change.id = new_id()
    session.add(change)
    session.flush()
    query = update(LedgerProposal).where(LedgerProposal.id == proposal.id)
    session.execute(query.values(status=ProposalStatus.DECLINED, change_id=change.id))
    record(session, actor, Act.ITEM_EDITED, item, before=told, after={"proposal": "declined"})
