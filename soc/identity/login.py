"""Proving who one is: password, lockout, one-time code.

The attempt is counted and committed before the password is looked at: of many requests
at once on many workers no more than the allowed number ever reach the comparison.
"""

import hashlib
import hmac
import struct
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from soc.acting import SystemPath
from soc.crypto import Purpose, unseal
from soc.db import Database
from soc.errors import InputError, LimitError, UnauthenticatedError
from soc.identity.actors import actor_of, job_actor
from soc.identity.models import LoginCounter, Person
from soc.identity.passwords import verify_password
from soc.tiers.models import Organisation
from soc.tiers.units import is_closed
from soc.trail import Act, record

TOTP_STEP_SECONDS = 30
Also = Callable[[Session, Person], None]
_TOTP_DIGITS = 6


def authenticate(
    database: Database, username: str, password: str, *, code: str | None, at: datetime, also: Also | None = None
) -> UUID:
    """Return the id of the person who gave the right name, password and code.

    Args:
        database: the state.
        username: who they say they are.
        password: what they give.
        code: the one-time code, where they have one.
        at: when.
        also: what begins with it, in the transaction that settles it: a password changed meanwhile ends both.

    Raises:
        LimitError: the name is locked; ``minutes`` says for how long.
        UnauthenticatedError: name, password or code are wrong; nobody learns which.
    """
    database = database.acting_for(SystemPath.SIGN_IN)
    _count_attempt(database, username, at)
    with database.read() as session:
        person = session.scalar(select(Person).where(Person.username == username.strip()))
        encoded = person.password_hash if person is not None and _usable(session, person, at) else None
    if not verify_password(encoded, password) or person is None:
        _record_refusal(database, username)
        raise UnauthenticatedError("errors.login_wrong")
    _settle(database, person, code, at, also)
    return person.id


def prove_password(database: Database, person: Person, password: str, *, at: datetime) -> None:
    """Let somebody who is signed in show again that they know their password; counted as a sign-in is.

    A stolen session must not find the password by trying, nor change what it does not know.

    Raises:
        LimitError: too many wrong ones.
        InputError: it is not the password.
    """
    database = database.acting_for(SystemPath.SIGN_IN)
    _count_attempt(database, person.username, at)
    with database.read() as session:
        encoded = session.get_one(Person, person.id).password_hash
    if not verify_password(encoded, password):
        raise InputError("errors.password_old")
    with database.write() as session:
        counter = _counter(session, person.username, at)
        counter.attempts, counter.locked_until = 0, None


def _usable(session: Session, person: Person, at: datetime) -> bool:
    if not person.active or (person.expires_at is not None and person.expires_at <= at):
        return False
    return not is_closed(session, session.get_one(Organisation, person.org), at)


def _count_attempt(database: Database, username: str, at: datetime) -> None:
    settings = database.settings
    with database.write() as session:
        counter = _counter(session, username, at)
        if counter.locked_until and counter.locked_until > at:
            minutes = max(1, round((counter.locked_until - at).total_seconds() / 60))
            raise LimitError("errors.login_locked", minutes=minutes)
        if at - counter.first_at > settings.lockout_for:
            counter.first_at, counter.attempts, counter.locked_until = at, 0, None
        counter.attempts += 1
        if counter.attempts >= settings.lockout_after:  # this one is looked at, no further one
            counter.locked_until, counter.attempts, counter.first_at = at + settings.lockout_for, 0, at


def _counter(session: Session, username: str, at: datetime) -> LoginCounter:
    digest = _digest(username)
    counter = session.get(LoginCounter, digest, with_for_update=True)
    if counter is None:
        # another worker may make the row of the same name at this moment: then that one counts
        with suppress(IntegrityError), session.begin_nested():
            session.execute(insert(LoginCounter).values(name_digest=digest, attempts=0, first_at=at))
        counter = session.get_one(LoginCounter, digest, with_for_update=True)
    return counter


def forget_counters(session: Session, before: datetime) -> None:
    """Remove the counters of names that nobody tried since an instant: what was typed is not kept for ever."""
    over = LoginCounter.locked_until.is_(None) | (LoginCounter.locked_until < before)
    session.execute(delete(LoginCounter).where(LoginCounter.first_at < before, over))


def _digest(username: str) -> str:
    return hashlib.sha256(username.strip().lower().encode()).hexdigest()


def _record_refusal(database: Database, username: str) -> None:
    with database.write() as session:
        person = session.scalar(select(Person).where(Person.username == username.strip()))
        if person is not None:  # a name nobody has may be a password typed into the wrong field
            record(session, job_actor(session, "login"), Act.SIGN_IN_FAILED, person)


def _settle(database: Database, seen: Person, code: str | None, at: datetime, also: Also | None) -> None:
    with database.write() as session:
        person = session.get_one(Person, seen.id, with_for_update=True)
        if person.password_hash != seen.password_hash or not _usable(session, person, at):
            # changed or ended while we compared: the sessions that ended with it must not begin again
            raise UnauthenticatedError("errors.login_wrong")
        if person.totp_secret is not None:
            person.totp_last_step = _accepted_step(database, person, code, at)
        counter = _counter(session, person.username, at)
        counter.attempts, counter.locked_until = 0, None
        record(session, actor_of(session, person), Act.SIGNED_IN, person)
        if also is not None:
            also(session, person)


def _accepted_step(database: Database, person: Person, code: str | None, at: datetime) -> int:
    """Return the time step the code belongs to; one already used, or an older one, is refused."""
    assert person.totp_secret is not None
    secret = unseal(database.settings, Purpose.TOTP, person.totp_secret, aad=person.id.bytes)
    now_step = int(at.timestamp()) // TOTP_STEP_SECONDS
    for step in (now_step, now_step - 1, now_step + 1):
        if step > (person.totp_last_step or -1) and hmac.compare_digest(totp(secret, step), (code or "").strip()):
            return step
    raise UnauthenticatedError("errors.code_wrong" if code else "errors.code_needed")


def totp(secret: bytes, step: int) -> str:
    """Return the six-digit code of one 30 s time step (RFC 6238 with SHA-1, as every app speaks it)."""
    mac = hmac.digest(secret, struct.pack(">Q", step), "sha1")
    offset = mac[-1] & 0xF
    number = struct.unpack(">I", mac[offset : offset + 4])[0] & 0x7FFFFFFF
    return str(number % 10**_TOTP_DIGITS).zfill(_TOTP_DIGITS)
