"""A person's working copy of a document with versions: one open draft a person, kind and organisation."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from soc.approvals.service import digest_of
from soc.identity.actor import Actor
from soc.trail import Act, record
from soc.versions.models import PolicyVersion, VersionStatus
from soc.versions.service import FaultyBodyError, check, check_place


def own_draft(session: Session, actor: Actor, kind: str, org: str) -> PolicyVersion | None:
    """Return the actor's open draft for an organisation, or None."""
    query = select(PolicyVersion).where(
        PolicyVersion.kind == kind,
        PolicyVersion.org == org,
        PolicyVersion.status == VersionStatus.DRAFT,
        PolicyVersion.author_id == actor.id,
    )
    return session.scalars(query.order_by(PolicyVersion.number.desc()).limit(1)).first()


def refuse_faulty(session: Session, kind: str, org: str, body: dict[str, Any]) -> None:
    """Let a document pass that may become a draft.

    Raises:
        FaultyBodyError: it does not pass its check, or not at this organisation.
    """
    problems = check(kind, body) or check_place(session, kind, org, body)
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
