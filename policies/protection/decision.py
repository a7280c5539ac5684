"""The decision: which operator a value meets, and by which rule. A pure function."""

from collections.abc import Mapping
from dataclasses import dataclass

from policies.protection.operators import OPERATORS, Operator
from policies.protection.policy import ProtectionPolicy
from soc.identity.actor import Role
from soc.ledger.levels import Level

#: what no rule names
NOTHING_SAID = {"zh": "策略没有规定，按不出示处理", "en": "No rule speaks of it: it is not shown"}
#: what nobody recognised as sensitive
NOT_SENSITIVE = {"zh": "未识别为敏感数据", "en": "Not recognised as sensitive"}


@dataclass(frozen=True, slots=True)
class Decision:
    """An operator, with the rule that chose it; ``rule`` is None where none did."""

    operator: Operator
    rule: str | None
    why: Mapping[str, str]


def decide(policy: ProtectionPolicy, type_id: str | None, level: Level, *, role: Role | None, purpose: str) -> Decision:
    """Choose the operator for a value.

    Args:
        policy: the policy in force.
        type_id: the sensitive type; None where nothing was recognised, which is shown unless it is graver than
            general data.
        level: its level in the ledger.
        role: who sees it; None for a copy that leaves by its purpose alone.
        purpose: what for; an unknown purpose fits only rules that name none.
    """
    if type_id is None and level.rank <= Level.G4.rank:
        return Decision(OPERATORS["clear"], None, NOT_SENSITIVE)
    for rule in policy.rules:
        if rule.fits(type_id or "", level, role, purpose):
            return Decision(OPERATORS[rule.operator], rule.id, rule.why)
    return Decision(OPERATORS["suppress"], None, NOTHING_SAID)
