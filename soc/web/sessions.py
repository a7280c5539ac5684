"""Server-side sessions: a random id in a cookie, only its hash in the database.

The id changes at sign-in, and sign-out ends the row: a copied cookie is worth nothing after it
(a signed client-side cookie would still work).
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from config.settings import Settings
from soc.db import Database, Model
from soc.identity.models import Person
from soc.tiers.units import not_ended

#: how stale ``seen_at`` may be: not every request should write
SEEN_STEP = timedelta(minutes=1)


class WebSession(Model):
    """Somebody signed in, in one browser."""

    __tablename__ = "web_sessions"
    #: SHA-256 of the cookie's value, hex
    digest: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    #: what forms carry to show that they are ours
    csrf: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session as a request finds it."""

    person: Person
    csrf: str
    stale: bool


def start(session: Session, person_id: UUID, settings: Settings, *, at: datetime, old: str | None = None) -> str:
    """Begin a session and end the one before it; return the cookie's value."""
    if old:
        end(session, old)
    value = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            digest=digest(value),
            person_id=person_id,
            csrf=secrets.token_urlsafe(24),
            created_at=at,
            seen_at=at,
            ends_at=at + settings.session_lifetime,
        )
    )
    return value


def find(session: Session, value: str, settings: Settings, *, at: datetime) -> SignedIn | None:
    """Return who holds the cookie; None where the session ended, idled out or its person is gone."""
    query = (
        select(WebSession, Person)
        .join(Person, Person.id == WebSession.person_id)
        .where(WebSession.digest == digest(value), Person.active.is_(True))
        .where(WebSession.ends_at > at, WebSession.seen_at > at - settings.session_idle)
        .where(or_(Person.expires_at.is_(None), Person.expires_at > at))
        .where(not_ended(Person.org, at))
    )
    found = session.execute(query).first()
    if found is None:
        return None
    web, person = found
    return SignedIn(person, web.csrf, stale=at - web.seen_at > SEEN_STEP)


def touch(database: Database, value: str, *, at: datetime) -> None:
    """Note that the session is in use, apart from the request's own transaction."""
    with database.write() as session:
        session.execute(update(WebSession).where(WebSession.digest == digest(value)).values(seen_at=at))


def end(session: Session, value: str) -> None:
    """End one session."""
    session.execute(delete(WebSession).where(WebSession.digest == digest(value)))


def end_all(session: Session, person_id: UUID, *, but: str | None = None) -> None:
    """End every session of a person, but the one given: after a password change or an account's end."""
    query = delete(WebSession).where(WebSession.person_id == person_id)
    session.execute(query.where(WebSession.digest != digest(but)) if but else query)


def forget_ended(session: Session, settings: Settings, *, at: datetime) -> None:
    """Remove the rows of sessions that are over."""
    over = or_(WebSession.ends_at <= at, WebSession.seen_at <= at - settings.session_idle)
    session.execute(delete(WebSession).where(over))


def digest(value: str) -> str:
    """Return what is stored of a cookie's value."""
    return hashlib.sha256(value.encode()).hexdigest()
