"""A person's working copy of a document with versions: one open draft a person, kind and organisation.

A draft remembers the version it began from. When another came into force meanwhile, both sides are laid next to each
other (:mod:`soc.versions.merging`) and the outcome is a draft on the new one: nobody's edit is lost.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from soc.approvals.service import digest_of
from soc.errors import ConflictError, InputError
from soc.identity.actor import Actor
from soc.trail import Act, record
from soc.versions.merging import Change, Side, changes, merged
from soc.versions.models import PolicyVersion, VersionStatus
from soc.versions.service import FaultyBodyError, active, faults


def own_draft(session: Session, actor: Actor, kind: str, org: str) -> PolicyVersion | None:
    """Return the actor's open draft for an organisation, or None."""
    return draft_of(session, actor.id, kind, org)


def draft_of(session: Session, author_id: str, kind: str, org: str) -> PolicyVersion | None:
    """Return somebody's open draft for an organisation, or None."""
    query = select(PolicyVersion).where(
        PolicyVersion.kind == kind,
        PolicyVersion.org == org,
        PolicyVersion.status == VersionStatus.DRAFT,
        PolicyVersion.author_id == author_id,
    )
    return session.scalars(query.order_by(PolicyVersion.number.desc()).limit(1)).first()


def refuse_faulty(session: Session, kind: str, org: str, body: dict[str, Any]) -> None:
    """Let a document pass that may become a draft.

    Raises:
        FaultyBodyError: it does not pass its check, or not at this organisation.
    """
    problems = faults(session, kind, org, body)
    if problems:
        raise FaultyBodyError(problems)


def rewrite(session: Session, actor: Actor, draft: PolicyVersion, body: dict[str, Any]) -> None:
    """Put a document that passed its check in place of a draft's."""
    draft.body, draft.digest, draft.title = body, digest_of(body), str(body.get("title", draft.kind))
    record(session, actor, Act.VERSION_DRAFTED, draft, after={"number": draft.number, "digest": draft.digest})


def discard(session: Session, actor: Actor, kind: str, org: str) -> None:
    """Throw the actor's draft away; its body stays in the history as refused."""
    draft = own_draft(session, actor, kind, org)
    if draft is not None:
        draft.status = VersionStatus.REJECTED
        record(session, actor, Act.VERSION_REJECTED, draft, after={"number": draft.number, "why": "discarded"})


def is_stale(session: Session, draft: PolicyVersion) -> bool:
    """Whether another version came into force since the draft was begun."""
    current = active(session, draft.kind, draft.org)
    return current is not None and current.number != draft.base_number


def edits(session: Session, draft: PolicyVersion) -> tuple[Change, ...]:
    """What the draft changes against the version it began from."""
    base = _base_of(session, draft)
    return changes(base, draft.body, base)


def sides(session: Session, draft: PolicyVersion) -> tuple[Change, ...]:
    """What the draft and the version now in force each changed since the draft began."""
    current = active(session, draft.kind, draft.org)
    return changes(_base_of(session, draft), draft.body, current.body if current else {})


def merge(
    session: Session, actor: Actor, kind: str, org: str, choices: Mapping[str, Side], *, seen: int
) -> PolicyVersion:
    """Put the actor's changes onto the version in force, and go on with that as the draft.

    Args:
        choices: by :attr:`Change.name`, for the places that both changed.
        seen: number of the version in force that the actor looked at.

    Raises:
        InputError: there is no draft.
        ConflictError: yet another version came into force since the actor looked.
        FaultyBodyError: the two together do not pass the check.
    """
    draft, current = own_draft(session, actor, kind, org), active(session, kind, org)
    if draft is None or current is None:
        raise InputError("errors.version_no_own_draft")
    if current.number != seen:
        raise ConflictError("errors.version_stale", base=seen, active=current.number)
    body = merged(_base_of(session, draft), draft.body, current.body, choices)
    refuse_faulty(session, kind, org, body)
    before = draft.base_number
    draft.body, draft.digest, draft.base_number = body, digest_of(body), current.number
    told = {"number": draft.number, "digest": draft.digest, "base": current.number}
    record(session, actor, Act.VERSION_DRAFTED, draft, before={"base": before}, after=told)
    return draft


def _base_of(session: Session, draft: PolicyVersion) -> Mapping[str, Any]:
    query = select(PolicyVersion.body).where(
        PolicyVersion.kind == draft.kind, PolicyVersion.org == draft.org, PolicyVersion.number == draft.base_number
    )
    return session.scalar(query) or {}
