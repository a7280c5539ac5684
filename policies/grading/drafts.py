"""A person's working copy of the policy: edited in several places, tried, then proposed as a whole, or thrown away."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from policies.grading.policy import KIND
from policies.grading.service import in_force
from soc.approvals.models import Approval
from soc.errors import InputError
from soc.identity.actor import Actor
from soc.versions import drafts
from soc.versions import service as versions
from soc.versions.models import PolicyVersion

Body = Mapping[str, Any]


def own_draft(session: Session, actor: Actor, org: str) -> PolicyVersion | None:
    """Return the actor's open draft for an organisation, or None."""
    return drafts.own_draft(session, actor, KIND, org)


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
        StaleBaseError: another version came into force since it was begun; see :func:`soc.versions.drafts.sides`.
    """
    draft = own_draft(session, actor, org)
    if draft is None:
        raise InputError("errors.version_no_own_draft")
    return versions.propose(session, actor, draft, reason=reason, starts_at=starts_at)
