"""Whose logs an actor may bring."""

from sqlalchemy.orm import Session

from soc.centre import home_org
from soc.errors import InputError
from soc.identity.actor import Actor
from soc.tiers.scope import in_scope


def checked_org(session: Session, actor: Actor, org: str | None) -> str:
    """Return the organisation the logs belong to: the actor's own (the centre's, on the command line) unless another is named.

    Raises:
        InputError: there is none of that code within the actor's scope.
    """
    code = home_org(session, actor) if org is None else org
    if not in_scope(session, actor, code):
        raise InputError("ingest.error.unknown_org", org=code[:40])
    return code
