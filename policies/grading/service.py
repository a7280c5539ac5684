"""The grading policy in force, and its versions: proposed, tried on the ledger, approved by a second person."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from policies.grading.policy import KIND, GradingPolicy, check_body, default_body, policy_of
from soc.approvals.models import Approval, ApprovalStatus
from soc.clock import now
from soc.errors import InputError
from soc.identity.actor import Actor
from soc.ledger.levels import Level, highest
from soc.ledger.models import ItemStatus, LedgerChange, LedgerItem, LedgerTable
from soc.tiers.models import Organisation
from soc.tiers.scope import within
from soc.trail import Act, record
from soc.versions import service as versions
from soc.versions.models import PolicyVersion
from soc.versions.values import Move, Problem, WhatIf

_EXAMPLES = 20


def install_default(session: Session, actor: Actor) -> None:
    """Put the shipped policy in force when an installation is made."""
    if versions.active(session, KIND, actor.org) is None:
        body = dict(default_body())
        versions.install(session, actor, KIND, actor.org, body, title=str(body["title"]))


def active_body(session: Session, org: str) -> Mapping[str, Any]:
    """The document in force: the organisation's own, else that of the nearest above, else the shipped one."""
    path = session.scalar(select(Organisation.path).where(Organisation.code == org)) or ""
    for code in reversed(path.strip("/").split("/")):
        found = versions.active(session, KIND, code)
        if found is not None:
            return found.body
    return default_body()


def active_policy(session: Session, org: str) -> GradingPolicy:
    """The policy in force for an organisation."""
    return policy_of(active_body(session, org))


def check(body: dict[str, Any]) -> list[Problem]:
    """Everything wrong with a document (what :mod:`soc.versions` calls)."""
    return check_body(body)


def propose_policy(session: Session, actor: Actor, org: str, body: dict[str, Any], *, reason: str) -> PolicyVersion:
    """Keep a document as a draft and ask a second person to put it in force.

    Raises:
        FaultyBodyError: it does not pass its check.
    """
    base = _base(session, actor, org)
    title = str(body.get("title", KIND))
    version = versions.draft(session, actor, KIND, org, body, title=title, base=base.number)
    versions.propose(session, actor, version, reason=reason)
    return version


def _base(session: Session, actor: Actor, org: str) -> PolicyVersion:
    """The version in force; the shipped document is put in force as the first where there is none."""
    found = versions.active(session, KIND, org)
    if found is not None:
        return found
    body = dict(default_body())
    return versions.install(session, actor, KIND, org, body, title=str(body["title"]))


def waiting_approval(session: Session, actor: Actor, number: int, org: str) -> Approval:
    """The approval that a proposed version waits for.

    Raises:
        InputError: no such version waits.
    """
    query = within(actor, Approval).where(
        Approval.kind == versions.ACTIVATION, Approval.status == ApprovalStatus.PENDING
    )
    for approval in session.scalars(query):
        if approval.payload.get("kind") == KIND and approval.payload.get("number") == number and approval.org == org:
            return approval
    raise InputError("errors.grading.nothing_proposed", number=number)


def what_if(session: Session, actor: Actor, old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> WhatIf:
    """Count the ledger items whose level another document would change; nothing is stored."""
    before, after = policy_of(old or default_body()), policy_of(new)
    moves: Counter[tuple[str, str, str]] = Counter()
    examples: list[dict[str, Any]] = []
    items = 0
    for item in _gradable(session, actor):
        items += 1
        now_level, then_level = level_under(item, before), level_under(item, after)
        if now_level is then_level:
            continue
        moves[item.org, now_level.value, then_level.value] += 1
        if len(examples) < _EXAMPLES:
            examples.append(
                {
                    "id": str(item.id),
                    "name": f"{item.table.name}.{item.name}",
                    "before": now_level.value,
                    "after": then_level.value,
                }
            )
    told = tuple(Move(org, one, other, count) for (org, one, other), count in sorted(moves.items()))
    return WhatIf(items=items, changed=sum(moves.values()), moves=told, examples=tuple(examples))


def _gradable(session: Session, actor: Actor) -> list[LedgerItem]:
    """Items whose level the policy decides: sensitive, still there, and not corrected by their owner."""
    query = within(actor, LedgerItem).where(
        LedgerItem.type.is_not(None), LedgerItem.gone_at.is_(None), LedgerItem.status != ItemStatus.CORRECTED
    )
    return list(session.scalars(query.options(joinedload(LedgerItem.table))))


def level_under(item: LedgerItem, policy: GradingPolicy) -> Level:
    """The level an item has under a policy."""
    level = policy.types.get(item.type or "", Level.G1)
    base = policy.categories.get(item.category or "")
    return highest([level, base]) if policy.raise_to_category and base is not None else level


def apply_active(session: Session, actor: Actor, version: PolicyVersion) -> None:
    """Regrade the ledger when a version comes into force; every change keeps its history."""
    policy, at, changed = policy_of(version.body), now(), 0
    for item in _gradable(session, actor):
        level = level_under(item, policy)
        if level is not item.level:
            _regrade(session, item, level, actor.name, at)
            changed += 1
    _regrade_tables(session, actor)
    record(session, actor, Act.ITEM_GRADED, version, after={"changed": changed, "version": version.number})


def _regrade(session: Session, item: LedgerItem, level: Level, by: str, at: Any) -> None:
    before, after = {"level": item.level.value}, {"level": level.value}
    session.add(LedgerChange(org=item.org, item_id=item.id, at=at, by=by, cause="graded", before=before, after=after))
    item.level = level


def _regrade_tables(session: Session, actor: Actor) -> None:
    session.flush()
    levels: dict[Any, list[Level]] = {}
    for table_id, level in session.execute(select(LedgerItem.table_id, LedgerItem.level)):
        levels.setdefault(table_id, []).append(level)
    for table in session.scalars(within(actor, LedgerTable).where(LedgerTable.gone_at.is_(None))):
        table.level = highest(levels.get(table.id, []))
