"""Bearer tokens of the API: made once, kept as a digest, limited in scope and time."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from soc.clock import now
from soc.errors import ConflictError, ForbiddenError, InputError, NotFoundError, UnauthenticatedError
from soc.identity.actor import Actor, ActorKind
from soc.identity.actors import token_actor
from soc.identity.models import ApiToken
from soc.tiers.models import Organisation
from soc.tiers.scope import in_scope
from soc.tiers.units import is_closed, not_ended
from soc.trail import Act, record

_PREFIX = "gl_"
#: what may be asked for, beside plain ``read`` and ``write``
AREAS = ("logs", "ledger", "alerts", "incidents", "playbooks", "policies", "audit", "posture", "supervision")
SCOPES: frozenset[str] = frozenset(
    {"read", "write"} | {f"{area}.{verb}" for area in AREAS for verb in ("read", "write")}
)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token at the one moment it is shown."""

    token: str
    org: str
    scopes: tuple[str, ...]


def create_token(
    session: Session,
    actor: Actor,
    org: str,
    scopes: tuple[str, ...],
    *,
    name: str = "",
    expires_at: datetime | None = None,
    demo: bool = False,
) -> NewToken:
    """Make a token for an organisation within the actor's scope; a demo gives any scope.

    Raises:
        InputError: no scope, or one there is not.
        NotFoundError: no such organisation, or outside the actor's scope.
        ForbiddenError: the machine's command line asks for more than it may give alone.
        ConflictError: the organisation is closed.
    """
    unknown = sorted(set(scopes) - SCOPES)
    if unknown or not scopes:
        raise InputError("errors.token_scope", scope=", ".join(unknown) or "-", known=", ".join(sorted(SCOPES)))
    if not in_scope(session, actor, org):
        raise NotFoundError("errors.organisation_unknown")
    if is_closed(session, session.get_one(Organisation, org), now()):
        raise ConflictError("units.error.closed")
    if not demo:
        _check_grant(actor, scopes)
    secret = _PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        org=org, digest=_digest(secret), name=name, scopes=sorted(set(scopes)), created_at=now(),
        created_by=actor.name, expires_at=expires_at,
    )  # fmt: skip
    session.add(token)
    session.flush()
    record(session, actor, Act.TOKEN_CREATED, token, after={"scopes": token.scopes})
    return NewToken(secret, org, tuple(token.scopes))


def scopes_of(actor: Actor, *, demo: bool = False) -> list[str]:
    """Return the scopes that an actor may hand out, in order; a demo gives any."""
    return sorted(one for one in SCOPES if demo or actor.may(one))


def _check_grant(actor: Actor, scopes: tuple[str, ...]) -> None:
    """Nobody hands out what they may not do; the operator only what the contract lets them."""
    if actor.kind is ActorKind.OPERATOR:
        allowed = all(scope == "logs.write" or scope.endswith("read") for scope in scopes)
    else:
        allowed = all(actor.may(scope) for scope in scopes)
    if not allowed:
        raise ForbiddenError("errors.token_grant")


def actor_for_token(session: Session, secret: str, *, at: datetime) -> Actor:
    """Return the actor a token stands for.

    Raises:
        UnauthenticatedError: unknown, revoked or expired, or its organisation has ended; the message is one for all.
    """
    query = select(ApiToken).where(ApiToken.digest == _digest(secret), not_ended(ApiToken.org, at))
    token = session.scalar(query)
    if token is None or token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= at):
        raise UnauthenticatedError("errors.token_invalid")
    return token_actor(session, token)


def revoke_token(session: Session, actor: Actor, token: ApiToken, *, at: datetime) -> None:
    """End a token now."""
    token.revoked_at = at
    record(session, actor, Act.TOKEN_REVOKED, token)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
