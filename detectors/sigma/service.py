"""Keeping rules: the shipped library, imported folders, switched on and off."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.sigma.models import DetectionRule
from detectors.sigma.own.book import own_rows
from detectors.sigma.rules import LIBRARY, Rule, RuleStatus, read_rules
from detectors.sigma.standing import stand
from soc.clock import now
from soc.errors import NotFoundError
from soc.identity.actor import Actor
from soc.trail import Act, Subject, record


def keep_library(session: Session, actor: Actor) -> None:
    """Keep the rules that ship with the product; those kept before are brought up to date."""
    keep_rules(session, actor, read_rules(LIBRARY), shipped=True)


def keep_rules(session: Session, actor: Actor, rules: Iterable[Rule], *, shipped: bool = False) -> dict[str, int]:
    """Keep rules by their id; return how many were added, changed, unsupported and refused.

    Correlations and filters are judged among all rules that are kept: what they name may have come before, or come yet.
    """
    rules = list(rules)
    counted = Counter({"added": 0, "changed": 0, "unsupported": 0, "refused": 0})
    for rule in rules:
        counted[_keep(session, rule, shipped=shipped)] += 1
    session.flush()
    stand(session)
    counted["unsupported"] = _unsupported(session, {rule.id for rule in rules if rule.id is not None})
    record(
        session, actor, Act.RULE_IMPORTED, Subject("detection_rules", "library" if shipped else "import"), after=counted
    )
    return dict(counted)


def _unsupported(session: Session, ids: set[str]) -> int:
    query = select(DetectionRule.rule_id).where(DetectionRule.status == RuleStatus.UNSUPPORTED)
    return len(ids.intersection(session.scalars(query)))


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


def titles(session: Session, rule_ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return what rules are called, by id; those that are not kept here are left out."""
    found = select(DetectionRule.rule_id, DetectionRule.title, DetectionRule.title_zh)
    wanted = list(rule_ids)
    rows = session.execute(found.where(DetectionRule.rule_id.in_(wanted))).all()
    own = ((row.rule_id, row.title, row.title_zh) for row in own_rows(session, wanted).values())
    return {rule_id: {"zh": title_zh or title, "en": title} for rule_id, title, title_zh in (*rows, *own)}


def switch(session: Session, actor: Actor, rule_id: str, *, enabled: bool, why: str) -> DetectionRule:
    """Switch a rule on or off, with the reason."""
    rule = find_rule(session, rule_id)
    rule.enabled = enabled
    stand(session)
    record(session, actor, Act.RULE_ENABLED if enabled else Act.RULE_DISABLED, rule, note=why)
    return rule


def _keep(session: Session, rule: Rule, *, shipped: bool) -> str:
    # a correlation whose rules are not here is kept: they may come with another folder
    broken = rule.status is RuleStatus.INVALID and rule.correlation is None
    if rule.id is None or rule.document is None or broken:
        return "refused"
    found = session.scalar(select(DetectionRule).where(DetectionRule.rule_id == rule.id))
    kept = found or DetectionRule(rule_id=rule.id, imported_at=now(), shipped=shipped)
    if found is not None and found.document != rule.document:
        kept.imported_at = now()  # by this the ingest knows that it changed
    kept.title, kept.level, kept.status, kept.reason = rule.title, rule.level, rule.status, rule.reason
    kept.title_zh = (rule.document.get("custom") or {}).get("title_zh")
    kept.document = rule.document
    if found is None:
        session.add(kept)
    return "added" if found is None else "changed"
