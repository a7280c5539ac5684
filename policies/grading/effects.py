"""What another policy would do to the ledger: items by level moved, and what hangs on their levels. Nothing is stored."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from policies.grading.decision import TableGrade
from policies.grading.in_force import InForce
from policies.grading.regrade import KeptItem, KeptTable, kept_tables
from policies.protection.decision import decide
from policies.protection.policy import ProtectionPolicy
from policies.protection.service import policy_for
from soc.identity.actor import Actor, Role
from soc.ledger.levels import Level
from soc.versions.values import Move, WhatIf

_EXAMPLES = 20


@dataclass(slots=True)
class _Tally:
    """What was counted so far."""

    protection: ProtectionPolicy
    items: int = 0
    moves: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    examples: list[dict[str, Any]] = field(default_factory=list)
    touched: Counter[str] = field(default_factory=Counter)
    verdicts: dict[tuple[str | None, Level, Level], frozenset[str]] = field(default_factory=dict)
    rules: Counter[str] = field(default_factory=Counter)

    def table(self, table: KeptTable, before: TableGrade, after: TableGrade) -> None:
        """Count one table and its items."""
        self.touched["grading.touched.tables"] += before.level is not after.level
        self.touched["grading.touched.reviews"] += bool(_reviews(after) - _reviews(before))
        for item, one, other in zip(table.items, before.columns, after.columns, strict=True):
            self.items += bool(item.type)
            if one.level is not other.level and not item.fixed:
                self._item(table, item, one.level, other.level)

    def _item(self, table: KeptTable, item: KeptItem, before: Level, after: Level) -> None:
        self.moves[item.org, before.value, after.value] += 1
        self.touched["grading.touched.up" if after.rank > before.rank else "grading.touched.down"] += 1
        if item.sharing in {"unconditional", "conditional"}:
            self.touched[f"grading.touched.sharing_{item.sharing}"] += 1
        rules = self._protected(item.type, before, after)
        self.touched["grading.touched.protection"] += bool(rules)
        self.rules.update(rules)
        if len(self.examples) < _EXAMPLES:
            name = f"{table.facts.name}.{item.name}"
            self.examples.append(
                {"id": str(item.id), "name": name, "org": item.org, "before": before.value, "after": after.value}
            )

    def _protected(self, kind: str | None, before: Level, after: Level) -> frozenset[str]:
        """The protection rules that would newly decide what somebody sees."""
        key = (kind, before, after)
        if key not in self.verdicts:
            self.verdicts[key] = _other_verdicts(self.protection, *key)
        return self.verdicts[key]


def effects(session: Session, actor: Actor, before: InForce, after: InForce) -> WhatIf:
    """Grade the actor's whole ledger by what holds before and after, and count what differs."""
    tally = _Tally(policy_for(session, actor.org))
    for table in kept_tables(session, actor):
        tally.table(table, table.graded(before.policy(table.org)), table.graded(after.policy(table.org)))
    moves = tuple(Move(*key, count) for key, count in sorted(tally.moves.items()))
    touched = [{"what": what, "count": count} for what, count in sorted(tally.touched.items()) if count]
    touched += [
        {"what": "grading.touched.rule", "params": {"rule": rule}, "count": count}
        for rule, count in tally.rules.most_common()
    ]
    return WhatIf(
        items=tally.items,
        changed=sum(tally.moves.values()),
        moves=moves,
        examples=tuple(tally.examples),
        touched=tuple(touched),
    )


def _reviews(graded: TableGrade) -> frozenset[str]:
    return frozenset(flag for flag in graded.flags if flag != "trajectory")


def _other_verdicts(policy: ProtectionPolicy, kind: str | None, before: Level, after: Level) -> frozenset[str]:
    found = set()
    for purpose in policy.purposes:
        for role in Role:
            was = decide(policy, kind, before, role=role, purpose=purpose)
            then = decide(policy, kind, after, role=role, purpose=purpose)
            if was.operator.name != then.operator.name and then.rule is not None:
                found.add(then.rule)
    return frozenset(found)
