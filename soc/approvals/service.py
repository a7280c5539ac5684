"""Propose, approve, reject, withdraw, void."""

import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from soc.approvals.models import Approval, ApprovalStatus
from soc.clock import now
from soc.errors import ConflictError, ForbiddenError, NotFoundError
from soc.identity.actor import Actor, ActorKind
from soc.registry import rooms
from soc.room import ApprovalKind, resolve
from soc.tiers.scope import find_within, within
from soc.trail import Act, Subject, record


def approval_kinds() -> dict[str, ApprovalKind]:
    """Return everything that two persons decide, by name."""
    return {kind.name: kind for room in rooms() for kind in room.approvals}


def digest_of(payload: dict[str, Any]) -> str:
    """Return the SHA-256 of the payload's canonical JSON, hex."""
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def propose(
    session: Session, actor: Actor, kind: str, subject: Subject, payload: dict[str, Any], *, title: str, reason: str
) -> Approval:
    """Ask for something a second person must agree to.

    Raises:
        NotFoundError: no room decides such a thing.
    """
    if kind not in approval_kinds():
        raise NotFoundError
    approval = Approval(
        kind=kind,
        org=subject.org,
        subject_kind=subject.kind,
        subject_id=subject.id,
        title=title,
        payload=payload,
        digest=digest_of(payload),
        reason=reason,
        proposer_id=actor.id,
        proposer_name=actor.name,
        created_at=now(),
    )
    session.add(approval)
    session.flush()
    record(session, actor, Act.APPROVAL_PROPOSED, approval, after={"kind": kind, "digest": approval.digest})
    return approval


def approve(
    session: Session, actor: Actor, approval_id: UUID | str, *, at: datetime, digest: str | None = None, note: str = ""
) -> Approval:
    """Agree as the second person, and do what was proposed, in one transaction.

    What was edited since it was proposed is not done: the proposal comes back void, and nothing else has changed.

    Raises:
        NotFoundError: no such proposal in the actor's scope.
        ForbiddenError: the actor may not decide this, is no person, or proposed it.
        ConflictError: decided already, or not what the actor was shown (``digest``).
    """
    approval = _open(session, actor, approval_id)
    if digest not in {None, approval.digest}:
        raise ConflictError("errors.approval_changed")
    if not _stands(session, approval):
        _void(session, actor, approval)
        return approval
    _decide(approval, actor, ApprovalStatus.APPROVED, at, note)
    session.flush()
    record(session, actor, Act.APPROVAL_APPROVED, approval, after={"digest": approval.digest}, note=note or None)
    resolve(approval_kinds()[approval.kind].apply)(session, actor, approval)
    return approval


def reject(session: Session, actor: Actor, approval_id: UUID | str, *, at: datetime, note: str) -> Approval:
    """Refuse as the second person; raises as :func:`approve`."""
    approval = _open(session, actor, approval_id)
    _decide(approval, actor, ApprovalStatus.REJECTED, at, note)
    record(session, actor, Act.APPROVAL_REJECTED, approval, note=note)
    _close(session, actor, approval)
    return approval


def withdraw(session: Session, actor: Actor, approval_id: UUID | str, *, at: datetime) -> Approval:
    """Take one's own proposal back.

    Raises:
        ForbiddenError: somebody else proposed it.
        ConflictError: decided already.
    """
    approval = _pending(session, actor, approval_id)
    if approval.proposer_id != actor.id:
        raise ForbiddenError("errors.approval_not_yours")
    approval.status, approval.decided_at = ApprovalStatus.WITHDRAWN, at
    record(session, actor, Act.APPROVAL_WITHDRAWN, approval)
    _close(session, actor, approval)
    return approval


def void(session: Session, actor: Actor, subject: Subject) -> int:
    """End every open proposal about ``subject``: it was edited; return how many there were."""
    query = select(Approval).where(
        Approval.subject_kind == subject.kind,
        Approval.subject_id == subject.id,
        Approval.status == ApprovalStatus.PENDING,
    )
    # one that is being decided at this moment is left to that decision, which sees what was changed
    open_ones = session.scalars(query.with_for_update(skip_locked=True)).all()
    for approval in open_ones:
        _void(session, actor, approval)
    return len(open_ones)


def _void(session: Session, actor: Actor, approval: Approval) -> None:
    approval.status, approval.decided_at = ApprovalStatus.VOID, now()
    record(session, actor, Act.APPROVAL_VOIDED, approval)
    _close(session, actor, approval)


def _stands(session: Session, approval: Approval) -> bool:
    """Whether a proposal, and what it is about, is still what was proposed."""
    stands = approval_kinds()[approval.kind].stands
    unedited = digest_of(approval.payload) == approval.digest
    return unedited and (stands is None or bool(resolve(stands)(session, approval)))


def _close(session: Session, actor: Actor, approval: Approval) -> None:
    kind = approval_kinds().get(approval.kind)
    if kind is not None and kind.refused:
        resolve(kind.refused)(session, actor, approval)


def pending(actor: Actor) -> Select[Approval]:
    """Select the proposals that wait for this actor: theirs to decide, and not their own."""
    mine = [name for name, kind in approval_kinds().items() if actor.may(kind.approver_permission)]
    return within(actor, Approval).where(
        Approval.status == ApprovalStatus.PENDING, Approval.kind.in_(mine), Approval.proposer_id != actor.id
    )


def count_pending(session: Session, actor: Actor) -> int:
    """Return how many proposals wait for this actor."""
    return session.scalar(select(func.count()).select_from(pending(actor).subquery())) or 0


def _open(session: Session, actor: Actor, approval_id: UUID | str) -> Approval:
    approval = _pending(session, actor, approval_id)
    kind = approval_kinds()[approval.kind]
    if actor.kind is not ActorKind.PERSON or not actor.may(kind.approver_permission):
        raise ForbiddenError("errors.approval_forbidden")
    if approval.proposer_id == actor.id:
        raise ForbiddenError("errors.approval_own")
    return approval


def _pending(session: Session, actor: Actor, approval_id: UUID | str) -> Approval:
    approval = find_within(session, actor, Approval, approval_id)
    session.refresh(approval, with_for_update=True)
    if approval.status is not ApprovalStatus.PENDING:
        raise ConflictError("errors.approval_decided")
    return approval


def _decide(approval: Approval, actor: Actor, status: ApprovalStatus, at: datetime, note: str) -> None:
    approval.status, approval.decided_at = status, at
    approval.decider_id, approval.decider_name, approval.decision_note = actor.id, actor.name, note or None
