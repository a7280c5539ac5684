"""The rules behind an alert, in words: what each means, what to look at, what is often harmless."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.findings import Finding
from detectors.sigma.explained import Explanation, explained
from detectors.sigma.models import DetectionRule
from detectors.sigma.own.book import own_rows
from incidents.alerts.models import AlertFinding


@dataclass(frozen=True, slots=True)
class RuleBehind:
    """A rule that raised one of an alert's findings; ``id`` is that of its page, None for an organisation's own, whose is ``tag``."""

    id: UUID | None
    tag: str
    told: Explanation


def rules_behind(session: Session, findings: Iterable[AlertFinding]) -> list[RuleBehind]:
    """Return the rules that raised these findings, by title, explained in the reader's language."""
    of_them = Finding.id.in_([one.finding_id for one in findings])
    raised = {name for name in session.scalars(select(Finding.rule_id).where(of_them)) if name is not None}
    kept = session.scalars(select(DetectionRule).where(DetectionRule.rule_id.in_(raised)))
    rules = sorted((*kept, *own_rows(session, raised).values()), key=lambda rule: rule.title)
    return [RuleBehind(rule.id, rule.rule_id, explained(rule.document)) for rule in rules]
