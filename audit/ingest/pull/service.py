"""Pulls: set up, changed, paused, removed. What they say to their source is sealed and never shown."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from dataclasses import field as kept
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from audit.ingest.formats import find_format
from audit.ingest.own_formats import formats_within
from audit.ingest.pull.bucket import Wanted as WantedOfBucket
from audit.ingest.pull.bucket import checked_bucket
from audit.ingest.pull.calling import CallError, Trust, endpoint_of, judged
from audit.ingest.pull.cluster import checked_index, read_filter
from audit.ingest.pull.holding import lease_of
from audit.ingest.pull.indices import Wanted as WantedOfIndex
from audit.ingest.pull.models import LogPull, ObjectState, PulledDocument, PulledObject, PullKind, PullProgress
from audit.ingest.pull.sealing import sealed
from audit.ingest.receive.heard import note
from audit.ingest.receive.models import LogSender
from audit.ingest.receive.sorting import AUTO
from config.settings import Settings
from soc.clock import now
from soc.db import new_id
from soc.errors import ConflictError, InputError, NotFoundError
from soc.identity.actor import Actor
from soc.jobs import Lease
from soc.tiers.scope import find_within, in_scope, within
from soc.trail import Act, record

#: whose word at the alarm of silence a pull's is
RECEIVER = "pull"
_LONGEST_NAME = 60
_LONGEST_FIELD = 200
_SHORTEST, _LONGEST = timedelta(seconds=5), timedelta(days=1)
_LATEST_OVERLAP = 24 * 3600


class PullTakenError(ConflictError):
    """The organisation has a pull of this name."""


@dataclass(frozen=True, slots=True)
class Order:
    """A pull as it is wanted; ``secret`` None: as it was."""

    org: str
    name: str
    kind: PullKind
    address: str
    target: str
    wanted: WantedOfIndex | WantedOfBucket
    format: str = AUTO
    field: str = ""
    authority: str = ""
    verify: bool = True
    every: timedelta = timedelta(seconds=15)
    secret: Mapping[str, str] | None = kept(default=None, repr=False)


def checked(session: Session, settings: Settings, order: Order) -> Order:
    """Return an order as it is kept.

    Raises:
        InputError: a part of it cannot be used.
    """
    endpoint = endpoint_of(order.address)
    trust = Trust(order.verify, order.authority.strip(), settings.pull_targets)
    if order.authority.strip():
        trust.context()
    try:
        judged(endpoint, settings.pull_targets)
    except CallError as error:
        raise InputError(error.key, **error.params) from error
    _check_words(order)
    with formats_within(session, order.org):
        name = order.format if order.format == AUTO else find_format(order.format).name
    return replace(order, address=str(endpoint), format=name, authority=order.authority.strip())


def _check_words(order: Order) -> None:
    if not 0 < len(order.name) <= _LONGEST_NAME or not order.name.isprintable():
        raise InputError("pulls.error.name", longest=_LONGEST_NAME)
    if len(order.field) > _LONGEST_FIELD or not order.field.isprintable():
        raise InputError("pulls.error.field")
    if not _SHORTEST <= order.every <= _LONGEST:
        raise InputError("pulls.error.every")
    if isinstance(order.wanted, WantedOfIndex):
        checked_index(order.target)
        read_filter(order.wanted.filter)
        _check_index(order.wanted)
    else:
        checked_bucket(order.target, order.wanted)


def _check_index(wanted: WantedOfIndex) -> None:
    name = wanted.time_field
    if not 0 < len(name) <= _LONGEST_FIELD or not name.isprintable() or name.startswith("_"):
        raise InputError("pulls.error.field")
    if not 0 <= wanted.overlap <= _LATEST_OVERLAP:
        raise InputError("pulls.error.overlap")
    try:
        aware = not wanted.since or datetime.fromisoformat(wanted.since).tzinfo is not None
    except ValueError:
        aware = False
    if not aware:
        raise InputError("pulls.error.since")


def add_pull(
    session: Session, actor: Actor, settings: Settings, order: Order, *, at: datetime | None = None
) -> LogPull:
    """Keep a pull for an organisation in the actor's scope; the worker takes it up within seconds.

    Raises:
        NotFoundError: the organisation lies outside the actor's scope.
        PullTakenError: the organisation has one of that name.
        InputError: a part of the order cannot be used.
    """
    if not in_scope(session, actor, order.org):
        raise NotFoundError
    order, moment = checked(session, settings, order), at or now()
    _check_free(session, order)
    identifier = new_id()
    pull = LogPull(id=identifier, added_at=moment, **_columns(order))
    pull.sealed = sealed(settings, identifier, dict(order.secret or {}))
    session.add(pull)
    session.flush()
    session.add(_at_its_beginning(pull))
    record(session, actor, Act.PULL_ADDED, pull, after=_told(pull))
    # from now on it is one that can fall silent, also where it never brings anything
    note(session, pull.org, RECEIVER, [pull.name], at=moment)
    return pull


def _check_free(session: Session, order: Order, but: UUID | None = None) -> None:
    found = session.scalar(select(LogPull.id).where(LogPull.org == order.org, LogPull.name == order.name))
    if found is not None and found != but:
        raise PullTakenError("pulls.error.taken", name=order.name)


def _columns(order: Order) -> dict[str, Any]:
    return {
        "org": order.org, "name": order.name, "kind": order.kind, "address": order.address, "target": order.target,
        "format": order.format, "field": order.field, "options": asdict(order.wanted), "authority": order.authority,
        "verify": order.verify, "every": order.every,
    }  # fmt: skip


def _told(pull: LogPull) -> dict[str, Any]:
    """What the trail keeps of a pull: all of it but the secret."""
    return {
        "name": pull.name, "kind": pull.kind.value, "address": pull.address, "target": pull.target,
        "format": pull.format, "field": pull.field, **pull.options, "verify": pull.verify,
        "authority": bool(pull.authority), "every": int(pull.every.total_seconds()),
    }  # fmt: skip


def change_pull(session: Session, actor: Actor, settings: Settings, item: UUID | str, order: Order) -> LogPull:
    """Change a pull; what was read of it stays read. A running turn ends without writing.

    Whose logs they are and from what kind of place stay. With another address the secret has to be given anew, so that
    nobody can have it sent to a server of their own.

    Raises:
        NotFoundError: there is none within the actor's scope.
        PullTakenError: the organisation has another of that name.
        InputError: a part of the order cannot be used, or the secret is missing.
    """
    pull = find_within(session, actor, LogPull, item)
    order = checked(session, settings, replace(order, org=pull.org, kind=pull.kind))
    _check_free(session, order, pull.id)
    before = _told(pull)
    less_sure = order.address != pull.address or (pull.verify and not order.verify) or order.authority != pull.authority
    if order.secret is None and pull.sealed is not None and less_sure:
        raise InputError("pulls.error.secret_again")
    elsewhere = (order.address, order.target, asdict(order.wanted)) != (pull.address, pull.target, pull.options)
    renamed = order.name != pull.name
    if renamed:
        _forget_sender(session, pull)
    for name, value in _columns(order).items():
        setattr(pull, name, value)
    if order.secret is not None:
        pull.sealed = sealed(settings, pull.id, dict(order.secret))
    if elsewhere:
        _begin_anew(session, pull)
    # what was no log of the old format may be one of the new
    session.execute(
        delete(PulledObject).where(PulledObject.pull_id == pull.id, PulledObject.state == ObjectState.SKIPPED)
    )
    _stirred(session, pull)
    if renamed and pull.paused_at is None:
        note(session, pull.org, RECEIVER, [pull.name], at=now())
    record(
        session, actor, Act.PULL_CHANGED, pull, before=before, after={**_told(pull), "secret": order.secret is not None}
    )
    return pull


def progress_of(session: Session, pull: LogPull) -> PullProgress:
    """Return how far a pull is; at its very beginning where nothing is kept of it yet."""
    found = session.scalar(select(PullProgress).where(PullProgress.pull_id == pull.id))
    return found or _at_its_beginning(pull)


def _at_its_beginning(pull: LogPull) -> PullProgress:
    return PullProgress(
        org=pull.org, pull_id=pull.id, mark={}, next_at=pull.added_at, failures=0, records=0, quarantined=0, skipped=0,
        rate=0.0,
    )  # fmt: skip


def _begin_anew(session: Session, pull: LogPull) -> None:
    """What is wanted is another: an index is looked through again from where ids are kept, a bucket from its first key."""
    progress = progress_of(session, pull)
    at_index = pull.kind is PullKind.OPENSEARCH and progress.mark
    progress.mark = {**progress.mark, "snapshot": "", "after": None, "deep_at": 0} if at_index else {}


def _stirred(session: Session, pull: LogPull) -> None:
    """Have the worker look at once, with nothing held against the source."""
    progress = progress_of(session, pull)
    pull.edition += 1
    progress.next_at, progress.failures, progress.trouble = now(), 0, None


def pause_pull(session: Session, actor: Actor, item: UUID | str) -> LogPull:
    """Stop a pull where it is; what is paused is not silent.

    Raises:
        NotFoundError: there is none within the actor's scope.
        ConflictError: it is paused.
    """
    pull = find_within(session, actor, LogPull, item)
    if pull.paused_at is not None:
        raise ConflictError("pulls.error.paused")
    pull.paused_at = now()
    pull.edition += 1
    _forget_sender(session, pull)
    record(session, actor, Act.PULL_PAUSED, pull)
    return pull


def resume_pull(session: Session, actor: Actor, item: UUID | str) -> LogPull:
    """Let a paused pull go on where it was.

    Raises:
        NotFoundError: there is none within the actor's scope.
        ConflictError: it is not paused.
    """
    pull = find_within(session, actor, LogPull, item)
    if pull.paused_at is None:
        raise ConflictError("pulls.error.not_paused")
    pull.paused_at = None
    _stirred(session, pull)
    note(session, pull.org, RECEIVER, [pull.name], at=now())
    record(session, actor, Act.PULL_RESUMED, pull)
    return pull


def remove_pull(session: Session, actor: Actor, item: UUID | str) -> None:
    """Take a pull out, with what is known of its source; the logs that came by it stay.

    Raises:
        NotFoundError: there is none within the actor's scope.
    """
    pull = find_within(session, actor, LogPull, item)
    record(session, actor, Act.PULL_REMOVED, pull, before=_told(pull))
    _forget_sender(session, pull)
    for model in (PulledDocument, PulledObject, PullProgress):
        session.execute(delete(model).where(model.pull_id == pull.id))
    session.execute(delete(Lease).where(Lease.name == lease_of(pull.id)))
    session.delete(pull)


def _forget_sender(session: Session, pull: LogPull) -> None:
    mine = (LogSender.org == pull.org, LogSender.receiver == RECEIVER, LogSender.sender == pull.name)
    session.execute(delete(LogSender).where(*mine))


def list_pulls(session: Session, actor: Actor) -> list[LogPull]:
    """Every pull in the actor's scope, by organisation and name."""
    return list(session.scalars(within(actor, LogPull).order_by(LogPull.org, LogPull.name)))


def find_pull(session: Session, actor: Actor, name: str, org: str | None = None) -> LogPull:
    """Return the pull ``name`` in the actor's scope, of ``org`` where several have it.

    Raises:
        NotFoundError: there is none.
    """
    query = within(actor, LogPull).where(LogPull.name == name)
    if org is not None:
        query = query.where(LogPull.org == org)
    found = session.scalars(query.order_by(LogPull.org)).first()
    if found is None:
        raise NotFoundError("pulls.error.unknown")
    return found
