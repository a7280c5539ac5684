"""Who a bearer token stands for, at the door of the API."""

from datetime import datetime

from soc.db import Database
from soc.errors import UnauthenticatedError
from soc.identity.actor import Actor
from soc.identity.refusals import check_wait, count_refusal, has_form, source_of
from soc.identity.tokens import actor_for_token


def admitted(door: Database, secret: str, address: str | None, *, at: datetime) -> Actor:
    """Return the actor a token stands for; one that holds is taken from anywhere, at any time.

    Raises:
        UnauthenticatedError: unknown, revoked or expired; the message is one for all.
        TooManyRefusedError: and its source sent too many of that kind.
    """
    source = source_of(door.settings, address)
    with door.read() as session:
        try:
            if has_form(secret):
                return actor_for_token(session, secret, at=at)
        except UnauthenticatedError:
            pass
        check_wait(session, source, at=at)
    count_refusal(door, source, at=at)
    raise UnauthenticatedError("errors.token_invalid")
