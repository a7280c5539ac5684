"""Ask for the original of one event, agree as a second person, read it within the half hour that follows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.ingest.spool import Spool
from audit.originals.finding import Original, batch_of, original_of
from soc.approvals.models import Approval, ApprovalStatus
from soc.approvals.service import propose
from soc.errors import ConflictError, ForbiddenError, InputError
from soc.identity.actor import Actor, ActorKind
from soc.logstore.port import Event
from soc.masking import mask_text
from soc.text import Message
from soc.trail import Act, Subject, record

APPROVAL = "logs.original"
#: how long the asker may read it, from the second person's word on
OPEN_FOR = timedelta(minutes=30)
LEAST_REASON, LONGEST_REASON = 4, 500


class Ground(StrEnum):
    """What a clear record is needed for."""

    INCIDENT = "incident"
    COMPLAINT = "complaint"
    AUTHORITY = "authority"
    INSPECTION = "inspection"


class State(StrEnum):
    """How far a person's asking for one event's original is."""

    NONE = "none"
    PENDING = "pending"
    OPEN = "open"
    OVER = "over"
    REFUSED = "refused"


class OriginalNotOpenError(ForbiddenError):
    """Nobody has agreed that this person reads this original now."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person's latest asking stands; ``until`` is when it ends or ended, None where nobody agreed."""

    state: State
    approval: Approval | None = None
    until: datetime | None = None

    @property
    def may_ask(self) -> bool:
        """Whether there is something to ask for."""
        return self.state not in {State.PENDING, State.OPEN}


def standing_of(session: Session, actor: Actor, event: Event, *, at: datetime) -> Standing:
    """Return where the actor's latest asking for this event stands; what others asked for is not told."""
    mine = select(Approval).where(
        Approval.kind == APPROVAL, Approval.subject_id == event["metadata.uid"], Approval.proposer_id == actor.id
    )
    approval = session.scalars(mine.order_by(Approval.id.desc()).limit(1)).first()
    if approval is None or approval.status in {ApprovalStatus.WITHDRAWN, ApprovalStatus.VOID}:
        return Standing(State.NONE)
    if approval.status is ApprovalStatus.PENDING:
        return Standing(State.PENDING, approval)
    if approval.status is ApprovalStatus.REJECTED or approval.decided_at is None:
        return Standing(State.REFUSED, approval)
    until = approval.decided_at + OPEN_FOR
    return Standing(State.OPEN if at < until else State.OVER, approval, until)


def ask(session: Session, actor: Actor, event: Event, ground: Ground, reason: str, *, at: datetime) -> Approval:
    """Ask for the original of an event that the actor may see; nothing is opened yet.

    Raises:
        ForbiddenError: the actor is no person.
        ConflictError: it is asked for or open already.
        InputError: no reason, a reason that names somebody's number, or no original is known of.
    """
    if actor.kind is not ActorKind.PERSON:
        raise ForbiddenError("errors.original.person")
    if not standing_of(session, actor, event, at=at).may_ask:
        raise ConflictError("errors.original.asked")
    reason = _reason(reason)
    batch = batch_of(session, event)
    if batch is None:
        raise InputError("errors.original.none")
    title = Message("originals.of", {"log": str(event["metadata.log_name"]), "uid": _short(event)})
    payload = {"event": event["metadata.uid"], "batch": str(batch.id), "purpose": ground.value}
    payload |= {"time": _told_time(event), "log": event["metadata.log_name"], "title": title.as_json()}
    return propose(session, actor, APPROVAL, _subject(event), payload, title=title.render("zh"), reason=reason)


def _reason(text: str) -> str:
    reason = text.strip()
    if not LEAST_REASON <= len(reason) <= LONGEST_REASON:
        raise InputError("errors.original.reason", least=LEAST_REASON, most=LONGEST_REASON)
    if mask_text(reason) != reason:
        raise InputError("errors.original.clear")
    return reason


def _short(event: Event) -> str:
    """The end of an event's identifier: the beginning of its batch's, and its place there."""
    batch, _, position = str(event["metadata.uid"]).rpartition("-")
    return f"{batch[:8]}…{position}"


def _told_time(event: Event) -> str:
    time = event["time"]
    return time.isoformat() if isinstance(time, datetime) else ""


def _subject(event: Event) -> Subject:
    return Subject("log_events", str(event["metadata.uid"]), str(event["guanlan.org"]))


def describe(session: Session, _actor: Actor, approval: Approval) -> dict[str, Any]:
    """Tell the second person what would be opened, what for and for how long."""
    said = approval.payload
    zone = session.info["settings"].timezone
    time = datetime.fromisoformat(said["time"]).astimezone(zone) if said["time"] else None
    minutes = int(OPEN_FOR.total_seconds() // 60)
    return {
        "facts": [
            (Message("originals.purpose"), Message(f"originals.ground.{Ground(said['purpose']).value}")),
            (Message("originals.log"), said["log"]),
            (Message("originals.time"), time.strftime("%Y-%m-%d %H:%M:%S") if time else ""),
            (Message("originals.event"), said["event"]),
            (Message("originals.effect"), Message("originals.effect_text", {"minutes": minutes})),
        ]
    }


def allowed(session: Session, actor: Actor, approval: Approval) -> None:
    """Note from when to when the asker may read; the second person does not get to see it."""
    assert approval.decided_at is not None, "it was decided a moment ago"
    subject = Subject(approval.subject_kind, approval.subject_id, approval.org)
    told = {"until": (approval.decided_at + OPEN_FOR).isoformat(), "by": approval.proposer_name}
    record(session, actor, Act.ORIGINAL_ALLOWED, subject, after=told)


def read_original(session: Session, actor: Actor, event: Event, spool: Spool, *, at: datetime) -> Original:
    """Open the original for the one who asked, while it is open; each reading is an entry of the trail.

    Raises:
        OriginalNotOpenError: nobody agreed, or the time is over.
        DamagedRecordError: gone, its key destroyed, or not what was acknowledged; nothing was read.
    """
    standing = standing_of(session, actor, event, at=at)
    if standing.state is not State.OPEN or standing.approval is None:
        raise OriginalNotOpenError("errors.original.not_open")
    batch = batch_of(session, event)
    if batch is None:
        raise InputError("errors.original.none")
    found = original_of(session, spool, batch, event)
    told = {"approval": str(standing.approval.id), "purpose": standing.approval.payload["purpose"]}
    record(session, actor, Act.ORIGINAL_READ, _subject(event), after=told, note=standing.approval.reason)
    return found
