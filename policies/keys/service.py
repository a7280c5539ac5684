"""Rotating keys: one proposes, another approves, and from then on the new key seals."""

from sqlalchemy.orm import Session

from soc.approvals.models import Approval
from soc.approvals.service import propose
from soc.crypto import Purpose, ring_of
from soc.crypto.keyring import DataKey, KeyRing
from soc.errors import InputError
from soc.identity.actor import Actor
from soc.trail import Act, Subject, record

APPROVAL = "keys.rotate"
#: the key-encryption key, which wraps all others
MASTER = "master"


def rotatable(ring: KeyRing) -> tuple[str, ...]:
    """Return the purposes whose key can be rotated."""
    return (MASTER, *sorted({*Purpose, *(key.purpose for key in ring.all_keys())}))


def ask(session: Session, actor: Actor, purpose: str, *, reason: str) -> Approval:
    """Propose a rotation.

    Raises:
        InputError: no key serves this purpose.
    """
    _check(ring_of(session.info["settings"]), purpose)
    subject = Subject("keys", purpose, actor.org)
    return propose(session, actor, APPROVAL, subject, {"purpose": purpose}, title=purpose, reason=reason)


def rotate_approved(session: Session, actor: Actor, approval: Approval) -> None:
    """Do what was approved."""
    rotate(session, actor, approval.payload["purpose"])


def rotate(session: Session, actor: Actor, purpose: str) -> str:
    """Rotate a key and record it; returns the new key's id.

    Raises:
        InputError: no key serves this purpose.
    """
    ring = ring_of(session.info["settings"])
    _check(ring, purpose)
    made = ring.rotate_kek() if purpose == MASTER else ring.rotate(purpose).id
    record(session, actor, Act.KEY_ROTATED, Subject("keys", purpose, actor.org), after={"key": made})
    return made


def status(ring: KeyRing) -> tuple[DataKey, ...]:
    """Return every key there is, by purpose, the newest first."""
    return tuple(sorted(ring.all_keys(), key=lambda key: (key.purpose, not key.active, key.created)))


def _check(ring: KeyRing, purpose: str) -> None:
    known = rotatable(ring)
    if purpose not in known:
        raise InputError("errors.keys.purpose", purpose=purpose, known=", ".join(known))
