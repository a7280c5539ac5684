"""Objects with a mark of state secrets: their paths, sealed, and who may know of them.

State secrets are outside the law that this system serves (GB/T 43697-2024, scope): a scan that meets
one keeps nothing but its path, and that for the security administrator alone, of the organisation whose source
it is and of those above. No other role, token or page is told, and no list of what a scan left out names it.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, Select, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from config.settings import Settings
from soc.crypto import seal, unseal
from soc.db import Identified, Model, new_id
from soc.errors import ConflictError
from soc.identity.actor import Actor
from soc.ledger.models import Source
from soc.tiers.models import Scoped
from soc.tiers.scope import find_within, within
from soc.trail import Act, record

PURPOSE = "state_secrets"
#: a verb that no token's ``read`` or ``write`` covers
PERMISSION = "secrecy.handle"


class SecretNotice(Scoped, Identified, Model):
    """One object that bears a mark of state secrets; its path is sealed, and of its content nothing is kept."""

    __tablename__ = "secret_notices"
    #: gone with the source, or never there: the path is all that is needed
    source_id: Mapped[UUID | None] = mapped_column(ForeignKey("sources.id", ondelete="SET NULL"), index=True)
    sealed_path: Mapped[bytes] = mapped_column(LargeBinary)
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    #: when and by whom it was taken out of the source, or otherwise dealt with
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[str | None]
    source: Mapped[Source | None] = relationship(lazy="raise")


class HandledError(ConflictError):
    """Somebody has dealt with it already."""


def tell(session: Session, actor: Actor, source: Source | None, org: str, paths: Sequence[str], *, at: datetime) -> int:
    """Tell the security administrators of objects with a mark; returns how many of them are new.

    An object that is met again is told again only where it had been dealt with: then it is back.
    """
    if not paths:
        return 0
    settings: Settings = session.info["settings"]
    known = {path_of(settings, one): one for one in _open_of(session, source, org)}
    new = 0
    for path in dict.fromkeys(paths):
        if path in known:
            known[path].last_seen = at
            continue
        identifier, new = new_id(), new + 1
        sealed = seal(settings, PURPOSE, path.encode("utf-8", "surrogateescape"), identifier.bytes)
        notice = SecretNotice(id=identifier, org=org, sealed_path=sealed, first_seen=at, last_seen=at)
        notice.source_id = source.id if source else None
        session.add(notice)
        # the entry names the notice; the path stays where it is sealed
        record(session, actor, Act.SECRET_MET, notice)
    return new


def _open_of(session: Session, source: Source | None, org: str) -> Sequence[SecretNotice]:
    mine = SecretNotice.source_id == source.id if source else SecretNotice.source_id.is_(None)
    query = select(SecretNotice).where(mine, SecretNotice.org == org, SecretNotice.handled_at.is_(None))
    return session.scalars(query).all()


def path_of(settings: Settings, notice: SecretNotice) -> str:
    """The path of the object: for the security administrator's eyes."""
    return unseal(settings, PURPOSE, notice.sealed_path, notice.id.bytes).decode("utf-8", "surrogateescape")


def notices_within(actor: Actor) -> Select[SecretNotice]:
    """The notices of the actor's organisation and those below."""
    return within(actor, SecretNotice)


def count_open(session: Session, actor: Actor) -> int:
    """How many wait for the security administrator."""
    query = notices_within(actor).where(SecretNotice.handled_at.is_(None))
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def handle(session: Session, actor: Actor, notice_id: str, *, at: datetime) -> SecretNotice:
    """Note that an object was dealt with.

    Raises:
        NotFoundError: there is no such notice in the actor's scope.
        HandledError: it was dealt with before.
    """
    notice = find_within(session, actor, SecretNotice, notice_id)
    if notice.handled_at is not None:
        raise HandledError("errors.secrecy.handled")
    notice.handled_at, notice.handled_by = at, actor.name
    record(session, actor, Act.SECRET_HANDLED, notice)
    return notice
