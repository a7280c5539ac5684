"""What an exception would have kept back, had it stood: over the findings of the last weeks, with what became of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from detectors.findings import Finding, FindingKind
from incidents.alerts.models import Alert, AlertFinding, AlertStatus, Verdict
from incidents.exceptions.terms import Terms, detector_of, parts_of, tables_of
from soc.identity.actor import Actor
from soc.tiers.scope import narrowed, visible

#: how far back one looks
SPAN = timedelta(days=90)
#: findings looked at, the newest first; past it the preview says that it saw no more
MOST = 20_000
#: room above the most that was seen: a backup grows with its tables
_MARGIN = 1.25
#: what always happened within so many hours keeps to these hours
_NARROW = 6


@dataclass(frozen=True, slots=True)
class Example:
    """An alert whose findings would all have been kept back."""

    id: UUID
    title: dict[str, object]
    score: int
    last_at: datetime
    verdict: Verdict | None
    open: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """Findings by day; alerts that would not have been, how many of them proved true, how many are open."""

    since: datetime
    days: tuple[tuple[date, int], ...]
    findings: int
    alerts: int
    partly: int
    true_positives: int
    open: int
    examples: tuple[Example, ...]
    #: more findings than were looked at
    cut: bool


def would_hide(session: Session, actor: Actor, terms: Terms, org: str, *, at: datetime, zone: ZoneInfo) -> Preview:
    """Look at what the actor sees of ``org`` and those below it.

    Raises:
        NotFoundError: the organisation lies outside the actor's scope.
    """
    found = _findings(session, actor, terms, org, at)
    covered = [one for one in found if terms.covers(one, zone)]
    by_day = Counter(one.last_at.astimezone(zone).date() for one in _once(covered))
    alerts, partly = _alerts(session, actor, {one.id for one in covered})
    return Preview(
        since=at - SPAN,
        days=tuple(sorted(by_day.items())),
        findings=sum(by_day.values()),
        alerts=len(alerts),
        partly=partly,
        true_positives=sum(one.verdict is Verdict.TRUE_POSITIVE or one.status is AlertStatus.IN_INCIDENT for one in alerts),
        open=sum(_is_open(one) for one in alerts),
        examples=tuple(_example(one) for one in alerts[:8]),
        cut=len(found) == MOST,
    )  # fmt: skip


def wholly_covered(
    session: Session, actor: Actor, terms: Terms, org: str, *, at: datetime, zone: ZoneInfo
) -> frozenset[UUID]:
    """The alerts that hold nothing but what these terms cover; raises as :func:`would_hide`."""
    found = _findings(session, actor, terms, org, at)
    return frozenset(alerts_of(session, actor, {one.id for one in found if terms.covers(one, zone)})[1])


def _findings(session: Session, actor: Actor, terms: Terms, org: str, at: datetime) -> Sequence[Finding]:
    query = select(Finding).where(
        visible(narrowed(session, actor, org), Finding.org),
        or_(*(_said_by(one) for one in terms.detectors)),
        Finding.last_at >= at - SPAN,
    )
    query = query.where(Finding.entity == terms.entity) if terms.entity else query
    return session.scalars(query.order_by(Finding.last_at.desc()).limit(MOST)).all()


def _said_by(detector: str) -> ColumnElement[bool]:
    kind, rule_id = parts_of(detector)
    return and_(Finding.kind == FindingKind(kind), func.coalesce(Finding.rule_id, "") == rule_id)


def _once(findings: Sequence[Finding]) -> list[Finding]:
    """The same thing told again is one finding: the latest told."""
    return list({(one.org, one.dedup_key): one for one in sorted(findings, key=lambda one: one.raised_at)}.values())


def _alerts(session: Session, actor: Actor, covered: set[UUID]) -> tuple[list[Alert], int]:
    """The alerts all of whose findings are covered, newest first; and how many hold others beside them."""
    touched, whole = alerts_of(session, actor, covered)
    found = session.scalars(select(Alert).where(Alert.id.in_(whole)).order_by(Alert.last_at.desc())).all()
    return list(found), len(touched) - len(found)


def alerts_of(session: Session, actor: Actor, covered: set[UUID]) -> tuple[set[UUID], set[UUID]]:
    """The alerts that hold any of these findings, and those that hold nothing else."""
    touched: set[UUID] = set()
    ids = sorted(covered)
    for first in range(0, len(ids), 500):
        some = AlertFinding.finding_id.in_(ids[first : first + 500])
        touched.update(session.scalars(select(AlertFinding.alert_id).where(visible(actor, AlertFinding.org), some)))
    beside: set[UUID] = set()
    held = sorted(touched)
    for first in range(0, len(held), 500):
        rows = session.execute(
            select(AlertFinding.alert_id, AlertFinding.finding_id).where(
                AlertFinding.alert_id.in_(held[first : first + 500])
            )
        )
        beside.update(alert for alert, finding in rows if finding not in covered)
    return touched, touched - beside


def _is_open(alert: Alert) -> bool:
    return alert.status in {AlertStatus.NEW, AlertStatus.TRIAGED}


def _example(alert: Alert) -> Example:
    return Example(alert.id, alert.title, alert.score, alert.last_at, alert.verdict, _is_open(alert))


def suggested(session: Session, actor: Actor, examples: Sequence[Finding], *, at: datetime, zone: ZoneInfo) -> Terms:
    """Terms as narrow as the past of an entity allows, with a little room above; ``examples`` are findings of it."""
    entity, org = examples[0].entity, examples[0].org
    detectors = tuple(sorted({detector_of(one.kind, one.rule_id) for one in examples}))
    found = _findings(session, actor, Terms(detectors=detectors, entity=entity), org, at) or examples
    bounds = [one.rows.high for one in found]
    most = max((one for one in bounds if one is not None), default=0)
    hours = _hours(found, zone)
    return Terms(
        detectors=detectors,
        entity=entity,
        tables=tuple(sorted({name for one in found for name in tables_of(one.details)})),
        rows_at_most=_rounded(most * _MARGIN) if most and None not in bounds else None,
        score_at_most=max(one.score for one in found),
        from_hour=hours[0] if hours else None,
        to_hour=hours[1] if hours else None,
    )


def _rounded(rows: float) -> int:
    """Up to two digits that count: a bound is read, not reckoned with."""
    step = 10 ** max(0, len(str(int(rows))) - 2)
    return int(-(-rows // step) * step)


def _hours(found: Sequence[Finding], zone: ZoneInfo) -> tuple[int, int] | None:
    """The shortest stretch of local hours that holds them all; None where it is no narrow one."""
    used = {hour for one in found for hour in _touched(one, zone)}
    starts = [(max((hour - first) % 24 for hour in used), first) for first in used]
    length, first = min(starts)
    return (first, (first + length) % 24 + 1) if length < _NARROW else None


def _touched(one: Finding, zone: ZoneInfo) -> set[int]:
    first, last = one.first_at.astimezone(zone), one.last_at.astimezone(zone)
    span = int((last.replace(minute=0) - first.replace(minute=0)).total_seconds() // 3600)
    return {(first.hour + step) % 24 for step in range(min(span, 23) + 1)}
