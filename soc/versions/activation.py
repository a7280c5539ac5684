"""How an approved version comes into force: at once, or when its time has come; and what becomes of a refused one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from soc.approvals.models import Approval, ApprovalStatus
from soc.approvals.service import digest_of, void
from soc.clock import now
from soc.identity.actor import Actor
from soc.jobs import JobContext
from soc.room import resolve
from soc.tiers.scope import narrowed
from soc.trail import Act, Subject, record
from soc.versions.drafts import draft_of, is_stale
from soc.versions.models import PolicyVersion, VersionStatus
from soc.versions.service import StaleBaseError, active, check_base, kind_of


def stands(session: Session, approval: Approval) -> bool:
    """Whether the body is the one that was proposed; the row is held until the decision is done."""
    version = session.get_one(PolicyVersion, UUID(approval.payload["version"]), with_for_update=True)
    return digest_of(version.body) == str(approval.payload["digest"])


def activate_approved(session: Session, actor: Actor, approval: Approval) -> None:
    """Put an approved version in force, or on the calendar: what the second person's word does.

    Raises:
        StaleBaseError: the document moved on.
    """
    version = session.get_one(PolicyVersion, UUID(approval.payload["version"]))
    check_base(session, version)
    starts_at = approval.payload.get("starts_at")
    if starts_at is not None and datetime.fromisoformat(starts_at) > now():
        version.status, version.active_from = VersionStatus.SCHEDULED, datetime.fromisoformat(starts_at)
        record(session, actor, Act.VERSION_SCHEDULED, version, after={"number": version.number, "at": starts_at})
        return
    activate(session, actor, version, at=now())


def activate(session: Session, actor: Actor, version: PolicyVersion, *, at: datetime) -> None:
    """Put a version in force in place of the one before.

    Raises:
        StaleBaseError: the document moved on.
    """
    check_base(session, version)
    current = active(session, version.kind, version.org)
    if current is not None:
        current.status, current.superseded_at = VersionStatus.SUPERSEDED, at
        session.flush()  # before the new one: one active version an organisation
    version.status, version.active_from = VersionStatus.ACTIVE, at
    session.flush()
    record(session, actor, Act.VERSION_ACTIVATED, version, after={"number": version.number, "digest": version.digest})
    _end_overtaken(session, actor, version)
    on_active = kind_of(version.kind).on_active
    if on_active is not None:
        resolve(on_active)(session, narrowed(session, actor, version.org), version)


def _end_overtaken(session: Session, actor: Actor, version: PolicyVersion) -> None:
    """Void what else is proposed for the document: it was made from a version that is in force no more."""
    query = select(PolicyVersion).where(
        PolicyVersion.kind == version.kind,
        PolicyVersion.org == version.org,
        PolicyVersion.status == VersionStatus.PROPOSED,
    )
    for one in session.scalars(query).all():
        void(session, actor, Subject("policy_versions", str(one.id), one.org))


def close_refused(session: Session, actor: Actor, approval: Approval) -> None:
    """Close the version of a proposal that was rejected, withdrawn or voided.

    One that was overtaken is its author's draft again, to be laid beside what overtook it: no edit is lost.
    """
    version = session.get_one(PolicyVersion, UUID(approval.payload["version"]))
    if version.status is not VersionStatus.PROPOSED:
        return
    overtaken = approval.status is ApprovalStatus.VOID and is_stale(session, version)
    if overtaken and draft_of(session, version.author_id, version.kind, version.org) is None:
        version.status = VersionStatus.DRAFT
        record(session, actor, Act.VERSION_DRAFTED, version, after={"number": version.number, "digest": version.digest})
    else:
        version.status = VersionStatus.REJECTED
        record(session, actor, Act.VERSION_REJECTED, version, after={"number": version.number})


def activate_due(context: JobContext) -> None:
    """Put every version in force whose time has come; one that was overtaken is closed (a job, each minute)."""
    with context.database.read() as session:
        query = select(PolicyVersion.id).where(
            PolicyVersion.status == VersionStatus.SCHEDULED, PolicyVersion.active_from <= now()
        )
        due = list(session.scalars(query.order_by(PolicyVersion.active_from)))
    for one in due:
        with context.database.write() as session:
            _begin(session, context.actor(session), one)


def _begin(session: Session, actor: Actor, version_id: UUID) -> None:
    version = session.get_one(PolicyVersion, version_id, with_for_update=True)
    if version.status is not VersionStatus.SCHEDULED:
        return
    try:
        activate(session, actor, version, at=now())
    except StaleBaseError:
        version.status = VersionStatus.REJECTED
        record(session, actor, Act.VERSION_REJECTED, version, after={"number": version.number, "why": "overtaken"})
