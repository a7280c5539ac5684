"""Propose a watch or its end, approve it as a second person; and the tokens of all that are watched."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from config.settings import Settings
from detectors.watched.models import WatchedSubject, WatchStatus
from soc.approvals.models import Approval, ApprovalStatus
from soc.approvals.service import propose, void
from soc.clock import now
from soc.crypto import Purpose, seal, unseal
from soc.db import new_id
from soc.errors import ConflictError, InputError
from soc.identity.actor import Actor
from soc.subjects import SubjectValue, subject_of, tokens_of
from soc.subjects.tokens import current
from soc.tiers.models import Organisation
from soc.tiers.scope import find_within, within
from soc.trail import Act, Subject, record

APPROVAL, END = "subject.watch", "subject.unwatch"
#: a watch is looked at again after a year at the latest
LONGEST = timedelta(days=366)
_OPEN = (WatchStatus.PROPOSED, WatchStatus.ACTIVE)


@dataclass(frozen=True, slots=True)
class WatchOrder:
    """What somebody asks for; ``value`` is the number in clear, and is printed nowhere."""

    value: str = field(repr=False)
    label: str
    reason: str
    owner: str
    expires_at: datetime


def propose_watch(session: Session, actor: Actor, order: WatchOrder, *, at: datetime) -> WatchedSubject:
    """Ask for a subject to be watched; nobody is before a second person agrees.

    Raises:
        InputError: no value that is kept as a token, words that hold one, or an end that is past or too far.
        ConflictError: the organisation watches it already, or somebody has proposed it.
    """
    value = subject_of(order.value)
    if value is None:
        raise InputError("errors.subject.unknown")
    _check(order, at)
    settings: Settings = session.info["settings"]
    newest = str(current(settings).of_text(value.value))
    _check_new(session, actor.org, tokens_of(settings, value))
    identifier = new_id()
    watch = WatchedSubject(
        id=identifier, org=actor.org, type=value.type, token=newest,
        sealed=seal(settings, Purpose.WATCHED_SUBJECTS, value.value.encode(), identifier.bytes),
        label=order.label, reason=order.reason, owner=order.owner, expires_at=order.expires_at, created_at=at,
    )  # fmt: skip
    session.add(watch)
    told = {"token": newest, "label": order.label, "owner": order.owner, "expires_at": order.expires_at.isoformat()}
    record(session, actor, Act.SUBJECT_WATCH_PROPOSED, watch, after=told, note=order.reason)
    propose(session, actor, APPROVAL, _subject(watch), told, title=f"{order.label} · {newest}", reason=order.reason)
    return watch


def _check(order: WatchOrder, at: datetime) -> None:
    if not at < order.expires_at <= at + LONGEST:
        raise InputError("errors.watched.expiry")
    words = (order.label, order.reason, order.owner)
    if any(subject_of(word) is not None for text in words for word in (text, *text.split())):
        raise InputError("errors.watched.clear")


def _check_new(session: Session, org: str, tokens: tuple[str, ...]) -> None:
    same = select(WatchedSubject.id).where(
        WatchedSubject.org == org, WatchedSubject.token.in_(tokens), WatchedSubject.status.in_(_OPEN)
    )
    if session.scalar(same.limit(1)) is not None:
        raise ConflictError("errors.watched.known")


def _subject(watch: WatchedSubject) -> Subject:
    return Subject("watched_subjects", str(watch.id), watch.org)


def approved(session: Session, actor: Actor, approval: Approval) -> None:
    """Begin to watch, as the second person agreed."""
    watch = find_within(session, actor, WatchedSubject, approval.subject_id)
    watch.status = WatchStatus.ACTIVE
    record(session, actor, Act.SUBJECT_WATCHED, watch, after={"token": watch.token})


def refused(session: Session, actor: Actor, approval: Approval) -> None:
    """Close what was rejected, withdrawn or voided."""
    watch = session.get(WatchedSubject, UUID(approval.subject_id))
    if watch is not None and watch.status is WatchStatus.PROPOSED:
        watch.status, watch.ended_at = WatchStatus.REFUSED, now()


def end_watch(session: Session, actor: Actor, watch_id: UUID, reason: str, *, at: datetime) -> WatchedSubject:
    """Stop watching before the day: at once where nobody has agreed to it yet, else once a second person agrees.

    A watch that ends takes something out of sight; who is watched may have friends in the office.

    Raises:
        NotFoundError: no such watch in the actor's scope.
        ConflictError: it is over, or somebody has proposed its end.
    """
    watch = find_within(session, actor, WatchedSubject, watch_id)
    if watch.status not in _OPEN:
        raise ConflictError("errors.watched.over")
    if watch.status is WatchStatus.PROPOSED:
        _end(session, actor, watch, at)
        void(session, actor, _subject(watch))
        return watch
    if watch.id in ending(session, [watch]):
        raise ConflictError("errors.watched.ending")
    told = {"token": watch.token, "label": watch.label}
    propose(session, actor, END, _subject(watch), told, title=f"{watch.label} · {watch.token}", reason=reason)
    return watch


def ending(session: Session, shown: Iterable[WatchedSubject]) -> frozenset[UUID]:
    """Return which of these watches somebody has proposed to end."""
    asked = select(Approval.subject_id).where(
        Approval.kind == END,
        Approval.status == ApprovalStatus.PENDING,
        Approval.subject_id.in_([str(one.id) for one in shown]),
    )
    return frozenset(UUID(one) for one in session.scalars(asked))


def ended(session: Session, actor: Actor, approval: Approval) -> None:
    """Stop watching, as the second person agreed; what ran out meanwhile is over as it is."""
    watch = find_within(session, actor, WatchedSubject, approval.subject_id)
    if watch.status is WatchStatus.ACTIVE:
        _end(session, actor, watch, now())


def _end(session: Session, actor: Actor, watch: WatchedSubject, at: datetime) -> None:
    watch.status, watch.ended_at = WatchStatus.ENDED, at
    record(session, actor, Act.SUBJECT_WATCH_ENDED, watch, after={"token": watch.token})


def watches(actor: Actor) -> Select[WatchedSubject]:
    """Select the watches of the actor's organisation and those below."""
    return within(actor, WatchedSubject)


def tokens_watched(session: Session, settings: Settings, org: str, at: datetime) -> Mapping[str, WatchedSubject]:
    """Return every token of the subjects that are watched in the logs of ``org``: its own watches and those from above."""
    path = select(Organisation.path).where(Organisation.code == org).scalar_subquery()
    above = select(Organisation.code).where(path.startswith(Organisation.path))
    query = select(WatchedSubject).where(
        WatchedSubject.org.in_(above), WatchedSubject.status == WatchStatus.ACTIVE, WatchedSubject.expires_at > at
    )
    return {
        token: watch
        for watch in session.scalars(query.order_by(WatchedSubject.created_at))
        for token in tokens_of(settings, _value(settings, watch))
    }


def _value(settings: Settings, watch: WatchedSubject) -> SubjectValue:
    clear = unseal(settings, Purpose.WATCHED_SUBJECTS, watch.sealed, watch.id.bytes)
    return SubjectValue(watch.type, clear.decode())
