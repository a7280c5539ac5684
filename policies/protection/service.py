"""The protection policy of an organisation: which is in force, what a change would do, what somebody sees."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from policies.protection.decision import Decision, decide
from policies.protection.operators import Use
from policies.protection.policy import KIND, ProtectionPolicy, check, default_body, policy_of
from policies.protection.specimens import specimen
from soc.approvals.models import Approval
from soc.crypto import KeyRing, ring_of
from soc.errors import InputError, NotFoundError
from soc.identity.actor import Actor, Role
from soc.ledger.levels import Level
from soc.ledger.models import LedgerItem
from soc.tiers.models import Organisation
from soc.tiers.scope import in_scope, within
from soc.versions import service as versions
from soc.versions.models import PolicyVersion
from soc.versions.service import FaultyBodyError, Order, active, install
from soc.versions.values import Move, WhatIf
from soc.yaml_text import read_mapping_file

#: names of the policy an installation begins with
DEFAULT_NAMES = frozenset({"default", "protection", "protection.yaml", "默认"})


@dataclass(frozen=True, slots=True)
class Shown:
    """What one role sees of an item: an invented value, masked; None where nothing is shown."""

    value: str | None
    decision: Decision


def policy_for(session: Session, org: str) -> ProtectionPolicy:
    """Return the policy in force for an organisation; see :func:`body_for`."""
    return policy_of(body_for(session, org))


def body_for(session: Session, org: str) -> dict[str, Any]:
    """Return the document in force: the organisation's own, else that of the nearest above, else the default."""
    path = session.scalar(select(Organisation.path).where(Organisation.code == org)) or ""
    for code in reversed(path.strip("/").split("/")):
        version = active(session, KIND, code) if code else None
        if version is not None:
            return version.body
    return default_body()


def policy_from(session: Session, org: str, named: str | None) -> ProtectionPolicy:
    """Return the policy a command names: a YAML file, ``default``, or nothing for the one in force.

    Raises:
        InputError: no such file, or no policy in it.
        FaultyBodyError: the document does not pass its check.
    """
    if named is None or named in {"active", "current"}:
        return policy_for(session, org)
    path = Path(named)
    if not path.is_file():
        if named in DEFAULT_NAMES:
            return policy_of(default_body())
        raise InputError("errors.protection.no_policy", name=named)
    body = read_mapping_file(path).body
    problems = check(body)
    if problems:
        raise FaultyBodyError(problems)
    return policy_of(body)


def submit(session: Session, actor: Actor, org: str, order: Order) -> Approval:
    """Keep a whole document as a version and ask a second person to put it in force.

    An organisation that has none of its own yet begins with what holds for it from above.

    Raises:
        NotFoundError: the organisation lies outside the actor's scope.
        FaultyBodyError: it does not pass its check.
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
    if not in_scope(session, actor, org):
        raise NotFoundError
    found = active(session, KIND, org)
    if found is not None:
        return found
    body = body_for(session, org)
    return install(session, actor, KIND, org, body, title=str(body.get("title", KIND)))


def install_default(session: Session, actor: Actor) -> None:
    """Put the default policy in force when an installation is made."""
    if active(session, KIND, actor.org) is None:
        body = default_body()
        install(session, actor, KIND, actor.org, body, title=body["title"])


def shown_as(
    policy: ProtectionPolicy, ring: KeyRing, type_id: str | None, level: Level, *, role: Role | None, purpose: str
) -> Shown:
    """Return what ``role`` would see of an item, by an invented value of its type."""
    decision = decide(policy, type_id, level, role=role, purpose=purpose)
    use = Use(ring, purpose, policy.shape(type_id or ""))
    return Shown(decision.operator.apply(specimen(type_id), use), decision)


def shown_to_roles(session: Session, item: LedgerItem, *, purpose: str = "operations") -> dict[Role, Shown]:
    """Return what each role sees of a ledger item, for its page."""
    policy, ring = policy_for(session, item.org), ring_of(session.info["settings"])
    return {role: shown_as(policy, ring, item.type, item.level, role=role, purpose=purpose) for role in Role}


def what_if(session: Session, actor: Actor, old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> WhatIf:
    """Count the ledger items that somebody would see otherwise if ``new`` were in force."""
    before, after = policy_of(old or default_body()), policy_of(new)
    query = within(actor, LedgerItem).where(LedgerItem.gone_at.is_(None), LedgerItem.type.is_not(None))
    kind = (LedgerItem.type, LedgerItem.level)
    counted = query.with_only_columns(LedgerItem.org, *kind, func.count()).group_by(LedgerItem.org, *kind)
    moves: Counter[tuple[str, str, str]] = Counter()
    items = changed = 0
    verdicts: dict[tuple[str | None, Level], list[tuple[str, str, str]]] = {}
    for org, type_id, level, count in session.execute(counted.order_by(LedgerItem.org, *kind)):
        if (type_id, level) not in verdicts:
            verdicts[type_id, level] = _differences(before, after, type_id, level)
        items += count
        changed += count if verdicts[type_id, level] else 0
        for _, was, now in verdicts[type_id, level]:
            moves[org, was, now] += count
    told = tuple(Move(org, was, now, count) for (org, was, now), count in moves.most_common())
    differing = [one for one, found in verdicts.items() if found]
    shown = session.scalars(query.where(tuple_(*kind).in_(differing)).order_by(LedgerItem.id).limit(10))
    examples = tuple(_example(item, verdicts[item.type, item.level][0]) for item in shown)
    return WhatIf(items=items, changed=changed, moves=told, examples=examples)


def _example(item: LedgerItem, difference: tuple[str, str, str]) -> dict[str, Any]:
    seen, was, now = difference
    return {"id": str(item.id), "name": item.name, "before": f"{seen}: {was}", "after": f"{seen}: {now}"}


def _differences(
    before: ProtectionPolicy, after: ProtectionPolicy, type_id: str | None, level: Level
) -> list[tuple[str, str, str]]:
    found = []
    for purpose in sorted({*before.purposes, *after.purposes}):
        for role in (None, *Role):
            was = decide(before, type_id, level, role=role, purpose=purpose).operator.name
            now = decide(after, type_id, level, role=role, purpose=purpose).operator.name
            if was != now:
                found.append((f"{role.value if role else '-'}/{purpose}", was, now))
    return found
