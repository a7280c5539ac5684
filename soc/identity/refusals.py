"""Tokens that are none: counted by where they come from, in SQL, so that all workers count together.

A token cannot be guessed, but whoever sends bad ones without end makes the installation look each of
them up (Wazuh CVE-2026-25771 was a flood of that kind). So what has not the form of a token is not
looked up at all, and a source that sent too many is told to wait: from then on its bad tokens are
neither counted nor looked at more closely. Good tokens are taken from everywhere and at any time: a
stranger behind the same proxy locks nobody out.

A source is an IPv4 address or a /64 of IPv6, kept as a keyed digest: what is counted names nobody.
"""

import hashlib
import hmac
import re
from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from config.settings import Settings
from soc.acting import SystemPath
from soc.crypto import ring_of
from soc.db import Database, Model
from soc.errors import LimitError
from soc.identity.actors import job_actor
from soc.trail import Act, Subject, record

#: what :mod:`soc.identity.tokens` makes: 32 random bytes behind a prefix
_FORM = re.compile(r"gl_[A-Za-z0-9_-]{43}")
#: the key under which addresses are kept
_ADDRESSES = "addresses"
WINDOW = timedelta(minutes=1)
#: bad tokens of one source within the window, before it has to wait
MOST = 50
WAIT = timedelta(minutes=5)


class TooManyRefusedError(LimitError):
    """A source that sent too many bad tokens has to wait."""

    def __init__(self, until: datetime, at: datetime) -> None:
        """Say for how long."""
        super().__init__("errors.token_flood", minutes=max(1, round((until - at).total_seconds() / 60)))


class TokenRefusals(Model):
    """Bad tokens of one source in the window that runs, and until when it waits."""

    __tablename__ = "token_refusals"
    source: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime] = mapped_column(index=True)
    waits_until: Mapped[datetime | None]


def has_form(secret: str) -> bool:
    """Tell whether something looks like a token of ours; what does not is not worth a look-up."""
    return _FORM.fullmatch(secret) is not None


def source_of(settings: Settings, address: str | None) -> str:
    """Return what stands for the network a request comes from."""
    key = ring_of(settings).current(_ADDRESSES).secret
    return hmac.new(key, _network(address).encode(), hashlib.sha256).hexdigest()


def _network(address: str | None) -> str:
    try:
        known = ip_address((address or "").split("%", 1)[0])
    except ValueError:
        return "unknown"
    if isinstance(known, IPv6Address):
        return str(known.ipv4_mapped or int(known) >> 64)
    return str(known)


def check_wait(session: Session, source: str, *, at: datetime) -> None:
    """Send a source away that has to wait.

    Raises:
        TooManyRefusedError: it sent too many bad tokens.
    """
    until = session.scalar(select(TokenRefusals.waits_until).where(TokenRefusals.source == source))
    if until is not None and until > at:
        raise TooManyRefusedError(until, at)


def count_refusal(database: Database, source: str, *, at: datetime) -> None:
    """Count a bad token, in a transaction of its own: it must stand although the request does not.

    Raises:
        TooManyRefusedError: it was one too many.
    """
    with database.acting_for(SystemPath.SIGN_IN).write() as session:
        row = _row(session, source, at)
        if row.waits_until is not None and row.waits_until > at:
            raise TooManyRefusedError(row.waits_until, at)
        if at - row.since > WINDOW:
            row.since, row.count = at, 0
        row.count, row.waits_until = row.count + 1, None
        if row.count < MOST:
            return
        row.count, row.since, row.waits_until = 0, at, at + WAIT
        actor = job_actor(session, "tokens")
        record(session, actor, Act.TOKEN_FLOOD, Subject("token_refusals", source[:16], actor.org), after={"bad": MOST})


def _row(session: Session, source: str, at: datetime) -> TokenRefusals:
    """Return the source's row, made where there is none; another worker may make it at this moment."""
    row = session.get(TokenRefusals, source, with_for_update=True)
    if row is None:
        with suppress(IntegrityError), session.begin_nested():
            session.execute(insert(TokenRefusals).values(source=source, count=0, since=at))
        row = session.get_one(TokenRefusals, source, with_for_update=True)
    return row


def forget_refusals(session: Session, *, at: datetime) -> None:
    """Remove what no longer counts."""
    over = TokenRefusals.waits_until.is_(None) | (TokenRefusals.waits_until <= at)
    session.execute(delete(TokenRefusals).where(TokenRefusals.since < at - WINDOW, over))
