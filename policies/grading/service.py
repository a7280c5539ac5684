"""The grading policy in force, and its versions: proposed, tried on the ledger, approved by a second person."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from policies.grading.chain import laxer
from policies.grading.effects import effects
from policies.grading.in_force import InForce
from policies.grading.policy import KIND, GradingPolicy, check_body, default_body
from soc.approvals.models import Approval
from soc.errors import NotFoundError
from soc.identity.actor import Actor
from soc.tiers.models import Organisation
from soc.tiers.scope import in_scope
from soc.versions import service as versions
from soc.versions.models import PolicyVersion
from soc.versions.service import Order
from soc.versions.values import Problem, WhatIf


def install_default(session: Session, actor: Actor) -> None:
    """Put the shipped policy in force when an installation is made."""
    if versions.active(session, KIND, actor.org) is None:
        body = dict(default_body())
        versions.install(session, actor, KIND, actor.org, body, title=str(body["title"]))


def active_body(session: Session, org: str) -> Mapping[str, Any]:
    """The document in force: the organisation's own, else that of the nearest above, else the shipped one."""
    return InForce.read(session).bodies(org)[-1]


def active_policy(session: Session, org: str) -> GradingPolicy:
    """The policy in force for an organisation: the strictest of its own and of those above."""
    return InForce.read(session).policy(org)


def policy_above(session: Session, org: str) -> GradingPolicy | None:
    """The policy that an organisation's own may not relax; None at the top."""
    parent = session.scalar(select(Organisation.parent_code).where(Organisation.code == org))
    return active_policy(session, parent) if parent else None


def check_place(session: Session, org: str, body: dict[str, Any]) -> list[Problem]:
    """Where a checked document would be laxer than the policy above (what :mod:`soc.versions` calls)."""
    above = policy_above(session, org)
    return laxer(above, body) if above is not None else []


def check(body: dict[str, Any]) -> list[Problem]:
    """Everything wrong with a document (what :mod:`soc.versions` calls)."""
    return check_body(body)


def submit(session: Session, actor: Actor, org: str, order: Order) -> Approval:
    """Keep a whole document as a version and ask a second person to put it in force.

    Raises:
        NotFoundError: the organisation lies outside the actor's scope.
        FaultyBodyError: it does not pass its check, or is laxer than the policy above.
        StaleBaseError: it was made from another version than the one in force.
        ConflictError: it says what is in force already.
    """
    in_force(session, actor, org)
    return versions.submit(session, actor, KIND, org, order)


def in_force(session: Session, actor: Actor, org: str) -> PolicyVersion:
    """Return the organisation's version in force; the first is made of what holds for it where there is none.

    Raises:
        NotFoundError: the organisation lies outside the actor's scope.
    """
    found = versions.active(session, KIND, org)
    if found is not None:
        return found
    if not in_scope(session, actor, org):
        raise NotFoundError
    body = dict(active_body(session, org))
    return versions.install(session, actor, KIND, org, body, title=str(body.get("title", KIND)))


def what_if(session: Session, actor: Actor, old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> WhatIf:
    """Count the ledger items whose level another document of the actor's organisation would change; store nothing."""
    now = InForce.read(session)
    before = now if old is None else now.replaced(actor.org, old)
    return effects(session, actor, before, now.replaced(actor.org, new))
