"""Keeping rules: the shipped library, imported folders, switched on and off."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.sigma.models import DetectionRule
from detectors.sigma.rules import LIBRARY, Rule, RuleStatus, read_rules
from soc.clock import now
from soc.errors import NotFoundError
from soc.identity.actor import Actor
from soc.trail import Act, Subject, record


def keep_library(session: Session, actor: Actor) -> None:
    """Keep the rules that ship with the product; those kept before are brought up to date."""
    keep_rules(session, actor, read_rules(LIBRARY), shipped=True)


def keep_rules(session: Session, actor: Actor, rules: Iterable[Rule], *, shipped: bool = False) -> dict[str, int]:
    """Keep rules by their id; return how many were added, changed, unsupported and refused."""
    counted = Counter({"added": 0, "changed": 0, "unsupported": 0, "refused": 0})
    for rule in rules:
        counted[_keep(session, rule, shipped=shipped)] += 1
        if _standing(rule)[0] is RuleStatus.UNSUPPORTED:
            counted["unsupported"] += 1
    session.flush()
    record(
        session, actor, Act.RULE_IMPORTED, Subject("detection_rules", "library" if shipped else "import"), after=counted
    )
    return dict(counted)


def all_rules(session: Session) -> list[DetectionRule]:
    """Return every rule, by title."""
    return list(session.scalars(select(DetectionRule).order_by(DetectionRule.title)))


def find_rule(session: Session, rule_id: str) -> DetectionRule:
    """Return a rule by its own id.

    Raises:
        NotFoundError: there is none.
    """
    found = session.scalar(select(DetectionRule).where(DetectionRule.rule_id == rule_id))
    if found is None:
        raise NotFoundError
    return found


def switch(session: Session, actor: Actor, rule_id: str, *, enabled: bool, why: str) -> DetectionRule:
    """Switch a rule on or off, with the reason."""
    rule = find_rule(session, rule_id)
    rule.enabled = enabled
    record(session, actor, Act.RULE_ENABLED if enabled else Act.RULE_DISABLED, rule, note=why)
    return rule


def _standing(rule: Rule) -> tuple[RuleStatus, str]:
    """How a rule stands where events are matched as they come: one by one."""
    if rule.status is RuleStatus.OK and rule.parsed is None:
        return (
            RuleStatus.UNSUPPORTED,
            "correlations and filters are matched by soc rules test, not yet on what comes in",
        )
    return rule.status, rule.reason


def _keep(session: Session, rule: Rule, *, shipped: bool) -> str:
    if rule.id is None or rule.document is None or rule.status is RuleStatus.INVALID:
        return "refused"
    found = session.scalar(select(DetectionRule).where(DetectionRule.rule_id == rule.id))
    kept = found or DetectionRule(rule_id=rule.id, imported_at=now(), shipped=shipped)
    kept.title, kept.level, kept.status, kept.reason = rule.title, rule.level, *_standing(rule)
    kept.title_zh = (rule.document.get("custom") or {}).get("title_zh")
    kept.document = rule.document
    if found is None:
        session.add(kept)
    return "added" if found is None else "changed"
