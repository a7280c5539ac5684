"""A person's working copy of the policy: edited in several places, tried, then proposed as a whole, or thrown away.

A draft remembers the version it began from. When another came into force meanwhile, both sides are laid next to each
other (:mod:`soc.versions.merging`) and the outcome is a draft on the new one: nobody's edit is lost.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from policies.grading.policy import KIND, default_body
from soc.approvals.models import Approval
from soc.approvals.service import digest_of
from soc.errors import ConflictError, InputError
from soc.identity.actor import Actor
from soc.trail import Act, record
from soc.versions import drafts
from soc.versions import service as versions
from soc.versions.merging import Change, Side, changes, merged
from soc.versions.models import PolicyVersion
from soc.versions.service import FaultyBodyError

Body = Mapping[str, Any]


def own_draft(session: Session, actor: Actor, org: str) -> PolicyVersion | None:
    """Return the actor's open draft for an organisation, or None."""
    return drafts.own_draft(session, actor, KIND, org)


def in_force(session: Session, actor: Actor, org: str) -> PolicyVersion:
    """Return the organisation's version in force; the first is made of what holds for it where there is none."""
    found = versions.active(session, KIND, org)
    if found is not None:
        return found
    body = dict(default_body()) if versions.active(session, KIND, _root(actor)) is None else _nearest(session, org)
    return versions.install(session, actor, KIND, org, body, title=str(body.get("title", KIND)))


def _root(actor: Actor) -> str:
    return actor.org_path.strip("/").split("/")[0]


def _nearest(session: Session, org: str) -> dict[str, Any]:
    from policies.grading.service import active_body

    return dict(active_body(session, org))


def edit(session: Session, actor: Actor, org: str, body: dict[str, Any]) -> PolicyVersion | None:
    """Keep a changed document as the actor's draft; None where it says what is in force already.

    Raises:
        NotFoundError: the organisation lies outside the actor's scope.
        FaultyBodyError: the document does not pass its check, or is laxer than the policy above.
    """
    draft = own_draft(session, actor, org)
    base = in_force(session, actor, org)
    if draft is None:
        if body == base.body:
            return None
        title = str(body.get("title", KIND))
        return versions.draft(session, actor, KIND, org, body, title=title, base=base.number)
    drafts.refuse_faulty(session, KIND, org, body)
    if draft.body != body:
        drafts.rewrite(session, actor, draft, body)
    return draft


def discard(session: Session, actor: Actor, org: str) -> None:
    """Throw the actor's draft away; its body stays in the history as refused."""
    drafts.discard(session, actor, KIND, org)


def propose_draft(
    session: Session, actor: Actor, org: str, *, reason: str, starts_at: datetime | None = None
) -> Approval:
    """Ask a second person to put the actor's draft in force.

    Raises:
        InputError: there is no draft.
        StaleBaseError: another version came into force since it was begun; see :func:`sides`.
    """
    draft = own_draft(session, actor, org)
    if draft is None:
        raise InputError("errors.grading.no_draft")
    return versions.propose(session, actor, draft, reason=reason, starts_at=starts_at)


def is_stale(session: Session, draft: PolicyVersion) -> bool:
    """Whether another version came into force since the draft was begun."""
    current = versions.active(session, KIND, draft.org)
    return current is not None and current.number != draft.base_number


def edits(session: Session, draft: PolicyVersion) -> tuple[Change, ...]:
    """What the draft changes against the version it began from."""
    base = _base_of(session, draft)
    return changes(base, draft.body, base)


def sides(session: Session, draft: PolicyVersion) -> tuple[Change, ...]:
    """What the draft and the version now in force each changed since the draft began."""
    current = versions.active(session, KIND, draft.org)
    return changes(_base_of(session, draft), draft.body, current.body if current else {})


def merge(session: Session, actor: Actor, org: str, choices: Mapping[str, Side], *, seen: int) -> PolicyVersion:
    """Put the actor's changes onto the version in force, and go on with that as the draft.

    Args:
        choices: by :attr:`Change.name`, for the places that both changed.
        seen: number of the version in force that the actor looked at.

    Raises:
        InputError: there is no draft.
        ConflictError: yet another version came into force since the actor looked.
        FaultyBodyError: the two together do not pass the check.
    """
    draft, current = own_draft(session, actor, org), versions.active(session, KIND, org)
    if draft is None or current is None:
        raise InputError("errors.grading.no_draft")
    if current.number != seen:
        raise ConflictError("errors.version_stale", base=seen, active=current.number)
    body = merged(_base_of(session, draft), draft.body, current.body, choices)
    problems = versions.check(KIND, body) or versions.check_place(session, KIND, org, body)
    if problems:
        raise FaultyBodyError(problems)
    before = draft.base_number
    draft.body, draft.digest, draft.base_number = body, digest_of(body), current.number
    told = {"number": draft.number, "digest": draft.digest, "base": current.number}
    record(session, actor, Act.VERSION_DRAFTED, draft, before={"base": before}, after=told)
    return draft


def _base_of(session: Session, draft: PolicyVersion) -> Body:
    query = select(PolicyVersion.body).where(
        PolicyVersion.kind == KIND, PolicyVersion.org == draft.org, PolicyVersion.number == draft.base_number
    )
    return session.scalar(query) or {}
