"""How a rule has done: what it raised lately, what became of that, and how often it was right."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from detectors.findings import Finding
from incidents.alerts.models import Alert, AlertFinding, AlertStatus, Verdict
from soc.identity.actor import Actor
from soc.tiers.scope import visible

#: how far back one looks
SPAN = timedelta(days=90)
#: findings drawn by day, the newest first
_MOST = 50_000


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """Findings by local day, the alerts that hold them by verdict ("" for those without one), and how many are open."""

    since: datetime
    days: tuple[tuple[date, int], ...]
    alerts: int
    open: int
    verdicts: Mapping[str, int]

    @property
    def findings(self) -> int:
        """Findings raised."""
        return sum(count for _, count in self.days)

    @property
    def judged(self) -> int:
        """Alerts of which somebody said that they were true, benign or false; who could not tell says nothing of the rule."""
        return sum(self.verdicts.get(one, 0) for one in (Verdict.TRUE_POSITIVE, Verdict.BENIGN, Verdict.FALSE_POSITIVE))

    @property
    def precision(self) -> int | None:
        """Percent of the judged alerts that proved true; None before anybody judged one."""
        return round(100 * self.verdicts.get(Verdict.TRUE_POSITIVE, 0) / self.judged) if self.judged else None


def record_of(session: Session, actor: Actor, rule_id: str, *, at: datetime, zone: ZoneInfo) -> RuleRecord:
    """Sum up what the rule raised of which the actor may see."""
    raised = (visible(actor, Finding.org), Finding.rule_id == rule_id, Finding.last_at >= at - SPAN)
    moments = session.scalars(select(Finding.last_at).where(*raised).order_by(Finding.last_at.desc()).limit(_MOST))
    days = Counter(moment.astimezone(zone).date() for moment in moments)
    held = select(AlertFinding.alert_id).join(Finding, Finding.id == AlertFinding.finding_id).where(*raised)
    rows = session.execute(
        select(Alert.status, Alert.verdict, func.count())
        .where(visible(actor, Alert.org), Alert.id.in_(held))
        .group_by(Alert.status, Alert.verdict)
    ).all()
    verdicts: Counter[str] = Counter()
    for _, verdict, count in rows:
        verdicts[verdict or ""] += count
    waiting = sum(count for status, _, count in rows if status in {AlertStatus.NEW, AlertStatus.TRIAGED})
    return RuleRecord(at - SPAN, tuple(sorted(days.items())), verdicts.total(), waiting, dict(verdicts))
