"""The indicators that the stored facts support today, each as two counts an organisation.

Formulas: the numbered indicators of ``docs/indicators.md``. What the installation holds no
facts for is left out and told as not covered; nothing is guessed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from dashboards.posture.epoch import Epoch
from dashboards.posture.score import Ratio
from incidents.alerts.models import Alert, AlertStatus, Severity, Verdict
from incidents.cases.models import Clock, IncidentTask, TaskKind, TaskStatus
from soc.identity.actor import Actor
from soc.ledger.models import ItemStatus, LedgerItem, LedgerTable
from soc.tiers.scope import visible

#: an alert is worked on in time within this long, by severity
ALERT_TERMS = {
    Severity.CRITICAL: timedelta(hours=4),
    Severity.HIGH: timedelta(hours=4),
    Severity.MEDIUM: timedelta(hours=24),
    Severity.LOW: timedelta(hours=72),
    Severity.INFO: timedelta(hours=72),
}


@dataclass(frozen=True, slots=True)
class Span:
    """The period looked at: since ≤ time < until."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Indicator:
    """How one indicator is counted: a query of (org, numerator, denominator)."""

    id: str
    target: float
    up: bool
    query: Callable[[Actor, Span], Select[Any]]


def ratios(session: Session, actor: Actor, span: Span) -> Iterator[tuple[str, Ratio]]:
    """Yield each organisation's ratio of each indicator, within the actor's scope."""
    for indicator in INDICATORS:
        for org, numerator, denominator in session.execute(indicator.query(actor, span)):
            ratio = Ratio(indicator.id, float(numerator or 0), float(denominator or 0), indicator.target, indicator.up)
            yield org, ratio


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _metadata_complete(actor: Actor, span: Span) -> Select[Any]:
    """A3 元数据完整率: tables with a category among tables in use."""
    named = LedgerTable.category.is_not(None)
    return _of_tables(actor).add_columns(_count(named), func.count()).group_by(LedgerTable.org)


def _of_tables(actor: Actor) -> Select[Any]:
    return select(LedgerTable.org).where(visible(actor, LedgerTable.org), LedgerTable.gone_at.is_(None))


def _ledger_fresh(actor: Actor, span: Span) -> Select[Any]:
    """A2 台账准确率: registered tables seen again within 30 days."""
    seen = LedgerTable.last_seen >= span.until - timedelta(days=30)
    return _of_tables(actor).add_columns(_count(seen), func.count()).group_by(LedgerTable.org)


def _graded(actor: Actor, span: Span) -> Select[Any]:
    """B1 分类分级覆盖率: sensitive columns whose level a person stands behind."""
    decided = LedgerItem.status != ItemStatus.PROPOSED
    return _of_items(actor).add_columns(_count(decided), func.count()).group_by(LedgerItem.org)


def _precise(actor: Actor, span: Span) -> Select[Any]:
    """B3 识别准确率: confirmed among what was reviewed."""
    confirmed = LedgerItem.status == ItemStatus.CONFIRMED
    reviewed = LedgerItem.status != ItemStatus.PROPOSED
    return _of_items(actor).where(reviewed).add_columns(_count(confirmed), func.count()).group_by(LedgerItem.org)


def _of_items(actor: Actor) -> Select[Any]:
    return select(LedgerItem.org).where(
        visible(actor, LedgerItem.org), LedgerItem.gone_at.is_(None), LedgerItem.type.is_not(None)
    )


def _alerts_in_time(actor: Actor, span: Span) -> Select[Any]:
    """F1 告警处置及时率: alerts that were due in the period and closed or taken on within their term."""
    due, handled = _due(span), _handled_in_time()
    return _of_alerts(actor, span).where(due).add_columns(_count(handled), func.count()).group_by(Alert.org)


def _due(span: Span) -> ColumnElement[bool]:
    return or_(*(and_(Alert.severity == one, Alert.opened_at < span.until - term) for one, term in ALERT_TERMS.items()),
               Alert.status.in_([AlertStatus.CLOSED, AlertStatus.IN_INCIDENT]))  # fmt: skip


def _handled_in_time() -> ColumnElement[bool]:
    # a closed alert keeps the instant it was closed; one in an incident was taken on when it last changed
    taken = func.coalesce(Alert.closed_at, Alert.changed_at)
    done = Alert.status.in_([AlertStatus.CLOSED, AlertStatus.IN_INCIDENT, AlertStatus.TRIAGED])
    return and_(done, or_(*(and_(Alert.severity == one, _within(taken, Alert.opened_at, term))
                            for one, term in ALERT_TERMS.items())))  # fmt: skip


def _within(later: Any, earlier: Any, term: timedelta) -> ColumnElement[bool]:
    return Epoch(later) - Epoch(earlier) <= term.total_seconds()


def _false_positives(actor: Actor, span: Span) -> Select[Any]:
    """F3 误报率: false positives among the alerts with a verdict."""
    judged = Alert.verdict.in_([Verdict.TRUE_POSITIVE, Verdict.FALSE_POSITIVE])
    wrong = Alert.verdict == Verdict.FALSE_POSITIVE
    return _of_alerts(actor, span).where(judged).add_columns(_count(wrong), func.count()).group_by(Alert.org)


def _of_alerts(actor: Actor, span: Span) -> Select[Any]:
    return select(Alert.org).where(
        visible(actor, Alert.org), Alert.opened_at >= span.since, Alert.opened_at < span.until
    )


def _reports_in_time(actor: Actor, span: Span) -> Select[Any]:
    """F4 事件报告及时率: duties met by their due time among those that fell due."""
    fell_due = and_(Clock.superseded_at.is_(None), Clock.due_at >= span.since, Clock.due_at < span.until)
    met = and_(Clock.met_at.is_not(None), Clock.met_at <= Clock.due_at)
    query = select(Clock.org).where(visible(actor, Clock.org), fell_due)
    return query.add_columns(_count(met), func.count()).group_by(Clock.org)


def _rectified(actor: Actor, span: Span) -> Select[Any]:
    """F6 整改完成率: rectification done by its due time among what fell due."""
    fell_due = and_(IncidentTask.due_at >= span.since, IncidentTask.due_at < span.until)
    done = and_(
        IncidentTask.status.in_([TaskStatus.DONE, TaskStatus.ACCEPTED]), IncidentTask.done_at <= IncidentTask.due_at
    )
    query = select(IncidentTask.org).where(
        visible(actor, IncidentTask.org), IncidentTask.kind == TaskKind.RECTIFICATION, fell_due
    )
    return query.add_columns(_count(done), func.count()).group_by(IncidentTask.org)


INDICATORS: tuple[Indicator, ...] = (
    Indicator("A2", 0.95, True, _ledger_fresh),
    Indicator("A3", 0.98, True, _metadata_complete),
    Indicator("B1", 0.95, True, _graded),
    Indicator("B3", 0.90, True, _precise),
    Indicator("F1", 0.95, True, _alerts_in_time),
    Indicator("F3", 0.20, False, _false_positives),
    Indicator("F4", 1.00, True, _reports_in_time),
    Indicator("F6", 0.95, True, _rectified),
)
