"""The life of a version: draft, proposal, approval, activation, roll-back.

There is one active version a kind and organisation, held by a partial unique index. A
draft remembers the version it was made from: when another became active meanwhile, the
proposal is refused with both sides, so no edit is lost.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from soc.approvals.models import Approval, ApprovalStatus
from soc.approvals.service import digest_of
from soc.approvals.service import propose as propose_approval
from soc.clock import now
from soc.errors import ConflictError, InputError, NotFoundError
from soc.identity.actor import Actor
from soc.registry import rooms
from soc.room import VersionedKind, resolve
from soc.text import t
from soc.tiers.scope import find_within, in_scope, narrowed, within
from soc.trail import Act, Subject, record
from soc.versions.models import PolicyVersion, VersionStatus
from soc.versions.values import Problem, Row, WhatIf, no_row, told

#: of versions; a larger one is none, and no database would take it
LARGEST_NUMBER = 999_999_999
#: the approval kind by which versions become active
ACTIVATION = "version.activate"


class StaleBaseError(ConflictError):
    """The document moved on since the draft was made; both sides are named."""

    def __init__(self, base: int, active: int) -> None:
        """Name the version the draft was made from and the one that is active now."""
        super().__init__("errors.version_stale", base=base, active=active)
        self.base, self.active = base, active


class FaultyBodyError(InputError):
    """The body does not pass its check; ``problems`` says where."""

    def __init__(self, problems: list[Problem], row: Row = no_row) -> None:
        """Carry every problem, so that they are mended in one go, and where the text has it."""
        super().__init__("errors.version_faulty", count=len(problems))
        self.problems, self._row = problems, row

    def texts(self) -> dict[str, str]:
        """Return what is wrong by the way to it, with its line where one is known."""
        found: dict[str, str] = {}
        for one in told(self.problems, self._row):
            words = t("versions.at_row", row=one["row"], text=one["message"]) if one["row"] else one["message"]
            found[one["path"]] = f"{found[one['path']]}; {words}" if one["path"] in found else words
        return found


def kinds() -> dict[str, VersionedKind]:
    """Return every kind of versioned document, by name."""
    return {kind.name: kind for room in rooms() for kind in room.versions}


def check(kind: str, body: dict[str, Any]) -> list[Problem]:
    """Return everything wrong with ``body`` as a document of ``kind``."""
    return list(resolve(kind_of(kind).check)(body))


def check_place(session: Session, kind: str, org: str, body: dict[str, Any]) -> list[Problem]:
    """Return what is wrong with a checked document at this organisation, under those above it."""
    name = kind_of(kind).check_place
    return list(resolve(name)(session, org, body)) if name else []


def faults(session: Session, kind: str, org: str, body: dict[str, Any]) -> list[Problem]:
    """Return everything wrong with a document as one of this organisation's."""
    return check(kind, body) or check_place(session, kind, org, body)


def active(session: Session, kind: str, org: str) -> PolicyVersion | None:
    """Return the version in force for an organisation itself, or None."""
    return session.scalar(
        select(PolicyVersion).where(
            PolicyVersion.kind == kind, PolicyVersion.org == org, PolicyVersion.status == VersionStatus.ACTIVE
        )
    )


def install(session: Session, actor: Actor, kind: str, org: str, body: dict[str, Any], *, title: str) -> PolicyVersion:
    """Put the first version in force when an installation is made; later ones take two persons.

    Raises:
        ConflictError: there is a version already.
    """
    if _newest(session, kind, org):
        raise ConflictError("errors.version_exists")
    version = _new(session, actor, kind, org, body, title=title, base=None)
    version.status, version.active_from = VersionStatus.ACTIVE, now()
    record(session, actor, Act.VERSION_ACTIVATED, version, after={"number": version.number, "digest": version.digest})
    return version


def draft(
    session: Session, actor: Actor, kind: str, org: str, body: dict[str, Any], *, title: str, base: int | None
) -> PolicyVersion:
    """Keep a changed body as a draft.

    Raises:
        NotFoundError: the organisation lies outside the actor's scope.
        FaultyBodyError: the body does not pass its check.
    """
    if not in_scope(session, actor, org):
        raise NotFoundError
    problems = faults(session, kind, org, body)
    if problems:
        raise FaultyBodyError(problems)
    version = _new(session, actor, kind, org, body, title=title, base=base)
    record(session, actor, Act.VERSION_DRAFTED, version, after={"number": version.number, "digest": version.digest})
    return version


def propose(
    session: Session, actor: Actor, version: PolicyVersion, *, reason: str, starts_at: datetime | None = None
) -> Approval:
    """Ask a second person to put a draft in force, at once or at ``starts_at``.

    Raises:
        StaleBaseError: another version became active since the draft was made.
        ConflictError: it is no draft any more.
    """
    if version.status is not VersionStatus.DRAFT:
        raise ConflictError("errors.version_no_draft")
    check_base(session, version)
    version.status, version.active_from = VersionStatus.PROPOSED, starts_at
    payload: dict[str, Any] = {
        "version": str(version.id),
        "kind": version.kind,
        "number": version.number,
        "digest": version.digest,
    }
    if starts_at is not None:
        payload["starts_at"] = starts_at.isoformat()
    subject = Subject("policy_versions", str(version.id), version.org)
    title = f"{version.kind} v{version.number}"
    return propose_approval(session, actor, ACTIVATION, subject, payload, title=title, reason=reason)


@dataclass(frozen=True, slots=True)
class Order:
    """A whole document that should be in force: why, from when, and the version that it was made from.

    Without a ``base`` it is taken to be made from the one in force.
    """

    body: dict[str, Any]
    reason: str
    base: int | None = None
    starts_at: datetime | None = None


def submit(session: Session, actor: Actor, kind: str, org: str, order: Order) -> Approval:
    """Keep a whole document as a version and ask a second person to put it in force.

    Raises:
        NotFoundError: the organisation lies outside the actor's scope.
        FaultyBodyError: it does not pass its check.
        StaleBaseError: it was made from another version than the one in force.
        ConflictError: it says what is in force already.
    """
    current = active(session, kind, org)
    if current is not None and current.body == order.body:
        raise ConflictError("errors.version_same")
    base = order.base if order.base is not None else current.number if current else None
    title = str(order.body.get("title") or kind)
    version = draft(session, actor, kind, org, order.body, title=title, base=base)
    return propose(session, actor, version, reason=order.reason, starts_at=order.starts_at)


def roll_back(session: Session, actor: Actor, kind: str, org: str, number: int, *, reason: str) -> Approval:
    """Propose the body of an earlier version again, as a new one.

    Raises:
        NotFoundError: no such version in the actor's scope.
    """
    old = find_version(session, actor, kind, org, number)
    current = active(session, kind, org)
    base = current.number if current else None
    again = draft(session, actor, kind, org, old.body, title=f"{old.title} (v{number})", base=base)
    return propose(session, actor, again, reason=reason)


def what_if(session: Session, actor: Actor, version: PolicyVersion) -> WhatIf:
    """Count what would change if ``version`` became active."""
    return effect_of(session, actor, version.kind, version.org, version.body)


def effect_of(session: Session, actor: Actor, kind: str, org: str, body: dict[str, Any]) -> WhatIf:
    """Count what a document that passed its check would change at an organisation; nothing is stored.

    Raises:
        NotFoundError: the organisation lies outside the actor's scope.
    """
    current = active(session, kind, org)
    # whoever looks may stand above: what changes is counted where the document holds
    place = narrowed(session, actor, org)
    found: WhatIf = resolve(kind_of(kind).what_if)(session, place, current.body if current else None, body)
    return found


def find_version(session: Session, actor: Actor, kind: str, org: str, number: int) -> PolicyVersion:
    """Return one version.

    Raises:
        NotFoundError: there is none in the actor's scope.
    """
    query = select(PolicyVersion.id).where(
        PolicyVersion.kind == kind, PolicyVersion.org == org, PolicyVersion.number == number
    )
    found = session.scalar(query) if number <= LARGEST_NUMBER else None
    if found is None:
        raise NotFoundError
    return find_within(session, actor, PolicyVersion, found)


def waiting(session: Session, actor: Actor, kind: str, org: str, number: int) -> Approval:
    """Return the approval that a proposed version waits for.

    Raises:
        InputError: no such version waits.
    """
    query = within(actor, Approval).where(
        Approval.kind == ACTIVATION, Approval.status == ApprovalStatus.PENDING, Approval.org == org
    )
    for approval in session.scalars(query):
        if approval.payload.get("kind") == kind and approval.payload.get("number") == number:
            return approval
    raise InputError("errors.version_not_waiting", number=number)


def history(session: Session, kind: str, org: str) -> list[PolicyVersion]:
    """Return every version, newest first."""
    query = select(PolicyVersion).where(PolicyVersion.kind == kind, PolicyVersion.org == org)
    return list(session.scalars(query.order_by(PolicyVersion.number.desc())))


def describe_activation(session: Session, actor: Actor, approval: Approval) -> dict[str, Any]:
    """Return what an approver must see: both bodies, and what would change."""
    version = session.get_one(PolicyVersion, UUID(approval.payload["version"]))
    current = active(session, version.kind, version.org)
    before = current.body if current is not None and current.id != version.id else None
    told = {"version": version, "before": before, "after": version.body, "what_if": what_if(session, actor, version)}
    return told | {"beside": kind_of(version.kind).beside}


def kind_of(name: str) -> VersionedKind:
    """Return a kind of document.

    Raises:
        NotFoundError: no room has such documents.
    """
    found = kinds().get(name)
    if found is None:
        raise NotFoundError
    return found


def _new(
    session: Session, actor: Actor, kind: str, org: str, body: dict[str, Any], *, title: str, base: int | None
) -> PolicyVersion:
    version = PolicyVersion(
        kind=kind,
        org=org,
        number=_newest(session, kind, org) + 1,
        title=title,
        body=body,
        digest=digest_of(body),
        base_number=base,
        author_id=actor.id,
        author_name=actor.name,
        created_at=now(),
    )
    session.add(version)
    session.flush()
    return version


def _newest(session: Session, kind: str, org: str) -> int:
    query = select(func.max(PolicyVersion.number)).where(PolicyVersion.kind == kind, PolicyVersion.org == org)
    return session.scalar(query) or 0


def check_base(session: Session, version: PolicyVersion) -> None:
    """Refuse a version that was made from another than the one in force.

    Raises:
        StaleBaseError: the document moved on.
    """
    current = active(session, version.kind, version.org)
    if current is not None and current.number != version.base_number:
        raise StaleBaseError(version.base_number or 0, current.number)
